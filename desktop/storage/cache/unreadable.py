"""Unreadable items of each source: kept with reasons, counted, and taken into the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import Any

import apsw

from desktop.domain.asset import TREND_ID_MARK
from desktop.domain.command import Collection
from desktop.domain.source import Batch, UnreadableItem
from desktop.protocol.limits import BAD_KEPT, BAD_ROWS
from desktop.storage.cache import row_access
from desktop.storage.cache.checksums import Sums
from desktop.storage.sqlite.string_ids import source_number

Name = tuple[Collection, str]


def remember(db: apsw.Connection, source: int, batch: Batch) -> None:
    """Store the batch's unreadable items.

    A batch with a whole collection replaces those stored of it before; a partial one adds, because
    what it does not mention is still unreadable.
    """
    for collection in batch.complete | batch.reread:
        for table in ("bad_item", "unread", "nameless"):
            db.execute(
                f"DELETE FROM {table} WHERE source = ? AND collection = ?",  # noqa: S608
                (source, collection.value),
            )
    if batch.bad_items or batch.more_bad:
        _Notes(db, source).take(batch)


class _Notes:
    """Writer of the unreadable items of one batch."""

    def __init__(self, db: apsw.Connection, source: int) -> None:
        self._db, self._source = db, source
        self._kept = _by_collection(db, "bad_item", source)
        self._rows = _by_collection(db, "unread", source)
        self._nameless: Counter[Collection] = Counter()

    def take(self, batch: Batch) -> None:
        for item in batch.bad_items:
            name = self._name_of(item)
            kept = bool(item.reason) and self._keep(item, name)
            if name:
                self._count_row(item, name)
            elif not kept and not item.field:
                self._nameless[item.collection] += 1
        self._nameless.update(batch.more_bad)
        self._db.executemany(
            "INSERT INTO nameless VALUES (?1, ?2, ?3)"
            " ON CONFLICT(source, collection) DO UPDATE SET items = items + ?3",
            [(self._source, c.value, count) for c, count in self._nameless.items() if count],
        )

    def _name_of(self, item: UnreadableItem) -> str:
        if item.id or item.row_key is None:
            return item.id
        place = row_access.place_of(self._db, self._source, item.row_key)
        return place.id if place is not None and place.collection is item.collection else ""

    def _keep(self, item: UnreadableItem, name: str) -> bool:
        """Store an item with its reason, if it is among the first; whether it is stored now."""
        where = (self._source, item.collection.value, item.where, item.field)
        known = self._db.execute(
            "SELECT 1 FROM bad_item WHERE source = ? AND collection = ? AND place = ?"
            " AND field = ?",
            where,
        ).fetchone()
        if known is None:
            if self._kept[item.collection] >= BAD_KEPT:
                return False
            self._kept[item.collection] += 1
        self._db.execute(
            "INSERT OR REPLACE INTO bad_item VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*where, item.reason, item.excerpt, name),
        )
        return True

    def _count_row(self, item: UnreadableItem, name: str) -> None:
        known = self._db.execute(
            "SELECT fields FROM unread WHERE source = ? AND collection = ? AND id = ?",
            (self._source, item.collection.value, name),
        ).get
        if known is None:
            if self._rows[item.collection] >= BAD_ROWS:
                self._nameless[item.collection] += not item.field
                return
            self._rows[item.collection] += 1
        fields = 0 if not item.field or known == 0 else (known or 0) + 1
        self._db.execute(
            "INSERT OR REPLACE INTO unread VALUES (?, ?, ?, ?, ?, ?)",
            (self._source, item.collection.value, name, item.version, item.row_key, fields),
        )


def forgive(db: apsw.Connection, source: int, names: Iterable[Name]) -> None:
    """Delete the entries of rows that have now been read, or are gone."""
    if not _any(db, source):
        return
    told = [(source, collection.value, _bare(collection, name)) for collection, name in names]
    db.executemany("DELETE FROM unread WHERE source = ? AND collection = ? AND id = ?", told)
    db.executemany(
        "DELETE FROM bad_item WHERE source = ?1 AND collection = ?2 AND ?3 IN (id, place)", told
    )


def forgive_keys(db: apsw.Connection, source: int, row_keys: Iterable[int]) -> None:
    """Delete the entries of rows with these dense numbers, which are gone."""
    if not _any(db, source):
        return
    names = [
        (Collection(collection), name)
        for row_key in row_keys
        for collection, name in db.execute(
            "SELECT collection, id FROM unread WHERE source = ? AND row_key = ?", (source, row_key)
        )
    ]
    forgive(db, source, names)


def forget(db: apsw.Connection, source: int) -> None:
    """Delete all entries of a source: its rows are gone."""
    for table in ("bad_item", "unread", "nameless"):
        db.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608


def missing(db: apsw.Connection, source: int) -> frozenset[Name]:
    """Return the rows that the source has and that could not be read, as far as they have ids."""
    found = db.execute(
        "SELECT collection, id FROM unread WHERE source = ? AND fields = 0", (source,)
    )
    return frozenset((Collection(kind), name) for kind, name in found)


def not_told(
    db: apsw.Connection, source: int, collection: Collection, given: Container[str]
) -> list[str]:
    """Return ids of the stored rows that a whole collection neither gives nor has as unreadable.

    None while it has unreadable items without an id, which may be any row.
    """
    if _nameless(db, source).get(collection):
        return []
    unread = missing(db, source)
    stored = row_access.ids_of(db, source, collection)
    return [
        name
        for name in stored
        if name not in given and (collection, _bare(collection, name)) not in unread
    ]


def count_unweighed(db: apsw.Connection, source: str) -> dict[Collection, int]:
    """Count the unreadable rows that the sums cannot count, by collection; none without sums.

    Their id or version could not be read.
    """
    number = source_number(db, source)
    if number is None or not Sums.read(db, number).wanted:
        return {}
    return _count_unweighed(db, number)


def _count_unweighed(db: apsw.Connection, source: int) -> dict[Collection, int]:
    counts = _by_collection(db, "unread", source, "fields = 0 AND version IS NULL")
    counts.update(_nameless(db, source))
    counts.pop(Collection.TRENDS, None)  # They are in no sum.
    return dict(counts)


def weigh(db: apsw.Connection, source: int, sums: Sums) -> Sums | None:
    """Return the sums with unreadable rows counted as the source has them.

    None where the id or version of one could not be read.
    """
    return None if _count_unweighed(db, source) else weigh_in_part(db, source, sums)


def weigh_in_part(db: apsw.Connection, source: int, sums: Sums) -> Sums:
    """Return the sums with only those unreadable rows counted that have an id and version."""
    found: list[Any] = db.execute(
        "SELECT collection, id, version FROM unread"
        " WHERE source = ? AND fields = 0 AND version IS NOT NULL",
        (source,),
    ).fetchall()
    if not found:
        return sums
    told = Sums(list(sums.buckets))
    for kind, name, version in found:
        collection = Collection(kind)
        stored = row_access.version_of(db, source, collection, name)
        if stored is not None:
            told.take(collection, [(name, stored)])
        told.add(collection, [(name, version)])
    return told


def bad_items(db: apsw.Connection, source: str | None) -> list[tuple[str, UnreadableItem]]:
    """Return the unreadable items stored with a reason, as (source, item), the first first."""
    wanted = -1 if source is None else source_number(db, source) or -2
    found = db.execute(
        "SELECT s.name, b.collection, b.place, b.reason, b.excerpt, b.field, b.id"
        " FROM bad_item b JOIN source s ON s.number = b.source"
        " WHERE ?1 = -1 OR b.source = ?1 ORDER BY s.name, b.rowid",
        (wanted,),
    )
    return [(name, UnreadableItem(Collection(kind), *rest)) for name, kind, *rest in found]


def items(db: apsw.Connection, source: str) -> dict[Collection, int]:
    """Count the items of a source that could not be read and so are missing, by collection."""
    number = source_number(db, source)
    if number is None:
        return {}
    counts = _by_collection(db, "unread", number, "fields = 0")
    counts.update(_nameless(db, number))
    return dict(counts)


def fields(db: apsw.Connection, source: str) -> dict[Collection, int]:
    """Count the fields left out or cut in rows that are stored, by collection."""
    found = db.execute(
        "SELECT collection, sum(fields) FROM"
        " (SELECT source, collection, fields FROM unread WHERE fields > 0 UNION ALL"
        "  SELECT source, collection, 1 FROM bad_item WHERE id = '' AND field != '')"
        " WHERE source = (SELECT number FROM source WHERE name = ?) GROUP BY collection",
        (source,),
    )
    return _counts(found)


def _nameless(db: apsw.Connection, source: int) -> dict[Collection, int]:
    """Count the items without an id that could not be read, by collection."""
    found = db.execute(
        "SELECT collection, sum(items) FROM"
        " (SELECT collection, items FROM nameless WHERE source = ?1 UNION ALL"
        "  SELECT collection, 1 FROM bad_item WHERE source = ?1 AND id = '' AND field = '')"
        " GROUP BY collection",
        (source,),
    )
    return _counts(found)


def _by_collection(
    db: apsw.Connection, table: str, source: int, only: str = "TRUE"
) -> Counter[Collection]:
    found = db.execute(
        f"SELECT collection, count(*) FROM {table} WHERE source = ? AND {only} GROUP BY collection",  # noqa: S608
        (source,),
    )
    return Counter(_counts(found))


def _counts(found: Iterable[tuple[Any, ...]]) -> dict[Collection, int]:
    return {Collection(kind): int(count) for kind, count in found}


def _any(db: apsw.Connection, source: int) -> bool:
    """Whether the source has unreadable items."""
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM bad_item WHERE source = ?1)"
        " OR EXISTS (SELECT 1 FROM unread WHERE source = ?1)",
        (source,),
    )
    return bool(found.get)


def _bare(collection: Collection, name: str) -> str:
    """Return the id in a name: a trend's name holds its kind, too."""
    kind, mark, rest = name.partition(TREND_ID_MARK)
    return rest if collection is Collection.TRENDS and mark and kind else name
