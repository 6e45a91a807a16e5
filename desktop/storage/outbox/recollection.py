"""What was read of a file, kept until something in the file has changed."""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar, cast

import apsw
import msgspec

from desktop.domain.command import CommandRecord
from desktop.storage.outbox import rows

T = TypeVar("T")

MOST = 256
"""More readings than an exchange makes of one state of the outbox; then all are let go."""
MOST_WRITTEN = 32
"""When more commands were written since, the database finds sooner which are asked for."""
MOST_RECORDS = 20_000
"""More commands than years of an office leave behind; then all are let go."""


class Question(msgspec.Struct, frozen=True):
    """What is asked again and again of nearly the same commands, in the database's words and
    in ours."""

    rest: str
    """As a WHERE clause with its order."""
    asks_for: Callable[[CommandRecord], bool]
    place: Callable[[CommandRecord], int]
    """By which that order goes: the highest first, and of the same place the newest."""


class Recollection:
    """Answers of one file; used by whoever holds its connection, one thread at a time.

    An exchange and a look at the desk read the same commands several times over, and between
    two of them next to nothing changes: a queue of hundreds cost more to read than to send.
    """

    def __init__(self) -> None:
        self._db: apsw.Connection | None = None
        self._mark: tuple[int, int] = (-1, -1)
        self._known: dict[Hashable, tuple[Any, ...]] = {}
        self._records: dict[int, CommandRecord] = {}
        """Commands by their numbers, as they are in the file."""
        self._listings: dict[str, _Listing] = {}
        self._written_since: defaultdict[str, set[int]] = defaultdict(set)
        """Numbers of the commands written since each of those was right."""

    def of(self, db: apsw.Connection, question: Hashable, read: Callable[[], list[T]]) -> list[T]:
        """The answer as read before, where no row has changed since, else as `read` gives it.

        Whoever asks may change the list that he gets. Not to be asked within a transaction.
        """
        # By us, and by anybody else: the latter costs no more than the question itself.
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
        """The commands found by a WHERE clause; only those written since are read. As `of`, and
        to be asked through it: that notes what others wrote."""
        return self._records_of(db, rows.numbers(db, rest, *values))

    def answer(self, db: apsw.Connection, question: Question) -> list[CommandRecord]:
        """The commands that a question asks for, in its order; of what was found before only
        those written since are looked at. As `records`."""
        listing, written = self._listings.get(question.rest), self._written_since
        if listing is None or len(written[question.rest]) > MOST_WRITTEN:
            found = self.records(db, question.rest)
            if len(found) > MOST_RECORDS:
                return found
            self._listings[question.rest] = _Listing(question, found)
        elif changed := written[question.rest]:
            listing.change(changed, self._records_of(db, sorted(changed)))
        written[question.rest] = set()
        return self._listings[question.rest].records()

    def _records_of(self, db: apsw.Connection, numbers: list[int]) -> list[CommandRecord]:
        """The commands of these numbers, without those that are not there."""
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
        """Know nothing yet of this file, and hear of each command that is written."""
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
    """The answer to a question, kept in order while commands come, change and go."""

    def __init__(self, question: Question, found: list[CommandRecord]) -> None:
        self._question = question
        self._places = {record.seq: question.place(record) for record in found}
        self._sorted = sorted((self._places[record.seq], record.seq, record) for record in found)

    def records(self) -> list[CommandRecord]:
        """All, in order."""
        return [record for _, _, record in reversed(self._sorted)]

    def change(self, written: Iterable[int], there: Iterable[CommandRecord]) -> None:
        """Take those that were written out, and those in again that are there and asked for."""
        for number in written:
            if (place := self._places.pop(number, None)) is not None:
                del self._sorted[bisect_left(self._sorted, (place, number))]
        for record in there:
            if self._question.asks_for(record):
                place = self._places[record.seq] = self._question.place(record)
                insort(self._sorted, (place, record.seq, record))
