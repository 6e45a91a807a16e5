"""Compare full lists with the list before, for backends without a change feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from desktop.domain.command import Collection
from desktop.domain.source import Row, UnreadableItem
from desktop.protocol.limits import BAD_KEPT, BAD_ROWS

PLACE = "$"
"""Begins the path to an unreadable item that has no id."""


class Aside:
    """Collector of unreadable items: of each collection the first in full, of further ones only the
    id and version for the checksums, and the number of those without an id."""

    def __init__(self) -> None:
        self._items: list[UnreadableItem] = []
        self._seen: Counter[Collection] = Counter()
        self._named: Counter[Collection] = Counter()
        self._more: Counter[Collection] = Counter()

    def add(self, item: UnreadableItem) -> None:
        """Keep an item, or only count it."""
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
        """Whether no more reasons are kept."""
        return self._seen[collection] >= BAD_KEPT

    def count(self, collection: Collection) -> None:
        """Count an item of which nothing could be read."""
        self._more[collection] += 1

    def extend(self, items: Iterable[UnreadableItem]) -> None:
        """Keep or count each item."""
        for item in items:
            self.add(item)

    def take(self, other: tuple[UnreadableItem, ...], more: Mapping[Collection, int]) -> None:
        """Keep or count the items of another collector."""
        self.extend(other)
        self._more.update(more)

    @property
    def told(self) -> tuple[tuple[UnreadableItem, ...], dict[Collection, int]]:
        """The items kept, and the numbers only counted, in the form of a batch."""
        return tuple(self._items), dict(self._more)


def is_junk(data: bytes) -> bool:
    """Whether an item cannot be a non-empty object, decided without decoding it."""
    return len(data) < SHORTEST_ITEM or not data.lstrip(_BLANK).startswith(b"{")


SHORTEST_ITEM = len(b'{"id":1}')
_BLANK = b" \t\r\n"


class Listed(msgspec.Struct, frozen=True):
    """The deletions and complete collections that one full list implies."""

    deletes: tuple[tuple[Collection, str], ...]
    complete: frozenset[Collection]


class FullList:
    """The ids in one collection's last list.

    A list with an unreadable item is not declared complete: that item's row may be on screen from
    an earlier, readable answer. Rows that are surely missing are then deleted by name.
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
        """Find what a new list means for the rows stored before."""
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
