"""Level 2 snapshots: the sequence of their rows, in pages of growing size."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import msgspec

from desktop.county_server.db.checksums import hexadecimal, present_token, scope_sum
from desktop.county_server.db.database import meta
from desktop.county_server.scope import Account
from desktop.county_server.snapshots.snapshot import totals
from desktop.protocol.levels import GRADES, EventLevel
from desktop.wire.level1 import COLLECTIONS, MAGIC, SnapshotHead, SnapshotTrailer
from desktop.wire.level2 import Keyed, SnapshotEncoder, encode_page
from desktop.wire.level2.schema import fields_of

FIRST_ROWS = 20
FIRST_BYTES = 200_000
"""Bytes of JSON of the rows sent with a session: a few rows full of notes must not delay it."""
MOST_PAGE_ROWS = 1_000
MOST_PAGE_BYTES = 4_000_000
"""Bytes of JSON of one page; its columns are smaller, and readers refuse 16 MB."""
CRITICAL_RANK = GRADES.index(EventLevel.LARGER)
FULL, LIST, REST = "full", "list", "rest"
TITLED = [field.name for field in fields_of("incidents", LIST)].index("title") + 1
"""How many columns of a list page there are up to the title."""
AFTER_INCIDENTS = (
    *("assets", "queues", "warnings", "alarms", "townships", "lines"),
    *("forms", "reports"),
)
LAST = ("contacts", "plans")
"""Nothing on the first screen is of these."""


class _Choice(msgspec.Struct, frozen=True):
    """A selection of a collection's rows; None means either."""

    is_open: bool | None = None
    is_critical: bool | None = None


ANY, OPEN, CLOSED = _Choice(), _Choice(True), _Choice(False)
CRITICAL, CALM = _Choice(True, True), _Choice(True, False)


class _Sized(msgspec.Struct, frozen=True, gc=False):
    """A row and the size of its JSON in bytes."""

    keyed: Keyed
    size: int


def _rows(
    connection: sqlite3.Connection,
    account: Account,
    collection: str,
    choice: _Choice = ANY,
    now_ms: int = 0,
) -> Iterator[_Sized]:
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
            # Excluded rows need not be read; rows of several townships are checked below.
            "mine": json.dumps(account.townships) if account.townships else None,
        },
    ):
        if account.sees(townships):
            yield _Sized(Keyed(key, decoder.decode(body)), len(body))


def first_rows(connection: sqlite3.Connection, account: Account, count: int) -> list[_Sized]:
    """Return the most critical open incidents."""
    return list(islice(_rows(connection, account, "incidents", OPEN), count))


def first_page(connection: sqlite3.Connection, account: Account, count: int) -> bytes:
    """Encode the page of these that a session's answer carries; empty when there are none.

    It has only the fields that a list shows, up to the title: the others would take as long again
    on a thin line, and come first in the snapshot, which is requested next.
    """
    rows = iter(first_rows(connection, account, count))
    page = _page(rows, [], count, FIRST_BYTES)
    return encode_page("incidents", page, LIST, TITLED) if page else b""


def sections(
    connection: sqlite3.Connection, account: Account, now_ms: int
) -> Iterator[tuple[str, str, Iterable[_Sized]]]:
    """Yield collection, part and rows, in the order in which an officer needs them.

    The 20 worst; all critical ones in full, which are those of 较大 and above and the
    overdue; the list of the other open ones and then their other columns; what else is
    open; closed incidents; trends; the directory.
    """
    first = first_rows(connection, account, FIRST_ROWS)
    given = {each.keyed.key for each in first}

    def others(choice: _Choice) -> Iterator[_Sized]:
        rows = _rows(connection, account, "incidents", choice, now_ms)
        return (each for each in rows if each.keyed.key not in given)

    yield "incidents", FULL, first
    yield "incidents", FULL, others(CRITICAL)
    yield "incidents", LIST, others(CALM)
    yield "incidents", REST, others(CALM)
    for collection in AFTER_INCIDENTS:
        yield collection, FULL, _rows(connection, account, collection)
    yield "incidents", FULL, _rows(connection, account, "incidents", CLOSED)
    yield "trends", FULL, _rows(connection, account, "trends")
    for collection in filter(account.reads, LAST):
        yield collection, FULL, _rows(connection, account, collection)


def _page(waiting: Iterator[_Sized], kept: list[_Sized], most_rows: int, room: int) -> list[Keyed]:
    """Take the next rows, up to `room` bytes but at least one; keep the first that does not fit."""
    page: list[Keyed] = []
    for each in chain(tuple(kept), waiting):
        if page and each.size > room:
            kept[:] = [each]
            return page
        page.append(each.keyed)
        room -= each.size
        if len(page) == most_rows:
            break
    kept.clear()
    return page


def _count_bytes(connection: sqlite3.Connection) -> int:
    """What the county's file comes to: its rows as columns do not come to more."""
    pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
    return pages * int(connection.execute("PRAGMA page_size").fetchone()[0])


def write_snapshot(
    connection: sqlite3.Connection,
    account: Account,
    now_ms: int,
    level: int,
    write: Callable[[bytes], object],
) -> None:
    """Write a snapshot of what the connection's transaction sees, piece by piece."""
    encoder = SnapshotEncoder(level, _count_bytes(connection))
    epoch, token = str(meta(connection, "epoch")), present_token(connection, account)
    head = SnapshotHead(MAGIC, epoch, str(token), totals(connection, account))
    write(encoder.head(head))
    size, count = FIRST_ROWS, 0
    for collection, part, rows in sections(connection, account, now_ms):
        waiting, kept = iter(rows), list[_Sized]()
        while page := _page(waiting, kept, size, MOST_PAGE_BYTES):
            write(encoder.page(collection, page, part))
            count += 0 if part == REST else len(page)
            size = min(2 * size, MOST_PAGE_ROWS)
    total = hexadecimal(scope_sum(connection, account))
    write(encoder.trailer(SnapshotTrailer(True, count, total)))
