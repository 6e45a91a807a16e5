"""The pending overlay: rows as they will be once pending commands are done; never stored."""

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
from desktop.domain.report import FieldValue, Report
from desktop.domain.source import Row
from desktop.protocol.lifecycle import is_allowed, resulting_stage

NO_NUMBER = ""
"""The number of an incident to which the county has not given one yet."""

DOUBT_MS = 5 * SECOND
"""How far the clocks of a desk and a server that are both right may differ."""
_SAID_IN = ("text", "unit")
_ACKNOWLEDGED = {
    AlarmState.UNACKNOWLEDGED: AlarmState.ACKNOWLEDGED,
    AlarmState.RETURNED_UNACKNOWLEDGED: AlarmState.NORMAL,
    AlarmState.UNKNOWN: AlarmState.ACKNOWLEDGED,
}


def is_pending(record: CommandRecord, unconfirmed: Many[str]) -> bool:
    """Whether a command must still be shown over its row, as the stored row does not contain it
    yet.

    True for an unfinished one, and for an accepted one that is `unconfirmed`: until a pull that
    began after its answer has ended, the stored row is from before.
    """
    if record.state is CommandState.ACCEPTED:
        return record.command.key in unconfirmed
    return not record.state.is_final


def apply_commands(incident: Incident, commands: Iterable[Command]) -> Incident:
    """Return the incident with these commands applied, in their order.

    A step that its stage no longer allows is left out: the county will reject it too.
    """
    for command in commands:
        if is_allowed(command.kind, incident.stage):
            incident = _apply(incident, command)
    return incident


def alarm_over(alarm: Alarm, commands: Iterable[Command], now: Instant | None = None) -> Alarm:
    """Return the alarm with these commands applied, in their order.

    If `now` is given, an acknowledgement from before the alarm fired again is left out.
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
    """Whether the alarm fired after the click, so that this firing has not been seen.

    A start in the future does not count: some servers write an alarm's end there.
    """
    return command.at + DOUBT_MS < alarm.raised_at <= now + DOUBT_MS


def report_over(report: Report | None, commands: Iterable[Command]) -> Report | None:
    """Return the report as these commands leave it; None where there is neither."""
    for command in commands:
        if command.kind is CommandKind.REPORT:
            report = _apply_report(command, report)
    return report


def _apply_report(command: Command, before: Report | None) -> Report:
    body = command.body
    return Report(
        source=command.target.source,
        id=command.target.id,
        form=str(body["form"]),
        edition=int(body["edition"]),
        township=str(body["township"]),
        period=str(body["period"]),
        reported_at=command.at,
        recorded_at=command.at,
        by=command.by,
        values=tuple(FieldValue(field, text) for field, text in body["values"].items()),
        timeline=() if before is None else before.timeline,
        version=0 if before is None else before.version,
    )


def row_over(row: Row, commands: Iterable[Command], now: Instant | None = None) -> Row:
    """Return any row with these commands applied; incidents, alarms and reports change."""
    if isinstance(row, Report):
        return report_over(row, commands) or row
    if isinstance(row, Incident):
        return apply_commands(row, commands)
    return alarm_over(row, commands, now) if isinstance(row, Alarm) else row


def new_incident(command: Command) -> Incident:
    """Build the incident a create command makes, with the fields that the county has not assigned
    left empty."""
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
    """Build the timeline entry that the command will leave, with the officer's text."""
    said = next((str(command.body[name]) for name in _SAID_IN if command.body.get(name)), "")
    return TimelineEntry(
        kind=command.kind.value,
        text=Text(said),
        happened_at=command.at,
        recorded_at=command.at,
        by=command.by,
    )


def file_of(command: Command) -> FileRef | None:
    """Return the file that an attach command names, as not yet at the county; else None."""
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
    """Return the digests of the file that an attach command names and of its thumbnail."""
    ref = file_of(command) if command.kind is CommandKind.ATTACH else None
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
    """Move the handling deadline; one that is met, or for an upward report, cannot be moved."""
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
