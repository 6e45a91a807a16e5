"""Checksums of the rows an account may see, added up from those kept per set of townships."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from desktop.county_server.db import lineage
from desktop.county_server.db.database import Database, meta
from desktop.county_server.db.schema import ALL_BUCKETS, LATER_MARK
from desktop.county_server.scope import Account, Token
from desktop.protocol.checksum import BUCKETS, MODULUS
from desktop.wire.level1 import MAGIC, BucketRows, Change, Sums

MOST_BUCKETS = 16
"""Most buckets in one request: a few bytes must not make the server send a whole large county."""


def scope_sum(connection: sqlite3.Connection, account: Account) -> int:
    """Return the sum of every counted row the account sees; the cost grows with the townships."""
    total = 0
    for townships, each in connection.execute(
        "SELECT townships, total FROM sums WHERE bucket=?", (ALL_BUCKETS,)
    ):
        total += each if _counts(townships, account) else 0
    return total % MODULUS


def _counts(townships: str, account: Account) -> bool:
    """Whether a kept sum is of rows that the reader behind the account has."""
    collection, is_later, rest = townships.partition(LATER_MARK)
    if not is_later:
        return account.sees(townships)
    return account.reads(collection) and account.sees(rest)


def hexadecimal(total: int) -> str:
    """Format a sum as level 1 writes it."""
    return f"{total:016x}"


def present_token(connection: sqlite3.Connection, account: Account) -> Token:
    """Return the token of a reader who has read everything up to now."""
    head = int(meta(connection, "head"))
    return Token(lineage.newest(connection), head, account.scope, head, head)


def bucket_sums(connection: sqlite3.Connection, account: Account) -> list[int]:
    """Return the 256 bucket sums of the rows the account sees."""
    sums = [0] * BUCKETS
    for townships, number, total in connection.execute(
        "SELECT townships, bucket, total FROM sums WHERE bucket>=0"
    ):
        if _counts(townships, account):
            sums[number] = (sums[number] + total) % MODULUS
    return sums


def read_sums(database: Database, account: Account) -> Sums:
    """The answer of `GET /v1/sums`."""
    with database.reading() as connection:
        sums = bucket_sums(connection, account)
        return Sums(MAGIC, str(present_token(connection, account)), tuple(map(hexadecimal, sums)))


def bucket_rows(
    connection: sqlite3.Connection, account: Account, buckets: Sequence[int]
) -> list[tuple[int, str, str, bytes]]:
    """Return key, collection, id and JSON of every row in these buckets that the account sees."""
    return [
        (key, collection, row_id, body)
        for number in buckets
        for key, collection, row_id, body, townships in connection.execute(
            "SELECT key, collection, id, body, townships FROM rows"
            " WHERE bucket=? AND bucket >= 0 AND body IS NOT NULL ORDER BY key",
            (number,),
        )
        if account.sees(townships) and account.reads(collection)
    ]


def read_buckets(database: Database, account: Account, buckets: Sequence[int]) -> BucketRows:
    """The answer of `GET /v1/buckets` at level 1."""
    with database.reading() as connection:
        return BucketRows(
            magic=MAGIC,
            token=str(present_token(connection, account)),
            buckets=tuple(buckets),
            changes=tuple(
                Change(collection, row_id, msgspec.Raw(body))
                for _, collection, row_id, body in bucket_rows(connection, account, buckets)
            ),
            sum=hexadecimal(scope_sum(connection, account)),
        )
