"""A database file of which every commit is on the disk: one connection, one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import (
    UNWRITABLE,
    check_key,
    connect,
    in_words,
    migrate,
    transaction,
)

if TYPE_CHECKING:
    from desktop.storage.sqlite.read_only import ReadOnlyFile


class DurableFile:
    """An open file of the newest schema; a file that cannot be read is left as it is."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        kind: str,
        prepare: Callable[[apsw.Connection], None] = lambda db: None,
        *,
        may_be_missing: bool = False,
        only_reading: Problem | None = None,
    ) -> None:
        """Raises StoreError for a wrong key, a damaged file, or one held by another; one that is
        there and only cannot be written is opened for reading.

        `prepare` is called with the connection before anybody else writes with it. One that
        `may_be_missing` reads as empty where it cannot be made. With `only_reading` nothing is
        written to it, nor beside it: that is what each write then raises.
        """
        check_key(path.parent, key)
        self.path = path
        self._key, self._kind, self._prepare = key, kind, prepare
        self._lock = threading.Lock()
        self._only_reading = only_reading
        self._reading: ReadOnlyFile | None = None
        self.db: apsw.Connection | None
        try:
            self.db = self._connect()
        except StoreError as error:
            if error.problem.code not in UNWRITABLE and error.problem is not only_reading:
                raise
            if not (may_be_missing or path.exists()):
                raise
            from desktop.storage.sqlite.read_only import ReadOnlyFile  # Few starts need it.

            self._reading = ReadOnlyFile(path, key, kind, error.problem)
            self.db = self._reading.connect()

    @property
    def unwritable(self) -> Problem | None:
        """Why it can only be read, or None; it is written again as soon as that is possible."""
        return None if self._reading is None else self._reading.problem

    def _connect(self) -> apsw.Connection:
        """Open a connection for writing, to the newest schema."""
        if self._only_reading is not None:
            raise StoreError(self._only_reading)
        with in_words(self.path):
            db = connect(self.path, self._key, durable=True)
            try:
                migrate(db, self._kind)
                self._prepare(db)
            except BaseException:
                db.close()
                raise
            return db

    @contextmanager
    def borrow(self) -> Iterator[apsw.Connection]:
        """Lend the connection to this thread alone until the block ends."""
        with self._lock, in_words(self.path):
            if self.db is None:
                raise StoreError(Problem("store_closed", {"file": self.path.name}))
            yield self.db

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """Lend a transaction: on the disk when the block has ended, undone when it raises."""
        self._try_to_write()
        with self.borrow() as db, transaction(db):
            yield db

    def _try_to_write(self) -> None:
        """Switch a file opened for reading to writing; raises StoreError while that fails."""
        with self._lock:
            if self._reading is not None and self.db is not None:
                reading, db = self.db, self._connect()
                self.db = db
                reading.close()
                self._end_reading()

    def _end_reading(self) -> None:
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def close(self) -> None:
        """Let go of the file; idempotent."""
        with self._lock:
            db, self.db = self.db, None
            if db is not None:
                db.close()
            self._end_reading()
