"""One answer of a source made true in the cache: rows, token and trends together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import apsw

from desktop.domain.asset import Trend, TrendKind
from desktop.domain.command import Collection
from desktop.domain.incident import Incident
from desktop.domain.source import ROW_TYPES, Batch, Row
from desktop.storage import incidents, sources, things, trends
from desktop.storage.names import Spoken
from desktop.storage.words import Words, source_number_made

COLLECTIONS = {kind: collection for collection, kind in ROW_TYPES.items()}

_TREND_KINDS = {kind.value for kind in TrendKind}
TREND_ID_MARK = ":"
"""A trend may be deleted as `asset:A1`; a bare id takes the trends of both kinds."""


class BatchWriter:
    """Applies batches inside the writer's transactions."""

    def __init__(self, category_names: Mapping[str, str]) -> None:
        self._category_names = category_names
        self._words = Words()
        self._spoken = Spoken()
        self._early = _Early()

    def apply(self, db: apsw.Connection, batch: Batch) -> frozenset[Collection]:
        """Make the batch true; the collections that changed by it.

        Puts come first, then deletions, then the sweep of complete collections: in one
        answer a row is never created after it was deleted.
        """
        source = source_number_made(db, batch.source)
        changed: set[Collection] = set()
        sources.outdate_other_epoch(db, source, batch.epoch)
        put = _by_collection(batch.puts)
        for collection, rows in self._early.rest_of(db, batch, put).items():
            if self._put(db, source, batch, collection, rows, changed):
                changed.add(collection)
        for collection, ids in _leaving(db, source, batch, put).items():
            if _drop(db, source, collection, ids):
                changed.add(collection)
        sources.remember_bad_items(db, source, batch)
        sources.forgive(db, source, [(c.value, name) for c, rows in put.items() for name in rows])
        sources.remember_place(db, source, batch)
        self._early.remember(db, batch, put)
        return frozenset(changed)

    def forget(self) -> None:
        """Drop what was learned: a transaction was undone, be it at its very commit."""
        self._words.forget()
        self._spoken.forget()
        self._early.forget()

    def _put(
        self,
        db: apsw.Connection,
        source: int,
        batch: Batch,
        collection: Collection,
        rows: dict[str, Any],
        changed: set[Collection],
    ) -> bool:
        if collection is Collection.INCIDENTS:
            found: Iterable[Incident] = rows.values()
            codes = {incident.category for incident in found}
            self._spoken.learn(db, (self._category_names.get(code, code) for code in codes))
            return incidents.put_incidents(db, self._words, source, found)
        if collection is Collection.TRENDS:
            results = [trends.put_trend(db, source, trend) for trend in rows.values()]
            return any(results)
        if collection is Collection.TOWNSHIPS:
            self._spoken.learn(db, (row.name.zh for row in rows.values()))
        any_changed, current = things.put_things(db, source, collection, rows.values())
        measured = collection in (Collection.ASSETS, Collection.QUEUES)
        if measured and batch.reading_at is not None:
            appended = trends.append_readings(db, source, current, batch.reading_at)
            changed.update({Collection.TRENDS} if appended else ())
        return any_changed


class _Early:
    """Rows shown page by page before the whole list that repeats them.

    The list gives the very same objects once more: those are in the file already, in the
    transactions of their pages, so only what is new of it is written beside its token.
    A write by another connection since then makes all of it be looked at again.
    """

    def __init__(self) -> None:
        self._source, self._version = "", -1
        self._rows: dict[Collection, dict[str, Row]] = {}

    def rest_of(
        self, db: apsw.Connection, batch: Batch, put: Mapping[Collection, dict[str, Any]]
    ) -> Mapping[Collection, dict[str, Any]]:
        """What of `put` is not yet written, readings apart: they are added each time."""
        repeats = batch.complete and batch.reading_at is None and batch.source == self._source
        if not repeats or self._version != int(db.pragma("data_version")):
            return put
        return {
            collection: {
                name: row
                for name, row in rows.items()
                if self._rows.get(collection, {}).get(name) is not row
            }
            for collection, rows in put.items()
        }

    def remember(
        self, db: apsw.Connection, batch: Batch, put: Mapping[Collection, dict[str, Any]]
    ) -> None:
        """Note the rows of a page; anything else ends the list under way."""
        page = batch.token is None and not batch.complete and not batch.deletes
        version = int(db.pragma("data_version"))
        if not page or (batch.source, version) != (self._source, self._version):
            self.forget()
        if page and put:
            self._source, self._version = batch.source, version
            for collection, rows in put.items():
                self._rows.setdefault(collection, {}).update(rows)

    def forget(self) -> None:
        """Drop what was noted: a transaction was undone."""
        self._source, self._version, self._rows = "", -1, {}


def _by_collection(puts: Iterable[Row]) -> dict[Collection, dict[str, Any]]:
    """Rows by collection and id; of several for one row the newest version, else the last."""
    found: dict[Collection, dict[str, Any]] = {}
    for row in puts:
        rows = found.setdefault(COLLECTIONS[type(row)], {})
        if isinstance(row, Trend):
            rows[trend_id(row.kind, row.id)] = row
        elif (known := rows.get(row.id)) is None or row.version >= known.version:
            rows[row.id] = row
    return found


def trend_id(kind: TrendKind, id: str) -> str:
    """How a trend is called where one text has to name it."""
    return f"{kind.value}{TREND_ID_MARK}{id}"


def _leaving(
    db: apsw.Connection, source: int, batch: Batch, put: Mapping[Collection, Mapping[str, Any]]
) -> dict[Collection, list[str]]:
    leaving: dict[Collection, list[str]] = {}
    for collection, name in batch.deletes:
        leaving.setdefault(collection, []).append(name)
    for collection in batch.complete:
        given = put.get(collection, {})
        gone = [name for name in _ids_of(db, source, collection) if name not in given]
        leaving.setdefault(collection, []).extend(gone)
    return leaving


def _ids_of(db: apsw.Connection, source: int, collection: Collection) -> list[str]:
    if collection is Collection.INCIDENTS:
        return incidents.ids_of(db, source)
    if collection is Collection.TRENDS:
        return [trend_id(TrendKind(kind), name) for kind, name in trends.names_of(db, source)]
    return things.ids_of(db, source, collection)


def _drop(db: apsw.Connection, source: int, collection: Collection, ids: list[str]) -> bool:
    if collection is Collection.INCIDENTS:
        return incidents.drop_incidents(db, source, ids)
    if collection is Collection.TRENDS:
        dropped = [_drop_trend(db, source, name) for name in ids]
        return any(dropped)
    return things.drop_things(db, source, collection, ids)


def _drop_trend(db: apsw.Connection, source: int, id: str) -> bool:
    kind, mark, rest = id.partition(TREND_ID_MARK)
    if mark and kind in _TREND_KINDS:
        return trends.drop_trend(db, source, rest, kind)
    return trends.drop_trend(db, source, id)
