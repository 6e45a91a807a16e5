"""Which life and which history of the data a reader's token is from.

A database file that is put back by hand, and then grows, has the epoch and in time the
numbers of the one that readers know. So every token names a *mark*: a random word that
this history, and no other, has at the sequence number the reader had seen. Another one
begins with the first change after each opening of the file, and with the first change of
each minute: what is written after the file was put back is never under a mark of before.
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
MARK_LETTERS = 5
"""One history in 60 million has another's mark at the same number."""
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_epoch() -> str:
    """A name for another life of the data."""
    return secrets.token_hex(4)


def new_mark() -> str:
    """A mark that no history has had."""
    return "".join(secrets.choice(ALPHABET) for _ in range(MARK_LETTERS))


def prepare(connection: sqlite3.Connection) -> None:
    """Make the table; the epoch's own name is the mark of all that was there before it."""
    connection.execute(TABLE)
    connection.execute("INSERT OR IGNORE INTO meta VALUES('epoch', ?)", (new_epoch(),))
    # The first sequence number of the present epoch.
    connection.execute("INSERT OR IGNORE INTO meta VALUES('began', 0)")
    connection.execute(
        "INSERT INTO lineage SELECT 0, value FROM meta"
        " WHERE name='epoch' AND NOT EXISTS (SELECT 1 FROM lineage)"
    )


def newest(connection: sqlite3.Connection) -> str:
    """The mark that the newest sequence number is under."""
    found = connection.execute("SELECT mark FROM lineage ORDER BY seq DESC LIMIT 1").fetchone()
    return str(found[0])


def begin_mark(connection: sqlite3.Connection, first: int, mark: str) -> None:
    """Have the changes from that number on be under another mark."""
    connection.execute("INSERT OR IGNORE INTO lineage VALUES(?, ?)", (first, mark))


def begin_epoch(connection: sqlite3.Connection, first: int) -> str:
    """Have another life of the data begin at that number; its name. No older token holds."""
    epoch = new_epoch()
    connection.execute("UPDATE meta SET value=? WHERE name='epoch'", (epoch,))
    connection.execute("UPDATE meta SET value=? WHERE name='began'", (first,))
    connection.execute("INSERT INTO lineage VALUES(?, ?)", (first, new_mark()))
    return epoch


def is_ours(connection: sqlite3.Connection, seen: int, mark: str) -> bool:
    """Whether a reader who had seen so much, under that mark, read this life and history.

    Of what is older than the retention nothing is known that speaks against it.
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
    """Drop the marks that no token from that number on can carry."""
    connection.execute(
        "DELETE FROM lineage WHERE seq < (SELECT max(seq) FROM lineage WHERE seq <= ?)", (floor,)
    )
