"""The one thread that writes to a database file."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.database import in_words

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
        self._jobs: queue.SimpleQueue[tuple[Callable[[Any], Any], Future[Any]] | None]
        self._jobs = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._db: apsw.Connection | None = None

    def submit(self, job: Callable[[apsw.Connection], T], *, in_transaction: bool = True) -> T:
        """Run the job and wait until it is committed; what it raises undoes all of it."""
        return self.begin(job, in_transaction=in_transaction).result()

    def begin(
        self, job: Callable[[apsw.Connection], T], *, in_transaction: bool = True
    ) -> Future[T]:
        """Run the job when those before it are done; nobody need wait for it."""
        done: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise StoreError(Problem("store_closed", {"file": self._path.name}))
            if self._thread is None:
                # Started at the first write: the first paint needs no writer.
                self._thread = threading.Thread(
                    target=self._run, name=f"writer-{self._path.stem}", daemon=True
                )
                self._thread.start()
            self._jobs.put((job if not in_transaction else lambda db: _committed(db, job), done))
        return done

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Finish the jobs already taken and stop; false when one did not end in time."""
        with self._lock:
            first, self._closed = not self._closed, True
            thread = self._thread
        if thread is None:
            return True
        if first:
            self._jobs.put(None)
        thread.join(timeout_s)
        if thread.is_alive() and self._db is not None:
            # The transaction under way is rolled back: everything in it was still to be told.
            self._db.interrupt()
            thread.join(timeout_s / 4)
        return not thread.is_alive()

    def _run(self) -> None:
        try:
            while (taken := self._jobs.get()) is not None:
                job, done = taken
                try:
                    with in_words(self._path):
                        done.set_result(self._ran(job))
                except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                    done.set_exception(error)
                del job, done, taken
        finally:
            if self._db is not None:
                self._db.close()

    def _ran(self, job: Callable[[apsw.Connection], T]) -> T:
        if self._db is None:
            self._db = self._connect()
        try:
            return job(self._db)
        except BaseException:
            self._on_undone()
            raise


def _committed(db: apsw.Connection, job: Callable[[apsw.Connection], T]) -> T:
    db.execute("BEGIN IMMEDIATE")
    try:
        result = job(db)
        db.execute("COMMIT")
    except BaseException:
        # After a full disk SQLite may have rolled back by itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result
