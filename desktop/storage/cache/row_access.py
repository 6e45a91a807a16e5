"""The rows of any collection, whichever table they are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import apsw

from desktop.domain.asset import TREND_ID_MARK, Trend, TrendKind, trend_id
from desktop.domain.command import Collection
from desktop.domain.source import Row
from desktop.storage.cache import incidents, row_store, trends
from desktop.storage.cache.checksums import Sums
from desktop.storage.sqlite.row_codec import COLLECTIONS, OUTDATED

_TREND_KINDS = {kind.value for kind in TrendKind}

ByCollection = dict[Collection, dict[str, Any]]


class Place(NamedTuple):
    """Where a stored row is found, and the version it has there."""

    collection: Collection
    id: str
    version: int


def by_collection(puts: Iterable[Row]) -> ByCollection:
    """Group rows by collection and id; of several for one row the newest version, else the last.

    A whole one wins over one of the same version with the list's fields only.
    """
    found: ByCollection = {}
    for row in puts:
        rows = found.setdefault(COLLECTIONS[type(row)], {})
        if isinstance(row, Trend):
            rows[trend_id(row.kind, row.id)] = row
        elif (known := rows.get(row.id)) is None or _says_more(row, known):
            rows[row.id] = row
    return found


def _says_more(row: Any, known: Any) -> bool:
    if row.version != known.version:
        return bool(row.version > known.version)
    return getattr(row, "whole", True) or not getattr(known, "whole", True)


def keys_of(puts: Iterable[Row], row_keys: Iterable[int]) -> dict[Collection, dict[str, int]]:
    """The server's dense numbers by collection and id."""
    keys: dict[Collection, dict[str, int]] = {}
    for row, key in zip(puts, row_keys, strict=False):
        if not isinstance(row, Trend):
            keys.setdefault(COLLECTIONS[type(row)], {})[row.id] = key
    return keys


def ids_of(db: apsw.Connection, source: int, collection: Collection) -> list[str]:
    """The ids of a source's rows of that collection."""
    if collection is Collection.INCIDENTS:
        return incidents.ids_of(db, source)
    if collection is Collection.TRENDS:
        return [trend_id(TrendKind(kind), name) for kind, name in trends.names_of(db, source)]
    return row_store.ids_of(db, source, collection)


def drop(
    db: apsw.Connection, source: int, collection: Collection, ids: Iterable[str], sums: Sums
) -> list[str]:
    """Delete rows; returns the ids of those that were there."""
    if collection is Collection.INCIDENTS:
        return incidents.drop_incidents(db, source, ids, sums)
    if collection is Collection.TRENDS:
        return [name for id in ids for name in _drop_trend(db, source, id)]
    return row_store.drop_things(db, source, collection, ids, sums)


def _drop_trend(db: apsw.Connection, source: int, id: str) -> list[str]:
    """Delete the trend named like `asset:A1`; a bare id takes those of both kinds."""
    kind, mark, rest = id.partition(TREND_ID_MARK)
    if mark and kind in _TREND_KINDS:
        return trends.drop_trend(db, source, rest, kind)
    return trends.drop_trend(db, source, id)


def row_of(db: apsw.Connection, source: int, place: Place) -> Any:
    """The stored row at a place that `place_of` found."""
    if place.collection is Collection.INCIDENTS:
        return incidents.incident_of(db, source, place.id)
    return row_store.thing_of(db, source, place.collection, place.id)


def place_of(db: apsw.Connection, source: int, row_key: int) -> Place | None:
    """Find the row with that dense number; None also when two have it.

    Two may when a server gives a number a second time: then neither can be trusted.
    """
    found: list[Any] = db.execute(
        "SELECT 'incidents', id, version FROM incident WHERE source = ?1 AND row_key = ?2"
        " UNION ALL"
        " SELECT collection, id, version FROM thing WHERE source = ?1 AND row_key = ?2",
        (source, row_key),
    ).fetchall()
    if len(found) != 1:
        return None
    collection, name, version = found[0]
    return Place(Collection(collection), name, version)


def version_of(db: apsw.Connection, source: int, collection: Collection, id: str) -> int | None:
    """The stored version of a row; None when there is none, and of trends, which have none."""
    if collection is Collection.INCIDENTS:
        found = db.execute("SELECT version FROM incident WHERE source = ? AND id = ?", (source, id))
    else:
        found = db.execute(
            "SELECT version FROM thing WHERE collection = ? AND source = ? AND id = ?",
            (collection.value, source, id),
        )
    version = found.get
    return None if version is None else int(version)


def override_version(
    db: apsw.Connection, source: int, put: Mapping[Collection, Mapping[str, Any]], sums: Sums
) -> None:
    """Let these rows replace stored ones with a newer version: the server's list is whole here.

    No version is newer than the server's own, so such a stored row is wrong.
    """
    for collection, rows in put.items():
        for name, row in rows.items():
            if collection is Collection.TRENDS:
                continue
            version = version_of(db, source, collection, name)
            if version is not None and version > row.version:
                sums.take(collection, [(name, version)])
                _outdate(db, source, collection, name)
                sums.add(collection, [(name, OUTDATED)])


def _outdate(db: apsw.Connection, source: int, collection: Collection, id: str) -> None:
    if collection is Collection.INCIDENTS:
        db.execute(
            "UPDATE incident SET version = ? WHERE source = ? AND id = ?", (OUTDATED, source, id)
        )
    else:
        db.execute(
            "UPDATE thing SET version = ? WHERE collection = ? AND source = ? AND id = ?",
            (OUTDATED, collection.value, source, id),
        )


def count_of(db: apsw.Connection, source: int) -> int:
    """Count the stored rows of a source, trends apart."""
    return int(
        db.execute(
            "SELECT (SELECT count(*) FROM incident WHERE source = ?1)"
            " + (SELECT count(*) FROM thing WHERE source = ?1)",
            (source,),
        ).get
    )
