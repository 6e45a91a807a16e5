"""The tables of a county's file, and the migrations of older files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from desktop.county_server.db import file_mentions, witnesses
from desktop.county_server.db.atomic import atomic
from desktop.protocol.checksum import MODULUS, UNCOUNTED, bucket, weight
from desktop.wire.level1 import COLLECTIONS, FIRST_TABLES

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows(
    key INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    version INTEGER NOT NULL,
    open INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    worth INTEGER NOT NULL,
    townships TEXT NOT NULL,
    earlier TEXT NOT NULL DEFAULT '',
    body BLOB,
    made INTEGER NOT NULL DEFAULT 0, -- when the key was first given
    born INTEGER NOT NULL DEFAULT 0, -- since when it is there without a break
    moved INTEGER NOT NULL DEFAULT 0, -- when its townships last changed
    bucket INTEGER NOT NULL DEFAULT -1, -- -1: not counted in sums
    stamps BLOB, -- which field changed when, since it was born
    UNIQUE(collection, id)
);
CREATE INDEX IF NOT EXISTS rows_by_seq ON rows(seq);
CREATE INDEX IF NOT EXISTS rows_by_worth
    ON rows(collection, open DESC, rank, worth, key) WHERE body IS NOT NULL;
CREATE INDEX IF NOT EXISTS rows_by_bucket
    ON rows(bucket) WHERE body IS NOT NULL AND bucket >= 0;
CREATE TABLE IF NOT EXISTS sums(
    townships TEXT NOT NULL, -- of collections that not everybody reads: their name comes first
    bucket INTEGER NOT NULL, -- -1: all of them
    total INTEGER NOT NULL,
    PRIMARY KEY(bucket, townships)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks(at INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
"""
CLIENTS = """
CREATE TABLE IF NOT EXISTS clients(
    client TEXT NOT NULL,
    fence INTEGER NOT NULL,
    account TEXT NOT NULL DEFAULT '',
    tag TEXT NOT NULL DEFAULT '',
    behind INTEGER NOT NULL DEFAULT 0, -- whether it was last told that the server went back
    at INTEGER NOT NULL DEFAULT 0, -- when it opened its newest session
    PRIMARY KEY(client, account)
) WITHOUT ROWID
"""
ALL_BUCKETS = -1
SIGN = 2**63
FIRST = frozenset(tuple(COLLECTIONS)[:FIRST_TABLES])
LATER_MARK = "\x1f"
"""Stands between a collection that only some readers know and the townships, in the sums."""


class SumChanges:
    """Pending changes to the checksums kept per set of townships."""

    def __init__(self) -> None:
        self._deltas: dict[tuple[str, int], int] = {}

    def add(self, townships: str, collection: str, row_id: str, version: int, sign: int) -> None:
        """Add a row to the sums (`sign` +1) or take it out (-1)."""
        if collection in UNCOUNTED:
            return
        later = collection + LATER_MARK
        delta = sign * weight(collection, row_id, version)
        for each in (bucket(collection, row_id), ALL_BUCKETS):
            place = (townships if collection in FIRST else later + townships, each)
            self._deltas[place] = self._deltas.get(place, 0) + delta

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write the changes to the stored sums, which hold 64 bits as signed numbers."""
        for place, delta in self._deltas.items():
            found = connection.execute(
                "SELECT total FROM sums WHERE townships=? AND bucket=?", place
            ).fetchone()
            total = ((found[0] if found else 0) + delta) % MODULUS
            total -= MODULUS if total >= SIGN else 0
            connection.execute("INSERT OR REPLACE INTO sums VALUES(?,?,?)", (*place, total))
        self._deltas.clear()


def bucket_of(collection: str, row_id: str) -> int:
    """Return the bucket stored with a row; -1 for a row that is not counted in sums."""
    return -1 if collection in UNCOUNTED else bucket(collection, row_id)


def make_tables(connection: sqlite3.Connection) -> None:
    """Create the missing tables, one by one: `executescript` would commit the open transaction."""
    tables = f"{SCHEMA};\n{CLIENTS};\n{file_mentions.TABLE};\n{witnesses.TABLE}"
    for statement in tables.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _remember_when_fields_changed(connection: sqlite3.Connection) -> None:
    """Add the times of changes; in an older file each row counts as born at its last change.

    Its key may be much older, so earlier readers may hold the row.
    """
    for column in ("made", "born", "moved"):
        connection.execute(f"ALTER TABLE rows ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE rows ADD COLUMN bucket INTEGER NOT NULL DEFAULT -1")
    connection.execute("ALTER TABLE rows ADD COLUMN stamps BLOB")
    connection.execute("UPDATE rows SET born=seq, moved=seq")
    make_tables(connection)
    sums = SumChanges()
    for collection in COLLECTIONS:
        for key, row_id, version, townships, there in connection.execute(
            "SELECT key, id, version, townships, body IS NOT NULL FROM rows WHERE collection=?",
            (collection,),
        ).fetchall():
            connection.execute(
                "UPDATE rows SET bucket=? WHERE key=?", (bucket_of(collection, row_id), key)
            )
            if there:
                sums.add(townships, collection, row_id, version, 1)
    sums.flush(connection)


def _bind_fences_to_accounts(connection: sqlite3.Connection) -> None:
    """Add the fences' account, unknown for older ones: with accounts, sessions are opened anew."""
    connection.execute("ALTER TABLE clients ADD COLUMN account TEXT NOT NULL DEFAULT ''")


def _remember_openings(connection: sqlite3.Connection) -> None:
    """Add the openings' tag, unknown for older fences: their clients are not judged by them."""
    connection.execute("ALTER TABLE clients ADD COLUMN tag TEXT NOT NULL DEFAULT ''")


def _remember_who_was_told(connection: sqlite3.Connection) -> None:
    """Add whether a client was told that the server was set back; by now older ones know."""
    connection.execute("ALTER TABLE clients ADD COLUMN behind INTEGER NOT NULL DEFAULT 0")


def _forget_tags_of_who_tells_nothing(connection: sqlite3.Connection) -> None:
    """Clear the tags: which clients name their openings is unknown until they open the next one."""
    connection.execute("UPDATE clients SET tag=''")


def _keep_sessions_of_each_account(connection: sqlite3.Connection) -> None:
    """Give each account a client's session of its own; older ones count as opened just now."""
    connection.execute("ALTER TABLE clients RENAME TO older_clients")
    connection.execute(CLIENTS)
    connection.execute(
        "INSERT INTO clients SELECT client, fence, account, tag, behind,"
        " CAST(strftime('%s', 'now') AS INTEGER) FROM older_clients"
    )
    connection.execute("DROP TABLE older_clients")


def _note_which_rows_name_files(connection: sqlite3.Connection) -> None:
    """Add the table of file mentions, which were searched for in the text of rows before."""
    make_tables(connection)
    file_mentions.fill(connection)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _remember_when_fields_changed,
    _bind_fences_to_accounts,
    _remember_openings,
    _remember_who_was_told,
    _forget_tags_of_who_tells_nothing,
    _keep_sessions_of_each_account,
    _note_which_rows_name_files,
)
"""Migration n turns a file of version n into version n+1."""


def prepare(connection: sqlite3.Connection) -> None:
    """Create the tables of a new file, or migrate an older one, in one transaction.

    sqlite3.DatabaseError for a file written by a newer server.
    """
    is_new = connection.execute("SELECT 1 FROM sqlite_master WHERE name='rows'").fetchone() is None
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"written by a newer server: version {found}")
    with atomic(connection):
        if not is_new:
            for migrate in MIGRATIONS[found:]:
                migrate(connection)
        make_tables(connection)
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
