"""Decoded rows of the cache, kept until the writer of this process changes them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from desktop.domain.asset import Trend, TrendKind, trend_key
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.source import Row

Bodies = dict[bytes, Row]
"""Rows by the blob that they are stored as: a row that did not change is not decoded anew."""


class RowMemory:
    """The small collections and the trends as last read; may be used from any thread.

    Right only while no other process writes: whoever has the file for reading alone keeps none.
    What was read before a change was told, and comes after it, is not kept.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._changes = 0
        self._rows: dict[Collection, list[Row]] = {}
        self._bodies: dict[Collection, Bodies] = {}
        self._trends: dict[Key, Trend | None] = {}

    def rows(
        self, collection: Collection, read: Callable[[Bodies], tuple[list[Row], Bodies]]
    ) -> list[Row]:
        """Return the rows of a collection; `read` reads them, reusing those of known blobs."""
        with self._lock:
            rows, seen = self._rows.get(collection), self._changes
            known = self._bodies.get(collection, {})
        if rows is None:
            rows, bodies = read(known)
            with self._lock:
                self._bodies[collection] = bodies
                if seen == self._changes:
                    self._rows[collection] = rows
        return list(rows)

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
                self._rows.pop(collection, None)
            trends = changed.keys(Collection.TRENDS)
            if trends is None:
                self._trends.clear()
            for key in trends or ():
                self._trends.pop(key, None)

    def forget_all(self) -> None:
        """Drop everything: how a write ended is not known."""
        self.forget(Changes.in_any_row(Collection))
