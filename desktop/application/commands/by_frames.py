"""Commands that go another way than the network: which may, and what is on record of it.

They stay in the outbox and are offered to the network as before, until an answer settles them.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.application.commands.belonging import hold_of
from desktop.application.commands.refused_reports import offerable
from desktop.application.ports import OutboxStore
from desktop.domain.clock import Clock
from desktop.domain.command import CommandKind, CommandRecord, CommandState, Hold
from desktop.domain.instant import DAY
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import is_too_old
from desktop.domain.source import CommandResult
from desktop.protocol.limits import CARRIED_DAYS

OLDEST_MS = CARRIED_DAYS * DAY
MAY_GO = (Hold.NONE, Hold.LOGIN)
"""A login or a quota is of the network alone; every other hold is of the command."""


def list_carriable(outbox: OutboxStore, source: str, clock: Clock) -> list[CommandRecord]:
    """Return the unfinished commands of a source that may go now, in the order of their clicks.

    Not those that only the officer may send, or that belong to another server or login, nor
    what is on an incident whose report stays.
    """
    binding, now = outbox.binding(source), clock.now()
    queue = offerable(outbox, source, clock)
    staying = [
        record
        for record in queue
        if record.hold not in MAY_GO
        or hold_of(record.command, binding) is not Hold.NONE
        or is_too_old(record, now - OLDEST_MS)
    ]
    reports = {r.command.target for r in staying if r.command.kind is CommandKind.CREATE}
    going = [r for r in queue if r not in staying and r.command.target not in reports]
    return sorted(going, key=lambda record: record.seq)


def note_leaving(outbox: OutboxStore, records: Sequence[CommandRecord], clock: Clock) -> None:
    """Put on record, before a byte leaves, that these commands may have left from now on."""
    outbox.offering([record.command.key for record in records], clock.now())


def mark_sent(outbox: OutboxStore, records: Sequence[CommandRecord], clock: Clock) -> None:
    """Put on record that bytes of these commands have left; an answer that came stands."""
    for record in records:
        now = outbox.record(record.command.key)
        if now is not None and now.state in (CommandState.STORED, CommandState.HELD):
            outbox.set_state(record.command.key, CommandState.SENT, Text(), clock.now())


def keep_answers(outbox: OutboxStore, answers: Sequence[CommandResult], clock: Clock) -> None:
    """Apply answers as those of the network are; none lets a command be forgotten."""
    outbox.answer_all(answers, clock.now())
