"""The changes since a token at level 2: fields instead of rows, row numbers instead of names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from desktop.county_server.db.checksums import bucket_rows, present_token, scope_sum
from desktop.county_server.db.database import Database, meta
from desktop.county_server.db.field_versions import list_changes_since
from desktop.county_server.feed.changes import Page, StoredRow, check_token, gather, worst_first
from desktop.county_server.feed.projection import WHOLE, Projection
from desktop.county_server.scope import Account, Token
from desktop.protocol.checksum import UNCOUNTED
from desktop.wire.level1 import COLLECTIONS
from desktop.wire.level2 import (
    ChangesSince,
    FieldPatch,
    Frames,
    Grown,
    Keyed,
    Patch,
    encode_patch,
    name_asked,
)

WHOLE_ROW_SHARE = 6
"""How many times smaller a whole row is in a patch than in JSON; a guess, then measured."""
FIELD_SHARE = 3
ITEM_BYTES = 4
FEW_BYTES, FEW_SCANNED = 2_048, 2_000
MOST_OF_ONE = 16_384
"""A single row may be larger than a few changes together; one beyond this is asked for."""
"""Changes beyond these are not few: a quarter of a second on 64 kbit/s, about, and the rows to be
looked at for them."""
MOST_TRIES = 3
"""Most attempts to fill a page at least by half, when rows compress better than guessed."""


class _Put(msgspec.Struct, frozen=True):
    collection: str
    keyed: Keyed


Told = _Put | FieldPatch | int
"""A whole row, the changed fields of a row, or the number of a row that is gone."""


def _meaning_of(
    row: StoredRow, account: Account, token: Token, wanted: Projection
) -> tuple[Told, int] | None:
    """Build the patch entry of one stored row for this reader, with its approximate bytes."""
    if row.collection not in wanted.collections or not account.reads(row.collection):
        return None
    if row.body is None or not row.is_for(account):
        return (row.key, ITEM_BYTES) if row.may_be_held(account, token) else None
    whole = msgspec.json.decode(row.body, type=COLLECTIONS[row.collection])
    unknown = row.born > token.base or (account.townships != () and row.moved > token.base)
    if unknown or row.collection in UNCOUNTED:
        keyed = Keyed(row.key, wanted.cut(row.collection, whole))
        return _Put(row.collection, keyed), len(row.body) // WHOLE_ROW_SHARE + ITEM_BYTES
    left_out = wanted.left_out.get(row.collection, {})
    changes: dict[str, Any] = {}
    for name, kept in list_changes_since(row.stamps, token.base).items():
        if name not in left_out:
            value = getattr(whole, name)
            changes[name] = Grown(kept, value[kept:]) if kept else value
    size = len(msgspec.json.encode(changes)) // FIELD_SHARE + ITEM_BYTES
    return FieldPatch(row.collection, row.key, row.version, changes), size


def _patch(page: Page[Told], now_s: float, total: int | None, since: str) -> Patch:
    puts: dict[str, list[Keyed]] = {}
    patches: list[FieldPatch] = []
    drops: list[int] = []
    for each in worst_first(page.found):
        if isinstance(each, _Put):
            puts.setdefault(each.collection, []).append(each.keyed)
        elif isinstance(each, FieldPatch):
            patches.append(each)
        else:
            drops.append(each)
    return Patch(
        token=str(page.token),
        more=page.more,
        server_time=datetime.fromtimestamp(now_s, UTC),
        sum=None if page.more else total,
        puts={collection: tuple(rows) for collection, rows in puts.items()},
        patches=tuple(patches),
        drops=tuple(drops),
        asked=name_asked(since),
    )


class Packed(msgspec.Struct, frozen=True):
    """An encoded page of changes."""

    data: bytes
    more: bool


def read_patch(
    database: Database,
    since: str,
    max_bytes: int,
    account: Account,
    frames: Frames,
    wanted: Projection = WHOLE,
) -> Packed | None:
    """Read the next page after `since` at level 2; None when nothing is new.

    A row the reader cannot hold comes whole, any other with only the fields that changed
    since the token; a row that was deleted or has left the account's scope comes as its
    number. No page but one of a single row is larger than `max_bytes`.
    """
    now_s = database.time_s()
    with database.reading() as connection:
        token, account = check_token(connection, since, account)
        total = scope_sum(connection, account) if wanted.is_whole else None
        about, data, page = max_bytes, b"", None
        for _ in range(MOST_TRIES):
            page = gather(
                connection, token, about, lambda row: _meaning_of(row, account, token, wanted)
            )
            if page is None:
                return None
            data = encode_patch(_patch(page, now_s, total, since), frames)
            if not page.more or 2 * len(data) > max_bytes:
                break
            about = about * max_bytes // len(data)
    assert page is not None
    while len(data) > max_bytes and len(page.found) > 1:
        count = len(page.found)
        page = page.first(max(1, min(count - 1, count * max_bytes // len(data))))
        data = encode_patch(_patch(page, now_s, total, since), frames)
    return Packed(data, page.more)


def read_few(
    database: Database, since: str, account: Account, wanted: Projection = WHOLE
) -> ChangesSince | None:
    """Read all changes after `since` if they are few; None when they are not.

    To find out that they are many costs less than a page of them.
    """
    now_s = database.time_s()
    with database.reading() as connection:
        token, reader = check_token(connection, since, account)
        sizes: list[int] = []

        def tell(row: StoredRow) -> tuple[Told, int] | None:
            told = _meaning_of(row, reader, token, wanted)
            sizes.append(0 if told is None else told[1])
            return told

        page = gather(connection, token, FEW_BYTES, tell, FEW_SCANNED)
        head = int(meta(connection, "head"))
        total = scope_sum(connection, reader) if wanted.is_whole else None
    if page is None:
        return ChangesSince(head, None)
    return (
        None
        if page.more or sum(sizes) > MOST_OF_ONE
        else ChangesSince(head, _patch(page, now_s, total, since))
    )


def read_bucket_patch(database: Database, account: Account, buckets: Sequence[int]) -> Patch:
    """Build the answer of `GET /v1/buckets` at level 2: every row of the buckets, put whole."""
    with database.reading() as connection:
        puts: dict[str, list[Keyed]] = {}
        for key, collection, _, body in bucket_rows(connection, account, buckets):
            row = msgspec.json.decode(body, type=COLLECTIONS[collection])
            puts.setdefault(collection, []).append(Keyed(key, row))
        return Patch(
            token=str(present_token(connection, account)),
            more=False,
            server_time=datetime.fromtimestamp(database.time_s(), UTC),
            sum=scope_sum(connection, account),
            puts={collection: tuple(rows) for collection, rows in puts.items()},
            patches=(),
            drops=(),
        )
