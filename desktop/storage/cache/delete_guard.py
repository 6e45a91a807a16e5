"""Deletions held until they are confirmed: a faulty server must not empty the screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from desktop.domain.command import Collection
from desktop.protocol.checksum import bucket
from desktop.storage.cache import row_access
from desktop.storage.cache.checksums import Sums

MOST = 500
"""Deletions accepted at once, whatever the number of rows."""
FEW = 20
"""Deletions accepted at once, whatever share of the rows they are."""
MOST_SHARE = 0.05

Name = tuple[Collection, str]


def list_held(db: apsw.Connection, source: int) -> list[Name]:
    """Return the rows whose deletion is held."""
    found = db.execute("SELECT collection, id FROM held WHERE source = ?", (source,))
    return [(Collection(collection), name) for collection, name in found]


def select_confirmed(
    db: apsw.Connection, source: int, asked: Sequence[Name], sums: Sums, expected: int | None
) -> list[Name]:
    """Return the deletions to do now; the others are held.

    With `expected`, the server's sum after them, all that are held are done when this makes the
    sums agree, and none when they agree without.
    """
    waiting = list_held(db, source)
    known = set(waiting)
    new = []
    for collection, name in dict.fromkeys(asked):
        stored = row_access.version_of(db, source, collection, name) is not None
        if stored and (collection, name) not in known:
            new.append((collection, name))
    if not waiting and not _too_many(db, source, len(new)):
        return new
    together = [*waiting, *new]
    if expected is not None and sums.wanted:
        if _total_without(db, source, together, sums) == expected:
            _clear(db, source)
            return together
        if sums.total == expected:
            _clear(db, source)
            return []
    db.executemany(
        "INSERT OR IGNORE INTO held VALUES (?, ?, ?)",
        [(source, collection.value, name) for collection, name in new],
    )
    return []


def release(db: apsw.Connection, source: int, told: Iterable[Name]) -> None:
    """Drop the held deletions of rows that the server has sent again."""
    if db.execute("SELECT 1 FROM held WHERE source = ? LIMIT 1", (source,)).fetchone():
        db.executemany(
            "DELETE FROM held WHERE source = ? AND collection = ? AND id = ?",
            [(source, collection.value, name) for collection, name in told],
        )


def release_whole(
    db: apsw.Connection, source: int, complete: Iterable[Collection], buckets: frozenset[int]
) -> None:
    """Drop the held deletions of collections and buckets that have just come whole."""
    for collection in complete:
        db.execute(
            "DELETE FROM held WHERE source = ? AND collection = ?", (source, collection.value)
        )
    if buckets:
        release(
            db, source, [n for n in list_held(db, source) if bucket(n[0].value, n[1]) in buckets]
        )


def _too_many(db: apsw.Connection, source: int, count: int) -> bool:
    if count <= FEW or count > MOST:
        return count > MOST
    return count > MOST_SHARE * row_access.count_of(db, source)


def _total_without(db: apsw.Connection, source: int, names: Iterable[Name], sums: Sums) -> int:
    rest = Sums(list(sums.buckets))
    for collection, name in names:
        version: Any = row_access.version_of(db, source, collection, name)
        if version is not None:
            rest.take(collection, [(name, version)])
    return rest.total


def _clear(db: apsw.Connection, source: int) -> None:
    db.execute("DELETE FROM held WHERE source = ?", (source,))
