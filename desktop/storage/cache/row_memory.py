"""Decoded rows of the cache, kept until the writer of this process changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Protocol

from desktop.domain.asset import Trend, TrendKind, trend_key
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.source import Row

Bodies = dict[bytes, Row]
"""Rows by the blob that they are stored as: a row that did not change is not decoded anew."""
Found = dict[tuple[str, str], tuple[bytes, Row]]
"""Rows with their blobs by source and id."""
MOST_ALONE = 50
"""So many changed rows of a collection are read by themselves, more with all others."""


class Reader(Protocol):
    """Reads the rows of one collection."""

    def read_all(self, known: Bodies) -> tuple[list[Row], Bodies]:
        """Return all rows in their order, with the blob of each; those of known blobs as they
        are."""

    def read_some(self, keys: Iterable[Key]) -> Found:
        """Return those of these rows that there are, all of one moment."""


class _Kept:
    """All rows of a collection in their order, and which of them are out of date."""

    def __init__(self, rows: list[Row], blobs: list[bytes]) -> None:
        self.rows, self.blobs = rows, blobs
        self.stale: frozenset[Key] | None = frozenset()
        """None when any may be, also such as are not among them."""
        self._places: dict[tuple[str, str], int] = {}

    def copy(self) -> _Kept:
        """Return the same, to be renewed beside this one."""
        copy = _Kept(self.rows, self.blobs)
        copy.stale, copy._places = self.stale, self._places
        return copy

    @property
    def bodies(self) -> Bodies:
        """The rows by their blobs."""
        return dict(zip(self.blobs, self.rows, strict=True))

    def outdate(self, keys: frozenset[Key] | None) -> None:
        """Count rows as out of date."""
        stale = None if keys is None or self.stale is None else self.stale | keys
        self.stale = None if stale is not None and len(stale) > MOST_ALONE else stale

    def renew(self, reader: Reader) -> bool:
        """Read those out of date; false when rows came or went, and all must be read."""
        if not self._places:
            self._places = {(row.source, row.id): n for n, row in enumerate(self.rows)}
        stale, rows, blobs = self.stale or frozenset(), list(self.rows), list(self.blobs)
        found = reader.read_some(stale)
        if {(key.source, key.id) for key in stale} & self._places.keys() != found.keys():
            return False
        for name, (blob, row) in found.items():
            blobs[self._places[name]], rows[self._places[name]] = blob, row
        self.rows, self.blobs, self.stale = rows, blobs, frozenset()
        return True


class RowMemory:
    """The small collections and the trends as last read; may be used from any thread.

    Right only while no other process writes: whoever has the file for reading alone keeps none.
    What was read before a change was told, and comes after it, is not kept.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._changes = 0
        self._kept: dict[Collection, _Kept] = {}
        self._trends: dict[Key, Trend | None] = {}

    def rows(self, collection: Collection, reader: Reader) -> list[Row]:
        """Return the rows of a collection; of those known, only such as changed are read."""
        with self._lock:
            kept, seen = self._kept.get(collection), self._changes
            if kept is not None and kept.stale == frozenset():
                return list(kept.rows)
            now = None if kept is None else kept.copy()
        if now is None or now.stale is None or not now.renew(reader):
            rows, bodies = reader.read_all({} if now is None else now.bodies)
            now = _Kept(rows, list(bodies))
        with self._lock:
            if seen == self._changes:
                self._kept[collection] = now
        return list(now.rows)

    def trend(
        self, source: str, kind: TrendKind, id: str, read: Callable[[], Trend | None]
    ) -> Trend | None:
        """Return one trend; `read` reads it."""
        key = trend_key(source, kind, id)
        with self._lock:
            if key in self._trends:
                return self._trends[key]
            seen = self._changes
        trend = read()
        with self._lock:
            if seen == self._changes:
                self._trends[key] = trend
        return trend

    def forget(self, changed: Changes) -> None:
        """Drop what a committed write changed."""
        with self._lock:
            self._changes += 1
            for collection in changed:
                if (kept := self._kept.get(collection)) is not None:
                    kept.outdate(changed.keys(collection))
            trends = changed.keys(Collection.TRENDS)
            if trends is None:
                self._trends.clear()
            for key in trends or ():
                self._trends.pop(key, None)

    def forget_all(self) -> None:
        """Drop everything: how a write ended is not known."""
        self.forget(Changes.in_any_row(Collection))
