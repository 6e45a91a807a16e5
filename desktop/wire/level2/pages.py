"""Pages: some rows of one collection as columns, with their keys, their count and a CRC-32."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec

from desktop.protocol.limits import PAGE_ROWS
from desktop.wire.level2.column_types import check_values
from desktop.wire.level2.columns import put_ints, take_ints
from desktop.wire.level2.cursor import Budget, Cursor, WireError, put_uint
from desktop.wire.level2.schema import (
    FULL,
    LIST_FIELDS,
    NAMES,
    NUMBERS,
    PARTS,
    RECORDS,
    fields_of,
)

MOST_KEY = 2**53


class Keyed(msgspec.Struct, frozen=True, gc=False):
    """A row with the server's dense number for it, unique over all collections of an epoch."""

    key: int
    row: Any


class Page(msgspec.Struct, frozen=True):
    """Some rows of one collection; those of a `list` page have only the list's fields."""

    collection: str
    part: str
    rows: tuple[Keyed, ...]


class Columns(msgspec.Struct, frozen=True):
    """A page as columns, before its rows are built."""

    collection: str
    part: str
    keys: tuple[int, ...]
    columns: dict[str, list[Any]]

    def page(self) -> Page:
        """Build the page's rows; those of a `rest` page need the rows of its `list` page."""
        if not self.keys:
            return Page(self.collection, self.part, ())
        built = RECORDS[self.collection].build(self.columns, len(self.keys))
        return Page(self.collection, self.part, tuple(map(Keyed, self.keys, built)))


def encode_page(
    collection: str, rows: Sequence[Keyed], part: str = FULL, width: int | None = None
) -> bytes:
    """Encode rows for `decode_page`; of incidents perhaps only some of the columns.

    With a `width` only so many of the part's columns, the first.
    """
    out = bytearray()
    put_page(out, collection, rows, part, width)
    out += zlib.crc32(out).to_bytes(4, "little")
    return bytes(out)


def decode_page(data: bytes, budget: Budget | None = None) -> Page:
    """Decode a `full` or `list` page; `rest` pages can be read only within their snapshot."""
    return decode_columns(data, budget).page()


def decode_columns(data: bytes, budget: Budget | None = None, *, in_ms: bool = False) -> Columns:
    """Decode a page's columns after checking its CRC-32; WireError when it is not a page."""
    if len(data) < 4 or zlib.crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
        raise WireError("the page's check sum does not agree")
    return take_page(Cursor(data[:-4], budget, in_ms=in_ms))


def put_page(
    out: bytearray,
    collection: str,
    rows: Sequence[Keyed],
    part: str = FULL,
    width: int | None = None,
) -> None:
    """Write a page without its check sum."""
    if collection not in NUMBERS or part not in PARTS:
        raise WireError("no such page")
    if part != FULL and collection != "incidents":
        raise WireError("only incidents come in parts")
    if len(rows) > PAGE_ROWS:
        raise WireError("too many rows")
    fields = fields_of(collection, part)[:width]
    out.append(NUMBERS[collection])
    out.append(PARTS.index(part))
    out.append(len(fields))
    put_uint(out, len(rows))
    put_ints(out, [each.key for each in rows])
    check_values(lambda: RECORDS[collection].put_fields(out, [each.row for each in rows], fields))


def take_page(cursor: Cursor) -> Columns:
    """Read what `put_page` wrote; columns this side does not know are left out."""
    number, part_number, width = cursor.byte(), cursor.byte(), cursor.byte()
    if number >= len(NAMES) or part_number >= len(PARTS):
        raise WireError("no such page")
    collection, part = NAMES[number], PARTS[part_number]
    if part != FULL and collection != "incidents":
        raise WireError("only incidents come in parts")
    count = cursor.count(PAGE_ROWS)
    keys = take_ints(cursor, count)
    if keys and (min(keys) < 0 or max(keys) > MOST_KEY):
        raise WireError("no such key")
    fields = fields_of(collection, part)[:width]
    columns = RECORDS[collection].take_fields(cursor, count, fields) if count else {}
    return Columns(collection, part, tuple(keys), columns)


def join(listed: dict[int, Any], rest: Columns) -> Page:
    """Build whole rows from a `rest` page and the earlier `listed` rows; removes those there."""
    try:
        rows = [listed.pop(key) for key in rest.keys]
    except KeyError as error:
        raise WireError("the rest of a row that was not listed") from error
    columns = dict(rest.columns)
    for name in LIST_FIELDS:
        columns[name] = list(map(attrgetter(name), rows))
    return msgspec.structs.replace(rest, columns=columns).page()
