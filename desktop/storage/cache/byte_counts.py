"""Bytes spent a day, by what they were spent on; and the day on which only words go."""

from __future__ import annotations

from collections.abc import Mapping

import apsw

from desktop.domain.link import ByteCount, TrafficClass

DAYS_KEPT = 62
"""The last month is whole until this one is over: the monthly report wants it."""


def add(db: apsw.Connection, day: str, spent: Mapping[TrafficClass, ByteCount]) -> None:
    """Add to a day; the oldest days beyond two months go."""
    db.executemany(
        "INSERT INTO traffic VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET sent = sent + excluded.sent, received = received + excluded.received",
        [(day, kind.value, one.sent, one.received) for kind, one in spent.items()],
    )
    db.execute(
        "DELETE FROM traffic WHERE day NOT IN"
        " (SELECT DISTINCT day FROM traffic ORDER BY day DESC LIMIT ?)",
        (DAYS_KEPT,),
    )


def of(db: apsw.Connection, day: str) -> dict[TrafficClass, ByteCount]:
    """The bytes of a day."""
    found = db.execute("SELECT kind, sent, received FROM traffic WHERE day = ?", (day,))
    return {TrafficClass(kind): ByteCount(sent, received) for kind, sent, received in found}


def set_only_words(db: apsw.Connection, day: str, on: bool) -> None:
    """Let only words go on that day, or let files go again."""
    db.execute("DELETE FROM words_day")
    if on:
        db.execute("INSERT INTO words_day VALUES (?)", (day,))


def is_only_words(db: apsw.Connection, day: str) -> bool:
    """Whether only words go on that day."""
    return db.execute("SELECT 1 FROM words_day WHERE day = ?", (day,)).fetchone() is not None
