"""A database file of which every commit is on the disk: one connection, one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.database import check_key, connect, in_words, migrate


class DurableFile:
    """An open file of the newest schema; a file that cannot be read is left as it is."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        kind: str,
        prepare: Callable[[apsw.Connection], None] = lambda db: None,
    ) -> None:
        """Raises StoreError for a wrong key, a damaged file, or one held by another.

        `prepare` is called with the connection before anybody else uses it.
        """
        check_key(path.parent, key)
        self.path = path
        self._lock = threading.Lock()
        with in_words(path):
            db = connect(path, key, durable=True)
            try:
                migrate(db, kind)
                prepare(db)
            except BaseException:
                db.close()
                raise
        self.db: apsw.Connection | None = db

    @contextmanager
    def held(self) -> Iterator[apsw.Connection]:
        """The connection, of this thread alone until the block ends."""
        with self._lock, in_words(self.path):
            if self.db is None:
                raise StoreError(Problem("store_closed", {"file": self.path.name}))
            yield self.db

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """On the disk when the block has ended; nothing is kept when it raises."""
        with self.held() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file; idempotent."""
        with self._lock:
            db, self.db = self.db, None
            if db is not None:
                db.close()
