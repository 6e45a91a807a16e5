"""Full lists compared with what was listed before, for backends without a change feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from desktop.domain.command import Collection
from desktop.domain.source import BadItem, Row
from desktop.protocol.limits import BAD_KEPT, BAD_ROWS

PLACE = "$"
"""Begins a path into an answer, where a bad item has no id of its own."""


class Aside:
    """Gathers what could not be read: of each collection the first in full, of the others what
    the sums need, and how many there are without an id.
    """

    def __init__(self) -> None:
        self._items: list[BadItem] = []
        self._full: Counter[Collection] = Counter()
        self._named: Counter[Collection] = Counter()
        self._more: Counter[Collection] = Counter()

    def add(self, item: BadItem) -> None:
        """Keep it, or count it."""
        self._full[item.collection] += 1
        if self._full[item.collection] <= BAD_KEPT:
            self._items.append(item)
        elif item.id and self._named[item.collection] < BAD_ROWS:
            self._named[item.collection] += 1
            self._items.append(msgspec.structs.replace(item, reason="", excerpt=""))
        elif not item.field:
            self._more[item.collection] += 1

    def extend(self, items: Iterable[BadItem]) -> None:
        """Keep or count each."""
        for item in items:
            self.add(item)

    def take(self, other: tuple[BadItem, ...], more: Mapping[Collection, int]) -> None:
        """Keep or count what was gathered elsewhere."""
        self.extend(other)
        self._more.update(more)

    @property
    def told(self) -> tuple[tuple[BadItem, ...], dict[Collection, int]]:
        """What was kept, and how many were only counted, as a batch has them."""
        return tuple(self._items), dict(self._more)


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
        bad = frozenset(
            item.where
            for item in bad_items
            if item.collection is self._collection and not item.field
        )
        if not bad:
            self._ids = ids
            return Listed((), frozenset({self._collection}))
        # An item without a readable id may be any of those that seem to have gone.
        kept = self._ids if any(each.startswith(PLACE) for each in bad) else self._ids & bad
        gone = sorted(self._ids - ids - kept)
        self._ids = ids | kept
        return Listed(tuple((self._collection, each) for each in gone), frozenset())
