"""What officers answer to commands that came back: given again, edited, or reported anew."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.application.commands.own_files import FileGone
from desktop.application.commands.refused_reports import offerable
from desktop.application.reads.pending_overlay import RECENT
from desktop.domain.command import (
    CommandKind,
    CommandRecord,
    CommandState,
    Hold,
)
from desktop.domain.incident import Stage
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from support.board_bench import INCIDENT, BoardBench
from support.builders import (
    NOW,
    a_command,
    an_incident,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BoardBench]:
    made = BoardBench(tmp_path)
    yield made
    made.stores.close()


def test_a_conflict_shows_both_versions_and_where_they_differ(bench: BoardBench):
    bench.put(an_incident(stage=Stage.FILED, version=3))
    record = bench.board.commands.submit(
        CommandKind.DISPATCH, INCIDENT, {"unit": "县水务局"}, base=3
    )
    theirs = an_incident(stage=Stage.DISPATCHED, lead_unit=Text("县交通局"), version=4)
    bench.outbox.set_state(record.command.key, CommandState.CONFLICT, Text(), NOW, theirs)
    found = bench.board.answering.conflict(record.command.key)
    assert found.theirs == theirs
    assert found.mine.lead_unit == Text("县水务局")
    assert found.differing == ("lead_unit",)
    again = bench.board.answering.resend(record.command.key)
    assert (again.command.base, again.replaces) == (4, record.command.key)
    assert again.command.key != record.command.key
    assert bench.board.answering.resend(record.command.key).seq == again.seq
    assert record.command.key not in [r.command.key for r in bench.board.attention()]


def test_a_conflict_told_without_its_row_shows_the_row_that_is_here(bench: BoardBench):
    bench.put(an_incident(stage=Stage.FILED, version=3))
    record = bench.board.commands.submit(
        CommandKind.DISPATCH, INCIDENT, {"unit": "县水务局"}, base=3
    )
    bench.put(an_incident(stage=Stage.DISPATCHED, lead_unit=Text("县交通局"), version=4))
    bench.outbox.set_state(record.command.key, CommandState.CONFLICT, Text(), NOW)
    found = bench.board.answering.conflict(record.command.key)
    assert (found.theirs.version, found.theirs.lead_unit) == (4, Text("县交通局"))
    assert bench.board.answering.resend(record.command.key).command.base == 4


def test_what_is_given_anew_on_a_row_gone_from_here_keeps_the_row_the_conflict_showed(
    bench: BoardBench,
):
    bench.put(an_incident(stage=Stage.FILED, version=3))
    record = bench.board.commands.submit(
        CommandKind.DISPATCH, INCIDENT, {"unit": "县水务局"}, base=3
    )
    theirs = an_incident(stage=Stage.DISPATCHED, version=4)
    bench.outbox.set_state(record.command.key, CommandState.CONFLICT, Text(), NOW, theirs)
    bench.stores.cache.purge("county", ())
    again = bench.board.answering.resend(record.command.key)
    assert bench.board.incident(INCIDENT) is None
    assert bench.outbox.conflict_rows(again.command.key)[0] == theirs


def test_a_refused_report_answered_twice_is_one_however_much_was_submitted_since(bench: BoardBench):
    record = bench.board.commands.create("county", {"title": "x"})
    bench.outbox.set_state(record.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    first = bench.board.answering.resend(record.command.key)
    for _ in range(RECENT + 1):
        bench.outbox.append(a_command(), NOW)
    assert bench.board.answering.resend(record.command.key).seq == first.seq


def test_what_was_given_on_a_refused_report_goes_along_with_the_next(bench: BoardBench):
    report = bench.board.commands.create("county", {"title": "x"})
    target = report.command.target
    note = bench.board.commands.note(target, "y")
    photo = bench.board.commands.attach(target, "a.jpg", "image/jpeg", b"photo")
    bench.outbox.set_state(report.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    bench.outbox.set_state(photo.command.key, CommandState.REJECTED, Text("没有该对象"), NOW)
    waiting = offerable(bench.outbox, "county", bench.clock)
    assert waiting == []
    assert bench.outbox.record(note.command.key).hold is Hold.REPORT
    again = bench.board.answering.rebase(report.command.key, {"title": "x，县城东街"})
    given = bench.outbox.on_target(again.command.target)
    assert [r.command.kind for r in given] == [
        CommandKind.CREATE,
        CommandKind.NOTE,
        CommandKind.ATTACH,
    ]
    assert [r.replaces for r in given] == [r.command.key for r in (report, note, photo)]
    assert bench.outbox.record(note.command.key).state is CommandState.CANCELLED
    assert [r.command.key for r in offerable(bench.outbox, "county", bench.clock)] == [
        r.command.key for r in given
    ]
    assert bench.board.answering.resend(report.command.key).seq == again.seq
    assert len(bench.outbox.on_target(again.command.target)) == 3


def test_a_note_edited_before_its_report_was_given_anew_goes_along_once(bench: BoardBench):
    report = bench.board.commands.create("county", {"title": "x"})
    note = bench.board.commands.note(report.command.target, "y")
    for record in (report, note):
        bench.outbox.set_state(record.command.key, CommandState.REJECTED, Text("读不懂"), NOW)
    bench.board.answering.rebase(note.command.key, {"text": "y，已核实"})
    assert offerable(bench.outbox, "county", bench.clock) == []
    again = bench.board.answering.resend(report.command.key)
    bench.board.answering.resend(report.command.key)
    last = bench.board.answering.resend(note.command.key)
    given = bench.outbox.on_target(again.command.target)
    assert [r.command.body for r in given] == [{"title": "x"}, {"text": "y，已核实"}]
    assert last.seq == given[-1].seq


def test_what_waits_unsent_on_a_refused_report_goes_along_too(bench: BoardBench):
    report = bench.board.commands.create("county", {"title": "x"})
    bench.outbox.set_state(report.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    note = bench.board.commands.note(report.command.target, "y")
    again = bench.board.answering.resend(report.command.key)
    assert bench.outbox.record(note.command.key).state is CommandState.CANCELLED
    assert [r.replaces for r in bench.outbox.on_target(again.command.target)] == [
        report.command.key,
        note.command.key,
    ]


def test_what_came_back_from_a_report_given_anew_meanwhile_is_given_on_that(bench: BoardBench):
    report = bench.board.commands.create("county", {"title": "x"})
    note = bench.board.commands.note(report.command.target, "y")
    bench.outbox.offering([note.command.key], NOW)
    bench.outbox.set_state(report.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    again = bench.board.answering.resend(report.command.key)
    bench.outbox.set_state(note.command.key, CommandState.REJECTED, Text("没有该对象"), NOW)
    assert bench.board.answering.resend(note.command.key).command.target == again.command.target


def test_what_is_on_a_report_that_the_county_takes_after_all_goes_out(bench: BoardBench):
    report = bench.board.commands.create("county", {"title": "x"})
    note = bench.board.commands.note(report.command.target, "y")
    bench.outbox.set_state(report.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    assert offerable(bench.outbox, "county", bench.clock) == []
    bench.outbox.set_state(report.command.key, CommandState.ACCEPTED, Text(), NOW)
    (waiting,) = offerable(bench.outbox, "county", bench.clock)
    assert waiting.command.key == note.command.key
    assert bench.outbox.record(note.command.key).state is CommandState.STORED


def test_what_only_its_officer_may_send_waits_for_him_whatever_becomes_of_its_report(
    bench: BoardBench,
):
    report = bench.board.commands.create("county", {"title": "x"})
    note = bench.board.commands.note(report.command.target, "y")
    bench.outbox.hold([note.command.key], Hold.COPY, Text("另一台电脑可能已发"), NOW)
    for said in (CommandState.REJECTED, CommandState.ACCEPTED):
        bench.outbox.set_state(report.command.key, said, Text(), NOW)
        offerable(bench.outbox, "county", bench.clock)
        assert bench.outbox.record(note.command.key).hold is Hold.COPY


def test_an_answer_taken_back_can_be_given_again(bench: BoardBench):
    bench.put(an_incident())
    key = bench.board.commands.note(INCIDENT, "x").command.key
    bench.outbox.set_state(key, CommandState.REJECTED, Text("不行"), NOW)
    first = bench.board.answering.resend(key)
    assert bench.board.commands.cancel(first.command.key)
    assert bench.board.answering.resend(key).state is CommandState.STORED


def test_an_answer_pressed_by_two_at_once_is_one(bench: BoardBench, monkeypatch):
    bench.put(an_incident())
    key = bench.board.commands.note(INCIDENT, "x").command.key
    bench.outbox.set_state(key, CommandState.REJECTED, Text("不行"), NOW)
    both, on_target = threading.Barrier(2), bench.outbox.on_target

    def looked_at(target):
        found = on_target(target)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.2)
        return found

    monkeypatch.setattr(bench.outbox, "on_target", looked_at)
    with ThreadPoolExecutor(2) as pressed:
        seqs = {record.seq for record in pressed.map(bench.board.answering.resend, (key, key))}
    assert len(seqs) == 1


def test_only_a_refused_or_conflicting_command_can_be_answered(bench: BoardBench):
    bench.put(an_incident())
    record = bench.board.commands.note(INCIDENT, "x")
    assert bench.board.answering.conflict(record.command.key) is None
    with pytest.raises(KeyError):
        bench.board.answering.resend(record.command.key)


def test_a_refused_file_given_again_is_sent_again(bench: BoardBench):
    record = a_refused_file(bench)
    before = bench.files.uploads("county")
    for upload in before:
        bench.files.mark_sent("county", upload.ref.digest, upload.ref.size)
    again = bench.board.answering.resend(record.command.key)
    assert bench.files.uploads("county") == before
    assert again.command.body == record.command.body


def test_a_refused_file_that_is_gone_from_here_is_not_given_again(bench: BoardBench):
    record = a_refused_file(bench)
    let_go_of(bench, record, "digest")
    conflict = bench.board.answering.conflict(record.command.key)
    assert conflict is not None
    assert conflict.file_gone
    with pytest.raises(FileGone) as why:
        bench.board.answering.resend(record.command.key)
    assert why.value.problem == Problem("file_gone", {"name": "a.jpg"})
    assert [r.command.key for r in bench.outbox.recent(9)] == [record.command.key]


def test_a_file_is_given_again_without_the_thumbnail_that_is_gone(bench: BoardBench):
    record = a_refused_file(bench)
    let_go_of(bench, record, "thumbnail")
    again = bench.board.answering.resend(record.command.key)
    told = dict(record.command.body["file"])
    assert told.pop("thumbnail")
    assert again.command.body == {"file": told}
    assert [upload.is_thumbnail for upload in bench.files.uploads("county")] == [False]


@pytest.mark.parametrize("came_back", [True, False])
def test_a_file_that_is_gone_goes_along_with_a_new_report_unless_it_was_refused(
    bench: BoardBench, came_back: bool
):
    report = bench.board.commands.create("county", {"title": "x"})
    photo = bench.board.commands.attach(report.command.target, "a.jpg", "image/jpeg", b"photo")
    bench.outbox.set_state(report.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    if came_back:
        bench.outbox.set_state(photo.command.key, CommandState.REJECTED, Text("没有"), NOW)
    let_go_of(bench, photo, "digest")
    again = bench.board.answering.resend(report.command.key)
    given = [r.command.kind for r in bench.outbox.on_target(again.command.target)]
    assert given == [CommandKind.CREATE, CommandKind.ATTACH][: 1 if came_back else 2]
    state = CommandState.REJECTED if came_back else CommandState.CANCELLED
    assert bench.outbox.record(photo.command.key).state is state


def a_refused_file(bench: BoardBench) -> CommandRecord:
    """A photo and its thumbnail whose command the county did not take."""
    bench.put(an_incident())
    record = bench.board.commands.attach(INCIDENT, "a.jpg", "image/jpeg", b"photo", b"small")
    bench.outbox.set_state(record.command.key, CommandState.REJECTED, Text("不行"), NOW)
    return record


def let_go_of(bench: BoardBench, record: CommandRecord, name: str) -> None:
    """Lose a file of that command: not protected any more, and its source's rows purged."""
    bench.files.take_back("county", record.command.body["file"][name])
    bench.files.purge("county")


def test_what_came_back_from_a_report_given_anew_twice_goes_along_with_the_last(
    bench: BoardBench,
):
    report = bench.board.commands.create("county", {"title": "x"})
    note = bench.board.commands.note(report.command.target, "y")
    bench.outbox.offering([note.command.key], NOW)
    bench.outbox.set_state(note.command.key, CommandState.SENT, Text(), NOW)
    bench.outbox.set_state(report.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    second = bench.board.answering.resend(report.command.key)
    bench.outbox.set_state(second.command.key, CommandState.REJECTED, Text("请补充地址"), NOW)
    third = bench.board.answering.resend(second.command.key)
    bench.outbox.set_state(note.command.key, CommandState.REJECTED, Text("没有该对象"), NOW)
    bench.board.answering.resend(report.command.key)
    given = [r.command.body for r in bench.outbox.on_target(third.command.target)]
    assert given == [{"title": "x"}, {"text": "y"}]
    assert len(bench.outbox.on_target(second.command.target)) == 1
