"""What is remembered of each source: where to go on, how it went, what could not be read."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.source import BadItem, Batch, Problem, SyncState
from desktop.storage import staging, sums
from desktop.storage.rows import OUTDATED
from desktop.storage.words import source_number, source_number_made

MOST_BAD_ITEMS = 500
"""Per source; beyond it the oldest go, so a feed that went mad cannot fill the disk."""

_encode = msgspec.msgpack.Encoder().encode
_problem = msgspec.msgpack.Decoder(Problem)


def sync_state(db: apsw.Connection, source: str) -> SyncState:
    """Where the source's next pull goes on; an empty state for one never seen."""
    found: Any = db.execute(
        "SELECT number, token, epoch, last_good_at, offset_ms, astray, account,"
        " (SELECT count(*) FROM held WHERE held.source = number) FROM source WHERE name = ?",
        (source,),
    ).fetchone()
    if found is None:
        return SyncState(source)
    number, token, epoch, last_good_at, offset_ms, astray, account, held = found
    pieces = staging.staged(db, number)
    return SyncState(
        source, token, epoch, last_good_at, offset_ms, pieces, bool(astray), held, account
    )


def remember_place(db: apsw.Connection, number: int, batch: Batch, *, reached: bool) -> None:
    """Keep the batch's token, epoch and staged piece, in the transaction of its rows.

    The token stays out unless its rows were `reached`: the next pull is then a snapshot.
    """
    if batch.staged is not None:
        staging.stage(db, number, batch.staged)
    if batch.token is not None:
        staging.forget(db, number)
        token = batch.token if reached else None
        db.execute("UPDATE source SET token = ? WHERE number = ?", (token, number))
    if batch.epoch is not None:
        db.execute("UPDATE source SET epoch = ? WHERE number = ?", (batch.epoch, number))


def is_another_epoch(db: apsw.Connection, number: int, epoch: str | None) -> bool:
    """Whether the rows are known to be of another epoch of the source."""
    known = db.execute("SELECT epoch FROM source WHERE number = ?", (number,)).get
    return epoch is not None and known not in (None, epoch)


def outdate(db: apsw.Connection, number: int) -> None:
    """Let any version replace the rows, and the next pull begin with a snapshot.

    A server restored from a backup counts its versions from where the backup stood. Its
    token, dense row numbers, sums and deletions of before, and a snapshot half fetched, say
    nothing any more.
    """
    for table in ("incident", "thing"):
        db.execute(
            f"UPDATE {table} SET version = {OUTDATED}, row_key = NULL WHERE source = ?",  # noqa: S608
            (number,),
        )
    db.execute("UPDATE source SET token = NULL WHERE number = ?", (number,))
    sums.forget(db, number)
    staging.forget(db, number)
    db.execute("DELETE FROM held WHERE source = ?", (number,))


def is_another_account(db: apsw.Connection, number: int, account: str | None) -> bool:
    """Whether the rows are known to be another account's."""
    known = db.execute("SELECT account FROM source WHERE number = ?", (number,)).get
    return account is not None and known not in ("", account)


def remember_account(db: apsw.Connection, number: int, account: str | None) -> None:
    """Keep whose rows these are."""
    if account is not None:
        db.execute("UPDATE source SET account = ?1 WHERE number = ?2 AND account != ?1",
                   (account, number))  # fmt: skip


def mark_astray(db: apsw.Connection, number: int, astray: bool) -> None:
    """Remember whether the rows differ from the server's sum."""
    db.execute("UPDATE source SET astray = ?1 WHERE number = ?2 AND astray != ?1",
               (astray, number))  # fmt: skip


def has_bad_items(db: apsw.Connection, number: int) -> bool:
    """Whether rows are missing because they could not be read."""
    found = db.execute("SELECT 1 FROM bad_item WHERE source = ? LIMIT 1", (number,))
    return found.fetchone() is not None


def forget_token(db: apsw.Connection, source: str) -> None:
    """Make the next pull begin with a snapshot, from its first byte."""
    number = source_number(db, source)
    if number is not None:
        db.execute("UPDATE source SET token = NULL WHERE number = ?", (number,))
        staging.forget(db, number)


def forget_all(db: apsw.Connection, number: int) -> None:
    """Drop token, bad items and doubts: the rows they spoke of have gone."""
    db.execute("UPDATE source SET token = NULL, astray = 0 WHERE number = ?", (number,))
    db.execute("DELETE FROM bad_item WHERE source = ?", (number,))


def mark_good(db: apsw.Connection, source: str, at: Instant, offset_ms: int) -> None:
    """Remember a pull that succeeded; the failure before it is over."""
    db.execute(
        "UPDATE source SET last_good_at = ?, offset_ms = ?, failing_since = NULL, problem = NULL"
        " WHERE number = ?",
        (at, offset_ms, source_number_made(db, source)),
    )


def mark_failed(db: apsw.Connection, source: str, at: Instant, problem: Problem) -> None:
    """Remember the newest problem and since when there has been one."""
    db.execute(
        "UPDATE source SET failing_since = COALESCE(failing_since, ?), problem = ?"
        " WHERE number = ?",
        (at, _encode(problem), source_number_made(db, source)),
    )


def failure(db: apsw.Connection, source: str) -> tuple[Instant, Problem] | None:
    """Since when and why the source fails."""
    row = db.execute(
        "SELECT failing_since, problem FROM source WHERE name = ? AND problem IS NOT NULL",
        (source,),
    ).fetchone()
    return None if row is None else (int(row[0]), _problem.decode(row[1]))


def remember_bad_items(db: apsw.Connection, number: int, batch: Batch) -> None:
    """Keep what could not be read.

    An answer that gives a whole collection replaces what was said of it before;
    a partial one adds, because what it does not mention is still unreadable.
    """
    for collection in batch.complete:
        db.execute(
            "DELETE FROM bad_item WHERE source = ? AND collection = ?", (number, collection.value)
        )
    if not batch.bad_items:
        return
    db.executemany(
        "INSERT OR REPLACE INTO bad_item(source, collection, place, reason, excerpt)"
        " VALUES (?, ?, ?, ?, ?)",
        [(number, b.collection.value, b.where, b.reason, b.excerpt) for b in batch.bad_items],
    )
    db.execute(
        "DELETE FROM bad_item WHERE source = ?1 AND rowid NOT IN"
        " (SELECT rowid FROM bad_item WHERE source = ?1 ORDER BY rowid DESC LIMIT ?2)",
        (number, MOST_BAD_ITEMS),
    )


def forgive(db: apsw.Connection, number: int, readable: list[tuple[str, str]]) -> None:
    """Drop bad items of rows, given as (collection, id), that have now been read."""
    any_bad = db.execute("SELECT 1 FROM bad_item WHERE source = ? LIMIT 1", (number,)).fetchone()
    if any_bad is not None:
        db.executemany(
            "DELETE FROM bad_item WHERE source = ? AND collection = ? AND place = ?",
            [(number, collection, name) for collection, name in readable],
        )


def bad_items(db: apsw.Connection, source: str | None) -> list[tuple[str, BadItem]]:
    """Items that could not be read as (source, item), of one source or of all."""
    wanted = -1 if source is None else source_number(db, source) or -2
    found = db.execute(
        "SELECT s.name, b.collection, b.place, b.reason, b.excerpt"
        " FROM bad_item b JOIN source s ON s.number = b.source"
        " WHERE ?1 = -1 OR b.source = ?1 ORDER BY s.name, b.rowid",
        (wanted,),
    )
    return [(name, BadItem(Collection(kind), *rest)) for name, kind, *rest in found]


def unread(db: apsw.Connection, source: str) -> dict[Collection, int]:
    """How many items of a source could not be read, by collection."""
    found = db.execute(
        "SELECT b.collection, count(*) FROM bad_item b JOIN source s ON s.number = b.source"
        " WHERE s.name = ? GROUP BY b.collection",
        (source,),
    )
    return {Collection(kind): int(count) for kind, count in found}
