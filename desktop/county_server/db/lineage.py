"""Lineage: whether a reader's token belongs to this epoch and history of the data.

A database file that is put back by hand, and then grows, has the same epoch and in time the
same sequence numbers as the one that readers know. So every token names a *mark*: a random
word that only this history has at the sequence number the reader had seen. A new mark begins
with the first change after each opening of the file, and with the first change of each
minute: changes written after the file was put back never have a mark from before.
"""

from __future__ import annotations

import secrets
import sqlite3

TABLE = """
CREATE TABLE IF NOT EXISTS lineage(
    seq INTEGER PRIMARY KEY, -- the first that is under the mark; up to the next row's
    mark TEXT NOT NULL
)
"""
EPOCHS = """
CREATE TABLE IF NOT EXISTS epochs(
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE -- of an epoch that is over
)
"""
MOST_EPOCHS = 1_000
"""So many of those that are over are told, the newest ones."""
MARK_LETTERS = 5
"""One history in 60 million has another's mark at the same number."""
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_epoch() -> str:
    """Make a random name for an epoch."""
    return secrets.token_hex(4)


def new_mark() -> str:
    """Make a random mark that no history has had."""
    return "".join(secrets.choice(ALPHABET) for _ in range(MARK_LETTERS))


def prepare(connection: sqlite3.Connection) -> None:
    """Create the table; all changes from before it get the epoch's name as their mark."""
    connection.execute(TABLE)
    connection.execute(EPOCHS)
    connection.execute("INSERT OR IGNORE INTO meta VALUES('epoch', ?)", (new_epoch(),))
    # The first sequence number of the present epoch.
    connection.execute("INSERT OR IGNORE INTO meta VALUES('began', 0)")
    connection.execute(
        "INSERT INTO lineage SELECT 0, value FROM meta"
        " WHERE name='epoch' AND NOT EXISTS (SELECT 1 FROM lineage)"
    )


def newest(connection: sqlite3.Connection) -> str:
    """Return the mark of the newest sequence number."""
    found = connection.execute("SELECT mark FROM lineage ORDER BY seq DESC LIMIT 1").fetchone()
    return str(found[0])


def begin_mark(connection: sqlite3.Connection, first: int, mark: str) -> None:
    """Give the changes from that sequence number on another mark."""
    connection.execute("INSERT OR IGNORE INTO lineage VALUES(?, ?)", (first, mark))


def begin_epoch(connection: sqlite3.Connection, first: int) -> str:
    """Begin a new epoch at that sequence number, which ends all older tokens; return its name."""
    epoch = new_epoch()
    connection.execute(
        "INSERT OR IGNORE INTO epochs(name) SELECT value FROM meta WHERE name='epoch'"
    )
    connection.execute("UPDATE meta SET value=? WHERE name='epoch'", (epoch,))
    connection.execute("UPDATE meta SET value=? WHERE name='began'", (first,))
    connection.execute("INSERT INTO lineage VALUES(?, ?)", (first, new_mark()))
    return epoch


def earlier_epochs(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the names of epochs that ended before the present one began, the oldest first."""
    found = connection.execute(
        "SELECT name FROM epochs ORDER BY number DESC LIMIT ?", (MOST_EPOCHS,)
    ).fetchall()
    return tuple(name for (name,) in reversed(found))


def add_epochs(connection: sqlite3.Connection, other: sqlite3.Connection) -> None:
    """Note that all epochs of the data that this one replaces are over, its present one too."""
    (present,) = other.execute("SELECT value FROM meta WHERE name='epoch'").fetchone()
    for name in (*earlier_epochs(other), present):
        connection.execute("INSERT OR IGNORE INTO epochs(name) VALUES(?)", (name,))


def is_ours(connection: sqlite3.Connection, seen: int, mark: str) -> bool:
    """Whether a token with this sequence number and mark is of the present epoch and history.

    A number older than the retention has no mark to compare and passes.
    """
    began, head = (
        connection.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()[0]
        for name in ("began", "head")
    )
    if not began <= seen <= head:
        return False
    known = connection.execute(
        "SELECT mark FROM lineage WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (seen,)
    ).fetchone()
    return known is None or known[0] == mark


def forget(connection: sqlite3.Connection, floor: int) -> None:
    """Drop the marks that tokens from that number on cannot have."""
    connection.execute(
        "DELETE FROM lineage WHERE seq < (SELECT max(seq) FROM lineage WHERE seq <= ?)", (floor,)
    )
