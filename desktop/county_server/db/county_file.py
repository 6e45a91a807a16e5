"""A county's database file: opened with today's tables, copied as of one moment."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from desktop.county_server.db import access, command_log, disk, lineage, schema

SERVER_BYTES = 8


def connect(path: Path, synchronous: str) -> sqlite3.Connection:
    """Open a connection to a county's file in autocommit mode: transactions begin explicitly."""
    close_database(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def close_database(path: Path) -> None:
    """Make a database and its side files private to its user; SQLite's new ones follow suit."""
    disk.touch_private(path)
    for suffix in ("-wal", "-shm"):
        disk.make_private(path.with_name(path.name + suffix))


def make_ready(connection: sqlite3.Connection, server: str = "") -> None:
    """Create the tables, or bring older ones up to date; a server without a name gets this one."""
    schema.prepare(connection)
    connection.execute(
        "INSERT OR IGNORE INTO meta VALUES"
        " ('server', ?), ('head', 0), ('floor', 0), ('fence', 0), ('drill', 0)",
        (server or secrets.token_hex(SERVER_BYTES),),
    )
    command_log.prepare(connection)
    access.prepare(connection)
    lineage.prepare(connection)


def files_folder(path: Path) -> Path:
    """Return the folder of a county's files, beside its database."""
    return path.with_name(path.name + ".files")


def file_place(folder: Path, digest: str) -> Path:
    """Return the path of a complete file within such a folder."""
    return folder / digest[:2] / digest


def digest_of(path: Path | str) -> str:
    """Return the SHA-256 of a file's content, by which files are named."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        return hashlib.file_digest(file, "sha256").hexdigest()


def begin_epoch(connection: sqlite3.Connection) -> str:
    """Begin a new epoch with the next sequence number; return its name."""
    (head,) = connection.execute(
        "UPDATE meta SET value=value+1 WHERE name='head' RETURNING value"
    ).fetchone()
    return lineage.begin_epoch(connection, head)


def copy_into(path: Path, target: sqlite3.Connection) -> None:
    """Overwrite a connection's database with a copy of another county's file."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source:
        source.backup(target)


def copy_to(connection: sqlite3.Connection, path: Path) -> int:
    """Copy what a transaction sees to a new file; return the last number of its command log."""
    if path.exists():
        raise FileExistsError(path)
    disk.touch_private(path)
    with closing(sqlite3.connect(path)) as target:
        connection.backup(target)
        # A single file, readable without the `-wal` and `-shm` of a database in use.
        target.execute("PRAGMA journal_mode=DELETE")
        (done,) = target.execute("SELECT value FROM meta WHERE name='done'").fetchone()
    return int(done)
