"""The time of a command as the county will count it, and the timeline entry it led to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from desktop.domain.clock import CLOCK_OFF_MS
from desktop.domain.command import Command, CommandKind, CommandRecord, CommandState
from desktop.domain.incident import TimelineEntry
from desktop.domain.instant import SECOND, Instant

INTAKE = "intake"
"""The timeline kind of a case's first entry, which a create command leaves."""


def wrong_reading(command: Command, offset_ms: int) -> Instant | None:
    """Return this computer's clock at the click if it, or `at`, was wrong by over a minute; else
    None.

    `at` is wrong if its offset dates from before that clock was set. If the clock was set since the
    click, today's offset says nothing about it, and `at` is right.
    """
    if command.clock_at is None:
        return None
    corrected_ms = command.at - command.clock_at
    off_ms = abs(corrected_ms - offset_ms)
    if command.offset_known and off_ms > CLOCK_OFF_MS:
        return None
    wrong = max(abs(corrected_ms), abs(offset_ms), off_ms) > CLOCK_OFF_MS
    return command.clock_at if wrong else None


def with_county_date(record: CommandRecord, offset_ms: int, now: Instant) -> CommandRecord:
    """Return the record with its command at the moment the county will count, for display only.

    The county's rule: of two possible moments the later, and none after the answer. The command
    that is sent keeps the time of the click.
    """
    reading = wrong_reading(record.command, offset_ms)
    if reading is None:
        return record
    latest = record.changed_at if record.state.is_final else now
    told = (reading + offset_ms, record.command.at)
    possible = [at for at in told if at <= latest + CLOCK_OFF_MS]
    if not possible or (at := min(max(possible), latest)) == record.command.at:
        return record
    return msgspec.structs.replace(record, command=msgspec.structs.replace(record.command, at=at))


def with_county_dates(
    records: Iterable[CommandRecord], offset_ms: int, now: Instant
) -> list[CommandRecord]:
    """Return the records with their county dates; fast, as few commands have a wrong clock."""
    room_ms = CLOCK_OFF_MS - abs(offset_ms)
    return [
        record
        if (reading := (command := record.command).clock_at) is None
        or -room_ms <= command.at - reading <= room_ms
        else with_county_date(record, offset_ms, now)
        for record in records
    ]


def find_entry(
    records: Sequence[CommandRecord], timeline: Sequence[TimelineEntry]
) -> list[CommandRecord | None]:
    """Find for each timeline entry the accepted command of this desk that led to it, if that is
    sure.

    They match by the moment of the click; if the county counted another moment, by text, and by an
    entry recorded while the command was under way; else by the same words at about the click.
    """
    own = [record for record in records if record.state is CommandState.ACCEPTED]
    found: list[CommandRecord | None] = [None] * len(timeline)
    for tells in (_at_the_click, _while_under_way, _about_the_click):
        _pair(found, own, timeline, tells)
    return found


def _pair(
    found: list[CommandRecord | None],
    own: list[CommandRecord],
    timeline: Sequence[TimelineEntry],
    tells: Callable[[CommandRecord, TimelineEntry], bool],
) -> None:
    """Match each entry that has no command yet with one, in the order of the clicks."""
    for place, entry in enumerate(timeline):
        if found[place] is None:
            record = next((each for each in own if tells(each, entry)), None)
            if record is not None:
                own.remove(record)
                found[place] = record


def _at_the_click(record: CommandRecord, entry: TimelineEntry) -> bool:
    command = record.command
    if command.kind is CommandKind.CREATE:
        return entry.kind == INTAKE
    return _is_of(record, entry) and abs(entry.happened_at - command.at) < SECOND


def _while_under_way(record: CommandRecord, entry: TimelineEntry) -> bool:
    """Whether the entry was recorded while the command was under way, and has its text.

    Both ends are on the server's time: nothing is sent before that time is available.
    """
    if record.left_at is None or not _is_of(record, entry):
        return False
    since, until = record.left_at - CLOCK_OFF_MS, record.changed_at + CLOCK_OFF_MS
    return since <= entry.recorded_at <= until and _text_of(record) in entry.text.zh


def _about_the_click(record: CommandRecord, entry: TimelineEntry) -> bool:
    """Whether the entry has the command's own words and is dated within the minute."""
    said = _text_of(record)
    near = abs(entry.happened_at - record.command.at) < CLOCK_OFF_MS
    return near and _is_of(record, entry) and bool(said) and said == entry.text.zh.strip()


def _text_of(record: CommandRecord) -> str:
    return str(record.command.body.get("text", "")).strip()


def _is_of(record: CommandRecord, entry: TimelineEntry) -> bool:
    return entry.kind == record.command.kind and entry.by == record.command.by
