"""The encrypted cache: what the screens show, rebuilt from the sources when it is lost."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import apsw

from desktop.application.ports import Counts, IncidentFilter, IncidentRow, StoreError
from desktop.domain.asset import Trend, TrendKind
from desktop.domain.changes import Changes
from desktop.domain.clock import Clock
from desktop.domain.command import Collection, Key
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.link import ByteCount, TrafficClass
from desktop.domain.source import Batch, Problem, Row, SyncState, UnreadableItem
from desktop.protocol.process_memory import give_back
from desktop.storage.cache import (
    byte_counts,
    incidents,
    row_store,
    source_state,
    trends,
    unreadable,
)
from desktop.storage.cache.checksums import Sums
from desktop.storage.cache.row_memory import Bodies, Found, RowMemory
from desktop.storage.search import index, names
from desktop.storage.sqlite.data_format import SCHEMAS
from desktop.storage.sqlite.database import (
    UNWRITABLE,
    check_key,
    connect,
    fold_log_in,
    in_words,
    is_marked_damaged,
    is_read_only,
    migrate,
    set_aside,
    why_not,
    why_unwritable,
)
from desktop.storage.sqlite.readers import Readers
from desktop.storage.sqlite.string_ids import source_number
from desktop.storage.sqlite.writer import Writer

if TYPE_CHECKING:
    from desktop.storage.cache.apply import BatchWriter
    from desktop.storage.sqlite.read_only import ReadOnlyFile

T = TypeVar("T")

FILE = "cache.db"
_REBUILT = {"store_damaged": "cache_rebuilt", "store_unmigrated": "cache_outgrown"}
"""What is told of a cache that is made anew, by why."""


def open_cache(
    folder: Path, key: bytes, clock: Clock, category_names: Mapping[str, str]
) -> SqliteCache:
    """Open the cache of that folder, made when there is none.

    A file that cannot be read, or not be brought up to date, is set aside and a new one made;
    `problem` of the answer says so. One that cannot be written is opened for reading, an empty one
    where there is none; `unwritable` says why. Raises StoreError for a wrong key or a file held by
    another.
    """
    check_key(folder, key)
    path = folder / FILE
    problem = None
    try:
        if is_marked_damaged(path):
            raise StoreError(Problem("store_damaged", {"file": path.name}))
        opened = _open_file(path, key)
    except StoreError as error:
        code = _REBUILT.get(error.problem.code)
        if code is None:
            raise
        try:
            problem = Problem(code, {"file": set_aside(path, clock.now()).name})
            opened = _open_file(path, key)
        except OSError as refused:
            problem = error.problem
            reading = _read_only(path, key, why_not(path, refused), empty=True)
            opened = reading.connect(), reading
    return SqliteCache(path, key, category_names, opened[0], problem, opened[1])


def read_cache(
    folder: Path, key: bytes, why: Problem, category_names: Mapping[str, str]
) -> SqliteCache:
    """Open the cache of a folder that another program writes, to be read only, never set aside.

    `why` says what keeps this one from writing. Raises StoreError where there is none.
    """
    path = folder / FILE
    if not path.exists():
        raise StoreError(Problem("cache_absent", {"folder": str(folder)}))
    reading = _read_only(path, key, why)
    cache = SqliteCache(path, key, category_names, reading.connect(), None, reading)
    cache.end_writing()
    return cache


def _open_file(path: Path, key: bytes) -> tuple[apsw.Connection, ReadOnlyFile | None]:
    """A reading connection, and what it belongs to when the file cannot be written."""
    try:
        return _prepare(path, key), None
    except StoreError as error:
        if error.problem.code not in UNWRITABLE:
            raise
        reading = _read_only(path, key, error.problem)
        return reading.connect(), reading


def _read_only(path: Path, key: bytes, why: Problem, *, empty: bool = False) -> ReadOnlyFile:
    from desktop.storage.sqlite.read_only import ReadOnlyFile  # Few starts need it.

    return ReadOnlyFile(path, key, "cache", why, empty=empty)


def _prepare(path: Path, key: bytes) -> apsw.Connection:
    """A reading connection to a file of the newest schema that can be written too."""
    if is_read_only(path):
        raise StoreError(Problem("read_only", {"file": path.name}))
    with in_words(path):
        if not path.exists():
            _make_current(path, key)
        db = connect(path, key, durable=False, read_only=True)
        try:
            if int(db.pragma("user_version")) != SCHEMAS["cache"]:
                db.close()
                _make_current(path, key)
                db = connect(path, key, durable=False, read_only=True)
            db.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except BaseException:
            db.close()
            raise
    return db


def _make_current(path: Path, key: bytes) -> None:
    db = connect(path, key, durable=False)
    try:
        migrate(db, "cache")
    finally:
        db.close()


class SqliteCache:
    """See `application.ports.Cache`."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        category_names: Mapping[str, str],
        first: apsw.Connection,
        problem: Problem | None,
        reading: ReadOnlyFile | None = None,
    ) -> None:
        self.problem = problem
        """What happened to the cache of an earlier run, when it had to be set aside."""
        self._path, self._key, self._reading = path, key, reading
        self._category_names = category_names
        self._memory = RowMemory()
        self._writer = Writer(path, self._connect_to_write, self._forget)
        self._readers = Readers(path, reading.connect if reading else self._connect_to_read, first)

    @cached_property
    def _batches(self) -> BatchWriter:
        """What writes batches, imported with the first of them."""
        from desktop.storage.cache.apply import BatchWriter

        return BatchWriter(self._category_names)

    def _forget(self) -> None:
        self._batches.forget()

    @property
    def unwritable(self) -> Problem | None:
        """Why it can only be read, or None; it is written again as soon as that is possible."""
        return None if self._reading is None else self._reading.problem

    def _connect_to_read(self) -> apsw.Connection:
        return connect(self._path, self._key, durable=False, read_only=True)

    def _connect_to_write(self) -> apsw.Connection:
        """Open the writer's connection, on its thread.

        A file opened for reading is written from now on.
        """
        db = connect(self._path, self._key, durable=False)
        if self._reading is not None:
            try:
                migrate(db, "cache")
            except BaseException:
                db.close()
                raise
            self._readers.replace(self._connect_to_read)
            self._reading.close()
            self._reading = None
        return db

    def check_writable(self) -> None:
        problem = why_unwritable(self._path)
        if problem is not None:
            raise StoreError(problem)

    def get_ready(self) -> None:
        self._writer.begin(self._batches.get_ready)

    def apply(self, batch: Batch) -> Changes:
        # Asked in the same job: another source's batch may be next.
        changed, purged = self._change_rows(
            lambda db: (self._batches.apply(db, batch), self._batches.purged)
        )
        if purged:
            self._writer.submit(fold_log_in, in_transaction=False)
        if batch.complete and batch.token is not None:
            self._writer.submit(_shrink, in_transaction=False)
        return changed

    def purge(self, source: str, keep_townships: frozenset[str] | None) -> Changes:
        changed, _ = self._change_rows(
            lambda db: (self._batches.purge(db, source, keep_townships), True)
        )
        self._writer.submit(fold_log_in, in_transaction=False)
        return changed

    def _change_rows(
        self, job: Callable[[apsw.Connection], tuple[Changes, bool]]
    ) -> tuple[Changes, bool]:
        try:
            changed, purged = self._writer.submit(job)
        except BaseException:
            self._memory.forget_all()
            raise
        self._memory.forget(changed)
        return changed, purged

    def sums(self, source: str) -> tuple[int, ...]:
        return self._read(lambda db: _sums(db, source))

    def add_traffic(self, day: str, spent: Mapping[TrafficClass, ByteCount]) -> None:
        self._writer.submit(lambda db: byte_counts.add(db, day, spent))

    def traffic(self, day: str) -> dict[TrafficClass, ByteCount]:
        return self._read(lambda db: byte_counts.of(db, day))

    def set_only_words(self, day: str, on: bool) -> None:
        self._writer.submit(lambda db: byte_counts.set_only_words(db, day, on))

    def is_only_words(self, day: str) -> bool:
        return self._read(lambda db: byte_counts.is_only_words(db, day))

    def mark_good(
        self,
        source: str,
        at: Instant,
        offset_ms: int,
        offered: frozenset[Collection] | None = None,
    ) -> None:
        self._writer.submit(lambda db: source_state.mark_good(db, source, at, offset_ms, offered))

    def mark_failed(self, source: str, at: Instant, problem: Problem) -> None:
        self._writer.submit(lambda db: source_state.mark_failed(db, source, at, problem))

    def forget_token(self, source: str) -> None:
        self._writer.submit(lambda db: source_state.forget_token(db, source))

    def outdate(self, source: str) -> None:
        self._writer.submit(lambda db: _outdate(db, self._batches, source))

    def failure(self, source: str) -> tuple[Instant, Problem] | None:
        return self._read(lambda db: source_state.failure(db, source))

    def sync_state(self, source: str) -> SyncState:
        return self._read(lambda db: source_state.sync_state(db, source))

    def incident_numbers(self, wanted: IncidentFilter, limit: int | None = None) -> array[int]:
        return self._read(
            lambda db: index.incident_numbers(db, wanted, limit, self._category_names)
        )

    def initials(self, of: Sequence[str]) -> dict[str, str]:
        return self._read(lambda db: names.initials(db, of))

    def incident_rows(self, numbers: Sequence[int]) -> list[IncidentRow]:
        return self._read(lambda db: incidents.incident_rows(db, numbers))

    def incident(self, key: Key) -> Incident | None:
        return self._read(lambda db: incidents.incident(db, key))

    def incident_number(self, key: Key) -> int | None:
        return self._read(lambda db: incidents.incident_number(db, key))

    def open_incidents(self, limit: int) -> list[Incident]:
        found: list[Incident] = []
        self.visit_open_incidents(limit, found.append)
        return found

    def visit_open_incidents(self, limit: int, visit: Callable[[Incident], object]) -> int:
        return self._read(lambda db: incidents.visit_open_incidents(db, limit, visit))

    def rows(self, collection: Collection) -> list[Row]:
        if collection is Collection.INCIDENTS:
            return list(self._read(incidents.all_incidents))
        if collection is Collection.TRENDS:
            return list(self._read(trends.trends))

        reader = _Reader(self._read, collection)
        return reader.read_all({})[0] if self._reading else self._memory.rows(collection, reader)

    def trend(self, source: str, kind: TrendKind, id: str) -> Trend | None:
        def read() -> Trend | None:
            return self._read(lambda db: trends.trend(db, source, kind, id))

        return read() if self._reading else self._memory.trend(source, kind, id, read)

    def counts(self, now: Instant, day_began_at: Instant) -> Counts:
        return self._read(lambda db: incidents.counts(db, now, day_began_at))

    def bad_items(self, source: str | None = None) -> list[tuple[str, UnreadableItem]]:
        return self._read(lambda db: unreadable.bad_items(db, source))

    def unread(self, source: str) -> dict[Collection, int]:
        return self._read(lambda db: unreadable.items(db, source))

    def count_spoiled_fields(self, source: str) -> dict[Collection, int]:
        return self._read(lambda db: unreadable.fields(db, source))

    def count_uncompared(self, source: str) -> dict[Collection, int]:
        return self._read(lambda db: unreadable.count_unweighed(db, source))

    def end_writing(self) -> None:
        """Refuse all further writes."""
        self._writer.close()

    def close(self) -> None:
        # The last connection to go folds the write-ahead log in, and a reading one cannot.
        self._readers.close()
        self._writer.close()
        if self._reading is not None:
            self._reading.close()

    def _read(self, question: Callable[[apsw.Connection], T]) -> T:
        with self._readers.lend() as db:
            return question(db)


class _Reader:
    """Reads the rows of one collection from the file."""

    def __init__(self, ask: Callable[[Callable[[apsw.Connection], Any]], Any], of: Collection):
        self._ask, self._of = ask, of

    def read_all(self, known: Bodies) -> tuple[list[Row], Bodies]:
        """See `row_store.read_all_rows`."""
        found: tuple[list[Row], Bodies]
        found = self._ask(lambda db: row_store.read_all_rows(db, self._of, known))
        return found

    def read_some(self, keys: Iterable[Key]) -> Found:
        """See `row_store.read_some_rows`."""
        found: Found = self._ask(lambda db: row_store.read_some_rows(db, self._of, keys))
        return found


def _shrink(db: apsw.Connection) -> None:
    """Return the memory that a whole list took: far more than whatever comes after it."""
    db.pragma("shrink_memory")
    give_back()


def _sums(db: apsw.Connection, source: str) -> tuple[int, ...]:
    number = source_number(db, source)
    if number is None:
        return Sums().buckets
    kept = Sums.read(db, number)
    stored = kept if kept.wanted else Sums.count(db, number)
    return unreadable.weigh_in_part(db, number, stored).buckets


def _outdate(db: apsw.Connection, batches: BatchWriter, source: str) -> None:
    number = source_number(db, source)
    if number is not None:
        batches.outdate(db, number)
