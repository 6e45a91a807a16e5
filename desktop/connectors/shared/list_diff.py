"""Full lists compared with what was listed before, for backends without a change feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from desktop.domain.command import Collection
from desktop.domain.source import Row, UnreadableItem
from desktop.protocol.limits import BAD_KEPT, BAD_ROWS

PLACE = "$"
"""Begins a path into an answer, where a bad item has no id of its own."""


class Aside:
    """Gathers what could not be read: of each collection the first in full, of the others what
    the sums need, and how many there are without an id.
    """

    def __init__(self) -> None:
        self._items: list[UnreadableItem] = []
        self._seen: Counter[Collection] = Counter()
        self._named: Counter[Collection] = Counter()
        self._more: Counter[Collection] = Counter()

    def add(self, item: UnreadableItem) -> None:
        """Keep it, or count it."""
        collection = item.collection
        self._seen[collection] += 1
        if self._seen[collection] <= BAD_KEPT:
            self._items.append(item)
        elif item.id and self._named[collection] < BAD_ROWS:
            self._named[collection] += 1
            bare = UnreadableItem(collection, item.where, "", "", item.field, item.id, item.version)
            self._items.append(bare)
        elif not item.field:
            self._more[collection] += 1

    def is_full(self, collection: Collection) -> bool:
        """Whether reasons are kept no more."""
        return self._seen[collection] >= BAD_KEPT

    def count(self, collection: Collection) -> None:
        """Count one of which nothing is known."""
        self._more[collection] += 1

    def extend(self, items: Iterable[UnreadableItem]) -> None:
        """Keep or count each."""
        for item in items:
            self.add(item)

    def take(self, other: tuple[UnreadableItem, ...], more: Mapping[Collection, int]) -> None:
        """Keep or count what was gathered elsewhere."""
        self.extend(other)
        self._more.update(more)

    @property
    def told(self) -> tuple[tuple[UnreadableItem, ...], dict[Collection, int]]:
        """What was kept, and how many were only counted, as a batch has them."""
        return tuple(self._items), dict(self._more)


def is_junk(data: bytes) -> bool:
    """Whether an item cannot be an object with anything in it, seen without reading it."""
    return len(data) < SHORTEST_ITEM or not data.lstrip(_BLANK).startswith(b"{")


SHORTEST_ITEM = len(b'{"id":1}')
_BLANK = b" \t\r\n"


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

    def take(
        self,
        rows: Iterable[Row],
        bad_items: Iterable[UnreadableItem],
        more_bad: Mapping[Collection, int] | None = None,
    ) -> Listed:
        """What the list means for rows stored before."""
        ids = frozenset(row.id for row in rows)
        bad = frozenset(
            item.where
            for item in bad_items
            if item.collection is self._collection and not item.field
        )
        more = (more_bad or {}).get(self._collection, 0)
        if not bad and not more:
            self._ids = ids
            return Listed((), frozenset({self._collection}))
        # An item without a readable id may be any of those that seem to have gone.
        nameless = more or any(each.startswith(PLACE) for each in bad)
        kept = self._ids if nameless else self._ids & bad
        gone = sorted(self._ids - ids - kept)
        self._ids = ids | kept
        return Listed(tuple((self._collection, each) for each in gone), frozenset())
