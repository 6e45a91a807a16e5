"""Query results of the outbox's file, kept until something in the file has changed."""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

import apsw
import msgspec

from desktop.domain.command import CommandRecord
from desktop.storage.outbox import rows

T = TypeVar("T")

MOST = 256
"""More results than an exchange reads of one state of the outbox; then all are dropped."""
MOST_WRITTEN = 32
"""When more commands were written since, running the query again is faster."""
MOST_RECORDS = 20_000
"""More commands than years of an office leave behind; then all are dropped."""


class Question(msgspec.Struct, frozen=True):
    """A query for a list that is kept in order while commands change, in SQL and in Python."""

    rest: str
    """As a WHERE clause with its order."""
    asks_for: Callable[[CommandRecord], bool]
    place: Callable[[CommandRecord], int]
    """The sort key of that order: highest first, of equals the newest command first."""


class Recollection:
    """Query results of one file; used by the thread that holds its connection.

    An exchange and a look at the desk read the same commands several times over, and between two of
    them next to nothing changes: a queue of hundreds cost more to read than to send.
    """

    def __init__(self) -> None:
        self._db: apsw.Connection | None = None
        self._mark: tuple[int, int] = (-1, -1)
        self._known: dict[Hashable, tuple[Any, ...]] = {}
        self._records: dict[int, CommandRecord] = {}
        """Commands by their numbers, as they are in the file."""
        self._listings: dict[str, _Listing] = {}
        self._written_since: defaultdict[str, set[int]] = defaultdict(set)
        """By query, numbers of the commands written since its list was up to date."""

    def of(
        self, db: apsw.Connection, question: Hashable, read: Callable[[], Sequence[T]]
    ) -> list[T]:
        """Return the result as read before, where no row has changed since, else what `read` gives.

        The caller may change the list that he gets. Not to be called within a transaction.
        """
        # Writes by this connection, and by any other: to ask for the latter costs one short query.
        mark = (db.total_changes(), cast("int", db.pragma("data_version")))
        if db is not self._db or mark[1] != self._mark[1]:
            self._begin(db)
        if mark != self._mark or len(self._known) >= MOST:
            self._mark = mark
            self._known.clear()
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = tuple(read())
        return list(known)

    def records(self, db: apsw.Connection, rest: str, *values: Any) -> list[CommandRecord]:
        """Return the commands found by a WHERE clause; only those written since are read.

        To be called in the `read` of `of`: that notices what others wrote.
        """
        return self._records_of(db, rows.numbers(db, rest, *values))

    def answer(self, db: apsw.Connection, question: Question) -> tuple[CommandRecord, ...]:
        """Return the commands that match a question, in its order, from the list kept of them.

        Only commands written since are looked at. To be called in the `read` of `of`.
        """
        listing = self._current(question)
        if listing is None:
            found = self.records(db, question.rest)
            if len(found) > MOST_RECORDS:
                return tuple(found)
            listing = self._listings[question.rest] = _Listing(question, found)
            self._written_since[question.rest] = set()
        self._take_written(db, question, listing)
        return listing.all()

    def first(self, db: apsw.Connection, question: Question, limit: int) -> Sequence[CommandRecord]:
        """Return the first so many of the commands that match a question, in its order.

        They are of the list kept of all, where that costs less than the query. To be called in the
        `read` of `of`.
        """
        listing = self._current(question)
        if listing is None:
            return self.records(db, f"{question.rest} LIMIT ?", limit)
        self._take_written(db, question, listing)
        return listing.first(limit)

    def _current(self, question: Question) -> _Listing | None:
        """Return the list kept of a question, None where running the query is faster."""
        listing = self._listings.get(question.rest)
        if listing is None or len(self._written_since[question.rest]) > MOST_WRITTEN:
            return None
        return listing

    def _take_written(self, db: apsw.Connection, question: Question, listing: _Listing) -> None:
        """Bring a list up to date with the commands written since."""
        if changed := self._written_since[question.rest]:
            listing.change(changed, self._records_of(db, sorted(changed)))
            self._written_since[question.rest] = set()

    def _records_of(self, db: apsw.Connection, numbers: list[int]) -> list[CommandRecord]:
        """Return the commands with these numbers, without those that do not exist."""
        known = self._records
        if unknown := [number for number in numbers if number not in known]:
            if len(known) + len(unknown) > MOST_RECORDS:
                known.clear()
                unknown = numbers
            found = rows.records(
                db, "WHERE seq IN (SELECT value FROM json_each(?))", json.dumps(unknown)
            )
            known.update((record.seq, record) for record in found)
        return [known[number] for number in numbers if number in known]

    def _begin(self, db: apsw.Connection) -> None:
        """Start empty with this connection, and drop each command that is written from now on."""
        self._db, self._records = db, {}
        self._listings.clear()
        self._written_since.clear()
        self._known.clear()
        db.set_update_hook(self._forget)

    def _forget(self, _kind: int, _database: str, table: str, number: int) -> None:
        if table == "command":
            self._records.pop(number, None)
            for numbers in self._written_since.values():
                numbers.add(number)


class _Listing:
    """The result of a question, kept in order while commands are added, changed and deleted."""

    def __init__(self, question: Question, found: list[CommandRecord]) -> None:
        self._question = question
        self._places = {record.seq: question.place(record) for record in found}
        self._sorted = sorted((self._places[record.seq], record.seq, record) for record in found)
        self._all: tuple[CommandRecord, ...] | None = None

    def all(self) -> tuple[CommandRecord, ...]:
        """All, in order."""
        if self._all is None:
            self._all = self.first(len(self._sorted))
        return self._all

    def first(self, limit: int) -> tuple[CommandRecord, ...]:
        """The first so many of them."""
        return tuple([record for _, _, record in islice(reversed(self._sorted), limit)])

    def change(self, written: Iterable[int], there: Iterable[CommandRecord]) -> None:
        """Take those that were written out, and those in again that are there and asked for."""
        self._all = None
        for number in written:
            if (place := self._places.pop(number, None)) is not None:
                del self._sorted[bisect_left(self._sorted, (place, number))]
        for record in there:
            if self._question.asks_for(record):
                place = self._places[record.seq] = self._question.place(record)
                insort(self._sorted, (place, record.seq, record))
