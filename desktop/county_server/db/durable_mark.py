"""The durable mark: the last entry of the command log that desks were told no restore can lose.

Kept beside the database in a small file of its own, which no backup includes: putting an
older database back does not put back the promise.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from desktop.county_server.db import disk
from desktop.county_server.db.command_log import KEYS_KEPT_S

LOG = logging.getLogger(__name__)
SUFFIX = ".durable"


class Promise(msgspec.Struct, frozen=True):
    """The newest entry of a server's command log that was reported to desks as durable."""

    server: str
    number: int
    key: str = ""
    """Key of the command with that number; another history may have the number too."""
    at: int = 0
    """When the county executed that command, in seconds since 1970."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was promised: the log's first command has number 2."""
        return self.number <= 1

    @property
    def name(self) -> str:
        """Name under which a database records that its operator gave the promise up."""
        return f"{self.server}.{self.number}.{self.key}"


class PromiseFile:
    """The file with the promise, beside a database; keeps nothing for a temporary database."""

    def __init__(self, path: Path | None) -> None:
        self._path = None if path is None else path.with_name(path.name + SUFFIX)

    def promise(self, connection: sqlite3.Connection) -> Promise:
        """Return the promise in the file or in the database, whichever covers more."""
        own, told = promise_of(connection), self.read()
        if told is None or (told.server == own.server and told.number < own.number):
            return own
        return told

    def read(self) -> Promise | None:
        """Read the file's promise; None when there is no file or it is unreadable."""
        if self._path is None:
            return None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Promise)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError:
            LOG.warning("%s says nothing that can be read", self._path.name)
            return None

    def write(self, promise: Promise) -> None:
        """Write the promise; it is on the disk when this returns."""
        if self._path is not None:
            disk.write_whole(self._path, msgspec.json.encode(promise))

    def shorten(self, connection: sqlite3.Connection, promise: Promise) -> None:
        """Reduce the promise to the entries that a database has which ends before it."""
        done = int(_meta(connection, "done", 0))
        self.write(_up_to(connection, min(promise.number, done)))
        connection.execute("DELETE FROM meta WHERE name='given_up'")

    def cover(self, connection: sqlite3.Connection, number: int) -> None:
        """Promise all entries up to that number, on the disk before the transaction commits."""
        if number > int(_meta(connection, "durable", 0)):
            self.write(_up_to(connection, number))
            connection.execute("UPDATE meta SET value=? WHERE name='durable'", (number,))


def promise_of(connection: sqlite3.Connection) -> Promise:
    """Return the promise recorded in the database itself."""
    return _up_to(connection, int(_meta(connection, "durable", 0)))


def _up_to(connection: sqlite3.Connection, number: int) -> Promise:
    found = connection.execute(
        "SELECT key, at FROM commands WHERE number=? ORDER BY at DESC LIMIT 1", (number,)
    ).fetchone()
    # Commands with number 1 date from before there were numbers: no key stands for all of them.
    key, at = found if found is not None and number > 1 else ("", 0)
    return Promise(str(_meta(connection, "server", "")), number, key, at)


def is_kept(connection: sqlite3.Connection, promise: Promise) -> bool:
    """Whether a database has every promised entry, or its operator gave the promise up."""
    if promise.is_empty or was_given_up(connection, promise):
        return True
    if promise.server != _meta(connection, "server", ""):
        return False
    if int(_meta(connection, "done", 0)) < promise.number:
        return False
    found = connection.execute(
        "SELECT key FROM commands WHERE number=?", (promise.number,)
    ).fetchone()
    return found is None or promise.key in ("", found[0])


def was_given_up(connection: sqlite3.Connection, promise: Promise) -> bool:
    """Whether the operator accepted that the database lacks promised entries."""
    return bool(_meta(connection, "given_up", "") == promise.name)


def give_up(connection: sqlite3.Connection, promise: Promise) -> None:
    """Record that the operator accepts the loss: the file may not be rewritten yet."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES('given_up', ?)", (promise.name,))


def set_back(connection: sqlite3.Connection, to: int, now_s: float) -> None:
    """Record that the commands done since then are lost, so that sessions tell desks.

    Of several such times the earliest counts, for as long as desks may have the commands.
    """
    told = set_back_to(connection, now_s)
    for name, value in (
        ("set_back_to", to if told is None else min(to, told)),
        ("set_back_at", int(now_s)),
    ):
        connection.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (name, value))


def set_back_to(connection: sqlite3.Connection, now_s: float) -> int | None:
    """Return the time (seconds since 1970) up to which the log is complete; None without a loss."""
    found = _meta(connection, "set_back_to", None)
    at = _meta(connection, "set_back_at", 0)
    return None if found is None or now_s - int(at) > KEYS_KEPT_S else int(found)


def _meta(connection: sqlite3.Connection, name: str, otherwise: Any) -> Any:
    found = connection.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
    return otherwise if found is None else found[0]
