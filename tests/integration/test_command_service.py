"""What officers submit, take back and attach: once, durably and with words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from desktop.application.commands.command_service import FileTooLarge
from desktop.application.reads.pending_overlay import RECENT, PendingOverlay
from desktop.domain.alarm import AlarmState
from desktop.domain.command import (
    Collection,
    CommandKind,
    CommandState,
    Hold,
    Key,
)
from desktop.domain.incident import Stage, TimelineEntry
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding
from support.board_bench import INCIDENT, BoardBench
from support.builders import (
    NOW,
    a_command,
    an_alarm,
    an_incident,
)
from support.sample_board import a_status


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BoardBench]:
    made = BoardBench(tmp_path)
    yield made
    made.stores.close()


def test_a_command_carries_who_when_what_and_the_version_seen(bench: BoardBench):
    command = bench.board.commands.acknowledge(INCIDENT, base=7).command
    assert (command.by, command.at, command.base, command.target) == ("李明", NOW, 7, INCIDENT)


def test_an_acknowledgement_stays_here_for_its_grace_and_can_be_taken_back(bench: BoardBench):
    commands, sent = bench.board.commands, []
    commands.on_command, commands.grace_s = sent.append, 8.0
    bench.put(an_incident(acknowledged_at=None))
    kept = commands.acknowledge(INCIDENT)
    noted = commands.note(INCIDENT, "到场")
    assert sent == [noted]
    assert commands.grace.holds(kept.command.key)
    assert commands.cancel(kept.command.key)
    assert not commands.grace.holds(kept.command.key)
    assert not bench.line().acknowledged
    commands.let_go(kept.command.key)
    assert sent == [noted]


def test_after_its_grace_a_command_goes_out_and_is_never_said_to_be_taken_back(bench: BoardBench):
    commands, sent = bench.board.commands, []
    commands.on_command, commands.grace_s = sent.append, 8.0
    key = commands.acknowledge(INCIDENT).command.key
    assert commands.grace.count_down_s(key) == 8.0
    bench.clock.advance(8_000)
    assert not commands.grace.holds(key)
    commands.let_go(key)
    assert [record.command.key for record in sent] == [key]
    bench.outbox.offering([key], NOW)
    assert not commands.cancel(key)


def test_a_command_carries_server_login_and_both_clocks(bench: BoardBench):
    bound = Binding(server="s1", account="wang", login="aa")
    bench.outbox.bind("county", bound)
    bench.login = "aa"
    command = bench.board.commands.acknowledge(INCIDENT).command
    assert (command.server, command.account, command.login) == ("s1", "wang", "aa")
    assert command.clock_at == bench.clock.now()


def test_a_new_officers_command_is_never_stamped_with_the_old_account(bench: BoardBench):
    bench.outbox.bind("county", Binding(server="s1", account="wang", login="aa"))
    bench.login = "bb"
    command = bench.board.commands.acknowledge(INCIDENT).command
    assert (command.account, command.login) == ("", "bb")


def test_a_command_of_an_unknown_login_is_the_officers_to_claim(bench: BoardBench):
    bench.login = "bb"
    key = bench.board.commands.acknowledge(INCIDENT).command.key
    bench.outbox.hold([key], Hold.ACCOUNT, Text("谁的？"), NOW)
    bench.outbox.bind("county", Binding(server="s1", account="li", login="cc"))
    bench.login = "cc"
    assert bench.board.commands.release(key)
    record = bench.outbox.record(key)
    assert (record.command.account, record.state) == ("li", CommandState.STORED)


def test_another_accounts_command_is_nobodys_to_claim(bench: BoardBench):
    bench.outbox.bind("county", Binding(account="wang", login="aa"))
    bench.login = "aa"
    key = bench.board.commands.acknowledge(INCIDENT).command.key
    bench.outbox.hold([key], Hold.ACCOUNT, Text("王"), NOW)
    bench.outbox.bind("county", Binding(account="li", login="bb"))
    bench.login = "bb"
    assert not bench.board.commands.release(key)
    assert bench.outbox.record(key).state is CommandState.HELD


def test_pressing_send_twice_on_one_note_is_one_note(bench: BoardBench):
    first = bench.board.commands.note(INCIDENT, "泵车已到场", key="a" * 32)
    second = bench.board.commands.note(INCIDENT, "泵车已到场", key="a" * 32)
    assert first.seq == second.seq
    assert len(bench.board.outbox()) == 1


def test_whoever_fed_a_case_back_is_not_offered_to_verify_it(bench: BoardBench):
    others = TimelineEntry(CommandKind.FEEDBACK, Text("已修"), NOW, NOW, by="王芳")
    own = msgspec.structs.replace(others, by=" 李明 ")
    bench.put(an_incident(stage=Stage.FED_BACK, timeline=(own, others)))
    assert CommandKind.VERIFY in bench.board.commands.steps(INCIDENT)
    bench.put(an_incident(stage=Stage.FED_BACK, timeline=(others, own), version=2))
    assert CommandKind.VERIFY not in bench.board.commands.steps(INCIDENT)
    bench.put(an_incident(stage=Stage.HANDLING, timeline=(others,), version=3))
    bench.board.commands.submit(CommandKind.FEEDBACK, INCIDENT, {"text": "已修"})
    assert bench.line().stage is Stage.FED_BACK
    assert CommandKind.VERIFY not in bench.board.commands.steps(INCIDENT)


def test_a_body_with_a_fault_is_named_by_its_field_and_nothing_is_stored(bench: BoardBench):
    bench.put(an_incident(stage=Stage.FILED))
    with pytest.raises(ValueError, match="unit: missing"):
        bench.board.commands.submit(CommandKind.DISPATCH, INCIDENT, {"text": "x"})
    assert bench.board.outbox() == []


def test_what_no_row_has_told_yet_lies_over_its_row_however_much_was_given_since(bench: BoardBench):
    done = bench.board.commands.note(INCIDENT, "x").command.key
    bench.outbox.set_state(done, CommandState.ACCEPTED, Text(), NOW)
    for _ in range(RECENT + 1):
        bench.outbox.append(a_command(), NOW)
    status = a_status(unconfirmed=frozenset({done}))
    standing = PendingOverlay(bench.cache, bench.outbox, lambda: (status,), bench.clock)
    assert standing.records()[0].command.key == done


def test_a_report_taken_back_takes_with_it_what_was_submitted_on_it(bench: BoardBench):
    record = bench.board.commands.create("county", {"title": "x"})
    note = bench.board.commands.note(record.command.target, "y")
    assert bench.board.commands.cancel(record.command.key)
    assert bench.outbox.record(note.command.key).state is CommandState.CANCELLED
    assert not bench.board.commands.cancel(record.command.key)


def test_a_file_of_a_withdrawn_command_is_not_sent_unless_another_names_it(bench: BoardBench):
    bench.put(an_incident())
    first, again = (
        bench.board.commands.attach(INCIDENT, name, "image/jpeg", b"photo", b"small")
        for name in "ab"
    )
    assert bench.board.commands.cancel(first.command.key)
    assert len(bench.files.uploads("county")) == 2
    assert bench.board.commands.cancel(again.command.key)
    assert bench.files.uploads("county") == []


def test_a_report_taken_back_takes_its_files_with_it(bench: BoardBench):
    record = bench.board.commands.create("county", {"title": "x"})
    bench.board.commands.attach(record.command.target, "a.jpg", "image/jpeg", b"photo")
    assert bench.board.commands.cancel(record.command.key)
    assert bench.files.uploads("county") == []


def test_what_may_have_left_is_not_taken_back(bench: BoardBench):
    bench.put(an_incident())
    record = bench.board.commands.note(INCIDENT, "x")
    bench.outbox.offering([record.command.key], NOW)
    assert not bench.board.commands.cancel(record.command.key)


def test_the_officers_order_goes_to_the_front_and_to_the_back(bench: BoardBench):
    keys = [
        bench.board.commands.note(Key("county", Collection.INCIDENTS, f"I{n}"), "x").command.key
        for n in range(3)
    ]
    bench.board.commands.prioritise(keys[2])
    bench.board.commands.deprioritise(keys[0])
    assert [r.command.key for r in bench.outbox.list_unfinished()] == [keys[2], keys[1], keys[0]]


def test_a_file_and_its_thumbnail_are_kept_before_the_command_is(bench: BoardBench):
    bench.put(an_incident())
    record = bench.board.commands.attach(INCIDENT, "现场.jpg", "image/jpeg", b"photo", b"small")
    told = record.command.body["file"]
    assert bench.board.files.read(told["digest"]) == b"photo"
    assert bench.board.files.read(told["thumbnail"]) == b"small"
    assert [u.is_thumbnail for u in bench.files.uploads("county")] == [True, False]
    assert bench.board.files.progress(told["digest"]) == (0, 5)
    (shown,) = bench.board.incident(INCIDENT).incident.files
    assert (shown.name, shown.here) == ("现场.jpg", False)


def test_a_file_above_the_limit_is_refused_with_the_limit_before_anything_is_kept(
    bench: BoardBench,
):
    bench.limit = 4
    with pytest.raises(FileTooLarge) as caught:
        bench.board.commands.attach(INCIDENT, "a.jpg", "image/jpeg", b"photo")
    assert caught.value.limit == 4
    assert bench.files.uploads("county") == []


def test_a_shelved_alarm_shows_as_shelved_at_once_and_may_be_taken_back(bench: BoardBench):
    bench.put(an_alarm())
    alarm = Key("county", Collection.ALARMS, "M0001")
    bench.board.commands.submit(CommandKind.SHELVE, alarm, {"minutes": 30, "text": "检修"})
    (group,) = bench.board.alarms()
    assert (group.alarm.state, group.calls) == (AlarmState.SHELVED, False)
    assert CommandKind.UNSHELVE in bench.board.commands.steps(alarm)
    assert CommandKind.SHELVE not in bench.board.commands.steps(alarm)


def test_a_file_is_attached_with_its_bytes_and_in_no_other_way(bench: BoardBench):
    bench.put(an_incident())
    told = bench.board.commands.attach(INCIDENT, "a.jpg", "image/jpeg", b"photo").command.body
    with pytest.raises(ValueError, match="attach"):
        bench.board.commands.submit(CommandKind.ATTACH, INCIDENT, told)
