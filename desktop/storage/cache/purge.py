"""Rows that must not stay on this computer: of another account, of a revoked township."""

from __future__ import annotations

from typing import Any

import apsw

from desktop.domain.asset import TREND_ID_MARK
from desktop.domain.command import Collection
from desktop.storage.cache import (
    delete_guard,
    incidents,
    row_access,
    row_store,
    source_state,
    staged_snapshot,
)
from desktop.storage.cache.checksums import Sums
from desktop.storage.cache.delete_guard import Name
from desktop.storage.search import index


def purge(db: apsw.Connection, source: int, keep_townships: frozenset[str] | None) -> list[Name]:
    """Delete rows of all other townships, or everything; returns the rows that went.

    The search index is written anew: what it holds of a deleted row would otherwise stay in it
    until it is next merged. The connection must have `secure_delete` on.
    """
    sums = Sums.read(db, source)
    going = (
        _everything(db, source)
        if keep_townships is None
        else _of_others(db, source, keep_townships)
    )
    gone = [
        (collection, name)
        for collection, ids in going.items()
        for name in row_access.drop(db, source, collection, ids, sums)
    ]
    sums.keep(db, source)
    if any(collection is Collection.INCIDENTS for collection, _ in gone):
        index.write_anew(db)
    delete_guard.release(db, source, delete_guard.list_held(db, source))
    staged_snapshot.forget(db, source)
    source_state.forget_all(db, source)
    return gone


def _everything(db: apsw.Connection, source: int) -> dict[Collection, list[str]]:
    return {collection: row_access.ids_of(db, source, collection) for collection in Collection}


def _of_others(
    db: apsw.Connection, source: int, keep: frozenset[str]
) -> dict[Collection, list[str]]:
    going = {Collection.INCIDENTS: incidents.ids_outside(db, source, keep)}
    for collection in Collection:
        if collection not in (Collection.INCIDENTS, Collection.TRENDS):
            going[collection] = [
                row.id
                for row in row_store.things_of(db, source, collection)
                if not _stays(collection, row, keep)
            ]
    measured = (Collection.ASSETS, "asset"), (Collection.QUEUES, "queue")
    going[Collection.TRENDS] = [
        f"{kind}{TREND_ID_MARK}{name}"
        for collection, kind in measured
        for name in going[collection]
    ]
    return going


def _stays(collection: Collection, row: Any, keep: frozenset[str]) -> bool:
    """Whether a row is of a kept township, or of none."""
    if collection is Collection.TOWNSHIPS:
        return row.id in keep
    named = getattr(row, "townships", None) or (getattr(row, "township", ""),)
    return named == ("",) or not keep.isdisjoint(named)
