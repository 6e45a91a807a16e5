"""The changes since a token: the newest version of each changed row, in pages limited by bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

from desktop.county_server.db import lineage
from desktop.county_server.db.checksums import hexadecimal, scope_sum
from desktop.county_server.db.database import Database, meta
from desktop.county_server.feed.projection import WHOLE, Projection
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account, Token, read_token
from desktop.wire.level1 import COLLECTIONS, MAGIC, Change, Changes

DEFAULT_BYTES = 65_536
LEAST_BYTES = 1_024
MOST_BYTES = 4_000_000
MOST_HINT = 10**12 - 1
SCAN_ROWS = 20_000
"""Most rows examined for one page; bounds the work for an account that sees few of them."""
FRAME_BYTES = 60
"""JSON around one row."""
T = TypeVar("T")


class StoredRow(msgspec.Struct, frozen=True, gc=False):
    """One row of the database, with the columns that the changes need."""

    seq: int
    rank: int
    key: int
    collection: str
    id: str
    version: int
    townships: str
    earlier: str
    body: bytes | None
    made: int
    born: int
    moved: int
    stamps: bytes | None

    def is_for(self, account: Account) -> bool:
        """Whether the row exists and the account sees it now."""
        return self.body is not None and account.sees(self.townships)

    def may_be_held(self, account: Account, token: Token) -> bool:
        """Whether a reader at that token may hold the row from earlier."""
        if self.made > token.sequence:
            return False
        was_visible = self.earlier != "" and ("*" in self.earlier or account.sees(self.earlier))
        return was_visible or account.sees(self.townships)


class ChangedRow(msgspec.Struct, Generic[T], frozen=True):
    """One changed row in the form in which a reader gets it."""

    seq: int
    rank: int
    tells: T


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some changes in commit order, and the reader's token after them."""

    found: tuple[ChangedRow[T], ...]
    token: Token
    base: int
    """Sequence number at which the first of this series of pages began."""
    more: bool

    def first(self, count: int) -> Page[T]:
        """Return the page cut to its first `count` changes."""
        kept = self.found[:count]
        cut = msgspec.structs.replace(self.token, sequence=kept[-1].seq, base=self.base)
        return Page(kept, cut, self.base, True)


def check_token(
    connection: sqlite3.Connection, text: str, account: Account
) -> tuple[Token, Account]:
    """Parse a token and check it against the data's lineage, the retention and the account.

    Returns the account as the reader has it to whom the token was given.
    """
    token = read_token(text)
    if token is None:
        raise ApiError(400, "token", "The token is none of this API's.")
    if not lineage.is_ours(connection, token.seen, token.mark):
        raise ApiError(
            409, "epoch", "Of another epoch or history of the data: take a new snapshot."
        )
    if token.sequence < int(meta(connection, "floor")):
        raise ApiError(410, "token-too-old", "Take a new snapshot.")
    reader = account.as_reader(token.scope)
    if token.scope != reader.scope:
        raise ApiError(410, "scope", "What this account may see has changed: take a new snapshot.")
    return token, reader


def gather(
    connection: sqlite3.Connection,
    token: Token,
    max_bytes: int,
    tell: Callable[[StoredRow], tuple[T, int] | None],
    scan_rows: int = SCAN_ROWS,
) -> Page[T] | None:
    """Collect the next page after the token; None when nothing is new.

    `tell` returns a row in the reader's form with its approximate size in bytes, or None for
    a row that does not concern the reader. A row changed many times comes once.
    """
    head, mark = int(meta(connection, "head")), lineage.newest(connection)
    found: list[ChangedRow[T]] = []
    reached, size, scanned, more = token.sequence, 0, 0, False
    for row in connection.execute(
        "SELECT seq, rank, key, collection, id, version, townships, earlier, body,"
        " made, born, moved, stamps FROM rows WHERE seq > ? ORDER BY seq",
        (token.sequence,),
    ):
        stored = StoredRow(*row)
        told = tell(stored)
        size += 0 if told is None else told[1]
        if scanned >= scan_rows or (found and size > max_bytes):
            more = True
            break
        scanned += 1
        reached = stored.seq
        if told is not None:
            found.append(ChangedRow(stored.seq, stored.rank, told[0]))
    if not found and not more and scanned < scan_rows // 5:
        return None
    after = (reached, token.base) if more else (head, head)
    return Page(tuple(found), Token(mark, after[0], token.scope, after[1], head), token.base, more)


def worst_first(found: Sequence[ChangedRow[T]]) -> list[T]:
    """Return the changes of a page, the most critical row first."""
    return [each.tells for each in sorted(found, key=lambda each: each.rank)]


def _change(
    row: StoredRow, account: Account, token: Token, wanted: Projection
) -> tuple[Change, int] | None:
    """Build the change of one stored row for this account; None when it never saw the row."""
    if row.collection not in wanted.collections or not account.reads(row.collection):
        return None
    if row.body is None or not row.is_for(account):
        gone = Change(row.collection, row.id)
        return (gone, len(row.id) + FRAME_BYTES) if row.may_be_held(account, token) else None
    body = row.body
    if row.collection in wanted.left_out:
        whole = msgspec.json.decode(body, type=COLLECTIONS[row.collection])
        body = msgspec.json.encode(wanted.cut(row.collection, whole))
    change = Change(row.collection, row.id, msgspec.Raw(body))
    return change, len(row.id) + len(body) + FRAME_BYTES


def read_changes(
    database: Database,
    since: str,
    max_bytes: int,
    account: Account,
    wanted: Projection = WHOLE,
) -> Changes | None:
    """Read the next page after `since` at level 1; None when nothing is new.

    A row put many times comes once, as it is now. Puts come worst first, deletes last;
    the token names the last row of the page in commit order. The checksum comes with the
    last page, and only when the request leaves nothing out.
    """
    with database.reading() as connection:
        token, account = check_token(connection, since, account)
        page = gather(
            connection, token, max_bytes, lambda row: _change(row, account, token, wanted)
        )
        if page is None:
            return None
        summed = not page.more and wanted.is_whole
        total = hexadecimal(scope_sum(connection, account)) if summed else None
    changes = sorted(worst_first(page.found), key=lambda each: each.row is msgspec.UNSET)
    return Changes(
        magic=MAGIC,
        token=str(page.token),
        more=page.more,
        changes=tuple(changes),
        server_time=datetime.fromtimestamp(database.time_s(), UTC),
        sum=total,
    )
