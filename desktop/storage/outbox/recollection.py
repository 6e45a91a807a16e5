"""What was read of a file, kept until something in the file has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import apsw

T = TypeVar("T")

MOST = 256
"""More readings than an exchange makes of one state of the outbox; then all are let go."""


class Recollection:
    """Answers of one file; used by whoever holds its connection, one thread at a time.

    An exchange and a look at the desk read the same commands several times over, and between
    two of them next to nothing changes: a queue of hundreds cost more to read than to send.
    """

    def __init__(self) -> None:
        self._db: apsw.Connection | None = None
        self._mark: tuple[int, int] = (-1, -1)
        self._known: dict[Hashable, tuple[Any, ...]] = {}

    def of(self, db: apsw.Connection, question: Hashable, read: Callable[[], list[T]]) -> list[T]:
        """The answer as read before, where no row has changed since, else as `read` gives it.

        Whoever asks may change the list that he gets. Not to be asked within a transaction.
        """
        # By us, and by anybody else: the latter costs no more than the question itself.
        mark = (db.total_changes(), cast("int", db.pragma("data_version")))
        if db is not self._db or mark != self._mark or len(self._known) >= MOST:
            self._db, self._mark = db, mark
            self._known.clear()
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = tuple(read())
        return list(known)
