"""Full lists compared with what was listed before, for backends without a change feed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.domain.command import Collection
from desktop.domain.source import BadItem, Row

PLACE = "$"
"""Begins a path into an answer, where a bad item has no id of its own."""


class Listed(msgspec.Struct, frozen=True):
    """What one full list comes to."""

    deletes: tuple[tuple[Collection, str], ...]
    complete: frozenset[Collection]


class FullList:
    """Remembers the ids of one collection's last list.

    A list with an unreadable item is not declared complete: that item's row may be on
    screen from an earlier, readable answer. What has visibly gone is then named instead.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._ids: frozenset[str] = frozenset()

    def take(self, rows: Iterable[Row], bad_items: Iterable[BadItem]) -> Listed:
        """What the list means for rows stored before."""
        ids = frozenset(row.id for row in rows)
        bad = frozenset(item.where for item in bad_items if item.collection is self._collection)
        if not bad:
            self._ids = ids
            return Listed((), frozenset({self._collection}))
        # An item without a readable id may be any of those that seem to have gone.
        kept = self._ids if any(each.startswith(PLACE) for each in bad) else self._ids & bad
        gone = sorted(self._ids - ids - kept)
        self._ids = ids | kept
        return Listed(tuple((self._collection, each) for each in gone), frozenset())
