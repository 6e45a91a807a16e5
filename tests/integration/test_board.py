"""The board: overlays, groups and sorting that screens rely on."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import IncidentFilter
from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.asset import AssetState
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, CommandState, Key
from desktop.domain.incident import Stage
from desktop.domain.instant import DAY, MINUTE
from desktop.domain.levels import WarningLevel
from desktop.domain.localized_text import Text
from support.board_bench import INCIDENT, BoardBench
from support.builders import (
    NOW,
    a_queue,
    a_timeline_entry,
    a_township,
    a_warning,
    an_alarm,
    an_asset,
    an_incident,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BoardBench]:
    made = BoardBench(tmp_path)
    yield made
    made.stores.close()


def test_an_acknowledgement_shows_at_once_with_its_state(bench: BoardBench):
    bench.put(an_incident(acknowledged_at=None))
    assert not bench.line().acknowledged
    record = bench.board.commands.acknowledge(INCIDENT, base=1)
    assert bench.line().acknowledged
    assert bench.line().pending is CommandState.STORED
    assert bench.board.incident(INCIDENT).acknowledged
    bench.outbox.set_state(record.command.key, CommandState.REJECTED, Text("已结案"), NOW)
    assert not bench.line().acknowledged
    assert not bench.board.incident(INCIDENT).acknowledged


def test_a_click_of_a_wrong_clock_is_shown_at_its_moment_once_a_server_told_the_time(
    bench: BoardBench,
):
    bench.put(an_incident(acknowledged_at=None))
    record = bench.board.commands.acknowledge(INCIDENT, base=1)
    assert bench.board.incident(INCIDENT).incident.acknowledged_at == NOW
    bench.corrected.follow(2 * DAY)
    shown = bench.board.incident(INCIDENT)
    assert shown.incident.acknowledged_at == NOW + 2 * DAY
    found = [*shown.commands, *bench.board.outbox()]
    assert [each.command.at for each in found] == [NOW + 2 * DAY] * 2
    assert bench.outbox.record(record.command.key) == record, "what is sent stays as it was"


def test_the_engine_is_told_only_after_the_command_is_durable(bench: BoardBench):
    seen = []
    bench.board.commands.on_command = lambda record: seen.append(
        (record.command.key, len(bench.outbox.list_unfinished()))
    )
    record = bench.board.commands.note(INCIDENT, "x")
    assert seen == [(record.command.key, 1)]


def test_listeners_hear_changes_until_they_leave(bench: BoardBench):
    heard = []
    leave = bench.board.listeners.subscribe(heard.append)
    bench.board.listeners.announce(Changes.in_any_row([Collection.ASSETS]))
    leave()
    leave()
    bench.board.listeners.announce(Changes.in_any_row([Collection.QUEUES]))
    assert heard == [{Collection.ASSETS}]


def test_alarms_with_one_cause_are_one_group_however_long_the_chain(bench: BoardBench):
    bench.put(
        an_alarm(id="root", priority=AlarmPriority.MEDIUM),
        an_alarm(id="next", cause="root"),
        an_alarm(id="last", cause="next"),
        an_alarm(id="alone", priority=AlarmPriority.HIGH),
    )
    groups = bench.board.alarms()
    assert [(g.alarm.id, sorted(f.alarm.id for f in g.followers)) for g in groups] == [
        ("alone", []),
        ("root", ["last", "next"]),
    ]


def test_alarms_that_blame_one_another_in_a_circle_are_still_shown(bench: BoardBench):
    bench.put(an_alarm(id="a", cause="b"), an_alarm(id="b", cause="a"), an_alarm(id="c", cause="b"))
    (group,) = bench.board.alarms()
    assert group.alarm.id == "a"
    assert sorted(f.alarm.id for f in group.followers) == ["b", "c"]


def test_a_follower_whose_cause_has_gone_stands_alone(bench: BoardBench):
    bench.put(an_alarm(id="x", cause="gone"), an_alarm(id="gone", state=AlarmState.NORMAL))
    assert [g.alarm.id for g in bench.board.alarms()] == ["x"]


def test_what_stands_comes_before_what_has_returned_whatever_their_priorities(bench: BoardBench):
    returned, seen = AlarmState.RETURNED_UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED
    bench.put(
        an_alarm(id="gone", priority=AlarmPriority.HIGH, state=returned),
        an_alarm(id="seen", priority=AlarmPriority.HIGH, state=seen),
        an_alarm(id="strange", priority=AlarmPriority.MEDIUM, state=AlarmState("snoozed")),
        an_alarm(id="low", priority=AlarmPriority.LOW),
    )
    groups = bench.board.alarms()
    assert [g.alarm.id for g in groups] == ["strange", "low", "gone", "seen"]
    assert [g.stands for g in groups] == [True, True, False, False]


def test_a_cause_that_has_returned_hides_none_that_still_stands(bench: BoardBench):
    returned = AlarmState.RETURNED_UNACKNOWLEDGED
    bench.put(
        an_alarm(id="root", asset="", state=returned),
        an_alarm(id="gone", cause="root", state=returned),
        an_alarm(id="next", asset="", cause="root"),
        an_alarm(id="last", cause="next"),
    )
    groups = bench.board.alarms()
    assert [(g.alarm.id, [f.alarm.id for f in g.followers]) for g in groups] == [
        ("next", ["last"]),
        ("root", ["gone"]),
    ]


def test_a_condition_that_repeats_is_one_group_with_its_latest_time(bench: BoardBench):
    returned = AlarmState.RETURNED_UNACKNOWLEDGED
    bench.put(
        an_alarm(id="r1", asset="pump", state=returned, raised_at=NOW + 2 * MINUTE),
        an_alarm(id="r2", asset="pump", raised_at=NOW + MINUTE),
        an_alarm(id="r3", asset="pump", state=returned, raised_at=NOW),
        an_alarm(id="seen", asset="pump", state=AlarmState.ACKNOWLEDGED),
        an_alarm(id="elsewhere", asset="pump 2", raised_at=NOW + 5 * MINUTE),
    )
    groups = bench.board.alarms()
    assert [(g.alarm.id, [a.id for a in g.repeats]) for g in groups] == [
        ("r2", ["r3", "r1"]),
        ("elsewhere", []),
        ("seen", []),
    ]
    assert [g.latest_at for g in groups][:2] == [NOW + 2 * MINUTE, NOW + 5 * MINUTE]


def test_alike_alarms_of_no_asset_may_be_of_two_places_and_stay_two(bench: BoardBench):
    bench.put(an_alarm(id="a", asset=""), an_alarm(id="b", asset=""))
    assert [g.alarm.id for g in bench.board.alarms()] == ["a", "b"]


def test_an_acknowledged_alarm_no_longer_calls_while_its_receipt_is_awaited(bench: BoardBench):
    bench.put(an_alarm())
    assert bench.board.alarms()[0].calls
    bench.board.commands.acknowledge(Key("county", Collection.ALARMS, "M0001"))
    (group,) = bench.board.alarms()
    assert not group.calls
    assert group.pending is CommandState.STORED


def test_an_alarm_that_fires_anew_calls_although_the_answer_to_its_last_time_is_still_awaited(
    bench: BoardBench,
):
    bench.put(an_alarm())
    key = Key("county", Collection.ALARMS, "M0001")
    bench.board.commands.acknowledge(key)
    bench.clock.advance(MINUTE)
    bench.put(an_alarm(raised_at=bench.clock.now(), version=2))
    (group,) = bench.board.alarms()
    assert group.calls
    assert group.alarm.acknowledged_at is None
    bench.board.commands.acknowledge(key)
    assert not bench.board.alarms()[0].calls


def test_the_matrix_counts_every_asset_once_and_shows_its_worst(bench: BoardBench):
    bench.put(
        a_township(),
        an_asset(id="1"),
        an_asset(id="2", state=AssetState.DEGRADED),
        an_asset(id="3", state=AssetState.UNKNOWN),
        an_asset(id="4", township="nowhere", state=AssetState.FAILED),
    )
    found = bench.board.infrastructure()
    cell = found.cells["T01", "pump_station"]
    assert (cell.worst, cell.total) == (AssetState.DEGRADED, 3)
    assert found.cells["", "pump_station"].worst is AssetState.FAILED
    assert found.assets[0].id == "4"
    assert sum(c.total for c in found.cells.values()) == 4


def test_congested_queues_come_first_then_the_fullest(bench: BoardBench):
    bench.put(
        a_queue(id="calm", waiting=1, waiting_limit=40),
        a_queue(id="full", waiting=38, waiting_limit=40),
        a_queue(id="over", waiting=41, waiting_limit=40),
        a_queue(id="untold", waiting=None, waiting_limit=None),
    )
    assert [line.queue.id for line in bench.board.queues()] == ["over", "full", "calm", "untold"]


def test_only_warnings_in_force_are_shown_gravest_first(bench: BoardBench):
    bench.put(
        a_warning(id="blue", level=WarningLevel.BLUE),
        a_warning(id="red", level=WarningLevel.RED),
        a_warning(id="over", ends_at=NOW),
        a_warning(id="lifted", lifted_at=NOW - MINUTE),
    )
    assert [w.id for w in bench.board.warnings()] == ["red", "blue"]


def test_the_map_says_how_many_incidents_have_no_place(bench: BoardBench):
    bench.put(an_incident(), an_incident(id="I2", place=None))
    layer = bench.board.map_layer()
    assert len(layer.incidents) == 1
    assert layer.unplaced == 1


def test_the_map_says_how_many_less_urgent_incidents_it_leaves_out(bench: BoardBench):
    bench.put(an_incident(id="I0", place=None), *(an_incident(id=f"I{n}") for n in range(1, 5)))
    layer = bench.board.map_layer(limit=3)
    assert (layer.worst, layer.left_out) == (3, 2)
    again = bench.board.map_layer(limit=5, since=layer, changed={Collection.INCIDENTS})
    assert (again.worst, again.unplaced, again.left_out) == (5, 1, 0)


def test_the_map_reads_one_incident_at_a_time_into_memory(bench: BoardBench):
    timeline = tuple(a_timeline_entry(by=f"网格员{n}") for n in range(20))
    bench.put(*(an_incident(id=f"I{n}", timeline=timeline) for n in range(200)))
    bench.board.map_layer()
    tracemalloc.start()
    layer = bench.board.map_layer()
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(layer.incidents) == 200
    assert most - kept < 200 * 500, "each of them whole takes ten times that"


def test_what_stands_on_the_map_as_before_is_kept_and_not_held_twice(bench: BoardBench):
    bench.put(*(an_incident(id=f"I{n}") for n in range(3)))
    before = bench.board.map_layer()
    again = bench.board.map_layer(since=before, changed={Collection.INCIDENTS})
    assert again.incidents is before.incidents
    bench.put(an_incident(id="I1", title=Text("改", "Changed"), version=9))
    after = bench.board.map_layer(since=before, changed={Collection.INCIDENTS})
    held = {mark.key.id: mark for mark in before.incidents}
    assert {m.key.id for m in after.incidents if m is not held[m.key.id]} == {"I1"}


def test_the_marks_of_a_source_and_a_township_share_their_names(bench: BoardBench):
    bench.put(*(an_incident(id=f"I{n}", township="T 01") for n in range(3)))
    marks = bench.board.map_layer().incidents
    assert len({id(mark.key.source) for mark in marks}) == 1
    assert len({id(mark.township) for mark in marks}) == 1


def test_one_township_told_by_two_sources_is_one_row(bench: BoardBench):
    bench.put(a_township(), a_township(source="other"), a_township(id="T02"))
    assert [t.id for t in bench.board.townships()] == ["T01", "T02"]


def test_the_overview_counts_what_waits_and_what_needs_the_officer(bench: BoardBench):
    bench.put(a_queue(waiting=90, waiting_limit=40), an_asset(state=AssetState.FAILED))
    record = bench.board.commands.acknowledge(INCIDENT)
    bench.board.commands.note(INCIDENT, "x")
    bench.outbox.set_state(record.command.key, CommandState.CONFLICT, Text(), NOW)
    seen = bench.board.overview()
    assert (seen.unfinished, seen.attention, seen.congested) == (1, 1, 1)
    assert seen.asset_states == {AssetState.FAILED: 1}
    bench.board.commands.dismiss(record.command.key)
    assert bench.board.overview().attention == 0


def test_an_accepted_command_is_told_but_does_not_call_for_the_officer(bench: BoardBench):
    record = bench.board.commands.acknowledge(INCIDENT)
    bench.outbox.set_state(record.command.key, CommandState.ACCEPTED, Text(), NOW)
    assert bench.board.overview().attention == 0
    assert [r.command.key for r in bench.board.attention()] == [record.command.key]


def test_a_deaf_screen_makes_no_stored_command_look_lost_and_silences_no_other(
    bench: BoardBench, caplog: pytest.LogCaptureFixture
):
    heard: list[Changes] = []

    def broken(changed: Changes) -> None:
        raise ZeroDivisionError

    bench.put(an_incident())
    bench.board.listeners.subscribe(broken)
    bench.board.listeners.subscribe(heard.append)
    with caplog.at_level("CRITICAL", logger="desktop.application.listeners"):
        record = bench.board.commands.acknowledge(INCIDENT)
    assert bench.outbox.list_unfinished() == [record]
    assert heard == [frozenset({Collection.INCIDENTS})]


def test_a_note_begun_comes_with_the_incident_and_goes_with_the_command(bench: BoardBench):
    bench.put(an_incident(id="I0001"))
    bench.board.commands.keep_draft(INCIDENT, "写到一半")
    assert (
        bench.board.commands.draft(INCIDENT) == bench.board.incident(INCIDENT).draft == "写到一半"
    )
    bench.board.commands.note(INCIDENT, "写到一半")
    assert bench.board.incident(INCIDENT).draft == ""


def test_a_report_of_ones_own_stands_first_in_the_list_until_the_county_tells_it(bench: BoardBench):
    bench.put(an_incident())
    record = bench.board.commands.create("county", {"title": "路灯不亮", "township": "T02"})
    numbers = bench.board.incident_numbers(IncidentFilter())
    assert list(numbers[:1]) == [-record.seq]
    line = bench.board.incident_rows(numbers)[0]
    assert (line.title, line.pending) == (Text("路灯不亮"), CommandState.STORED)
    assert bench.board.incident(line.key).incident.stage is Stage.COLLECTED
    assert bench.board.incident_number(line.key) == -record.seq
    assert len(bench.board.incident_numbers(IncidentFilter(township="T01"))) == 1
    assert len(bench.board.incident_numbers(IncidentFilter(text="路灯"))) == 1
    assert len(bench.board.incident_numbers(IncidentFilter(), limit=1)) == 1
    bench.put(an_incident(id=line.key.id, title=Text("路灯不亮")))
    assert all(number > 0 for number in bench.board.incident_numbers(IncidentFilter()))
    assert bench.board.incident_rows([-record.seq]) == []


def test_a_refused_report_leaves_the_list_and_can_be_given_anew_with_other_words(bench: BoardBench):
    record = bench.board.commands.create("county", {"title": "x", "township": "nowhere"})
    bench.outbox.set_state(record.command.key, CommandState.REJECTED, Text("无此乡镇"), NOW)
    assert len(bench.board.incident_numbers(IncidentFilter())) == 0
    again = bench.board.answering.rebase(record.command.key, {"title": "x"})
    assert again.command.target != record.command.target
    assert bench.board.answering.rebase(record.command.key, {"title": "x"}).seq == again.seq
    assert again.replaces == record.command.key


def test_a_step_shows_at_once_and_the_next_one_follows_from_it(bench: BoardBench):
    bench.put(an_incident(stage=Stage.FILED, version=5))
    assert CommandKind.DISPATCH in bench.board.commands.steps(INCIDENT)
    record = bench.board.commands.submit(CommandKind.DISPATCH, INCIDENT, {"unit": "县水务局"})
    assert record.command.base == 5
    assert bench.line().stage is Stage.DISPATCHED
    assert bench.line().lead_unit == Text("县水务局")
    assert CommandKind.DISPATCH not in bench.board.commands.steps(INCIDENT)
    assert CommandKind.FEEDBACK in bench.board.commands.steps(INCIDENT)
    assert CommandKind.SHELVE not in bench.board.commands.steps(INCIDENT)
