"""The outbox's own encrypted file: every command an officer gave, and what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec

from desktop.application.ports import StoreError
from desktop.domain import outbox_state
from desktop.domain.clock import Clock
from desktop.domain.command import Command, CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import ANYTHING, Again, Entry
from desktop.domain.source import Binding, CommandResult, Problem, Row
from desktop.storage.outbox import rows
from desktop.storage.outbox.recollection import Question, Recollection
from desktop.storage.sqlite.database import is_marked_damaged
from desktop.storage.sqlite.durable import DurableFile

FILE = "outbox.db"
_NEVER = 1 << 62
_binding = msgspec.msgpack.Decoder(Binding)

_DRAFT = "SELECT text FROM draft WHERE source = ? AND collection = ? AND target = ?"
_DROP_DRAFT = "DELETE FROM draft WHERE source = ? AND collection = ? AND target = ?"


def _one_of(states: Iterable[CommandState]) -> str:
    """The condition that a command has one of these states, named so that an index serves."""
    names = ", ".join(sorted(f"'{state.value}'" for state in states))
    return f"receipt IN ({names})"


_TO_FINISH = _one_of(r for r in CommandState if not r.is_final)
_ASKS = f"NOT seen AND {_one_of(outbox_state.ASKING)}"
_NEEDS = f"NOT seen AND {_one_of(r for r in CommandState if r.needs_officer)}"

_ATTENTION = Question(
    # Left to choose, the database reads every accepted command to see whether it was dismissed.
    f"INDEXED BY command_unseen WHERE {_ASKS} ORDER BY changed_at DESC, seq DESC",
    lambda record: not record.seen and record.state in outbox_state.ASKING,
    lambda record: record.changed_at,
)
_EVERY = Question("ORDER BY seq DESC", lambda record: True, lambda record: record.seq)
FEW = 1_000
"""So many commands are sooner found than all are listed."""


def open_outbox(
    folder: Path, key: bytes, clock: Clock, *, only_reading: Problem | None = None
) -> SqliteOutbox:
    """Open the outbox of that folder, made when there is none.

    A file that cannot be read is left exactly where it is: it may hold commands nobody else has.
    Raises StoreError saying so, and for a wrong key or a file held by another. One that cannot be
    written is opened for reading; `unwritable` says why. Nothing is written to one opened for
    `only_reading`.
    """
    now = clock.now()
    file = DurableFile(
        *(folder / FILE, key, "outbox", lambda db: _name_installation(db, now)),
        only_reading=only_reading,
    )
    return SqliteOutbox(file)


def open_or_rescue(folder: Path, key: bytes, clock: Clock) -> tuple[SqliteOutbox, Problem | None]:
    """Open the outbox of that folder; also returns the problem of one found damaged before.

    Of a damaged one all that can be read is rescued before anything else. Raises StoreError, which
    then names the rescue, when it cannot be opened.
    """
    known = None
    if is_marked_damaged(folder / FILE):
        try:
            known = _rescue(folder, key)
        except StoreError:
            # Nothing can be written there; what can be read is shown all the same.
            known = Problem("store_damaged", {"file": FILE})
    try:
        return open_outbox(folder, key, clock), known
    except StoreError as error:
        if error.problem.code != "store_damaged":
            raise
        raise StoreError(_rescue(folder, key)) from error


def _rescue(folder: Path, key: bytes) -> Problem:
    """Return the problem of a damaged outbox with where its rescue is, made when there is none."""
    from desktop.storage.outbox.recovery import rescue_damaged

    to = rescue_damaged(folder, key)
    return Problem("outbox_damaged", {"file": FILE, "rescue": str(to)})


def _name_installation(db: apsw.Connection, now: Instant) -> None:
    """Give a new file its random name and the moment it was made; an older one keeps its own."""
    if db.execute("SELECT 1 FROM installation WHERE name = 'client_id'").fetchone() is None:
        db.execute(
            "INSERT INTO installation VALUES ('client_id', ?), ('made_at', ?)"
            " ON CONFLICT DO NOTHING",
            (secrets.token_hex(16), str(now)),
        )


class SqliteOutbox:
    """See `application.ports.OutboxStore`. One connection, used by one thread at a time."""

    def __init__(self, file: DurableFile) -> None:
        self._file = file
        self._known = Recollection()

    @property
    def unwritable(self) -> Problem | None:
        """Why it can only be read, or None; it is written again as soon as that is possible."""
        return self._file.unwritable

    def append(
        self, command: Command, now: Instant, *, basis: Row | None = None, replaces: str = ""
    ) -> CommandRecord:
        with self._file.transaction() as db:
            rows.add(db, outbox_state.new_entry(0, command, now, basis, replaces))
            if command.kind is CommandKind.NOTE:
                db.execute(_DROP_DRAFT, rows.where(command.target))
            if replaces:
                db.execute("UPDATE command SET seen = 1 WHERE key = ?", (replaces,))
            return _entry_or_error(db, command.key).record

    def list_unfinished(self, source: str | None = None) -> list[CommandRecord]:
        asked = f"WHERE {_TO_FINISH} AND source = COALESCE(?, source)"
        with self._file.borrow() as db:
            return self._known.of(
                db,
                source,
                lambda: outbox_state.send_order(self._known.records(db, asked, source)),
            )

    def attention(self) -> list[CommandRecord]:
        return self._answer(_ATTENTION)

    def needing_officer(self) -> int:
        with self._file.borrow() as db:
            return int(db.execute(f"SELECT count(*) FROM command WHERE {_NEEDS}").get)  # noqa: S608

    def recent(self, limit: int) -> list[CommandRecord]:
        if limit > FEW:
            return self._answer(_EVERY)[:limit]
        with self._file.borrow() as db:
            latest = _EVERY.rest, limit
            return self._known.of(db, latest, lambda: self._known.first(db, _EVERY, limit))

    def on_target(self, target: Key) -> list[CommandRecord]:
        return self._records(
            "WHERE source = ? AND collection = ? AND target = ? ORDER BY seq",
            *rows.where(target),
        )

    def record(self, key: str) -> CommandRecord | None:
        return next(iter(self._records("WHERE key = ?", key)), None)

    def offering(self, keys: Sequence[str], now: Instant) -> None:
        with self._file.borrow() as db:
            known = [rows.entry_of(db, key) for key in keys]
        # Offered before is the usual case of a retry: it costs no wait for the disk.
        if any(entry and outbox_state.mark_offered(entry, now) is not entry for entry in known):
            with self._file.transaction() as db:
                for key in keys:
                    _change(db, rows.entry_of(db, key), lambda e: outbox_state.mark_offered(e, now))

    def set_state(
        self, key: str, state: CommandState, reason: Text, now: Instant, theirs: Row | None = None
    ) -> CommandRecord:
        """Return the record afterwards; raises KeyError for a key never appended.

        A command held again or answered otherwise needs the officer's attention again.
        """
        with self._file.transaction() as db:
            entry = _entry_or_error(db, key)
            changed = outbox_state.apply_answer(entry, state, reason, now, theirs)
            if changed is not entry:
                rows.keep(db, changed)
            return changed.record

    def answer_all(self, answers: Sequence[CommandResult], now: Instant) -> None:
        """An answer to a key never appended is passed over: it must not keep back the others."""
        with self._file.transaction() as db:
            for answer in answers:
                _change(db, rows.entry_of(db, answer.key), _applying(answer, now))

    def conflict_rows(self, key: str) -> tuple[Row | None, Row | None]:
        with self._file.borrow() as db:
            entry = rows.entry_of(db, key)
            return (None, None) if entry is None else (entry.basis, entry.theirs)

    def cancel(self, key: str, now: Instant) -> bool:
        return self._decide(key, lambda entry: outbox_state.withdraw(entry, now))

    def set_priority(self, key: str, priority: int) -> None:
        with self._file.transaction() as db:
            db.execute(
                f"UPDATE command SET priority = ? WHERE key = ? AND {_TO_FINISH}",  # noqa: S608
                (priority, key),
            )

    def offer_again(self, source: str, now: Instant, again: Again = ANYTHING) -> int:
        with self._file.transaction() as db:
            found = rows.select_entries(
                db,
                "WHERE source = ? AND (NOT retired OR changed_at >= ?)"
                " AND NOT (receipt = 'rejected' AND key IN (SELECT replaces FROM command))"
                " ORDER BY seq",
                source,
                _NEVER if again.retired_since is None else again.retired_since,
            )
            queued = 0
            for entry in found:
                changed = outbox_state.requeue(entry, now, again)
                if changed is not entry:
                    rows.keep(db, changed)
                    queued += not changed.record.state.is_final
            return queued

    def retire(self, keys: Sequence[str]) -> None:
        with self._file.transaction() as db:
            for key in keys:
                _change(db, rows.entry_of(db, key), outbox_state.retire)

    def to_retire(self, source: str, limit: int) -> list[str]:
        found = self._records(
            "WHERE source = ? AND NOT retired AND receipt IN ('accepted', 'rejected')"
            " ORDER BY seq LIMIT ?",
            source,
            limit,
        )
        return [record.command.key for record in found]

    def hold(self, keys: Sequence[str], hold: Hold, reason: Text, now: Instant) -> None:
        with self._file.transaction() as db:
            for key in keys:
                _change(
                    db,
                    rows.entry_of(db, key),
                    lambda entry: outbox_state.hold_back(entry, hold, reason, now),
                )

    def release(self, key: str, now: Instant) -> bool:
        return self._decide(key, lambda entry: outbox_state.release(entry, now))

    def give_up(self, key: str, now: Instant) -> bool:
        return self._decide(key, lambda entry: outbox_state.give_up(entry, now))

    def binding(self, source: str) -> Binding:
        with self._file.borrow() as db:
            found = db.execute("SELECT body FROM binding WHERE source = ?", (source,)).get
            return Binding() if found is None else _binding.decode(found)

    def bind(self, source: str, binding: Binding) -> None:
        with self._file.transaction() as db:
            _bind(db, source, binding)

    def mark_seen(self, key: str) -> None:
        with self._file.transaction() as db:
            db.execute("UPDATE command SET seen = 1 WHERE key = ?", (key,))

    def client_id(self) -> str:
        with self._file.borrow() as db:
            return str(db.execute("SELECT value FROM installation WHERE name = 'client_id'").get)

    def last_time(self) -> Instant:
        with self._file.borrow() as db:
            found = db.execute("SELECT value FROM installation WHERE name = 'last_time'").get
            return 0 if found is None else int(found)

    def keep_time(self, at: Instant) -> None:
        with self._file.transaction() as db:
            db.execute("INSERT OR REPLACE INTO installation VALUES ('last_time', ?)", (str(at),))

    def renew_client(self, reason: Text, now: Instant) -> int:
        with self._file.transaction() as db:
            db.execute(
                "UPDATE installation SET value = ? WHERE name = 'client_id'",
                (secrets.token_hex(16),),
            )
            known: list[Any] = db.execute("SELECT source, body FROM binding").fetchall()
            for source, body in known:
                renamed = msgspec.structs.replace(
                    _binding.decode(body),
                    fence=0,
                    tried=(),
                    earlier=(),
                    login="",
                    epoch="",
                    copied=True,
                )
                _bind(db, source, renamed)
            waiting = rows.select_entries(db, f"WHERE {_TO_FINISH} ORDER BY seq")
            for entry in waiting:
                _change(db, entry, lambda e: outbox_state.hold_back(e, Hold.COPY, reason, now))
            return len(waiting)

    def settle_account(self, source: str, login: str, account: str) -> None:
        unsettled = [
            record.command.key
            for record in self.list_unfinished(source)
            if not record.command.account and record.command.login == login
        ]
        if unsettled:
            with self._file.transaction() as db:
                for entry in filter(None, (rows.entry_of(db, key) for key in unsettled)):
                    rows.put_command(db, outbox_state.settle_account(entry, account))

    def claim(self, key: str, binding: Binding, now: Instant) -> bool:
        with self._file.transaction() as db:
            entry = rows.entry_of(db, key)
            claimed = entry and outbox_state.claim(entry, binding, now)
            if claimed is None:
                return False
            rows.put_command(db, claimed)
            rows.keep(db, claimed)
            return True

    def keep_draft(self, target: Key, text: str, now: Instant) -> None:
        with self._file.transaction() as db:
            if text:
                db.execute(
                    "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)",
                    (*rows.where(target), text, now),
                )
            else:
                db.execute(_DROP_DRAFT, rows.where(target))

    def draft(self, target: Key) -> str:
        with self._file.borrow() as db:
            found = db.execute(_DRAFT, rows.where(target)).get
            return "" if found is None else str(found)

    def close(self) -> None:
        self._file.close()

    def _decide(self, key: str, rule: Callable[[Entry], Entry | None]) -> bool:
        """Let the officer's decision change an entry; false when it may not."""
        with self._file.transaction() as db:
            entry = rows.entry_of(db, key)
            changed = entry and rule(entry)
            if changed is None:
                return False
            rows.keep(db, changed)
            return True

    def _answer(self, question: Question) -> list[CommandRecord]:
        with self._file.borrow() as db:
            return self._known.of(db, question.rest, lambda: self._known.answer(db, question))

    def _records(self, rest: str, *values: object) -> list[CommandRecord]:
        with self._file.borrow() as db:
            return self._known.of(
                db, (rest, values), lambda: self._known.records(db, rest, *values)
            )


def _bind(db: apsw.Connection, source: str, binding: Binding) -> None:
    body = msgspec.msgpack.encode(binding)
    db.execute("INSERT OR REPLACE INTO binding VALUES (?, ?)", (source, body))


def _entry_or_error(db: apsw.Connection, key: str) -> Entry:
    entry = rows.entry_of(db, key)
    if entry is None:
        raise KeyError(key)
    return entry


def _change(db: apsw.Connection, entry: Entry | None, rule: Callable[[Entry], Entry]) -> bool:
    """Apply a rule to an entry; whether that changed it."""
    changed = entry and rule(entry)
    if changed is None or changed is entry:
        return False
    rows.keep(db, changed)
    return True


def _applying(answer: CommandResult, now: Instant) -> Callable[[Entry], Entry]:
    """Return the rule that applies an answer to its entry; a durable one may be retired at once."""

    def rule(entry: Entry) -> Entry:
        changed = outbox_state.apply_answer(
            entry, answer.state, answer.reason, now, answer.row, answer.hold
        )
        same = changed.record.state is answer.state
        return outbox_state.retire(changed) if answer.durable and same else changed

    return rule
