"""What changed since a token: the newest version of each row, in pages limited by bytes."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import msgspec

from desktop.county_server.database import Database, meta
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account, Token, read_token
from desktop.wire.level1 import MAGIC, Change, Changes

DEFAULT_BYTES = 65_536
LEAST_BYTES = 1_024
MOST_BYTES = 4_000_000
SCAN_ROWS = 20_000
"""Rows looked at for one page; bounds the work for an account that may see few of them."""
FRAME_BYTES = 60
"""JSON around one row."""


class _Found(msgspec.Struct):
    rank: int
    change: Change


def check_token(connection: sqlite3.Connection, text: str, account: Account) -> Token:
    """The token, checked against this life of the data, its retention and the account's scope."""
    token = read_token(text)
    if token is None:
        raise ApiError(400, "token", "The token is none of this API's.")
    if token.epoch != meta(connection, "epoch"):
        raise ApiError(409, "epoch", "The server has begun another epoch: take a new snapshot.")
    if token.sequence > int(meta(connection, "head")):
        raise ApiError(409, "epoch", "The token is ahead of the server: take a new snapshot.")
    if token.sequence < int(meta(connection, "floor")):
        raise ApiError(410, "token-too-old", "Take a new snapshot.")
    if token.scope != account.scope:
        raise ApiError(410, "scope", "What this account may see has changed: take a new snapshot.")
    return token


def _change(row: tuple[str, str, str, str, bytes | None], account: Account) -> Change | None:
    """What one stored row means to this account; None when it never was theirs to see."""
    collection, row_id, townships, earlier, body = row
    visible = account.sees(townships)
    if visible and body is not None:
        return Change(collection, row_id, msgspec.Raw(body))
    was_visible = visible or (earlier != "" and ("*" in earlier or account.sees(earlier)))
    return Change(collection, row_id) if was_visible else None


def read_changes(
    database: Database, since: str, max_bytes: int, account: Account
) -> Changes | None:
    """The next page after `since`, or None when nothing is new.

    A row put many times comes once, as it is now. Puts stand worst first, deletes
    last; the token names the last row of the page in commit order.
    """
    found: list[_Found] = []
    with database.reading() as connection:
        token = check_token(connection, since, account)
        head = int(meta(connection, "head"))
        reached, size, scanned, more = token.sequence, 0, 0, False
        for seq, rank, *row in connection.execute(
            "SELECT seq, rank, collection, id, townships, earlier, body FROM rows"
            " WHERE seq > ? ORDER BY seq",
            (token.sequence,),
        ):
            change = _change(tuple(row), account)
            size += 0 if change is None else len(row[1]) + len(row[4] or b"") + FRAME_BYTES
            if scanned >= SCAN_ROWS or (found and size > max_bytes):
                more = True
                break
            scanned += 1
            reached = seq
            if change is not None:
                found.append(_Found(rank, change))
    if not more:
        reached = head
    if not found and not more and scanned < SCAN_ROWS // 5:
        return None
    found.sort(key=lambda each: (each.change.row is msgspec.UNSET, each.rank))
    return Changes(
        magic=MAGIC,
        token=str(Token(token.epoch, reached, token.scope)),
        more=more,
        changes=tuple(each.change for each in found),
        server_time=datetime.fromtimestamp(database.time_s(), UTC),
    )
