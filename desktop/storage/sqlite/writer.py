"""The one thread that writes to a database file."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.domain.worker import Worker, WorkerClosed
from desktop.storage.sqlite.database import in_words, transaction

T = TypeVar("T")

CLOSE_TIMEOUT_S = 2.0


class Writer:
    """Runs jobs one after another, each in a transaction of its own, on its own thread."""

    def __init__(
        self,
        path: Path,
        connect: Callable[[], apsw.Connection],
        on_undone: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_undone` is called on the writer's thread after a transaction was rolled back."""
        self._path = path
        self._connect = connect
        self._on_undone = on_undone
        # Its thread begins with the first write: the first paint needs none.
        self._worker = Worker(f"writer-{path.stem}", self._let_go)
        self._closed = False
        self._db: apsw.Connection | None = None

    def submit(self, job: Callable[[apsw.Connection], T], *, in_transaction: bool = True) -> T:
        """Run the job and wait until it is committed; what it raises undoes all of it.

        The wait ends with the job, with its thread, or with `close()`.
        """
        return self.begin(job, in_transaction=in_transaction).result()

    def begin(
        self, job: Callable[[apsw.Connection], T], *, in_transaction: bool = True
    ) -> Future[T]:
        """Run the job when those before it are done; nobody need wait for it."""
        whole: Callable[[Any], T] = job if not in_transaction else lambda db: _commit(db, job)

        def done() -> T:
            with in_words(self._path):
                return self._run_job(whole)

        try:
            return self._worker.submit(done)
        except WorkerClosed:
            raise StoreError(Problem("store_closed", {"file": self._path.name})) from None

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Finish the jobs already taken and stop; false when one did not end in time."""
        self._closed = True
        if self._worker.close(timeout_s):
            return True
        if self._db is not None:
            # The transaction under way is rolled back: nothing of it was reported as done.
            self._db.interrupt()
        ended = self._worker.close(timeout_s / 4)
        if not ended:
            self._worker.abandon()
        return ended

    def _let_go(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def _run_job(self, job: Callable[[apsw.Connection], T]) -> T:
        if self._db is None:
            self._db = self._connect()
        try:
            return job(self._db)
        except BaseException:
            self._on_undone()
            raise


def _commit(db: apsw.Connection, job: Callable[[apsw.Connection], T]) -> T:
    with transaction(db):
        return job(db)
