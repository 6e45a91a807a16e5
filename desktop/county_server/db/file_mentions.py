"""Which incidents name which files, taken from the rows as they are written."""

from __future__ import annotations

import sqlite3

import msgspec

from desktop.wire.level1 import Incident

TABLE = """
CREATE TABLE IF NOT EXISTS mentions(
    digest TEXT NOT NULL,
    incident TEXT NOT NULL,
    PRIMARY KEY(digest, incident)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mentions_by_incident ON mentions(incident)
"""


def keep(
    connection: sqlite3.Connection, row: msgspec.Struct, before: msgspec.Struct | None
) -> None:
    """Record the files of a row that replaces `before` or is new.

    A digest within a text names no file: writing one into a note gives no access to the file.
    """
    if not isinstance(row, Incident):
        return
    named, known = _digests(row), set() if before is None else _digests(before)
    for digest in known - named:
        connection.execute("DELETE FROM mentions WHERE digest=? AND incident=?", (digest, row.id))
    for digest in named - known:
        connection.execute("INSERT OR IGNORE INTO mentions VALUES(?, ?)", (digest, row.id))


def forget(connection: sqlite3.Connection, collection: str, row_id: str) -> None:
    """Drop the mentions of a deleted row."""
    if collection == "incidents":
        connection.execute("DELETE FROM mentions WHERE incident=?", (row_id,))


def fill(connection: sqlite3.Connection) -> None:
    """Record the files of every row of a database that had no such table."""
    decoder = msgspec.json.Decoder(Incident)
    for (body,) in connection.execute(
        "SELECT body FROM rows WHERE collection='incidents' AND body IS NOT NULL"
        " AND instr(body, CAST('\"files\":' AS BLOB))"
    ).fetchall():
        keep(connection, decoder.decode(body), None)


def _digests(row: msgspec.Struct) -> set[str]:
    assert isinstance(row, Incident)
    return {name for each in row.files for name in (each.digest, each.thumbnail) if name}
