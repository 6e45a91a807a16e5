"""The officer's answers to commands that were not taken: sent again, edited, or reported anew."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from desktop.application.commands.belonging import ALL
from desktop.application.commands.command_service import CommandService
from desktop.application.commands.own_files import FileGone, OwnFiles
from desktop.application.commands.refused_reports import dependents, in_place_of, replacing
from desktop.application.ports import OutboxStore
from desktop.application.reads.pending_overlay import PendingOverlay
from desktop.application.reads.read_models import Conflict
from desktop.domain.alarm import Alarm
from desktop.domain.clock import Clock
from desktop.domain.command import (
    Collection,
    CommandKind,
    CommandRecord,
    CommandState,
    Hold,
    Key,
    mint_key,
)
from desktop.domain.incident import Incident
from desktop.domain.overlay import file_of
from desktop.domain.report import Report
from desktop.domain.source import Row
from desktop.protocol.lifecycle import new_incident_id

ANSWERABLE = (CommandState.CONFLICT, CommandState.REJECTED)


class Answering:
    """The officer's answers to commands not taken; every call may come from any thread."""

    def __init__(
        self,
        outbox: OutboxStore,
        files: OwnFiles,
        standing: PendingOverlay,
        clock: Clock,
        commands: CommandService,
    ) -> None:
        self._outbox, self._files, self._standing = outbox, files, standing
        self._clock, self._commands = clock, commands
        self._answering = Lock()
        """Makes two presses be answered one after the other, whatever threads they come on."""

    def conflict(self, key: str) -> Conflict | None:
        """Return both versions of a conflicting or refused command's row, or None."""
        from desktop.application.commands.conflicts import conflict_of

        record = self._outbox.record(key)
        if record is None or not is_answerable(record):
            return None
        file = file_of(record.command)
        is_gone = file is not None and not self._files.has(file.digest)
        return conflict_of(record, *self._rows_of(record), file_gone=is_gone)

    def _rows_of(self, record: CommandRecord) -> tuple[Row | None, Row | None]:
        """Return the row of the click and the county's: as a conflict had it, else as cached."""
        basis, theirs = self._outbox.conflict_rows(record.command.key)
        if theirs is None and record.state is CommandState.CONFLICT:
            theirs = self._standing.county_row(record.command.target)
        return basis, theirs

    def resend(self, key: str) -> CommandRecord:
        """Submit the same command on the row as the county has it now; a second press adds none.

        Raises KeyError for a command that was neither refused nor in conflict, and FileGone for a
        file that is no longer here.
        """
        with self._answering:
            return self._answer(key, None)

    def rebase(self, key: str, body: Mapping[str, Any]) -> CommandRecord:
        """Submit the command, edited, on the row as the county has it now; as `resend`."""
        with self._answering:
            return self._answer(key, body)

    def _answer(self, key: str, body: Mapping[str, Any] | None) -> CommandRecord:
        old = self._outbox.record(key)
        if old is None or not is_answerable(old) or self._waits_for_its_server(old):
            raise KeyError(key)
        command = old.command
        given = command.body if body is None else body
        if command.kind is CommandKind.CREATE:
            return self._report_again(old, given)
        known = self._outbox.recent(ALL)
        if (later := replacing(key, known)) is not None:
            return later
        target = in_place_of(self._outbox, command.target, known)
        theirs = self._rows_of(old)[1]
        base = theirs.version if isinstance(theirs, Incident | Alarm | Report) else None
        if command.kind is CommandKind.ATTACH:
            given = self._files.send_again(command)
        again = self._commands.store(command.kind, target, given, base, None, key, theirs)
        self._put_aside(old)
        return again

    def _put_aside(self, old: CommandRecord) -> None:
        """Withdraw or give up a waiting command that another one replaces."""
        key, now = old.command.key, self._clock.now()
        if old.state in (CommandState.HELD, CommandState.STORED) and not self._outbox.cancel(
            key, now
        ):
            self._outbox.give_up(key, now)

    def _waits_for_its_server(self, record: CommandRecord) -> bool:
        """Whether no other server is accepted yet: another command would wait, too."""
        command = record.command
        bound = self._outbox.binding(command.target.source).server
        return record.hold is Hold.SERVER and bound == command.server

    def _report_again(self, old: CommandRecord, body: Mapping[str, Any]) -> CommandRecord:
        """Report a new incident in place of the refused one, with the commands submitted on that.

        Its id comes from its own key: the refused incident and the new one are two. After a crash
        half-way, another press goes on from there.
        """
        known = self._outbox.recent(ALL)
        report = replacing(old.command.key, known)
        if report is None:
            source, fresh = old.command.target.source, mint_key()
            target = Key(source, Collection.INCIDENTS, new_incident_id(fresh))
            report = self._commands.store(
                CommandKind.CREATE, target, body, None, fresh, replaces=old.command.key
            )
        # That one may have been refused and given anew as well, before what comes along now.
        place = in_place_of(self._outbox, report.command.target, known)
        for each in dependents(self._outbox, old):
            if replacing(each.command.key, known) is None:
                self._take_along(each, place)
        self._put_aside(old)
        return report

    def _take_along(self, held: CommandRecord, target: Key) -> None:
        command = held.command
        try:
            body = self._files.send_again(command)
        except FileGone:
            if held.state is CommandState.REJECTED:
                return  # It came back long ago, and he has seen it: it stays refused.
            # Its file was lost with this disk's other files; the county is asked for it.
            body = command.body
        self._commands.store(command.kind, target, body, None, None, replaces=command.key)
        self._put_aside(held)


def is_answerable(record: CommandRecord) -> bool:
    """Whether the officer may submit another command in place of this one.

    That is when it was refused or in conflict, or is held because its server is gone.
    """
    return record.state in ANSWERABLE or record.hold is Hold.SERVER
