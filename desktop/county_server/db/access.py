"""The county's files: who uploaded them, which incidents name them, and who may see them."""

from __future__ import annotations

import sqlite3

import msgspec

from desktop.county_server.db.command_log import note_touch
from desktop.county_server.db.transaction import Transaction
from desktop.county_server.scope import Account
from desktop.protocol.pictures import MEDIA_TYPES, THUMBNAIL_BYTES
from desktop.wire.level1 import File, Incident

TABLES = (
    """
CREATE TABLE IF NOT EXISTS files(
    digest TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID""",
    """
CREATE TABLE IF NOT EXISTS holders(
    digest TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY(digest, account)
) WITHOUT ROWID""",
    """
CREATE TABLE IF NOT EXISTS uploads(
    digest TEXT NOT NULL,
    account TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    offset INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY(digest, account)
) WITHOUT ROWID""",
    """
CREATE TABLE IF NOT EXISTS named(
    digest TEXT NOT NULL,
    incident TEXT NOT NULL,
    account TEXT NOT NULL,
    shown INTEGER NOT NULL,
    PRIMARY KEY(digest, incident, account)
) WITHOUT ROWID""",
)
"""`named.shown`: whether the row's readers may have the file. Knowing a digest gives no access:

an account that neither uploaded the file nor sees it must upload all of it before a row that
it names the file in opens it to others.
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing."""
    for table in TABLES:
        connection.execute(table)


def is_whole(connection: sqlite3.Connection, digest: str) -> bool:
    """Whether the county has all of a file."""
    return (
        connection.execute("SELECT 1 FROM files WHERE digest=?", (digest,)).fetchone() is not None
    )


def is_thumbnail(connection: sqlite3.Connection, digest: str) -> bool:
    """Whether desks may draw a file unasked: a small picture by its bytes, or one not here yet."""
    found = connection.execute(
        "SELECT size, media_type FROM files WHERE digest=?", (digest,)
    ).fetchone()
    return found is None or (found[0] <= THUMBNAIL_BYTES and found[1] in MEDIA_TYPES)


def may_see(connection: sqlite3.Connection, digest: str, account: Account) -> bool:
    """Whether the account sees an incident that names the file, or uploaded it without naming it.

    Where a command named the file in a row, the row counts only once the file is shown there;
    files named by the county's other systems are open to the row's readers.
    """
    seen = any(
        account.sees(townships)
        for (townships,) in connection.execute(
            "SELECT rows.townships FROM mentions JOIN rows ON rows.collection='incidents'"
            " AND rows.id=mentions.incident"
            " WHERE mentions.digest=:digest AND coalesce((SELECT max(shown) FROM named"
            " WHERE named.digest=:digest AND named.incident=mentions.incident), 1)",
            {"digest": digest},
        )
    )
    return seen or _is_loose(connection, digest, account)


def _is_loose(connection: sqlite3.Connection, digest: str, account: Account) -> bool:
    """Whether the account uploaded the file and no row names it on the account's behalf yet."""
    held = "SELECT 1 FROM holders WHERE digest=? AND account=?"
    named = "SELECT 1 FROM named JOIN mentions USING(digest, incident) WHERE digest=? AND account=?"
    asked = (digest, account.name)
    return bool(connection.execute(held, asked).fetchone()) and not bool(
        connection.execute(named, asked).fetchone()
    )


def list_unnamed(connection: sqlite3.Connection, before: int) -> list[str]:
    """List complete files that came before that time and that no row and no command ever named."""
    found = connection.execute(
        "SELECT digest FROM files WHERE at < ?"
        " AND digest NOT IN (SELECT digest FROM named)"
        " AND digest NOT IN (SELECT digest FROM mentions)",
        (before,),
    )
    return [digest for (digest,) in found.fetchall()]


def name_file(transaction: Transaction, incident: str, digest: str, account: Account) -> bool:
    """Record that the account named a file in a row; return whether the row's readers get it."""
    shown = is_whole(transaction.connection, digest) and may_see(
        transaction.connection, digest, account
    )
    transaction.connection.execute(
        "INSERT INTO named VALUES(?,?,?,?)"
        " ON CONFLICT DO UPDATE SET shown=max(shown, excluded.shown)",
        (digest, incident, account.name, shown),
    )
    return shown


def note_arrival(transaction: Transaction, file: File, account: Account, at_s: int) -> None:
    """Record that the account uploaded all of a file, and show it in the rows that wait for it."""
    connection = transaction.connection
    connection.execute(
        "INSERT INTO files VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET at=excluded.at",
        (file.digest, file.size, file.media_type, at_s),
    )
    connection.execute("INSERT OR IGNORE INTO holders VALUES(?,?)", (file.digest, account.name))
    connection.execute(
        "DELETE FROM uploads WHERE digest=? AND account=?", (file.digest, account.name)
    )
    waiting = connection.execute(
        "UPDATE named SET shown=1 WHERE digest=? AND account=? RETURNING incident",
        (file.digest, account.name),
    ).fetchall()
    for (incident,) in waiting:
        _show(transaction, incident, file.digest, at_s, here=True)
        if not is_thumbnail(connection, file.digest):
            _unpicture(transaction, incident, file.digest, at_s)


def drop(connection: sqlite3.Connection, digest: str) -> None:
    """Forget a complete file; its uploaders can upload it again."""
    connection.execute("DELETE FROM files WHERE digest=?", (digest,))
    connection.execute("DELETE FROM holders WHERE digest=?", (digest,))


def lose(transaction: Transaction, digest: str, at_s: int) -> None:
    """Forget a file that is lost, and mark it as not here in the rows that name it."""
    connection = transaction.connection
    drop(connection, digest)
    naming = connection.execute(
        "UPDATE named SET shown=0 WHERE digest=? RETURNING incident", (digest,)
    ).fetchall()
    for incident in sorted({each for (each,) in naming}):
        _show(transaction, incident, digest, at_s, here=False)


def _show(transaction: Transaction, incident: str, digest: str, at_s: int, *, here: bool) -> None:
    row = transaction.get("incidents", incident)
    if not isinstance(row, Incident):
        return
    files = tuple(
        msgspec.structs.replace(each, here=here) if each.digest == digest else each
        for each in row.files
    )
    _put_files(transaction, row, files, at_s)


def _unpicture(transaction: Transaction, incident: str, digest: str, at_s: int) -> None:
    """Remove a bad thumbnail from the files of a row; the files stay."""
    row = transaction.get("incidents", incident)
    if isinstance(row, Incident):
        files = tuple(
            msgspec.structs.replace(each, thumbnail="") if each.thumbnail == digest else each
            for each in row.files
        )
        _put_files(transaction, row, files, at_s)


def _put_files(transaction: Transaction, row: Incident, files: tuple[File, ...], at_s: int) -> None:
    if files == row.files:
        return
    transaction.put("incidents", (msgspec.structs.replace(row, files=files),))
    (version,) = transaction.connection.execute(
        "SELECT version FROM rows WHERE collection='incidents' AND id=?", (row.id,)
    ).fetchone()
    note_touch(transaction.connection, "incidents", row.id, (row.version, version), at_s)
