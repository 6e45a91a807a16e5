"""The days on which something came to the county: they tell whether its clock may be believed."""

from __future__ import annotations

import sqlite3

import msgspec

DAY_S = 86_400
WITNESSES = 30
"""So many days must have passed since, each with something of its own: a leap makes up only one."""
TABLE = """
CREATE TABLE IF NOT EXISTS days(
    day INTEGER PRIMARY KEY, -- since 1970
    at INTEGER NOT NULL, -- when something came last on it
    done INTEGER NOT NULL, -- the last numbers of command log, fences and changes as it began
    fence INTEGER NOT NULL,
    head INTEGER NOT NULL
)
"""


class Old(msgspec.Struct, frozen=True):
    """What has been kept long enough: both its time and its number say so."""

    before_s: int = 0
    done: int = 0
    """Up to this number of the command log."""
    fence: int = 0
    head: int = 0
    """Up to this change."""


def note_day(connection: sqlite3.Connection, now_s: float) -> None:
    """Record that something came today: a change, or a client that opened a session."""
    connection.execute(
        "INSERT INTO days VALUES(?, ?,"
        " (SELECT value FROM meta WHERE name='done'),"
        " (SELECT value FROM meta WHERE name='fence'),"
        " (SELECT value FROM meta WHERE name='head'))"
        " ON CONFLICT(day) DO UPDATE SET at=excluded.at",
        (int(now_s) // DAY_S, int(now_s)),
    )


def find_old(connection: sqlite3.Connection, now_s: float, kept_s: int) -> Old:
    """Return what is older than it is to be kept, by all that tells the time.

    Ages are taken against the last day but so many on which something came, never against a later
    time than the clock's: one that leaps ahead, and all that comes in its first days there, makes
    nothing old. What came under a clock that was behind is as old as what has the numbers around.
    """
    found = connection.execute(
        "SELECT at FROM days ORDER BY day DESC LIMIT 1 OFFSET ?", (WITNESSES - 1,)
    ).fetchone()
    believed_s = 0.0 if found is None else min(now_s, float(found[0]))
    before_s = int(believed_s - kept_s)
    numbers = connection.execute(
        "SELECT min(done), min(fence), min(head) FROM days WHERE at > ? AND at <= ?",
        (before_s, believed_s),
    ).fetchone()
    return Old() if before_s < 0 or numbers[0] is None else Old(before_s, *numbers)
