"""Level 2 snapshots, made once per scope and moment in the background, with strong compression."""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

from desktop.county_server.db.checksums import present_token
from desktop.county_server.db.database import Database, meta
from desktop.county_server.scope import Account
from desktop.county_server.snapshots.compact import write_snapshot
from desktop.county_server.snapshots.snapshot_files import Digest, File, Kept, Snapshot
from desktop.wire.level1 import COLLECTIONS
from desktop.wire.level2 import MEDIA

LOG = logging.getLogger(__name__)
QUICK_LEVEL = 3
SMALL_ROWS = 2_000
"""Up to this many rows are compressed strongly on request, and not in advance."""
DUE_BEHIND = 1_000
DUE_SHARE = 20
"""A new snapshot is due after this many changes since the last, or after one in so many rows."""
USABLE_TIMES = 4
"""How many times that far behind a snapshot may be and still be given out meanwhile."""
CLOSE_TIMEOUT_S = 5.0


class _Closed(Exception):
    """The builder was closed in the middle of a snapshot."""


class SnapshotBuilder:
    """The newest level 2 snapshots per scope. Thread-safe; its one thread ends at `close()`.

    A request never waits for the strong compression of a large county: the first one of a
    scope without a snapshot gets a quickly compressed one, and until a newer one is ready
    all get the last.
    """

    def __init__(self, database: Database, level: int) -> None:
        self._database = database
        self._level = level
        self._folder = tempfile.TemporaryDirectory(prefix="county-compact-")
        self.folder = Path(self._folder.name)
        self._kept = Kept()
        self._waiting: queue.SimpleQueue[Account | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._asked: set[str] = set()
        self._busy: dict[str, threading.Lock] = {}
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, accounts: Iterable[Account]) -> None:
        """Build the snapshots of these accounts' scopes in advance, for a large county."""
        with self._database.reading() as connection:
            if _most_rows(connection) <= SMALL_ROWS:
                return
        readers = (each.reading(len(COLLECTIONS)) for each in accounts)
        for account in {each.scope: each for each in readers}.values():
            self._ask(account)

    def newest(self, account: Account) -> Snapshot:
        """Return a snapshot to start from; when it is stale, a newer one is requested."""
        with self._database.reading() as connection:
            epoch, head = str(meta(connection, "epoch")), int(meta(connection, "head"))
            floor, rows = int(meta(connection, "floor")), _most_rows(connection)
        is_small, due = rows <= SMALL_ROWS, max(DUE_BEHIND, rows // DUE_SHARE)
        oldest = head if is_small else max(floor, head - due * USABLE_TIMES)
        found = self._kept.newest(account.scope, epoch)
        if found is None or found.sequence < oldest:
            with self._lock:
                busy = self._busy.setdefault(account.scope, threading.Lock())
            with busy:
                found = self._kept.newest(account.scope, epoch)
                if found is None or found.sequence < oldest:
                    found = self._make(account, self._level if is_small else QUICK_LEVEL)
        if head - found.sequence > due or found.level != self._level:
            self._ask(account)
        return found

    def find(self, scope: str, name: str) -> Snapshot | None:
        """Return the snapshot of that name; None when it is not kept any more."""
        return self._kept.find(scope, name)

    def _ask(self, account: Account) -> None:
        """Request a scope's snapshot from the thread, unless it is already requested."""
        with self._lock:
            if self._closing.is_set() or account.scope in self._asked:
                return
            self._asked.add(account.scope)
            self._waiting.put(account)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)
                self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait until every request is done; False when the time is over before."""
        with self._lock:
            return self._idle.wait_for(lambda: not self._asked, timeout_s)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                account = self._waiting.get()
                if account is None:
                    return
                self._build_one(account)
            except _Closed:
                return
            except BaseException:
                # A full disk, too large a row or an unforeseen error must not end the thread: the
                # next request tries again.
                LOG.exception("no snapshot could be made")

    def _build_one(self, account: Account) -> None:
        try:
            self._make(account, self._level)
        finally:
            with self._lock:
                self._asked.discard(account.scope)
                self._idle.notify_all()

    def _make(self, account: Account, level: int) -> Snapshot:
        now_s = self._database.time_s()
        digest = Digest()
        with self._database.reading() as connection:
            epoch, token = str(meta(connection, "epoch")), present_token(connection, account)
            name = f"{token.name}-{level}"
            found = self._kept.find(account.scope, name)
            if found is not None:
                return found
            handle, path_name = tempfile.mkstemp(".cd2", account.scope + "-", self.folder)
            path = Path(path_name)
            try:
                with os.fdopen(handle, "wb") as file:

                    def write(piece: bytes) -> None:
                        if self._closing.is_set():
                            raise _Closed
                        file.write(digest.add(piece))

                    write_snapshot(connection, account, round(now_s * 1000), level, write)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        files = (File(path, digest.tag(), MEDIA),)
        snapshot = Snapshot(account.scope, name, epoch, token.sequence, now_s, level, files)
        self._kept.add(snapshot)
        return snapshot

    def close(self) -> None:
        """Stop after the page under way and delete the files. Idempotent."""
        self._closing.set()
        self._waiting.put(None)
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(CLOSE_TIMEOUT_S)
        self._folder.cleanup()


def _most_rows(connection: sqlite3.Connection) -> int:
    """Return the approximate number of rows, quickly even for a million."""
    return int(connection.execute("SELECT coalesce(max(key), 0) FROM rows").fetchone()[0])
