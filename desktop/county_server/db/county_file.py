"""A county's file: opened with today's tables, copied as of one moment."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from desktop.county_server.db import access, command_log, disk, lineage, schema

SERVER_BYTES = 8


def connect(path: Path, synchronous: str) -> sqlite3.Connection:
    """A connection to a county's file that commits what it is told to, when it is told to."""
    close_database(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def close_database(path: Path) -> None:
    """Close a database, and what stands beside it, to other users; SQLite's own files follow it."""
    disk.touch_private(path)
    for suffix in ("-wal", "-shm"):
        disk.make_private(path.with_name(path.name + suffix))


def make_ready(connection: sqlite3.Connection, server: str = "") -> None:
    """Make a new file, or bring an older one up to date; one without a name gets this one."""
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
    """Where the files of a county lie: beside its database."""
    return path.with_name(path.name + ".files")


def file_place(folder: Path, digest: str) -> Path:
    """Where in such a folder a whole file lies."""
    return folder / digest[:2] / digest


def digest_of(path: Path | str) -> str:
    """The SHA-256 of a file's content, as files are named."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        return hashlib.file_digest(file, "sha256").hexdigest()


def begin_epoch(connection: sqlite3.Connection) -> str:
    """Have another life of the data begin with its next sequence number; its name."""
    (head,) = connection.execute(
        "UPDATE meta SET value=value+1 WHERE name='head' RETURNING value"
    ).fetchone()
    return lineage.begin_epoch(connection, head)


def copy_into(path: Path, target: sqlite3.Connection) -> None:
    """Make a connection's file the same as another county's file."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source:
        source.backup(target)


def copy_to(connection: sqlite3.Connection, path: Path) -> int:
    """Write what a transaction sees to a file that is not there yet; the ledger's end in it."""
    if path.exists():
        raise FileExistsError(path)
    disk.touch_private(path)
    with closing(sqlite3.connect(path)) as target:
        connection.backup(target)
        # One file, readable without the two that stand beside a database in use.
        target.execute("PRAGMA journal_mode=DELETE")
        (done,) = target.execute("SELECT value FROM meta WHERE name='done'").fetchone()
    return int(done)
