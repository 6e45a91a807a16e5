"""A cache on a disk in memory: what an exchange needs of it, as strict as the encrypted one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.source import (
    ROW_TYPES,
    Batch,
    Problem,
    Row,
    RowPatch,
    SyncState,
    Tail,
    UnreadableItem,
)
from desktop.protocol.checksum import BUCKETS, MODULUS, bucket, weight
from model.day_bytes import DayBytes
from model.disk import CacheState, Disk, Kept

COLLECTIONS = {kind: collection for collection, kind in ROW_TYPES.items()}
Name = tuple[Collection, str]
NO_NUMBER = -1
OUTDATED = -1
HELD_FROM = 4
"""Deletions at once that are not believed unasked; the real store's bound is larger."""


class MemoryCache(DayBytes):
    """See `application.ports.Cache`; other sources than the first have disks of their own."""

    few = HELD_FROM
    """Deletions at once that are believed unasked."""

    def __init__(self, disk: Disk, source: str = "county") -> None:
        super().__init__()
        self._others: dict[str, MemoryCache] = {}
        self._disk = disk
        self._source = source
        self._failure: tuple[Instant, Problem] | None = None

    @property
    def state(self) -> CacheState:
        """What is committed now."""
        return self._disk.cache

    def get_ready(self) -> None:
        """Nothing here takes time to load."""

    def check_writable(self) -> None:
        """Memory always is."""

    def apply(self, batch: Batch) -> Changes:
        if batch.source != self._source:
            return self._of(batch.source).apply(batch)
        before = self._disk.cache
        writing = _Writing(before, batch, self.believes)
        self._disk.write_cache(writing.after())
        return Changes.in_rows(Key(self._source, *name) for name in writing.changed)

    def believes(self, deletions: int, stored: int) -> bool:
        """Whether so many deletions of so many rows are done unasked."""
        return deletions <= self.few

    def _of(self, source: str) -> MemoryCache:
        if source == self._source:
            return self
        if source not in self._others:
            self._others[source] = type(self)(Disk("other"), source)
        return self._others[source]

    def mark_good(
        self,
        source: str,
        at: Instant,
        offset_ms: int,
        offered: frozenset[Collection] | None = None,
    ) -> None:
        self._failure = None
        told = self.state.offered if offered is None else offered
        self._disk.write_cache(
            msgspec.structs.replace(self.state, last_good_at=at, offset_ms=offset_ms, offered=told)
        )

    def mark_failed(self, source: str, at: Instant, problem: Problem) -> None:
        self._failure = (self._failure or (at, problem))[0], problem

    def failure(self, source: str) -> tuple[Instant, Problem] | None:
        return self._failure

    def forget_token(self, source: str) -> None:
        self._disk.write_cache(msgspec.structs.replace(self.state, token=None, staged=None))

    def outdate(self, source: str) -> None:
        rows = {n: Kept(k.row, NO_NUMBER, is_old=True) for n, k in self.state.rows.items()}
        self._disk.write_cache(
            msgspec.structs.replace(
                self.state, rows=rows, sum=_total(rows), token=None, staged=None, held=frozenset()
            )
        )

    def sync_state(self, source: str) -> SyncState:
        state = self._of(source).state
        return SyncState(
            source,
            state.token,
            state.epoch,
            state.last_good_at,
            state.offset_ms,
            state.staged,
            state.diverged,
            len(state.held),
            state.account,
            state.offered,
        )

    def incident(self, key: Key) -> Incident | None:
        kept = self.state.rows.get((key.collection, key.id))
        return kept.row if kept is not None and isinstance(kept.row, Incident) else None

    def incident_number(self, key: Key) -> int | None:
        names = list(self.state.rows)
        name = (key.collection, key.id)
        return names.index(name) + 1 if name in self.state.rows else None

    def rows(self, collection: Collection) -> list[Row]:
        states = [self.state, *(other.state for other in self._others.values())]
        found = [
            kept.row
            for state in states
            for name, kept in state.rows.items()
            if name[0] is collection
        ]
        return sorted(found, key=lambda row: (row.source, row.id))

    def bad_items(self, source: str | None = None) -> list[tuple[str, UnreadableItem]]:
        return [(self._source, item) for item in self.state.bad_items]

    def unread(self, source: str) -> dict[Collection, int]:
        state = self._of(source).state
        return dict(Counter(i.collection for i in state.bad_items if not i.field))

    def count_spoiled_fields(self, source: str) -> dict[Collection, int]:
        state = self._of(source).state
        return dict(Counter(i.collection for i in state.bad_items if i.field))

    def count_uncompared(self, source: str) -> dict[Collection, int]:
        items = self._of(source).state.bad_items
        return dict(Counter(i.collection for i in items if _is_unweighed(i)))

    def sums(self, source: str) -> tuple[int, ...]:
        found = [0] * BUCKETS
        state = self._of(source).state
        weights = {name: _weight(name, kept) for name, kept in state.rows.items()}
        for name, told in (weights | _missing(state.bad_items)).items():
            if name[0] is not Collection.TRENDS:
                at = bucket(*name)
                found[at] = (found[at] + told) % MODULUS
        return tuple(found)

    def purge(self, source: str, keep_townships: frozenset[str] | None) -> Changes:
        state = self.state
        keep = keep_townships
        rows = {
            name: kept
            for name, kept in state.rows.items()
            if keep is not None and getattr(kept.row, "township", "") in (*keep, "")
        }
        changed = Changes.in_rows(Key(source, *name) for name in state.rows.keys() - rows.keys())
        self._disk.write_cache(
            msgspec.structs.replace(
                state,
                rows=rows,
                token=None,
                staged=None if keep is None else state.staged,
                sum=_total(rows),
                held=frozenset(name for name in state.held if name in rows),
            )
        )
        return changed

    def close(self) -> None:
        self._disk.check_point()


class _Writing:
    """One transaction: the state before, the batch, and what comes of both."""

    def __init__(
        self, before: CacheState, batch: Batch, believes: Callable[[int, int], bool]
    ) -> None:
        self._before, self._batch, self._believes = before, batch, believes
        self.changed: set[Name] = set()
        self._astray = before.diverged
        stranger = batch.account is not None and before.account not in ("", batch.account)
        if stranger:
            self.changed |= before.rows.keys()
        self._rows: dict[Name, Kept] = {} if stranger else before.rows.copy()
        self._sum = 0 if stranger else before.sum
        self._token = None if stranger else before.token
        # Changes to rows that have been taken out lead nowhere: only a whole list goes on.
        self._takes_token = not stranger or bool(batch.complete)
        self._staged = None if stranger else before.staged
        self._held = set() if stranger else set(before.held)
        if batch.epoch is not None and before.epoch not in (None, batch.epoch):
            self._rows = {n: Kept(k.row, NO_NUMBER, is_old=True) for n, k in self._rows.items()}
            self._sum = _total(self._rows)
            self._held.clear()
            self._staged = self._token = None
            self._takes_token = bool(batch.complete)

    def after(self) -> CacheState:
        """The state that follows."""
        batch = self._batch
        named = self._put_all()
        if batch.patches:
            self._patch_all()
        bad = self._bad_items(named)
        self._delete_all(named, bad)
        bad = tuple(i for i in bad if not i.field or (i.collection, i.id) in self._rows)
        self._compare(bad)
        staged = self._staged
        if batch.staged is not None:
            staged = _grown(staged, batch.staged)
        token = self._token
        if batch.token is not None:
            token, staged = batch.token if self._takes_token else None, None
        return CacheState(
            rows=self._rows,
            token=token,
            epoch=self._before.epoch if batch.epoch is None else batch.epoch,
            account=self._before.account if batch.account is None else batch.account,
            last_good_at=self._before.last_good_at,
            offset_ms=self._before.offset_ms,
            staged=staged,
            diverged=self._astray,
            held=frozenset(self._held),
            bad_items=bad,
            sum=self._sum,
        )

    def _put_all(self) -> set[Name]:
        numbers = self._batch.row_keys or (NO_NUMBER,) * len(self._batch.puts)
        named: set[Name] = set()
        for row, number in zip(self._batch.puts, numbers, strict=True):
            name = COLLECTIONS[type(row)], row.id
            named.add(name)
            self._held.discard(name)
            known = self._rows.get(name)
            in_bucket = bucket(*name) in self._batch.buckets if self._batch.buckets else False
            if known is None or known.is_old or in_bucket or _replaces(row, known.row):
                self._set(name, Kept(row, number))
            elif number not in (NO_NUMBER, known.number):
                self._rows[name] = Kept(known.row, number)
        return named

    def _set(self, name: Name, kept: Kept | None) -> None:
        known = self._rows.get(name)
        if known is not None:
            self._sum = (self._sum - _weight(name, known)) % MODULUS
        if kept is None:
            if known is not None:
                del self._rows[name]
                self.changed.add(name)
            return
        if known is None or known.row != kept.row:
            self.changed.add(name)
        self._rows[name] = kept
        self._sum = (self._sum + _weight(name, kept)) % MODULUS

    def _patch_all(self) -> None:
        by_number: dict[int, list[Name]] = {}
        for name, kept in self._rows.items():
            if kept.number != NO_NUMBER:
                by_number.setdefault(kept.number, []).append(name)
        for patch in self._batch.patches:
            names = by_number.get(patch.row_key, ())
            stale = len(names) == 1 and names[0] in _missing(self._before.bad_items)
            if len(names) != 1 or stale or not _fits(patch, names[0], self._rows[names[0]].row):
                self._astray = True
                continue
            name = names[0]
            known = self._rows[name]
            self._held.discard(name)
            if patch.version < _version(known.row):
                continue
            changes = {
                field: _grown_list(getattr(known.row, field), value)
                for field, value in patch.changes.items()
            }
            row: Any = msgspec.structs.replace(known.row, **changes, version=patch.version)
            self._set(name, Kept(row, known.number))

    def _delete_all(self, named: set[Name], bad: Iterable[UnreadableItem]) -> None:
        batch = self._batch
        spared = {(item.collection, item.id) for item in bad if not item.field}
        any_row = {collection for collection, row_id in spared if not row_id}
        gone: list[Name] = [(collection, row_id) for collection, row_id in batch.deletes]
        if batch.drops:
            wanted = set(batch.drops)
            gone += [name for name, kept in self._rows.items() if kept.number in wanted]
        there = [name for name in gone if name in self._rows]
        delta = not batch.complete and not batch.buckets
        if delta and there and not self._believes(len(self._held | {*there}), len(self._rows)):
            self._held.update(there)
        else:
            for name in there:
                self._drop(name)
        for name in list(self._rows):
            whole = name[0] in batch.complete
            swept = name[0] is not Collection.TRENDS and bucket(*name) in batch.buckets
            kept = name in spared or name[0] in any_row
            if (whole or swept) and name not in named and not kept:
                self._drop(name)
        self._held = {name for name in self._held if name[0] not in batch.complete}

    def _drop(self, name: Name) -> None:
        self._held.discard(name)
        self._set(name, None)

    def _bad_items(self, named: Iterable[Name]) -> tuple[UnreadableItem, ...]:
        batch = self._batch
        if not self._before.bad_items and not batch.bad_items:
            return ()
        read = {*named, *batch.deletes}
        read |= {name for name, kept in self._rows.items() if kept.number in batch.drops}
        anew = batch.complete | batch.reread
        stand = {
            (item.collection, item.where, item.field): item
            for item in self._before.bad_items
            if item.collection not in anew
            and item.row_key not in batch.drops
            and not {(item.collection, item.where), (item.collection, item.id)} & read
        }
        stand |= {(item.collection, item.where, item.field): item for item in batch.bad_items}
        return tuple(stand.values())

    def _compare(self, bad: tuple[UnreadableItem, ...]) -> None:
        told = self._batch.sum
        if told is None and self._batch.complete and self._batch.token is not None:
            self._astray = False
        if told is None or any(map(_is_unweighed, bad)):
            return
        if self._weighed(bad) != told and self._batch.complete:
            # Rows that claim to be newer than the whole list can only be wrong.
            for row in self._batch.puts:
                name = COLLECTIONS[type(row)], row.id
                self._set(name, Kept(row, self._rows[name].number))
        leaving = [name for name in self._held if name in self._rows]
        weighed = self._weighed(bad)
        without = weighed - sum(_weight(name, self._rows[name]) for name in leaving)
        if leaving and without % MODULUS == told:
            for name in leaving:
                self._drop(name)
            self._held.clear()
        elif weighed == told:
            self._held.clear()
        self._astray = self._weighed(bad) != told

    def _weighed(self, bad: Iterable[UnreadableItem]) -> int:
        """The sum with the rows that could not be read as the source has them."""
        missing = _missing(bad)
        stored = sum(_weight(name, self._rows[name]) for name in missing if name in self._rows)
        return (self._sum - stored + sum(missing.values())) % MODULUS


def _missing(bad: Iterable[UnreadableItem]) -> dict[Name, int]:
    """The weights of rows that could not be read."""
    return {
        (item.collection, item.id): weight(item.collection, item.id, item.version)
        for item in bad
        if item.version is not None and item.id and not item.field
    }


def _is_unweighed(item: UnreadableItem) -> bool:
    """Whether the sums cannot count what could not be read."""
    told = item.id and item.version is not None
    return not (item.field or told) and item.collection is not Collection.TRENDS


def _replaces(row: Row, known: Row) -> bool:
    """Whether a row is news: newer, or as new and not poorer."""
    poorer = getattr(known, "whole", True) and not getattr(row, "whole", True)
    if poorer:
        return _version(row) > _version(known)
    return _version(row) >= _version(known)


def _fits(patch: RowPatch, name: Name, row: Row) -> bool:
    """Whether the patch is of that row, which is whole, and of fields and lists it has."""
    if name[0] is not patch.collection or not getattr(row, "whole", True):
        return False
    return all(
        hasattr(row, field)
        and (not isinstance(value, Tail) or value.keep <= len(getattr(row, field)))
        for field, value in patch.changes.items()
    )


def _version(row: Row) -> int:
    return getattr(row, "version", 0)


def _weight(name: Name, kept: Kept) -> int:
    if name[0] is Collection.TRENDS:
        return 0
    return weight(*name, OUTDATED if kept.is_old else _version(kept.row))


def _total(rows: Mapping[Name, Kept]) -> int:
    return sum(_weight(name, kept) for name, kept in rows.items()) % MODULUS


def _grown_list(known: Any, value: Any) -> Any:
    return (*known[: value.keep], *value.items) if isinstance(value, Tail) else value


def _grown(known: Any, piece: Any) -> Any:
    if known is None or (known.resource, known.tag) != (piece.resource, piece.tag):
        return piece
    return msgspec.structs.replace(piece, body=known.body + piece.body)
