"""Applying one batch of a source to the cache: rows, sums, token and trends together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import apsw
import msgspec

from desktop.domain.changes import MOST_KEYS, Changes
from desktop.domain.command import Collection, Key
from desktop.domain.incident import Incident
from desktop.domain.source import Batch
from desktop.protocol.checksum import bucket
from desktop.storage.cache import (
    delete_guard,
    incidents,
    purge,
    row_access,
    row_store,
    source_state,
    trends,
    unreadable,
)
from desktop.storage.cache.checksums import COUNTED, Sums
from desktop.storage.cache.patches import patch_rows
from desktop.storage.cache.progressive import ProgressiveRows
from desktop.storage.cache.row_access import ByCollection
from desktop.storage.search.names import PinyinIndex
from desktop.storage.sqlite.string_ids import StringIds, find_or_add_source


class _Turn(msgspec.Struct):
    """What one batch's transaction works with."""

    db: apsw.Connection
    source: int
    batch: Batch
    sums: Sums
    changed: dict[Collection, set[str]] = msgspec.field(default_factory=dict)
    """The ids of the changed rows."""

    def mark(self, collection: Collection, ids: Iterable[str]) -> None:
        self.changed.setdefault(collection, set()).update(ids)

    def changes(self) -> Changes:
        return _changes(self.batch.source, self.changed)


class BatchWriter:
    """Applies batches inside the writer's transactions."""

    def __init__(self, category_names: Mapping[str, str]) -> None:
        self._category_names = category_names
        self._words = StringIds()
        self._spoken = PinyinIndex()
        self._early = ProgressiveRows()
        self.purged = False
        """Whether the last batch deleted the rows of another account."""

    def apply(self, db: apsw.Connection, batch: Batch) -> Changes:
        """Apply the batch; returns the rows that it changed.

        Puts come first, then patches, deletions, and the removal of what complete collections no
        longer have: in one batch a row is never created after it was deleted.
        """
        source = find_or_add_source(db, batch.source)
        turn = _Turn(db, source, batch, Sums())
        self.purged = others = source_state.is_another_account(db, source, batch.account)
        if others:
            for collection, name in purge.purge(db, source, None):
                turn.mark(collection, (name,))
            self._early.forget()
        source_state.remember_account(db, source, batch.account)
        outdated = source_state.is_another_epoch(db, source, batch.epoch)
        if outdated:
            self.outdate(db, source)
        turn.sums = _sums(db, source, batch)
        put = row_access.by_collection(batch.puts)
        diverged = self._put_and_patch(turn, put)
        unreadable.remember(db, source, batch)
        _delete(turn, put)
        self._compare(turn, put, diverged)
        turn.sums.keep(db, source)
        # A change to rows just deleted or outdated leads to no state that a token may name.
        reached = bool(batch.complete) or not (others or outdated)
        source_state.remember_place(db, source, batch, reached=reached)
        self._early.remember(db, batch, put)
        return turn.changes()

    def get_ready(self, db: apsw.Connection) -> None:
        """Index the categories' pinyin before a new desk's first rows come."""
        self._spoken.learn(db, self._category_names.values())

    def outdate(self, db: apsw.Connection, source: int) -> None:
        """Let whatever comes next replace the source's rows."""
        self._early.forget()
        source_state.outdate(db, source)

    def purge(
        self, db: apsw.Connection, source: str, keep_townships: frozenset[str] | None
    ) -> Changes:
        """Delete the rows that must not stay; returns them."""
        self._early.forget()
        gone: dict[Collection, set[str]] = {}
        for collection, name in purge.purge(db, find_or_add_source(db, source), keep_townships):
            gone.setdefault(collection, set()).add(name)
        return _changes(source, gone)

    def forget(self) -> None:
        """Drop what is kept in memory: a transaction was undone, be it at its very commit."""
        self._words.forget()
        self._spoken.forget()
        self._early.forget()

    def _put_and_patch(self, turn: _Turn, put: ByCollection) -> bool:
        """Write puts, then patches; whether some patch fitted no row."""
        db, source, batch = turn.db, turn.source, turn.batch
        if batch.buckets:
            row_access.override_version(db, source, put, turn.sums)
        rest = put if batch.buckets else self._early.rest_of(db, batch, put)
        self._put_all(turn, rest)
        patched, diverged = patch_rows(db, source, batch.patches)
        self._put_all(turn, patched)
        told = [(c, name) for of in (put, patched) for c in of for name in of[c]]
        delete_guard.release(db, source, told)
        unreadable.forgive(db, source, told)
        return diverged

    def _put_all(self, turn: _Turn, put: Mapping[Collection, dict[str, Any]]) -> None:
        if not any(put.values()):
            return
        keys = row_access.keys_of(turn.batch.puts, turn.batch.row_keys)
        for collection, rows in put.items():
            turn.mark(collection, self._put(turn, collection, rows, keys.get(collection, {})))

    def _put(
        self, turn: _Turn, collection: Collection, rows: dict[str, Any], keys: dict[str, int]
    ) -> list[str]:
        """Write rows of one collection; returns the ids of those that changed."""
        db, source, batch = turn.db, turn.source, turn.batch
        if collection is Collection.INCIDENTS:
            found: Iterable[Incident] = rows.values()
            codes = {incident.category for incident in found}
            self._spoken.learn(db, (self._category_names.get(code, code) for code in codes))
            return incidents.put_incidents(db, self._words, source, found, keys, turn.sums)
        if collection is Collection.TRENDS:
            return trends.put_trends(db, source, rows.values())
        if collection is Collection.TOWNSHIPS:
            self._spoken.learn(db, (row.name.zh for row in rows.values()))
        changed, current = row_store.put_things(
            db, source, collection, rows.values(), keys, turn.sums
        )
        measured = collection in (Collection.ASSETS, Collection.QUEUES)
        if measured and batch.reading_at is not None:
            appended = trends.append_readings(db, source, current, batch.reading_at)
            turn.mark(Collection.TRENDS, appended)
        return changed

    def _compare(self, turn: _Turn, put: ByCollection, diverged: bool) -> None:
        """Store whether the rows are now the server's, as far as its sum or a snapshot shows."""
        db, source, batch, sums = turn.db, turn.source, turn.batch, turn.sums
        snapshot = bool(batch.complete) and batch.token is not None
        weighed = None if batch.sum is None else unreadable.weigh(db, source, sums)
        if weighed is None:
            if diverged or snapshot:
                source_state.mark_diverged(db, source, diverged)
            return
        if weighed.total != batch.sum and snapshot:
            # Rows that claim to be newer than the whole list can only be wrong.
            row_access.override_version(db, source, put, sums)
            self._put_all(turn, put)
            weighed = unreadable.weigh(db, source, sums) or sums
        source_state.mark_diverged(db, source, weighed.total != batch.sum)


def _changes(source: str, ids: Mapping[Collection, set[str]]) -> Changes:
    return Changes(
        {
            collection: None
            if len(found) > MOST_KEYS
            else frozenset(Key(source, collection, name) for name in found)
            for collection, found in ids.items()
        }
    )


def _sums(db: apsw.Connection, source: int, batch: Batch) -> Sums:
    """The source's sums; counted now if it is the first batch that needs them."""
    kept = Sums.read(db, source)
    if kept.wanted or (batch.sum is None and not batch.row_keys):
        return kept
    return Sums.count(db, source)


def _delete(turn: _Turn, put: ByCollection) -> None:
    """Do the confirmed deletions, and remove what whole collections and buckets lack."""
    db, source, batch = turn.db, turn.source, turn.batch
    delete_guard.release_whole(db, source, batch.complete, batch.buckets)
    leaving: dict[Collection, list[str]] = {}
    for collection, name in _select_confirmed(turn):
        leaving.setdefault(collection, []).append(name)
    for collection in batch.complete:
        gone = unreadable.not_told(db, source, collection, put.get(collection, {}))
        leaving.setdefault(collection, []).extend(gone)
    for collection in COUNTED if batch.buckets else ():
        gone = unreadable.not_told(db, source, collection, put.get(collection, {}))
        leaving.setdefault(collection, []).extend(
            name for name in gone if bucket(collection.value, name) in batch.buckets
        )
    for collection, ids in leaving.items():
        turn.mark(collection, row_access.drop(db, source, collection, ids, turn.sums))
        unreadable.forgive(db, source, [(collection, name) for name in ids])


def _select_confirmed(turn: _Turn) -> list[tuple[Collection, str]]:
    """Return the requested deletions that are to be done now."""
    db, source, batch = turn.db, turn.source, turn.batch
    asked = list(batch.deletes)
    # A deleted row is no longer missing, whether its stored row is dropped or not.
    unreadable.forgive(db, source, batch.deletes)
    unreadable.forgive_keys(db, source, batch.drops)
    for row_key in batch.drops:
        if (place := row_access.place_of(db, source, row_key)) is not None:
            asked.append((place.collection, place.id))
    if batch.complete or batch.buckets:
        return asked
    # Trends are in no sum, and readers extend them by themselves.
    extra = [one for one in asked if one[0] is Collection.TRENDS]
    counted = [one for one in asked if one[0] is not Collection.TRENDS]
    weighed = None if batch.sum is None else unreadable.weigh(db, source, turn.sums)
    expected = None if weighed is None else batch.sum
    return [
        *extra,
        *delete_guard.select_confirmed(db, source, counted, weighed or turn.sums, expected),
    ]
