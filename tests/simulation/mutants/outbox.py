"""What a desk keeps of its officer's commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

import msgspec

from desktop import bootstrap
from desktop.application.commands import refused_reports
from desktop.application.commands.command_service import CommandService
from desktop.application.sync.command_sender import CommandSender
from desktop.connectors.county import commands as county_commands
from desktop.domain import outbox_state as rules
from desktop.domain.command import CommandRecord, CommandState, mint_key
from desktop.domain.source import CommandResult
from desktop.storage.outbox import rows as entries
from desktop.storage.outbox.store import SqliteOutbox
from desktop.storage.sqlite import durable
from desktop.storage.sqlite.durable import DurableFile
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere
from simulation.seams import world


@mutant("delete on send", "lose_answer")
def _delete_on_send() -> Iterator[None]:
    """A command leaves the outbox as its bytes leave the computer, and comes back answered."""

    def sent(before: Any, self: CommandSender, group: list[CommandRecord]) -> Any:
        rows = _taken_out(self._outbox, [record.command.key for record in group])
        answers, stayed = before(self, group)
        back = stayed | {answer.key for answer in answers}
        _put_back(self._outbox, [row for key, row in rows.items() if key in back])
        return answers, stayed

    def marked(
        before: Any, self: CommandSender, records: list[CommandRecord], to: CommandState
    ) -> Any:
        there = [r for r in records if self._outbox.record(r.command.key) is not None]
        return before(self, there, to)

    with swapped(CommandSender, "_send", sent), swapped(CommandSender, "_mark", marked):
        yield


def _file_of(outbox: Any) -> DurableFile:
    desks = (each for each in world().desks if each.opened and each.opened.outbox is outbox)
    return next(desks).durable["outbox.db"]


def _taken_out(outbox: Any, keys: Sequence[str]) -> dict[str, Any]:
    with _file_of(outbox).transaction() as db:
        rows = {
            key: db.execute("SELECT * FROM command WHERE key = ?", (key,)).fetchone()
            for key in keys
        }
        for key in keys:
            db.execute("DELETE FROM command WHERE key = ?", (key,))
    return rows


def _put_back(outbox: Any, rows: list[Any]) -> None:
    with _file_of(outbox).transaction() as db:
        for row in filter(None, rows):
            places = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO command VALUES ({places})", row)


class _Undo(Exception):
    """Takes back what was written."""


@mutant("confirm to the user before commit", "crash_soon")
def _early_confirm() -> Iterator[None]:
    """The click is confirmed while the write is still in memory; the next exchange writes it."""

    def write(before: Any, self: Any) -> None:
        waiting, self._waiting = getattr(self, "_waiting", []), []
        for given, named in waiting:
            before(self, *given, **named)

    def append(before: Any, self: Any, command: Any, now: int, **named: Any) -> CommandRecord:
        write(before, self)
        try:
            with self._file.transaction() as db:
                basis, replaces = named.get("basis"), named.get("replaces", "")
                entries.add(db, rules.new_entry(0, command, now, basis, replaces))
                [record] = entries.records(db, "WHERE key = ?", command.key)
                raise _Undo
        except _Undo:
            self._waiting = [((command, now), named)]
        return record

    appended = SqliteOutbox.append

    def list_unfinished(before: Any, self: Any, source: str | None = None) -> list[CommandRecord]:
        write(appended, self)
        return list(before(self, source))

    with (
        swapped(SqliteOutbox, "append", append),
        swapped(SqliteOutbox, "list_unfinished", list_unfinished),
    ):
        yield


@mutant("a click is confirmed before it is on the disk", "lose_power")
def _not_synced() -> Iterator[None]:
    """The outbox is written and not synced."""

    def connect(before: Any, *given: Any, **named: Any) -> Any:
        return before(*given, **{**named, "durable": False})

    with swapped(durable, "connect", connect):
        yield


@mutant("base not kept")
def _no_base() -> Iterator[None]:
    """The version the officer saw is not stored with the command."""

    def append(before: Any, self: Any, command: Any, *rest: Any, **named: Any) -> Any:
        return before(self, msgspec.structs.replace(command, base=None), *rest, **named)

    with swapped(SqliteOutbox, "append", append):
        yield


@mutant("not re-armed after a failure")
def _not_rearmed() -> Iterator[None]:
    """What was in flight when sending failed stays in flight for good."""

    def list_unfinished(before: Any, self: Any, source: str | None = None) -> list[CommandRecord]:
        return [r for r in before(self, source) if source is None or not r.offered]

    with swapped(SqliteOutbox, "list_unfinished", list_unfinished):
        yield


@mutant("retired before the server keeps it", "set_back")
def _early_retire() -> Iterator[None]:
    """An answered command is forgotten at once."""
    with swapped(rules, "apply_answer", lambda before, *given: rules.retire(before(*given))):
        yield


@mutant("withdrawn although it may have left", "withdraw_on_the_way", "meanwhile")
def _late_cancel() -> Iterator[None]:
    """Only what was answered cannot be withdrawn any more."""

    def bold(before: Any, entry: rules.Entry, now: int) -> Any:
        known = entry.record
        receipt = CommandState.STORED if known.state is CommandState.SENT else known.state
        unsent = msgspec.structs.replace(known, offered=False, state=receipt)
        return before(msgspec.structs.replace(entry, record=unsent), now)

    with swapped(rules, "withdraw", bold):
        yield


@mutant("that it leaves is not written down first", "withdraw_on_the_way", "meanwhile")
def _not_noted() -> Iterator[None]:
    """Only an answer, or the end of a send, makes a command one that may have left."""
    with swapped(SqliteOutbox, "offering", nothing):
        yield


@mutant("a withdrawn command goes out", "withdraw_at_once")
def _goes_out() -> Iterator[None]:
    """What was taken back still stands in the queue."""

    def list_unfinished(before: Any, self: Any, source: str | None = None) -> list[CommandRecord]:
        found = before(self, source)
        if source is not None:
            found += [
                record
                for record in self.recent(1000)
                if record.state is CommandState.CANCELLED and record.command.target.source == source
            ]
        return list(found)

    with swapped(SqliteOutbox, "list_unfinished", list_unfinished):
        yield


@mutant("a conflict told to nobody", "clash")
def _silent_conflict() -> Iterator[None]:
    """Only refusals and holds ask for the officer's eyes."""

    def attention(before: Any, self: SqliteOutbox) -> list[CommandRecord]:
        return [record for record in before(self) if record.state is not CommandState.CONFLICT]

    with swapped(SqliteOutbox, "attention", attention):
        yield


@mutant("a hold told to nobody", "move_url")
def _silent_hold() -> Iterator[None]:
    """Only outcomes ask for the officer's eyes."""

    def attention(before: Any, self: SqliteOutbox) -> list[CommandRecord]:
        return [record for record in before(self) if record.state.is_final]

    with swapped(SqliteOutbox, "attention", attention):
        yield


@mutant("an outcome is told once more after it was dismissed", "report_anew", "dismiss", "glance")
def _never_seen() -> Iterator[None]:
    """That the officer has seen an outcome is not kept."""
    with swapped(SqliteOutbox, "mark_seen", nothing):
        yield


@mutant(
    "the same outcome is told twice after a restore", "dismiss", "back_up", "restore", "report_anew"
)
def _told_twice() -> Iterator[None]:
    """What stood before a command was offered again is not remembered."""

    def answered(before: Any, entry: rules.Entry, *rest: Any) -> Any:
        if entry.before is None:
            return before(entry, *rest)
        return before(msgspec.structs.replace(entry, before=None), *rest)

    with swapped(rules, "apply_answer", answered):
        yield


@mutant("a word that nobody knows counts as done", "hesitate")
def _any_word() -> Iterator[None]:
    """What a newer county answers is taken for the best."""

    def puzzling(before: Any, result: Any) -> CommandResult:
        return CommandResult(result.key, CommandState.ACCEPTED, before(result).reason)

    with swapped(county_commands, "_puzzling", puzzling):
        yield


@mutant("what the county holds counts as done", "hesitate")
def _held_is_done() -> Iterator[None]:
    """A county that puts a command off has had it, and that is enough."""
    taken = {**county_commands.STATES, "held": CommandState.ACCEPTED}

    def decode(before: Any, *given: Any, **named: Any) -> Any:
        with patch.object(county_commands, "STATES", taken):
            return before(*given, **named)

    with swapped(county_commands, "decode", decode):
        yield


@mutant("what could only be read is never written again", "lock_disk")
def _read_for_good() -> Iterator[None]:
    """An outbox opened while the disk was locked stays as it was opened."""
    with swapped(durable.DurableFile, "_try_to_write", nothing):
        yield


@mutant("a program started in a locked folder says nothing", "lock_disk")
def _silent_lock() -> Iterator[None]:
    """That nothing can be kept shows at the first click."""
    with swapped(bootstrap.Desk, "_why_only_reading", nothing):
        yield


@mutant("a second press is a second command")
def _two_keys() -> Iterator[None]:
    """The key the screen minted at the click is not used."""

    def give(
        before: Any, self: CommandService, kind: Any, target: Any, *rest: Any, **named: Any
    ) -> Any:
        body, base, *_ = rest
        replaces = named.get("replaces", "")
        fresh = not target.id.startswith("new-")
        key = mint_key() if fresh else rest[2]
        return before(self, kind, target, body, base, key, replaces=replaces)

    with swapped(CommandService, "store", give):
        yield


@mutant("resend pressed twice is two", "report_anew", "clash")
def _two_presses() -> Iterator[None]:
    """Each press gives the refused command anew."""
    with swapped_everywhere(refused_reports, "replacing", nothing):
        yield


@mutant("notes of a withdrawn create stay", "withdraw_report")
def _orphans() -> Iterator[None]:
    """A report is withdrawn alone."""

    def cancel(before: Any, self: CommandService, key: str) -> bool:
        return self._outbox.cancel(key, self._clock.now())

    with swapped(CommandService, "cancel", cancel):
        yield


@mutant("what is on a refused report is left behind", "report_anew")
def _dropped_dependents() -> Iterator[None]:
    """A report given anew leaves behind what was given on it."""
    with swapped_everywhere(refused_reports, "dependents", lambda *_: []):
        yield


@mutant("what came back goes to the report that was refused again", "report_anew")
def _first_answer() -> Iterator[None]:
    """What is on a report goes along with the first that took its place, refused or not."""

    def place(before: Any, outbox: Any, target: Any, known: Any) -> Any:
        report = refused_reports.report_of(outbox.on_target(target))
        return target if report is not None and report.replaces else before(outbox, target, known)

    with swapped_everywhere(refused_reports, "in_place_of", place):
        yield


@mutant("a note begun is lost", "draft", "glance")
def _no_drafts() -> Iterator[None]:
    """Drafts stay on the screen and are not kept."""
    with swapped(SqliteOutbox, "keep_draft", nothing):
        yield
