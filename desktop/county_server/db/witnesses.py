"""The days on which something came to the county: they tell whether its clock may be believed."""

from __future__ import annotations

import sqlite3

DAY_S = 86_400
WITNESSES = 30
"""So many days must have passed since, each with something of its own: a leap makes up only one."""
TABLE = """
CREATE TABLE IF NOT EXISTS days(
    day INTEGER PRIMARY KEY, -- since 1970
    at INTEGER NOT NULL -- when something came last on it
)
"""


def note_day(connection: sqlite3.Connection, now_s: float) -> None:
    """Record that something came today: a change, or a client that opened a session."""
    now = int(now_s)
    connection.execute("INSERT OR REPLACE INTO days VALUES(?, ?)", (now // DAY_S, now))


def believe(connection: sqlite3.Connection, now_s: float) -> float:
    """Return the time against which the age of what is to be forgotten is taken.

    It is the last day but so many on which something came, and never later than the clock: one
    that leaps ahead, and all that comes in its first days there, makes nothing old. 0 when there
    were fewer days.
    """
    found = connection.execute(
        "SELECT at FROM days ORDER BY day DESC LIMIT 1 OFFSET ?", (WITNESSES - 1,)
    ).fetchone()
    return 0.0 if found is None else min(now_s, float(found[0]))
