"""One command of the outbox as the columns of its table."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import apsw
import msgspec

from desktop.domain.command import Command, CommandRecord, CommandState, Hold, Key
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import Entry, Outcome
from desktop.storage.sqlite.row_codec import pack, unpack

_encode = msgspec.msgpack.Encoder().encode
_command = msgspec.msgpack.Decoder(Command).decode
_text = msgspec.msgpack.Decoder(Text).decode
_outcome = msgspec.msgpack.Decoder(Outcome).decode

RECORD_COLUMNS = (
    "seq, body, receipt, changed_at, reason, seen, priority, offered, retired, replaces, hold,"
    " left_at"
)
SELECT_DRAFTS = "SELECT source, collection, target, text, changed_at FROM draft"
_RECORD = f"SELECT {RECORD_COLUMNS} FROM command"  # noqa: S608
_ENTRY = f"SELECT {RECORD_COLUMNS}, basis, theirs, before FROM command"  # noqa: S608
_ADD = (
    "INSERT INTO command(key, source, collection, target, body, receipt, changed_at, reason,"
    " replaces, basis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO NOTHING"
)
_KEEP = (
    "UPDATE command SET receipt = ?, changed_at = ?, reason = ?, seen = ?, priority = ?,"
    " offered = ?, retired = ?, hold = ?, left_at = ?, basis = ?, theirs = ?, before = ?"
    " WHERE seq = ?"
)


def where(target: Key) -> tuple[str, str, str]:
    """A target as the three columns that name it."""
    return target.source, target.collection.value, target.id


def add(db: apsw.Connection, entry: Entry) -> None:
    """Insert a new command; does nothing when its key is already there."""
    record, command = entry.record, entry.record.command
    db.execute(
        _ADD,
        (
            command.key,
            *where(command.target),
            _encode(command),
            record.state.value,
            record.changed_at,
            _encode(record.reason),
            record.replaces,
            pack(entry.basis),
        ),
    )


def keep(db: apsw.Connection, entry: Entry) -> None:
    """Update all that may change of a command."""
    record, before = entry.record, entry.before
    db.execute(
        _KEEP,
        (
            record.state.value,
            record.changed_at,
            _encode(record.reason),
            record.seen,
            record.priority,
            record.offered,
            record.retired,
            record.hold.value,
            record.left_at,
            pack(entry.basis),
            pack(entry.theirs),
            None if before is None else _encode(before),
            record.seq,
        ),
    )


def put_command(db: apsw.Connection, entry: Entry) -> None:
    """Update what was added to a command and is not sent with it: its account."""
    body = _encode(entry.record.command)
    db.execute("UPDATE command SET body = ? WHERE seq = ?", (body, entry.record.seq))


def entry_of(db: apsw.Connection, key: str) -> Entry | None:
    """All that is kept of a command, or None for a key never appended."""
    found = db.execute(f"{_ENTRY} WHERE key = ?", (key,)).fetchone()
    return None if found is None else _entry(found)


def select_entries(db: apsw.Connection, rest: str, *values: Any) -> list[Entry]:
    """All that is kept of the commands found by a WHERE clause."""
    return [_entry(row) for row in db.execute(f"{_ENTRY} {rest}", values).fetchall()]


def numbers(db: apsw.Connection, rest: str, *values: Any) -> list[int]:
    """The numbers of the commands found by a WHERE clause, in its order."""
    asked = f"SELECT seq FROM command {rest}"  # noqa: S608
    found: list[Any] = db.execute(asked, values).fetchall()
    return [number for (number,) in found]


def records(db: apsw.Connection, rest: str, *values: Any) -> list[CommandRecord]:
    """The commands found by a WHERE clause, without the rows kept beside them."""
    return [record_of(row) for row in db.execute(f"{_RECORD} {rest}", values).fetchall()]


@lru_cache(maxsize=4096)
def record_of(row: Any) -> CommandRecord:
    """A command from its `RECORD_COLUMNS`.

    Each exchange and each look at the desk reads all that waits, several times over, and next to
    none of it has changed: one that reads as before is the same record.
    """
    seq, body, receipt, changed_at, reason, seen, priority, offered, retired, *rest = row
    replaces, hold, left_at = rest
    return CommandRecord(
        seq,
        _command(body),
        CommandState(receipt),
        changed_at,
        _text(reason),
        bool(seen),
        priority,
        bool(offered),
        bool(retired),
        replaces,
        Hold(hold),
        left_at,
    )


def _entry(row: Any) -> Entry:
    *record, basis, theirs, before = row
    return Entry(
        record_of(tuple(record)),
        unpack(basis),
        unpack(theirs),
        None if before is None else _outcome(before),
    )
