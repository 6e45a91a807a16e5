"""New incidents the county refused, and the commands on them: held, and sent with a new report."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.application.ports import OutboxStore
from desktop.domain.clock import Clock
from desktop.domain.command import CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.domain.localized_text import Text
from desktop.protocol.lifecycle import NEW_INCIDENT

WITH_REPORT = Text(
    "它所在的新事件被县平台拒收：改好后重新上报，这一条会随之发出。",
    "The county refused the new incident it is on: report that again and this goes along.",
)

OF_STRANGERS = (Hold.ACCOUNT, Hold.SERVER)


def offerable(outbox: OutboxStore, source: str, clock: Clock) -> list[CommandRecord]:
    """Return the commands to offer to a source, after holding those on a refused report.

    They are in the outbox's order. The county would refuse each held one, as it has no such
    incident. One whose report is accepted after all, as by a restored county, goes out again. What
    only its officer may send, and what belongs to another login or server, keeps that reason: two
    by turns would be news each time.
    """
    queue = outbox.list_unfinished(source)
    refused = {
        target
        for target in {record.command.target for record in queue if _is_on_report(record)}
        if is_refused(outbox, target)
    }
    held = [
        record.command.key
        for record in queue
        if record.command.target in refused
        and not (record.hold.wants_decision or record.hold in OF_STRANGERS)
    ]
    if held:
        outbox.hold(held, Hold.REPORT, WITH_REPORT, clock.now())
    waiting = set(held)
    free = [record for record in queue if record.command.key not in waiting]
    for record in free:
        if record.hold is Hold.REPORT:
            outbox.release(record.command.key, clock.now())
    return free


def is_refused(outbox: OutboxStore, target: Key) -> bool:
    """Whether the county refused the report that was to make this incident."""
    report = report_of(outbox.on_target(target))
    return report is not None and report.state is CommandState.REJECTED


def report_of(records: Sequence[CommandRecord]) -> CommandRecord | None:
    """Return the create command among the commands on one row, or None."""
    return next((r for r in records if r.command.kind is CommandKind.CREATE), None)


def dependents(outbox: OutboxStore, report: CommandRecord) -> list[CommandRecord]:
    """Return the commands on a refused report that were surely never done, in click order."""
    given = outbox.on_target(report.command.target)
    return [record for record in given if record.seq != report.seq and _is_undone(record)]


def _is_undone(record: CommandRecord) -> bool:
    if record.state is CommandState.STORED:
        return not record.offered
    return record.hold in (Hold.REPORT, Hold.SERVER) or record.state is CommandState.REJECTED


def in_place_of(outbox: OutboxStore, target: Key, known: Sequence[CommandRecord]) -> Key:
    """Return the row a command belongs on: of the new report, where the old one was refused."""
    report = report_of(outbox.on_target(target)) if _is_new(target) else None
    if report is None or report.state is not CommandState.REJECTED:
        return target
    anew = replacing(report.command.key, known)
    return target if anew is None else in_place_of(outbox, anew.command.target, known)


def replacing(key: str, known: Sequence[CommandRecord]) -> CommandRecord | None:
    """Return the command, of all in `known`, that the officer submitted in place of that one.

    A withdrawn one does not count, but the one that took its place does: so a command that went
    along with one new report may go along with the next. None without any.
    """
    answers = [record for record in known if record.replaces == key]
    standing = [each for each in answers if each.state is not CommandState.CANCELLED]
    if standing:
        return standing[0]
    return next(filter(None, (replacing(each.command.key, known) for each in answers)), None)


def _is_on_report(record: CommandRecord) -> bool:
    command = record.command
    return _is_new(command.target) and command.kind is not CommandKind.CREATE


def _is_new(target: Key) -> bool:
    return target.id.startswith(NEW_INCIDENT)
