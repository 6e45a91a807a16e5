"""The outbox's own encrypted file: every command an officer gave, and what became of it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec

from desktop.application.ports import StoreError
from desktop.domain.clock import Clock
from desktop.domain.command import Command, CommandKind, CommandRecord, Key, Receipt
from desktop.domain.instant import Instant
from desktop.domain.source import Problem
from desktop.domain.text import Text
from desktop.storage.database import check_key, connect, in_words, migrate

FILE = "outbox.db"

_encode = msgspec.msgpack.Encoder().encode
_command = msgspec.msgpack.Decoder(Command).decode
_text = msgspec.msgpack.Decoder(Text).decode

_COLUMNS = "SELECT seq, body, receipt, changed_at, reason, seen FROM command"
_DRAFT = "SELECT text FROM draft WHERE source = ? AND collection = ? AND target = ?"
_DROP_DRAFT = "DELETE FROM draft WHERE source = ? AND collection = ? AND target = ?"
_FINAL = tuple(r.value for r in Receipt if r.is_final)
_ON_THE_WAY = {Receipt.STORED: 0, Receipt.SENT: 1, Receipt.RECEIVED: 2}


def open_outbox(folder: Path, key: bytes, clock: Clock) -> SqliteOutbox:
    """The outbox of that folder, made when there is none.

    A file that cannot be read is left exactly where it is: it may hold commands nobody
    else has. Raises StoreError saying so, and for a wrong key or a file held by another.
    """
    check_key(folder, key)
    path = folder / FILE
    with in_words(path):
        db = connect(path, key, durable=True)
        try:
            migrate(db, "outbox")
            _name_installation(db, clock.now())
        except BaseException:
            db.close()
            raise
    return SqliteOutbox(path, db)


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

    def __init__(self, path: Path, db: apsw.Connection) -> None:
        self._path = path
        self._db: apsw.Connection | None = db
        self._lock = threading.Lock()

    def append(self, command: Command, now: Instant) -> CommandRecord:
        target = command.target
        with self._transaction() as db:
            db.execute(
                "INSERT INTO command(key, source, collection, target, body, receipt, changed_at,"
                " reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO NOTHING",
                (
                    command.key,
                    target.source,
                    target.collection.value,
                    target.id,
                    _encode(command),
                    Receipt.STORED.value,
                    now,
                    _encode(Text()),
                ),
            )
            if command.kind is CommandKind.NOTE:
                db.execute(_DROP_DRAFT, _where(target))
            return _one(db, command.key)

    def unfinished(self, source: str | None = None) -> list[CommandRecord]:
        return self._records(
            "WHERE receipt NOT IN (?, ?, ?) AND source = COALESCE(?, source) ORDER BY seq",
            *_FINAL,
            source,
        )

    def attention(self) -> list[CommandRecord]:
        return self._records(
            "WHERE NOT seen AND receipt IN (?, ?, ?, ?) ORDER BY changed_at DESC, seq DESC",
            *_FINAL,
            Receipt.HELD.value,
        )

    def recent(self, limit: int) -> list[CommandRecord]:
        return self._records("ORDER BY seq DESC LIMIT ?", limit)

    def on_target(self, target: Key) -> list[CommandRecord]:
        return self._records(
            "WHERE source = ? AND collection = ? AND target = ? ORDER BY seq",
            *_where(target),
        )

    def set_receipt(self, key: str, receipt: Receipt, reason: Text, now: Instant) -> CommandRecord:
        """The record that stands afterwards; raises KeyError for a key never appended.

        A command held again or answered otherwise asks for the officer's eyes again.
        """
        with self._transaction() as db:
            known = _one(db, key)
            if not _may_follow(known.receipt, receipt) or (receipt, reason) == (
                known.receipt,
                known.reason,
            ):
                return known
            db.execute(
                "UPDATE command SET receipt = ?, reason = ?, changed_at = ?, seen = 0"
                " WHERE key = ?",
                (receipt.value, _encode(reason), now, key),
            )
            return _one(db, key)

    def mark_seen(self, key: str) -> None:
        with self._transaction() as db:
            db.execute("UPDATE command SET seen = 1 WHERE key = ?", (key,))

    def client_id(self) -> str:
        with self._held() as db:
            return str(db.execute("SELECT value FROM installation WHERE name = 'client_id'").get)

    def keep_draft(self, target: Key, text: str, now: Instant) -> None:
        with self._transaction() as db:
            if text:
                db.execute(
                    "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)",
                    (*_where(target), text, now),
                )
            else:
                db.execute(_DROP_DRAFT, _where(target))

    def draft(self, target: Key) -> str:
        with self._held() as db:
            found = db.execute(_DRAFT, _where(target)).get
            return "" if found is None else str(found)

    def close(self) -> None:
        with self._lock:
            db, self._db = self._db, None
            if db is not None:
                db.close()

    def _records(self, rest: str, *values: object) -> list[CommandRecord]:
        with self._held() as db:
            rows: list[Any] = db.execute(f"{_COLUMNS} {rest}", values).fetchall()
            return [_record(row) for row in rows]

    @contextmanager
    def _held(self) -> Iterator[apsw.Connection]:
        with self._lock, in_words(self._path):
            if self._db is None:
                raise StoreError(Problem("store_closed", {"file": self._path.name}))
            yield self._db

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        """On the disk when the block has ended; nothing is kept when it raises."""
        with self._held() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


def _where(target: Key) -> tuple[str, str, str]:
    return target.source, target.collection.value, target.id


def _may_follow(known: Receipt, new: Receipt) -> bool:
    if known.is_final:
        # A restored server may answer anew; silence and "on its way" say less than an answer.
        return new.is_final
    if known in _ON_THE_WAY and new in _ON_THE_WAY:
        return _ON_THE_WAY[new] >= _ON_THE_WAY[known]
    return True


def _one(db: apsw.Connection, key: str) -> CommandRecord:
    row: Any = db.execute(f"{_COLUMNS} WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise KeyError(key)
    return _record(row)


def _record(row: tuple[int, bytes, str, Instant, bytes, int]) -> CommandRecord:
    seq, body, receipt, changed_at, reason, seen = row
    return CommandRecord(
        seq, _command(body), Receipt(receipt), changed_at, _text(reason), bool(seen)
    )
