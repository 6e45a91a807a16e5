"""Level 1 snapshots: all the rows an account may see, as immutable files, plain and gzip."""

from __future__ import annotations

import gzip
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from desktop.county_server.db.checksums import hexadecimal, present_token, scope_sum
from desktop.county_server.db.database import Database, meta
from desktop.county_server.db.disk import open_private
from desktop.county_server.scope import Account
from desktop.county_server.snapshots.snapshot_files import Digest, File, Kept, Snapshot
from desktop.wire.level1 import COLLECTIONS, MAGIC, SnapshotHead, SnapshotPage, SnapshotTrailer

CRITICAL_ROWS = 20
PAGE_ROWS = 500
GZIP_LEVEL = 5
MOST_BEHIND = 2_000
"""A snapshot is replaced once this many changes have come after it."""
MOST_AGE_S = 300.0
MEDIA_TYPE = "application/x-ndjson"
OPEN, CLOSED = (1,), (0,)
ANY = (1, 0)
ORDER: tuple[tuple[str, tuple[int, ...], int, int], ...] = (
    ("incidents", OPEN, 0, CRITICAL_ROWS),
    ("townships", ANY, 0, -1),
    ("lines", ANY, 0, -1),
    ("incidents", OPEN, CRITICAL_ROWS, -1),
    ("assets", ANY, 0, -1),
    ("queues", ANY, 0, -1),
    ("warnings", ANY, 0, -1),
    ("alarms", ANY, 0, -1),
    ("forms", ANY, 0, -1),
    ("reports", ANY, 0, -1),
    ("incidents", CLOSED, 0, -1),
    ("trends", ANY, 0, -1),
    ("contacts", ANY, 0, -1),
    ("plans", ANY, 0, -1),
)
"""Collection, open or closed, rows to skip, most rows (-1: all): the worst come first."""


def _rows(connection: sqlite3.Connection, account: Account) -> Iterator[tuple[str, bytes]]:
    for collection, standings, skip, limit in ORDER:
        if not account.reads(collection):
            continue
        left, passed = limit, 0
        for standing in standings:
            for body, townships in connection.execute(
                "SELECT body, townships FROM rows WHERE collection=? AND open=?"
                " AND body IS NOT NULL ORDER BY rank, worth, key",
                (collection, standing),
            ):
                if left == 0:
                    break
                if not account.sees(townships):
                    continue
                passed += 1
                if passed > skip:
                    left -= 1
                    yield collection, body


def totals(connection: sqlite3.Connection, account: Account) -> dict[str, int]:
    """Count the rows of each collection that the account sees."""
    totals = {name: 0 for name in COLLECTIONS if account.reads(name)}
    for collection, townships, count in connection.execute(
        "SELECT collection, townships, count(*) FROM rows WHERE body IS NOT NULL"
        " GROUP BY collection, townships"
    ):
        if account.reads(collection) and account.sees(townships):
            totals[collection] += count
    return totals


def snapshot_lines(connection: sqlite3.Connection, account: Account) -> Iterator[bytes]:
    """Yield the lines of a snapshot of what `connection`'s transaction sees, with newlines."""
    encoder = msgspec.json.Encoder()
    epoch, token = str(meta(connection, "epoch")), present_token(connection, account)
    head = SnapshotHead(MAGIC, epoch, str(token), totals(connection, account))
    yield encoder.encode(head) + b"\n"
    sent, page, current = 0, list[msgspec.Raw](), ""
    for collection, body in _rows(connection, account):
        full = len(page) == (CRITICAL_ROWS if sent < CRITICAL_ROWS else PAGE_ROWS)
        if page and (collection != current or full):
            yield encoder.encode(SnapshotPage(current, tuple(page))) + b"\n"
            sent += len(page)
            page = []
        current = collection
        page.append(msgspec.Raw(body))
    if page:
        yield encoder.encode(SnapshotPage(current, tuple(page))) + b"\n"
        sent += len(page)
    yield (
        encoder.encode(SnapshotTrailer(True, sent, hexadecimal(scope_sum(connection, account))))
        + b"\n"
    )


class SnapshotShelf:
    """The newest level 1 snapshots per scope, written on request. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._folder = tempfile.TemporaryDirectory(prefix="county-snapshots-")
        self.folder = Path(self._folder.name)
        self._lock = threading.Lock()
        self._kept = Kept()

    def newest(self, account: Account) -> Snapshot:
        """Return a snapshot to start from: the last one if it is recent enough, else a new one."""
        with self._lock, self._database.reading() as connection:
            epoch, head = str(meta(connection, "epoch")), int(meta(connection, "head"))
            now_s = self._database.time_s()
            found = self._kept.newest(account.scope, epoch)
            if found is not None:
                behind = head - found.sequence
                is_recent = 0 <= now_s - found.taken_at_s <= MOST_AGE_S
                if 0 <= behind <= MOST_BEHIND and (behind == 0 or is_recent):
                    return found
            taken = self._take(connection, account, epoch, now_s)
            self._kept.add(taken)
            return taken

    def _take(
        self, connection: sqlite3.Connection, account: Account, epoch: str, now_s: float
    ) -> Snapshot:
        token = present_token(connection, account)
        name = token.name
        plain = self.folder / f"{account.scope}-{name}.ndjson"
        packed = plain.with_suffix(".ndjson.gz")
        digest = Digest()
        try:
            with (
                open_private(plain, "wb") as plain_file,
                open_private(packed, "wb") as raw_file,
                gzip.GzipFile("", "wb", GZIP_LEVEL, raw_file, mtime=0) as packed_file,
            ):
                for line in snapshot_lines(connection, account):
                    plain_file.write(digest.add(line))
                    packed_file.write(line)
        except BaseException:
            for half in (plain, packed):
                half.unlink(missing_ok=True)
            raise
        files = (
            File(plain, digest.tag(), MEDIA_TYPE),
            File(packed, digest.tag("-gzip"), MEDIA_TYPE, "gzip"),
        )
        return Snapshot(account.scope, name, epoch, token.sequence, now_s, GZIP_LEVEL, files)

    def find(self, scope: str, name: str) -> Snapshot | None:
        """Return the snapshot of that name; None when it is not kept any more."""
        return self._kept.find(scope, name)

    def close(self) -> None:
        """Delete the files. Idempotent."""
        self._folder.cleanup()
