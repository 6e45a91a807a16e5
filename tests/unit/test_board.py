"""The board: overlays, groups and orders that screens rely on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from desktop.application.board import Board
from desktop.application.orders import FileTooLarge
from desktop.application.ports import IncidentFilter
from desktop.application.standing import RECENT
from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.asset import AssetState
from desktop.domain.command import Collection, CommandKind, Key, Receipt
from desktop.domain.incident import Stage, TimelineEntry
from desktop.domain.instant import DAY, MINUTE
from desktop.domain.levels import WarningLevel
from desktop.domain.source import SourceStatus
from desktop.domain.text import Text
from fakes.builders import (
    NOW,
    FakeClock,
    a_batch,
    a_command,
    a_queue,
    a_township,
    a_warning,
    an_alarm,
    an_asset,
    an_incident,
)
from fakes.stores import Stores

INCIDENT = Key("county", Collection.INCIDENTS, "I0001")


class Bench:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.cache, self.outbox = self.stores.cache, self.stores.outbox
        self.files = self.stores.files
        self.limit: int | None = None
        self.statuses: tuple[SourceStatus, ...] = ()
        self.board = Board(
            cache=self.cache,
            outbox=self.outbox,
            clock=self.clock,
            officer="李明",
            statuses=lambda: self.statuses,
            day_began_at=lambda now: now - now % DAY,
            accepts=lambda target, kind: True,
            files=self.files,
            file_limit=lambda source: self.limit,
        )

    def put(self, *rows):
        for source in {row.source for row in rows}:
            self.cache.apply(a_batch(*(r for r in rows if r.source == source), source=source))

    def line(self):
        return self.board.incident_rows(self.board.incident_numbers(IncidentFilter()))[0]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def test_an_acknowledgement_shows_at_once_with_its_receipt(bench: Bench):
    bench.put(an_incident(acknowledged_at=None))
    assert not bench.line().acknowledged
    record = bench.board.acknowledge(INCIDENT, base=1)
    assert bench.line().acknowledged
    assert bench.line().pending is Receipt.STORED
    assert bench.board.incident(INCIDENT).acknowledged
    bench.outbox.set_receipt(record.command.key, Receipt.REJECTED, Text("已结案"), NOW)
    assert not bench.line().acknowledged
    assert not bench.board.incident(INCIDENT).acknowledged


def test_a_command_carries_who_when_what_and_the_version_seen(bench: Bench):
    command = bench.board.acknowledge(INCIDENT, base=7).command
    assert (command.by, command.at, command.base, command.target) == ("李明", NOW, 7, INCIDENT)


def test_a_command_carries_the_login_its_source_was_heard_under(bench: Bench):
    told = {"title": Text("x"), "expected_period_ms": 1, "last_good_at": None}
    told |= {"failing_since": None, "problem": None, "bad_items": 0, "syncing": False}
    bench.statuses = tuple(
        SourceStatus(id=id, kind="county", fills=frozenset(), account=account, **told)
        for id, account in (("other", "li"), ("county", "wang"))
    )
    assert bench.board.acknowledge(INCIDENT).command.account == "wang"
    record = bench.board.acknowledge(Key("third", Collection.INCIDENTS, "I1"))
    assert record.command.account == ""


def test_pressing_send_twice_on_one_note_is_one_note(bench: Bench):
    first = bench.board.note(INCIDENT, "泵车已到场", key="a" * 32)
    second = bench.board.note(INCIDENT, "泵车已到场", key="a" * 32)
    assert first.seq == second.seq
    assert len(bench.board.outbox()) == 1


def test_the_engine_is_told_only_after_the_command_is_durable(bench: Bench):
    seen = []
    bench.board.on_command = lambda record: seen.append(
        (record.command.key, len(bench.outbox.unfinished()))
    )
    record = bench.board.note(INCIDENT, "x")
    assert seen == [(record.command.key, 1)]


def test_listeners_hear_changes_until_they_leave(bench: Bench):
    heard = []
    leave = bench.board.subscribe(heard.append)
    bench.board.announce(frozenset({Collection.ASSETS}))
    leave()
    leave()
    bench.board.announce(frozenset({Collection.QUEUES}))
    assert heard == [{Collection.ASSETS}]


def test_alarms_with_one_cause_are_one_group_however_long_the_chain(bench: Bench):
    bench.put(
        an_alarm(id="root", priority=AlarmPriority.MEDIUM),
        an_alarm(id="next", cause="root"),
        an_alarm(id="last", cause="next"),
        an_alarm(id="alone", priority=AlarmPriority.HIGH),
    )
    groups = bench.board.alarms()
    assert [(g.alarm.id, sorted(a.id for a in g.followers)) for g in groups] == [
        ("alone", []),
        ("root", ["last", "next"]),
    ]


def test_alarms_that_blame_one_another_in_a_circle_are_still_shown(bench: Bench):
    bench.put(an_alarm(id="a", cause="b"), an_alarm(id="b", cause="a"), an_alarm(id="c", cause="b"))
    (group,) = bench.board.alarms()
    assert group.alarm.id == "a"
    assert sorted(a.id for a in group.followers) == ["b", "c"]


def test_a_follower_whose_cause_has_gone_stands_alone(bench: Bench):
    bench.put(an_alarm(id="x", cause="gone"), an_alarm(id="gone", state=AlarmState.NORMAL))
    assert [g.alarm.id for g in bench.board.alarms()] == ["x"]


def test_an_acknowledged_alarm_no_longer_calls_while_its_receipt_is_awaited(bench: Bench):
    bench.put(an_alarm())
    assert bench.board.alarms()[0].calls
    bench.board.acknowledge(Key("county", Collection.ALARMS, "M0001"))
    (group,) = bench.board.alarms()
    assert not group.calls
    assert group.pending is Receipt.STORED


def test_the_matrix_counts_every_asset_once_and_shows_its_worst(bench: Bench):
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


def test_congested_queues_come_first_then_the_fullest(bench: Bench):
    bench.put(
        a_queue(id="calm", waiting=1, waiting_limit=40),
        a_queue(id="full", waiting=38, waiting_limit=40),
        a_queue(id="over", waiting=41, waiting_limit=40),
        a_queue(id="untold", waiting=None, waiting_limit=None),
    )
    assert [line.queue.id for line in bench.board.queues()] == ["over", "full", "calm", "untold"]


def test_only_warnings_in_force_are_shown_gravest_first(bench: Bench):
    bench.put(
        a_warning(id="blue", level=WarningLevel.BLUE),
        a_warning(id="red", level=WarningLevel.RED),
        a_warning(id="over", ends_at=NOW),
        a_warning(id="lifted", lifted_at=NOW - MINUTE),
    )
    assert [w.id for w in bench.board.warnings()] == ["red", "blue"]


def test_the_map_says_how_many_incidents_have_no_place(bench: Bench):
    bench.put(an_incident(), an_incident(id="I2", place=None))
    layer = bench.board.map_layer()
    assert len(layer.incidents) == 1
    assert layer.unplaced == 1


def test_one_township_told_by_two_sources_is_one_row(bench: Bench):
    bench.put(a_township(), a_township(source="other"), a_township(id="T02"))
    assert [t.id for t in bench.board.townships()] == ["T01", "T02"]


def test_the_overview_counts_what_waits_and_what_needs_the_officer(bench: Bench):
    bench.put(a_queue(waiting=90, waiting_limit=40), an_asset(state=AssetState.FAILED))
    record = bench.board.acknowledge(INCIDENT)
    bench.board.note(INCIDENT, "x")
    bench.outbox.set_receipt(record.command.key, Receipt.CONFLICT, Text(), NOW)
    seen = bench.board.overview()
    assert (seen.unfinished, seen.attention, seen.congested) == (1, 1, 1)
    assert seen.asset_states == {AssetState.FAILED: 1}
    bench.board.dismiss(record.command.key)
    assert bench.board.overview().attention == 0


def test_an_accepted_command_is_told_but_does_not_call_for_the_officer(bench: Bench):
    record = bench.board.acknowledge(INCIDENT)
    bench.outbox.set_receipt(record.command.key, Receipt.ACCEPTED, Text(), NOW)
    assert bench.board.overview().attention == 0
    assert [r.command.key for r in bench.board.attention()] == [record.command.key]


def test_a_deaf_screen_makes_no_stored_command_look_lost_and_silences_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture
):
    heard: list[frozenset[Collection]] = []

    def broken(changed: frozenset[Collection]) -> None:
        raise ZeroDivisionError

    bench.put(an_incident())
    bench.board.subscribe(broken)
    bench.board.subscribe(heard.append)
    with caplog.at_level("CRITICAL", logger="desktop.application.listeners"):
        record = bench.board.acknowledge(INCIDENT)
    assert bench.outbox.unfinished() == [record]
    assert heard == [frozenset({Collection.INCIDENTS})]


def test_a_note_begun_comes_with_the_incident_and_goes_with_the_order(bench: Bench):
    bench.put(an_incident(id="I0001"))
    bench.board.keep_draft(INCIDENT, "写到一半")
    assert bench.board.draft(INCIDENT) == bench.board.incident(INCIDENT).draft == "写到一半"
    bench.board.note(INCIDENT, "写到一半")
    assert bench.board.incident(INCIDENT).draft == ""


def test_a_report_of_ones_own_stands_first_in_the_list_until_the_county_tells_it(bench: Bench):
    bench.put(an_incident())
    record = bench.board.create("county", {"title": "路灯不亮", "township": "T02"})
    numbers = bench.board.incident_numbers(IncidentFilter())
    assert list(numbers[:1]) == [-record.seq]
    line = bench.board.incident_rows(numbers)[0]
    assert (line.title, line.pending) == (Text("路灯不亮"), Receipt.STORED)
    assert bench.board.incident(line.key).incident.stage is Stage.COLLECTED
    assert bench.board.incident_number(line.key) == -record.seq
    assert len(bench.board.incident_numbers(IncidentFilter(township="T01"))) == 1
    assert len(bench.board.incident_numbers(IncidentFilter(text="路灯"))) == 1
    assert len(bench.board.incident_numbers(IncidentFilter(), limit=1)) == 1
    bench.put(an_incident(id=line.key.id, title=Text("路灯不亮")))
    assert all(number > 0 for number in bench.board.incident_numbers(IncidentFilter()))
    assert bench.board.incident_rows([-record.seq]) == []


def test_a_refused_report_leaves_the_list_and_can_be_given_anew_with_other_words(bench: Bench):
    record = bench.board.create("county", {"title": "x", "township": "nowhere"})
    bench.outbox.set_receipt(record.command.key, Receipt.REJECTED, Text("无此乡镇"), NOW)
    assert len(bench.board.incident_numbers(IncidentFilter())) == 0
    again = bench.board.rebase(record.command.key, {"title": "x"})
    assert again.command.target != record.command.target
    assert bench.board.rebase(record.command.key, {"title": "x"}).seq == again.seq
    assert again.replaces == record.command.key


def test_a_step_shows_at_once_and_the_next_one_follows_from_it(bench: Bench):
    bench.put(an_incident(stage=Stage.FILED, version=5))
    assert CommandKind.DISPATCH in bench.board.steps(INCIDENT)
    record = bench.board.give(CommandKind.DISPATCH, INCIDENT, {"unit": "县水务局"})
    assert record.command.base == 5
    assert bench.line().stage is Stage.DISPATCHED
    assert bench.line().lead_unit == Text("县水务局")
    assert CommandKind.DISPATCH not in bench.board.steps(INCIDENT)
    assert CommandKind.FEEDBACK in bench.board.steps(INCIDENT)
    assert CommandKind.SHELVE not in bench.board.steps(INCIDENT)


def test_whoever_fed_a_case_back_is_not_offered_to_verify_it(bench: Bench):
    others = TimelineEntry(CommandKind.FEEDBACK, Text("已修"), NOW, NOW, by="王芳")
    own = msgspec.structs.replace(others, by=" 李明 ")
    bench.put(an_incident(stage=Stage.FED_BACK, timeline=(own, others)))
    assert CommandKind.VERIFY in bench.board.steps(INCIDENT)
    bench.put(an_incident(stage=Stage.FED_BACK, timeline=(others, own), version=2))
    assert CommandKind.VERIFY not in bench.board.steps(INCIDENT)
    bench.put(an_incident(stage=Stage.HANDLING, timeline=(others,), version=3))
    bench.board.give(CommandKind.FEEDBACK, INCIDENT, {"text": "已修"})
    assert bench.line().stage is Stage.FED_BACK
    assert CommandKind.VERIFY not in bench.board.steps(INCIDENT)


def test_a_body_with_a_fault_is_named_by_its_field_and_nothing_is_stored(bench: Bench):
    bench.put(an_incident(stage=Stage.FILED))
    with pytest.raises(ValueError, match="unit: missing"):
        bench.board.give(CommandKind.DISPATCH, INCIDENT, {"text": "x"})
    assert bench.board.outbox() == []


def test_a_conflict_shows_both_versions_and_where_they_differ(bench: Bench):
    bench.put(an_incident(stage=Stage.FILED, version=3))
    record = bench.board.give(CommandKind.DISPATCH, INCIDENT, {"unit": "县水务局"}, base=3)
    theirs = an_incident(stage=Stage.DISPATCHED, lead_unit=Text("县交通局"), version=4)
    bench.outbox.set_receipt(record.command.key, Receipt.CONFLICT, Text(), NOW, theirs)
    found = bench.board.conflict(record.command.key)
    assert found.theirs == theirs
    assert found.mine.lead_unit == Text("县水务局")
    assert found.differing == ("lead_unit",)
    again = bench.board.resend(record.command.key)
    assert (again.command.base, again.replaces) == (4, record.command.key)
    assert again.command.key != record.command.key
    assert bench.board.resend(record.command.key).seq == again.seq
    assert record.command.key not in [r.command.key for r in bench.board.attention()]


def test_a_refused_report_answered_twice_is_one_however_much_was_ordered_since(bench: Bench):
    record = bench.board.create("county", {"title": "x"})
    bench.outbox.set_receipt(record.command.key, Receipt.REJECTED, Text("请补充地址"), NOW)
    first = bench.board.resend(record.command.key)
    for _ in range(RECENT + 1):
        bench.outbox.append(a_command(), NOW)
    assert bench.board.resend(record.command.key).seq == first.seq


def test_an_answer_taken_back_can_be_given_again(bench: Bench):
    bench.put(an_incident())
    key = bench.board.note(INCIDENT, "x").command.key
    bench.outbox.set_receipt(key, Receipt.REJECTED, Text("不行"), NOW)
    first = bench.board.resend(key)
    assert bench.board.cancel(first.command.key)
    assert bench.board.resend(key).receipt is Receipt.STORED


def test_an_answer_pressed_by_two_at_once_is_one(bench: Bench, monkeypatch):
    bench.put(an_incident())
    key = bench.board.note(INCIDENT, "x").command.key
    bench.outbox.set_receipt(key, Receipt.REJECTED, Text("不行"), NOW)
    both, on_target = threading.Barrier(2), bench.outbox.on_target

    def looked_at(target):
        found = on_target(target)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.2)
        return found

    monkeypatch.setattr(bench.outbox, "on_target", looked_at)
    with ThreadPoolExecutor(2) as pressed:
        seqs = {record.seq for record in pressed.map(bench.board.resend, (key, key))}
    assert len(seqs) == 1


def test_only_a_refused_or_conflicting_command_can_be_answered(bench: Bench):
    bench.put(an_incident())
    record = bench.board.note(INCIDENT, "x")
    assert bench.board.conflict(record.command.key) is None
    with pytest.raises(KeyError):
        bench.board.resend(record.command.key)


def test_a_report_taken_back_takes_with_it_what_was_ordered_on_it(bench: Bench):
    record = bench.board.create("county", {"title": "x"})
    note = bench.board.note(record.command.target, "y")
    assert bench.board.cancel(record.command.key)
    assert bench.outbox.record(note.command.key).receipt is Receipt.CANCELLED
    assert not bench.board.cancel(record.command.key)


def test_a_file_of_a_withdrawn_command_is_not_sent_unless_another_names_it(bench: Bench):
    bench.put(an_incident())
    first, again = (
        bench.board.attach(INCIDENT, name, "image/jpeg", b"photo", b"small") for name in "ab"
    )
    assert bench.board.cancel(first.command.key)
    assert len(bench.files.uploads("county")) == 2
    assert bench.board.cancel(again.command.key)
    assert bench.files.uploads("county") == []


def test_a_file_command_given_again_sends_its_file_again(bench: Bench):
    bench.put(an_incident())
    record = bench.board.attach(INCIDENT, "a.jpg", "image/jpeg", b"photo", b"small")
    before = bench.files.uploads("county")
    bench.board.cancel(record.command.key)
    bench.board.give(CommandKind.ATTACH, INCIDENT, record.command.body)
    assert bench.files.uploads("county") == before


def test_a_report_taken_back_takes_its_files_with_it(bench: Bench):
    record = bench.board.create("county", {"title": "x"})
    bench.board.attach(record.command.target, "a.jpg", "image/jpeg", b"photo")
    assert bench.board.cancel(record.command.key)
    assert bench.files.uploads("county") == []


def test_what_may_have_left_is_not_taken_back(bench: Bench):
    bench.put(an_incident())
    record = bench.board.note(INCIDENT, "x")
    bench.outbox.offering([record.command.key])
    assert not bench.board.cancel(record.command.key)


def test_the_officers_order_goes_to_the_front_and_to_the_back(bench: Bench):
    keys = [
        bench.board.note(Key("county", Collection.INCIDENTS, f"I{n}"), "x").command.key
        for n in range(3)
    ]
    bench.board.prioritise(keys[2])
    bench.board.deprioritise(keys[0])
    assert [r.command.key for r in bench.outbox.unfinished()] == [keys[2], keys[1], keys[0]]


def test_a_file_and_its_thumbnail_are_kept_before_the_command_is(bench: Bench):
    bench.put(an_incident())
    record = bench.board.attach(INCIDENT, "现场.jpg", "image/jpeg", b"photo", b"small")
    told = record.command.body["file"]
    assert bench.board.file(told["digest"]) == b"photo"
    assert bench.board.file(told["thumbnail"]) == b"small"
    assert [u.is_thumbnail for u in bench.files.uploads("county")] == [True, False]
    assert bench.board.file_progress(told["digest"]) == (0, 5)
    (shown,) = bench.board.incident(INCIDENT).incident.files
    assert (shown.name, shown.here) == ("现场.jpg", False)


def test_a_file_above_the_limit_is_refused_with_the_limit_before_anything_is_kept(bench: Bench):
    bench.limit = 4
    with pytest.raises(FileTooLarge) as caught:
        bench.board.attach(INCIDENT, "a.jpg", "image/jpeg", b"photo")
    assert caught.value.limit == 4
    assert bench.files.uploads("county") == []


def test_a_shelved_alarm_shows_as_shelved_at_once_and_may_be_taken_back(bench: Bench):
    bench.put(an_alarm())
    alarm = Key("county", Collection.ALARMS, "M0001")
    bench.board.give(CommandKind.SHELVE, alarm, {"minutes": 30, "text": "检修"})
    (group,) = bench.board.alarms()
    assert (group.alarm.state, group.calls) == (AlarmState.SHELVED, False)
    assert CommandKind.UNSHELVE in bench.board.steps(alarm)
    assert CommandKind.SHELVE not in bench.board.steps(alarm)
