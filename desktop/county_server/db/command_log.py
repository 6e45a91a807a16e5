"""The command log: commands and their results by key, and the maker of each version of a row."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import msgspec

from desktop.county_server.db.witnesses import Old
from desktop.wire.level1 import Command, CommandResult

KEYS_KEPT_S = 400 * 86_400
"""Longer than the 180 days of the API's contract: a desk may have been switched off for long."""

COMMANDS = """
CREATE TABLE IF NOT EXISTS commands(
    key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    digest BLOB NOT NULL,
    at INTEGER NOT NULL,
    result BLOB NOT NULL,
    number INTEGER NOT NULL DEFAULT 1,
    asked BLOB NOT NULL DEFAULT x'',
    given INTEGER, -- when it was given, in milliseconds, as the county judged it
    offset_ms INTEGER NOT NULL DEFAULT 0 -- as its desk told it
) WITHOUT ROWID
"""
MAKERS = """
CREATE TABLE IF NOT EXISTS makers(
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    before INTEGER NOT NULL,
    client TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT, -- NULL: not known
    kind TEXT NOT NULL DEFAULT '',
    fence INTEGER, -- of the client's newest session by then; NULL: not known
    PRIMARY KEY(collection, id, version)
) WITHOUT ROWID
"""
ADDED = {
    "number": "INTEGER NOT NULL DEFAULT 1",
    "asked": "BLOB NOT NULL DEFAULT x''",
    "given": "INTEGER",
    "offset_ms": "INTEGER NOT NULL DEFAULT 0",
}
"""Columns to add to older database files."""
MAKERS_ADDED = {"account": "TEXT", "kind": "TEXT NOT NULL DEFAULT ''", "fence": "INTEGER"}

ENCODER = msgspec.json.Encoder()
RESULT = msgspec.json.Decoder(CommandResult)


class _Target(msgspec.Struct, frozen=True):
    """The row that a logged command was about, and the command before it there."""

    collection: str = ""
    target: str = ""
    after: str | None = None


TARGET = msgspec.json.Decoder(_Target)
LONGEST_CHAIN = 10_000


class Known(msgspec.Struct, frozen=True):
    """A logged command with its result."""

    account: str
    digest: bytes
    result: CommandResult
    collection: str = ""
    target: str = ""
    """Empty for a command from before commands themselves were logged."""


class GivenIn(msgspec.Struct, frozen=True):
    """The session in which a carried command was given."""

    fence: int
    ended_s: int | None
    """When its client opened the newest session after it, if any; for versions of unknown fence."""

    def was_over(self, fence: int | None, at_s: int) -> bool:
        """Whether it was over when a version was made at that time, under that fence."""
        if fence is not None:
            return fence > self.fence
        return self.ended_s is not None and at_s > self.ended_s


class Asked(msgspec.Struct, frozen=True):
    """A command with the client and account that sent it."""

    command: Command
    client: str
    account: str
    digest: bytes
    at_s: int
    """When the county executed the command."""
    offset_ms: int = 0
    """The desk's clock offset, as given in the request."""
    fence: int | None = None
    """Of the client's newest session when the county executed it; None when there is none."""
    given_in: GivenIn | None = None
    """What its client did once that was over may be a copy of its disk's; None: all is its own."""


def prepare(connection: sqlite3.Connection) -> None:
    """Create the command log's tables, or bring older ones up to date."""
    connection.execute(COMMANDS)
    connection.execute(MAKERS)
    for table, added in (("commands", ADDED), ("makers", MAKERS_ADDED)):
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for name, type_ in added.items():
            if name not in there:
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {type_}")
    connection.execute("CREATE INDEX IF NOT EXISTS commands_by_number ON commands(number)")
    # The oldest commands carry number 1: nothing is durable before the first backup.
    connection.execute("INSERT OR IGNORE INTO meta VALUES('done', 1), ('durable', 0)")


def find(connection: sqlite3.Connection, key: str) -> Known | None:
    """Return the logged command with that key, or None; `durable` is up to date."""
    found = connection.execute(
        "SELECT account, digest, result, number <= (SELECT value FROM meta WHERE name='durable'),"
        " asked FROM commands WHERE key=?",
        (key,),
    ).fetchone()
    if found is None:
        return None
    result = msgspec.structs.replace(RESULT.decode(found[2]), durable=bool(found[3]))
    about = TARGET.decode(found[4]) if found[4] else _Target()
    return Known(found[0], found[1], result, about.collection, about.target)


def keep(
    connection: sqlite3.Connection, asked: Asked, result: CommandResult, given_at: datetime | None
) -> None:
    """Log a command with its result under its key and the next number of the log.

    `given_at` is when the command counts as given, None for one that was not done; the logged
    command keeps the desk's own time.
    """
    (number,) = connection.execute(
        "UPDATE meta SET value=value+1 WHERE name='done' RETURNING value"
    ).fetchone()
    connection.execute(
        "INSERT INTO commands(key, account, digest, at, result, number, asked, given, offset_ms)"
        " VALUES(?,?,?,?,?,?,?,?,?)",
        (
            asked.command.key, asked.account, asked.digest, asked.at_s,
            ENCODER.encode(result), number, ENCODER.encode(asked.command),
            None if given_at is None else round(given_at.timestamp() * 1000), asked.offset_ms,
        ),
    )  # fmt: skip


def note_maker(connection: sqlite3.Connection, asked: Asked, versions: tuple[int, int]) -> None:
    """Record that this client's command made a row's new version from its older one."""
    command = asked.command
    connection.execute(
        "INSERT OR REPLACE INTO makers(collection, id, version, before, client, seq, at, account,"
        " kind, fence) VALUES(?,?,?,?,?,?,?,?,?,?)",
        (
            command.collection, command.target, versions[1], versions[0],
            asked.client, command.seq, asked.at_s, asked.account, command.kind, asked.fence,
        ),
    )  # fmt: skip


def note_touch(
    connection: sqlite3.Connection,
    collection: str,
    row_id: str,
    versions: tuple[int, int],
    at_s: int,
) -> None:
    """Record a change by the server itself, which causes no conflict for commands under way."""
    connection.execute(
        "INSERT OR REPLACE INTO makers(collection, id, version, before, client, seq, at)"
        " VALUES(?,?,?,?,'',0,?)",
        (collection, row_id, versions[1], versions[0], at_s),
    )


def time_of_version(
    connection: sqlite3.Connection, command: Command, version: int
) -> datetime | None:
    """Return a time before which the version the officer saw did not exist; None when unknown.

    `version` is the row's present version.
    """
    found = connection.execute(
        "SELECT at FROM makers WHERE collection=? AND id=? AND version=?",
        (command.collection, command.target, command.base),
    ).fetchone()
    if found is None and command.base == version:
        # The time slot in which the version was written; without an earlier mark it is unknown.
        found = connection.execute(
            "SELECT min(at) FROM marks, (SELECT seq AS made FROM rows WHERE collection=? AND id=?)"
            " WHERE seq >= made AND EXISTS (SELECT 1 FROM marks WHERE seq < made)",
            (command.collection, command.target),
        ).fetchone()
    return None if found is None or found[0] is None else datetime.fromtimestamp(found[0], UTC)


def is_clean(connection: sqlite3.Connection, asked: Asked, version: int) -> bool:
    """Whether only this client's earlier commands made the versions since the one it saw.

    Commands with later numbers do not count: a desk set back to an old disk image uses its
    numbers again, and its officer does not know what came of the first ones. Nor do those once
    `given_in` was over, but for those whose keys prove that the command was given after them.
    """
    command = asked.command
    base = command.base or 0
    for _ in range(LONGEST_CHAIN):
        if version == base:
            return True
        found = connection.execute(
            "SELECT before, client, seq, account, at, fence FROM makers"
            " WHERE collection=? AND id=? AND version=?",
            (command.collection, command.target, version),
        ).fetchone()
        if found is None or version < base:
            return False
        before, client, seq, account, at_s, fence = found
        is_own = client == asked.client and account in (None, asked.account)
        if client and not (is_own and seq < command.seq):
            return False
        is_later = asked.given_in is not None and asked.given_in.was_over(fence, at_s)
        if client and is_later and version not in _versions_before(connection, command):
            return False
        version = before
    return False


def _versions_before(connection: sqlite3.Connection, command: Command) -> frozenset[int | None]:
    """Return the versions made by the commands that this one names as before it, one by one."""
    versions, key = set(), command.after
    for _ in range(LONGEST_CHAIN):
        found = connection.execute(
            "SELECT result, asked FROM commands WHERE key=?", (key,)
        ).fetchone()
        if found is None:
            break
        versions.add(RESULT.decode(found[0]).version)
        key = TARGET.decode(found[1]).after if found[1] else None
    return frozenset(versions)


def account_of_deed(
    connection: sqlite3.Connection, incident: str, kind: str, at: datetime
) -> str | None:
    """Return the account of a command done on an incident at that time; None when unknown."""
    found = connection.execute(
        "SELECT account FROM makers WHERE collection='incidents' AND id=? AND kind=? AND at=?"
        " ORDER BY version DESC LIMIT 1",
        (incident, kind, int(at.timestamp())),
    ).fetchone()
    return None if found is None else found[0]


def forget(connection: sqlite3.Connection, old: Old) -> None:
    """Drop old commands and makers."""
    connection.execute(
        "DELETE FROM commands WHERE at < ? AND number <= ?", (old.before_s, old.done)
    )
    connection.execute(
        "DELETE FROM makers WHERE at < ? AND coalesce(fence, 0) <= ?", (old.before_s, old.fence)
    )
