"""Level 2 snapshots: which rows in which order, as pages that grow."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from desktop.county_server.scope import Account
from desktop.county_server.snapshot import totals
from desktop.county_server.standing import EVENT_LEVELS
from desktop.county_server.sums import hexadecimal, present_token, scope_sum
from desktop.wire.level1 import COLLECTIONS, MAGIC, SnapshotHead, SnapshotTrailer
from desktop.wire.level2 import Keyed, SnapshotEncoder, encode_page

FIRST_ROWS = 20
MOST_PAGE_ROWS = 1_000
CRITICAL_RANK = EVENT_LEVELS.index("larger")
FULL, LIST, REST = "full", "list", "rest"
AFTER_INCIDENTS = ("assets", "queues", "warnings", "alarms", "townships", "lines")


class _Choice(msgspec.Struct, frozen=True):
    """Which rows of a collection; None: no matter."""

    is_open: bool | None = None
    is_critical: bool | None = None


ANY, OPEN, CLOSED = _Choice(), _Choice(True), _Choice(False)
CRITICAL, CALM = _Choice(True, True), _Choice(True, False)


def _rows(
    connection: sqlite3.Connection,
    account: Account,
    collection: str,
    choice: _Choice = ANY,
    now_ms: int = 0,
) -> Iterator[Keyed]:
    decoder = msgspec.json.Decoder(COLLECTIONS[collection])
    for key, body, townships in connection.execute(
        "SELECT key, body, townships FROM rows WHERE collection=:collection AND body IS NOT NULL"
        " AND (:open IS NULL OR open=:open)"
        " AND (:critical IS NULL OR (rank<=:rank OR worth<:now)=:critical)"
        " AND (:mine IS NULL OR townships='' OR instr(townships, char(10))"
        "  OR townships IN (SELECT value FROM json_each(:mine)))"
        " ORDER BY open DESC, rank, worth, key",
        {
            "collection": collection,
            "open": choice.is_open,
            "critical": choice.is_critical,
            "rank": CRITICAL_RANK,
            "now": now_ms,
            # What it rules out need not be read; rows of several townships are looked at below.
            "mine": json.dumps(account.townships) if account.townships else None,
        },
    ):
        if account.sees(townships):
            yield Keyed(key, decoder.decode(body))


def first_rows(connection: sqlite3.Connection, account: Account, count: int) -> list[Keyed]:
    """The most critical open incidents."""
    return list(islice(_rows(connection, account, "incidents", OPEN), count))


def first_page(connection: sqlite3.Connection, account: Account, count: int) -> bytes:
    """The page of them that a session's answer carries; nothing when there are none."""
    rows = first_rows(connection, account, count)
    return encode_page("incidents", rows, FULL) if rows else b""


def sections(
    connection: sqlite3.Connection, account: Account, now_ms: int
) -> Iterator[tuple[str, str, Iterable[Keyed]]]:
    """Collection, part and rows, in the order in which an officer needs them.

    The 20 worst; all critical ones in full, which are those of 较大 and above and the
    overdue; the list of the other open ones and then their other columns; what else is
    open; closed incidents; trends.
    """
    first = first_rows(connection, account, FIRST_ROWS)
    given = {each.key for each in first}

    def others(choice: _Choice) -> Iterator[Keyed]:
        rows = _rows(connection, account, "incidents", choice, now_ms)
        return (each for each in rows if each.key not in given)

    yield "incidents", FULL, first
    yield "incidents", FULL, others(CRITICAL)
    yield "incidents", LIST, others(CALM)
    yield "incidents", REST, others(CALM)
    for collection in AFTER_INCIDENTS:
        yield collection, FULL, _rows(connection, account, collection)
    yield "incidents", FULL, _rows(connection, account, "incidents", CLOSED)
    yield "trends", FULL, _rows(connection, account, "trends")


def write_snapshot(
    connection: sqlite3.Connection,
    account: Account,
    now_ms: int,
    level: int,
    write: Callable[[bytes], object],
) -> None:
    """Give `write` the pieces of a snapshot of what the connection's transaction sees."""
    encoder = SnapshotEncoder(level)
    token = present_token(connection, account)
    head = SnapshotHead(MAGIC, token.epoch, str(token), totals(connection, account))
    write(encoder.head(head))
    size, count = FIRST_ROWS, 0
    for collection, part, rows in sections(connection, account, now_ms):
        waiting = iter(rows)
        while page := list(islice(waiting, size)):
            write(encoder.page(collection, page, part))
            count += 0 if part == REST else len(page)
            size = min(2 * size, MOST_PAGE_ROWS)
    total = hexadecimal(scope_sum(connection, account))
    write(encoder.trailer(SnapshotTrailer(True, count, total)))
