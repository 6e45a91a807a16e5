"""The stored state of each source: where its next pull goes on, and how the last one went."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.source import Batch, Problem, SyncState
from desktop.storage.cache import checksums, staged_snapshot, unreadable
from desktop.storage.sqlite.row_codec import OUTDATED
from desktop.storage.sqlite.string_ids import find_or_add_source, source_number

_encode = msgspec.msgpack.Encoder().encode
_problem = msgspec.msgpack.Decoder(Problem)


def sync_state(db: apsw.Connection, source: str) -> SyncState:
    """Where the source's next pull goes on; an empty state for one never seen."""
    found: Any = db.execute(
        "SELECT number, token, epoch, last_good_at, offset_ms, astray, account, offered,"
        " (SELECT count(*) FROM held WHERE held.source = number) FROM source WHERE name = ?",
        (source,),
    ).fetchone()
    if found is None:
        return SyncState(source)
    number, token, epoch, last_good_at, offset_ms, diverged, account, words, held = found
    pieces = staged_snapshot.read_staged(db, number)
    offered = None if words is None else frozenset(Collection(word) for word in words.split())
    return SyncState(
        source,
        token,
        epoch,
        last_good_at,
        offset_ms,
        pieces,
        bool(diverged),
        held,
        account,
        offered,
    )


def remember_place(db: apsw.Connection, number: int, batch: Batch, *, reached: bool) -> None:
    """Store the batch's token, epoch and staged piece, in the transaction of its rows.

    The token is dropped unless its rows were `reached`: the next pull is then a snapshot.
    """
    if batch.staged is not None:
        staged_snapshot.stage(db, number, batch.staged)
    if batch.token is not None:
        staged_snapshot.forget(db, number)
        token = batch.token if reached else None
        db.execute("UPDATE source SET token = ? WHERE number = ?", (token, number))
    if batch.epoch is not None:
        db.execute("UPDATE source SET epoch = ? WHERE number = ?", (batch.epoch, number))


def is_another_epoch(db: apsw.Connection, number: int, epoch: str | None) -> bool:
    """Whether the stored rows are of another epoch of the source than this one."""
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
    checksums.forget(db, number)
    staged_snapshot.forget(db, number)
    db.execute("DELETE FROM held WHERE source = ?", (number,))


def is_another_account(db: apsw.Connection, number: int, account: str | None) -> bool:
    """Whether the stored rows are another account's than this one's."""
    known = db.execute("SELECT account FROM source WHERE number = ?", (number,)).get
    return account is not None and known not in ("", account)


def remember_account(db: apsw.Connection, number: int, account: str | None) -> None:
    """Store the account that the rows belong to."""
    if account is not None:
        db.execute("UPDATE source SET account = ?1 WHERE number = ?2 AND account != ?1",
                   (account, number))  # fmt: skip


def mark_diverged(db: apsw.Connection, number: int, diverged: bool) -> None:
    """Store whether the rows differ from the server's sum."""
    db.execute("UPDATE source SET astray = ?1 WHERE number = ?2 AND astray != ?1",
               (diverged, number))  # fmt: skip


def forget_token(db: apsw.Connection, source: str) -> None:
    """Make the next pull begin with a snapshot, from its first byte."""
    number = source_number(db, source)
    if number is not None:
        db.execute("UPDATE source SET token = NULL WHERE number = ?", (number,))
        staged_snapshot.forget(db, number)


def forget_all(db: apsw.Connection, number: int) -> None:
    """Drop token, unreadable items and doubts: the rows they belonged to are gone."""
    db.execute("UPDATE source SET token = NULL, astray = 0 WHERE number = ?", (number,))
    unreadable.forget(db, number)


def mark_good(
    db: apsw.Connection,
    source: str,
    at: Instant,
    offset_ms: int,
    offered: frozenset[Collection] | None,
) -> None:
    """Store that a pull succeeded; the failure before it is over."""
    words = None if offered is None else " ".join(sorted(offered))
    db.execute(
        "UPDATE source SET last_good_at = ?, offset_ms = ?, failing_since = NULL, problem = NULL,"
        " offered = COALESCE(?, offered) WHERE number = ?",
        (at, offset_ms, words, find_or_add_source(db, source)),
    )


def mark_failed(db: apsw.Connection, source: str, at: Instant, problem: Problem) -> None:
    """Store the newest problem and since when there has been one."""
    db.execute(
        "UPDATE source SET failing_since = COALESCE(failing_since, ?), problem = ?"
        " WHERE number = ?",
        (at, _encode(problem), find_or_add_source(db, source)),
    )


def failure(db: apsw.Connection, source: str) -> tuple[Instant, Problem] | None:
    """Since when and why the source fails."""
    row = db.execute(
        "SELECT failing_since, problem FROM source WHERE name = ? AND problem IS NOT NULL",
        (source,),
    ).fetchone()
    return None if row is None else (int(row[0]), _problem.decode(row[1]))
