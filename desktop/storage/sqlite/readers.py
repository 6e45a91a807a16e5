"""Read-only connections shared by any number of threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import in_words

IDLE_KEPT = 2


class Readers:
    """Lends connections out; each loan sees one committed state from its first read to its end."""

    def __init__(
        self, path: Path, connect: Callable[[], apsw.Connection], first: apsw.Connection
    ) -> None:
        self._path = path
        self._connect = connect
        self._lock = threading.Lock()
        self._idle = [first]
        self._lent_since = 0
        """How often the connections were replaced; one lent before the last time is not kept."""
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[apsw.Connection]:
        """Lend a connection inside a read transaction to this thread alone until the block ends."""
        with in_words(self._path):
            with self._lock:
                if self._closed:
                    raise StoreError(Problem("store_closed", {"file": self._path.name}))
                db = self._idle.pop() if self._idle else None
                connect, since = self._connect, self._lent_since
            if db is None:
                db = connect()
            try:
                db.execute("BEGIN")
                yield db
            finally:
                self._take_back(db, since)

    def replace(self, connect: Callable[[], apsw.Connection]) -> None:
        """Lend connections made this way from now on; those lent read on to their end."""
        with self._lock:
            self._connect = connect
            self._lent_since += 1
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()

    def _take_back(self, db: apsw.Connection, since: int) -> None:
        if db.in_transaction:
            db.execute("COMMIT")
        with self._lock:
            current = since == self._lent_since and not self._closed
            if current and len(self._idle) < IDLE_KEPT:
                self._idle.append(db)
                return
        db.close()

    def close(self) -> None:
        """Close the idle connections; one still lent is closed when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()
