"""When a command is said to have been given, and which entry of the case it became."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop.domain.command import CommandKind, CommandRecord, CommandState
from desktop.domain.dating import find_entry, with_county_date, with_county_dates, wrong_reading
from desktop.domain.incident import TimelineEntry
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant
from desktop.domain.localized_text import Text
from support.builders import NOW, a_command

CLICK = NOW - HOUR


def a_record(key: str = "k", text: str = "已到现场", **changes: Any) -> CommandRecord:
    """A note accepted now, clicked two days ago by a clock that nobody had put right."""
    command = a_command(
        key=key,
        kind=CommandKind.NOTE,
        body={"text": text},
        at=CLICK - 2 * DAY,
        clock_at=CLICK - 2 * DAY,
    )
    record = CommandRecord(
        1, command, CommandState.ACCEPTED, NOW, offered=True, left_at=NOW - SECOND
    )
    return msgspec.structs.replace(record, **changes)


def an_entry(record: CommandRecord, **changes: Any) -> TimelineEntry:
    """The entry a county that corrects the time makes of it."""
    said = f"{record.command.body['text']}（席位时钟示 2026-11-21 07:00，已按县平台时间校正）"
    entry = TimelineEntry("note", Text(said), CLICK, NOW, record.command.by)
    return msgspec.structs.replace(entry, **changes)


@pytest.mark.parametrize(
    ("clicked_at", "state", "offset_ms", "said_at"),
    [
        (CLICK - 2 * DAY, CommandState.STORED, 2 * DAY, CLICK),
        (CLICK - 2 * DAY, CommandState.ACCEPTED, 2 * DAY, CLICK),
        (CLICK - 2 * DAY, CommandState.STORED, 0, CLICK - 2 * DAY),
        (CLICK + 2 * DAY, CommandState.STORED, -2 * DAY, CLICK),
        (CLICK - 30 * SECOND, CommandState.STORED, 30 * SECOND, CLICK - 30 * SECOND),
        (NOW, CommandState.STORED, 2 * DAY, NOW),
    ],
    ids=["slow", "slow, done", "right since", "fast", "right to the minute", "no other can be"],
)
def test_a_click_is_shown_at_the_moment_the_county_will_count(
    clicked_at: Instant, state: CommandState, offset_ms: int, said_at: Instant
) -> None:
    record = a_record(state=state)
    command = msgspec.structs.replace(record.command, at=clicked_at, clock_at=clicked_at)
    record = msgspec.structs.replace(record, command=command)
    shown = with_county_date(record, offset_ms, NOW)
    assert shown.command.at == said_at
    assert msgspec.structs.replace(shown, command=command) == record, "nothing else is changed"


def test_two_small_errors_that_are_a_large_one_together_are_told() -> None:
    command = a_command(at=CLICK + 75 * SECOND, clock_at=CLICK + 50 * SECOND)
    assert wrong_reading(command, -50 * SECOND) == CLICK + 50 * SECOND


def test_all_are_dated_as_each_is() -> None:
    offs = (-2 * DAY, -61 * SECOND, -60 * SECOND, -30 * SECOND, 0, 30 * SECOND, 61 * SECOND, DAY)
    record = a_record()
    records = [
        msgspec.structs.replace(
            record,
            command=msgspec.structs.replace(
                record.command, at=CLICK, clock_at=reading, offset_known=is_known
            ),
        )
        for reading in (None, *(CLICK + off_ms for off_ms in offs))
        for is_known in (False, True)
    ]
    for offset_ms in offs:
        shown = with_county_dates(records, offset_ms, NOW)
        assert shown == [with_county_date(each, offset_ms, NOW) for each in records]


def test_no_command_is_shown_as_given_after_its_answer() -> None:
    record = a_record(changed_at=CLICK - DAY)
    assert with_county_date(record, 2 * DAY, NOW).command.at == CLICK - 2 * DAY


def test_an_entry_dated_by_the_county_is_the_command_that_was_under_way() -> None:
    record = a_record()
    assert find_entry([record], [an_entry(record)]) == [record]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "feedback"},
        {"by": "另一人"},
        {"text": Text("别的话")},
        {"recorded_at": NOW - 2 * MINUTE},
        {"recorded_at": NOW + 2 * MINUTE},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_entry_of_somebody_else_is_no_command_of_ours(changes: dict[str, Any]) -> None:
    record = a_record()
    assert find_entry([record], [an_entry(record, **changes)]) == [None]


def test_only_what_was_accepted_is_told_back() -> None:
    record = a_record(state=CommandState.SENT)
    assert find_entry([record], [an_entry(record, happened_at=record.command.at)]) == [None]


def test_a_command_an_earlier_version_sent_is_told_by_its_click_alone() -> None:
    record = a_record(left_at=None)
    at_the_click = an_entry(record, happened_at=record.command.at)
    assert find_entry([record], [an_entry(record), at_the_click]) == [None, record]


def test_the_moment_of_the_click_goes_before_what_was_merely_under_way() -> None:
    record = a_record()
    at_the_click = an_entry(record, happened_at=record.command.at)
    assert find_entry([record], [an_entry(record), at_the_click]) == [None, record]


@pytest.mark.parametrize(
    ("off_ms", "said", "found"),
    [(40 * SECOND, "", True), (2 * MINUTE, "", False), (40 * SECOND, "别的话", False)],
)
def test_the_same_words_at_about_the_click_are_the_command(
    off_ms: int, said: str, found: bool
) -> None:
    record = a_record(left_at=None)
    text = Text(said or str(record.command.body["text"]))
    entry = an_entry(record, happened_at=record.command.at + off_ms, text=text)
    assert find_entry([record], [entry]) == [record if found else None]


def test_two_notes_of_the_same_words_are_two_entries() -> None:
    first, second = a_record("1"), a_record("2")
    entries = [an_entry(first), an_entry(second)]
    assert find_entry([first, second], entries) == [first, second]
    assert find_entry([first, second], entries[:1]) == [first]


def test_a_report_is_told_by_the_intake() -> None:
    record = a_record()
    command = msgspec.structs.replace(record.command, kind=CommandKind.CREATE)
    record = msgspec.structs.replace(record, command=command)
    assert find_entry([record], [an_entry(record, kind="intake", by="")]) == [record]
