"""The plan of sending: what goes in which order, at what cost, and what waits for which reason."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop.application.office.send_plan import (
    Outgoing,
    Plan,
    StepKind,
    Why,
    cost_of_words,
    plan_sending,
)
from desktop.application.reads.read_models import Usage
from desktop.domain.command import CommandKind, CommandRecord, CommandState, Hold
from desktop.domain.incident import FileRef
from desktop.domain.link import ByteCount, LinkState, LinkTier, TrafficClass, Upload
from support.builders import NOW, a_command

LINE = LinkState(80_000.0, 500.0, LinkTier.TEXT, NOW)
"""10 KB a second, half a second slow."""
FREE = Usage("2026-11-23", None, {}, False, None)


def a_record(seq: int, text: str = "已到场", **changes: Any) -> CommandRecord:
    command = a_command(kind=CommandKind.NOTE, body={"text": text})
    record = CommandRecord(seq, command, CommandState.STORED, NOW)
    return msgspec.structs.replace(record, **changes)


def an_upload(digest: str, size: int, offset: int = 0, *, small: bool = False) -> Upload:
    return Upload("county", FileRef(digest, "桥.jpg", "image/jpeg", size), offset, small)


def an_attach(seq: int, digest: str, **changes: Any) -> CommandRecord:
    file = {"digest": digest, "name": "桥.jpg", "media_type": "image/jpeg", "size": 5}
    command = a_command(kind=CommandKind.ATTACH, body={"file": file})
    return a_record(seq, command=command, **changes)


def spent(budget: int, so_far: int = 0, **changes: Any) -> Usage:
    counts = {TrafficClass.CHANGES: ByteCount(0, so_far)}
    return msgspec.structs.replace(FREE, budget=budget, spent=counts, **changes)


def waits(plan: Plan) -> dict[Why, tuple[int, int]]:
    return {each.why: (each.count, each.bytes) for each in plan.waiting}


def counts(plan: Plan) -> dict[StepKind, int]:
    return {step.kind: step.count for step in plan.steps}


def test_nothing_to_send_is_an_empty_plan():
    plan = plan_sending([Outgoing(LINE)], FREE)
    assert plan == Plan()
    assert (plan.bytes, plan.seconds) == (0, 0)


def test_words_go_first_then_thumbnails_then_what_was_asked_for_then_photos():
    source = Outgoing(
        LINE,
        [a_record(1), a_record(2)],
        [an_upload("a", 9_000, small=True), an_upload("b", 400_000, 100_000)],
        [("c", 20_000, 70_000)],
    )
    plan = plan_sending([source], FREE)
    assert [step.kind for step in plan.steps] == list(StepKind)
    assert counts(plan) == {
        StepKind.WORDS: 2,
        StepKind.THUMBNAILS: 1,
        StepKind.ASKED_FOR: 1,
        StepKind.PHOTOS: 1,
    }
    sizes = [step.bytes for step in plan.steps[1:]]
    for size, least in zip(sizes, (9_000, 50_000, 300_000), strict=True):
        assert least < size < least * 1.15, "its bytes and the heads of its requests"
    assert plan.bytes == sum(step.bytes for step in plan.steps)
    assert plan.waiting == ()


def test_the_queues_order_tells_what_goes_first_and_what_is_held_stands_apart():
    held = [
        a_record(number, state=CommandState.HELD, hold=hold) for number, hold in enumerate(Hold, 10)
    ]
    urgent = a_record(7, priority=1)
    received = a_record(1, state=CommandState.RECEIVED)
    plan = plan_sending([Outgoing(LINE, [received, held[0], urgent, a_record(2), *held[1:]])], FREE)
    assert plan.first is urgent
    assert plan.held == tuple(held)
    assert counts(plan) == {StepKind.WORDS: 2}


def test_seconds_are_those_of_the_line_with_its_delay():
    step = plan_sending([Outgoing(LINE, [], [an_upload("a", 100_000)])], FREE).steps[0]
    assert step.seconds == pytest.approx(step.bytes / 10_000 + 4 * 0.5, abs=0.01)
    quick = LinkState(8_000_000.0, None, LinkTier.ORIGINALS, NOW)
    step = plan_sending([Outgoing(quick, [], [an_upload("a", 100_000)])], FREE).steps[0]
    assert step.seconds == pytest.approx(step.bytes / 1_000_000)


def test_of_a_line_never_measured_no_seconds_are_told():
    unknown = Outgoing(LinkState(), [a_record(1)], [an_upload("a", 100_000)])
    plan = plan_sending([unknown], FREE)
    assert plan.seconds is None
    assert plan.bytes > 100_000
    both = plan_sending([Outgoing(LINE, [a_record(2)]), unknown], FREE)
    assert [step.seconds for step in both.steps] == [None, None]
    assert both.steps[0].count == 2


def test_only_words_today_keeps_files_both_ways_and_no_words():
    files = [an_upload("a", 9_000, small=True), an_upload("b", 400_000)]
    source = Outgoing(LINE, [a_record(1)], files, [("c", 0, 50_000)])
    plan = plan_sending([source], msgspec.structs.replace(FREE, only_words=True))
    assert counts(plan) == {StepKind.WORDS: 1}
    assert waits(plan) == {Why.ONLY_WORDS: (3, 459_000)}


def test_of_a_spent_day_files_wait_and_words_go():
    source = Outgoing(LINE, [a_record(1)], [an_upload("b", 400_000)])
    plan = plan_sending([source], spent(1_000_000, 990_000))
    assert counts(plan) == {StepKind.WORDS: 1}
    assert waits(plan) == {Why.BUDGET: (1, 400_000)}


def test_files_go_as_far_as_the_day_reaches():
    files = [an_upload("a", 60_000), an_upload("b", 60_000), an_upload("c", 60_000)]
    plan = plan_sending([Outgoing(LINE, [], files)], spent(1_000_000, 900_000))
    assert counts(plan) == {StepKind.PHOTOS: 2}
    assert plan.bytes <= 100_000 + 5_000
    count, size = waits(plan)[Why.BUDGET]
    assert (count, 60_000 < size < 90_000) == (2, True), "the rest of one, and all of another"


@pytest.mark.parametrize(
    ("now", "tier", "goes"),
    [
        (False, LinkTier.THUMBNAILS, False),
        (True, LinkTier.TEXT, True),
        (False, LinkTier.ORIGINALS, True),
    ],
)
def test_photos_wait_for_their_hours_unless_the_line_is_good(now: bool, tier: LinkTier, goes: bool):
    usage = msgspec.structs.replace(FREE, originals_hours=("22:00", "06:00"), originals_now=now)
    line = msgspec.structs.replace(LINE, tier=tier)
    files = [an_upload("a", 9_000, small=True), an_upload("b", 400_000)]
    plan = plan_sending([Outgoing(line, [], files)], usage)
    assert (StepKind.PHOTOS in counts(plan)) is goes
    assert (Why.HOURS in waits(plan)) is not goes
    assert counts(plan)[StepKind.THUMBNAILS] == 1


@pytest.mark.parametrize("hold", [Hold.ACCOUNT, Hold.SERVER])
def test_a_file_waits_with_its_command_that_belongs_to_another_login(hold: Hold):
    held = an_attach(1, "theirs", state=CommandState.HELD, hold=hold)
    both = an_attach(2, "both", state=CommandState.HELD, hold=hold)
    files = [an_upload("theirs", 5_000), an_upload("both", 6_000)]
    plan = plan_sending([Outgoing(LINE, [held, both, an_attach(3, "both")], files)], FREE)
    assert waits(plan) == {Why.HELD: (1, 5_000)}
    assert counts(plan)[StepKind.PHOTOS] == 1


def test_a_file_the_county_refused_is_not_planned():
    files = [an_upload("a", 5_000), an_upload("b", 6_000)]
    plan = plan_sending([Outgoing(LINE, [], files, (), frozenset({"a"}))], FREE)
    assert waits(plan) == {Why.REFUSED: (1, 5_000)}
    assert counts(plan) == {StepKind.PHOTOS: 1}


def test_the_plan_of_two_sources_shares_one_days_bytes():
    one = Outgoing(LINE, [], [an_upload("a", 60_000)])
    plan = plan_sending([one, one], spent(1_000_000, 900_000))
    assert counts(plan) == {StepKind.PHOTOS: 2}
    assert plan.bytes <= 100_000 + 5_000


def test_more_words_cost_more():
    few, many = [a_record(1)], [a_record(n) for n in range(40)]
    assert cost_of_words([]) == 0
    assert cost_of_words(few) < cost_of_words([a_record(1, "长" * 300)]) < cost_of_words(many)
