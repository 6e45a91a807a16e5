"""What a row will look like once the commands given on it are done: laid over, never stored."""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Iterable
from typing import Any

import msgspec

from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.command import Command, CommandKind, CommandRecord, CommandState
from desktop.domain.geo import Place
from desktop.domain.incident import (
    Deadline,
    DeadlineKind,
    FileRef,
    Incident,
    Stage,
    TimelineEntry,
)
from desktop.domain.instant import MINUTE, SECOND, Instant
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Row
from desktop.protocol.lifecycle import is_allowed, resulting_stage

NO_NUMBER = ""
"""The number of an incident the county has not numbered yet."""

DOUBT_MS = 5 * SECOND
"""By how much the clocks of a desk and a server that are both right may differ."""
_SAID_IN = ("text", "unit")
_ACKNOWLEDGED = {
    AlarmState.UNACKNOWLEDGED: AlarmState.ACKNOWLEDGED,
    AlarmState.RETURNED_UNACKNOWLEDGED: AlarmState.NORMAL,
    AlarmState.UNKNOWN: AlarmState.ACKNOWLEDGED,
}


def is_pending(record: CommandRecord, unconfirmed: Many[str]) -> bool:
    """Whether a command still lies over its row: the source has not told its outcome in rows.

    An unfinished one does. An accepted one does while it is among the `unconfirmed`: until a
    pull that began after its answer has ended, the row as it is stored was told before.
    """
    if record.state is CommandState.ACCEPTED:
        return record.command.key in unconfirmed
    return not record.state.is_final


def apply_commands(incident: Incident, commands: Iterable[Command]) -> Incident:
    """The incident with those commands done, in their order.

    A step that its stage no longer allows is left out: the county will not take it either.
    """
    for command in commands:
        if is_allowed(command.kind, incident.stage):
            incident = _apply(incident, command)
    return incident


def alarm_over(alarm: Alarm, commands: Iterable[Command], now: Instant | None = None) -> Alarm:
    """The alarm with those commands done, in their order.

    With the time of now an acknowledgement is left out that was given before this firing.
    """
    replace = msgspec.structs.replace
    for command in commands:
        if command.kind is CommandKind.ACKNOWLEDGE and alarm.acknowledged_at is None:
            if now is not None and _has_fired_since(alarm, command, now):
                continue
            alarm = replace(
                alarm,
                state=_ACKNOWLEDGED.get(alarm.state, alarm.state),
                acknowledged_at=command.at,
                acknowledged_by=command.by,
            )
        elif command.kind is CommandKind.SHELVE:
            until = command.at + int(command.body.get("minutes", 0)) * MINUTE
            alarm = replace(
                alarm, state=AlarmState.SHELVED, shelved_until=until, shelved_by=command.by
            )
        elif command.kind is CommandKind.UNSHELVE and alarm.state is AlarmState.SHELVED:
            alarm = replace(
                alarm, state=AlarmState.UNACKNOWLEDGED, shelved_until=None, shelved_by=""
            )
    return alarm


def _has_fired_since(alarm: Alarm, command: Command, now: Instant) -> bool:
    """Whether the alarm began after the click: nobody has seen that it calls again.

    A beginning still to come is none: some servers write an alarm's end there.
    """
    return command.at + DOUBT_MS < alarm.raised_at <= now + DOUBT_MS


def row_over(row: Row, commands: Iterable[Command], now: Instant | None = None) -> Row:
    """Any row with those commands done; only incidents and alarms take some."""
    if isinstance(row, Incident):
        return apply_commands(row, commands)
    return alarm_over(row, commands, now) if isinstance(row, Alarm) else row


def new_incident(command: Command) -> Incident:
    """The incident a create command makes, as far as it is known before the county has it."""
    body = command.body
    place = body.get("place")
    return Incident(
        source=command.target.source,
        id=command.target.id,
        number=NO_NUMBER,
        title=Text(str(body.get("title", ""))),
        level=EventLevel(body.get("level", EventLevel.NONE)),
        stage=Stage.COLLECTED,
        category=str(body.get("category", "")),
        channel=str(body.get("channel", "")),
        township=str(body.get("township", "")),
        occurred_at=int(body.get("occurred_at", command.at)),
        recorded_at=command.at,
        address=Text(str(body.get("address", ""))),
        place=Place(*place) if place else None,
        summary=Text(str(body.get("summary", ""))),
    )


def entry(command: Command) -> TimelineEntry:
    """The line of the timeline that the command will leave; its text is the officer's."""
    said = next((str(command.body[name]) for name in _SAID_IN if command.body.get(name)), "")
    return TimelineEntry(
        kind=command.kind.value,
        text=Text(said),
        happened_at=command.at,
        recorded_at=command.at,
        by=command.by,
    )


def file_of(command: Command) -> FileRef | None:
    """The file an attach command names, still under way to the county."""
    told: Any = command.body.get("file") if command.kind is CommandKind.ATTACH else None
    if not isinstance(told, dict):
        return None
    return FileRef(
        digest=str(told["digest"]),
        name=str(told["name"]),
        media_type=str(told["media_type"]),
        size=int(told["size"]),
        thumbnail=str(told.get("thumbnail", "")),
        at=command.at,
        by=command.by,
        here=False,
    )


def files_named(command: Command) -> tuple[str, ...]:
    """Digests of the file an attach command names and of its thumbnail."""
    ref = file_of(command)
    return () if ref is None else tuple(filter(None, (ref.digest, ref.thumbnail)))


def _apply(incident: Incident, command: Command) -> Incident:
    changes: dict[str, Any] = {}
    body = command.body
    stage = resulting_stage(command.kind, incident.stage, passed=bool(body.get("passed")))
    if stage is not incident.stage:
        changes["stage"] = stage
    match command.kind:
        case CommandKind.ACKNOWLEDGE if incident.acknowledged_at is None:
            changes = {"acknowledged_at": command.at, "acknowledged_by": command.by}
        case CommandKind.DISPATCH:
            changes["lead_unit"] = Text(str(body.get("unit", "")))
        case CommandKind.ESCALATE:
            changes["level"] = EventLevel(body.get("level", incident.level))
        case CommandKind.EXTEND:
            changes["deadlines"] = _extend(incident.deadlines, int(body.get("due_at", 0)))
        case CommandKind.ATTACH:
            changes["files"] = _with_file(incident.files, file_of(command))
    return msgspec.structs.replace(incident, **changes) if changes else incident


def _extend(deadlines: tuple[Deadline, ...], due_at: Instant) -> tuple[Deadline, ...]:
    """The handling deadline moved; one that is met, or owed upward, is not the officer's."""
    return tuple(
        msgspec.structs.replace(each, due_at=due_at)
        if each.kind is DeadlineKind.HANDLE and each.done_at is None
        else each
        for each in deadlines
    )


def _with_file(files: tuple[FileRef, ...], new: FileRef | None) -> tuple[FileRef, ...]:
    if new is None or any(each.digest == new.digest for each in files):
        return files
    return (*files, new)
