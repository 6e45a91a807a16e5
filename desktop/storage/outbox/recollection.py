"""What was read of a file, kept until something in the file has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import apsw

from desktop.domain.command import CommandRecord
from desktop.storage.outbox import rows

T = TypeVar("T")

MOST = 256
"""More readings than an exchange makes of one state of the outbox; then all are let go."""
MOST_RECORDS = 20_000
"""More commands than years of an office leave behind; then all are let go."""


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
        numbers, known = rows.numbers(db, rest, *values), self._records
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
        self._known.clear()
        db.set_update_hook(self._written)

    def _written(self, _kind: int, _database: str, table: str, number: int) -> None:
        if table == "command":
            self._records.pop(number, None)
