"""Collect what could not be read of a list, within bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from desktop.domain.command import Collection
from desktop.domain.source import UnreadableItem
from desktop.protocol.limits import BAD_KEPT, BAD_ROWS

PLACE = "$"
"""Begins the path to an unreadable item that has no id."""


class Aside:
    """Collector of unreadable items: of each collection the first in full, of further ones only the
    id and version, and the number of those without an id.

    A list that names these as its `bad_items` may be `complete`: their stored rows are spared.
    """

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
