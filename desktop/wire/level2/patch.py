"""Patches: the changes since a token, field by field, as columns over the changed rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from zlib import crc32

import msgspec

from desktop.protocol.limits import PAGE_ROWS, SECTION_BYTES
from desktop.wire.level2.column_types import Many, check_values, milliseconds, moments
from desktop.wire.level2.columns import put_flags, put_ints, take_flags, take_ints
from desktop.wire.level2.cursor import (
    Budget,
    Cursor,
    WireError,
    put_inside,
    put_sint,
    put_text,
    put_uint,
)
from desktop.wire.level2.frames import Frames, store
from desktop.wire.level2.pages import MOST_KEY, Keyed, put_page, take_page
from desktop.wire.level2.schema import NAMES, NUMBERS, RECORDS

PATCH = 1
"""First byte of a patch, inside its frame."""
MORE, SUMMED, ASKED = 1, 2, 4
MOST_VERSION = 2**53
MOST_ITEMS = 2**31


class Grown(msgspec.Struct, frozen=True, gc=False):
    """A list that keeps its first items and goes on with others."""

    keep: int
    items: tuple[Any, ...]


class FieldPatch(msgspec.Struct, frozen=True):
    """The fields of one row that changed, by level 1 names; lists perhaps as `Grown`."""

    collection: str
    key: int
    version: int
    changes: dict[str, Any]


class Patch(msgspec.Struct, frozen=True):
    """All that changed up to `token`: rows put whole, fields changed, keys dropped.

    A key is in one of the three only, and at most once.
    """

    token: str
    more: bool
    server_time: datetime
    sum: int | None = None
    puts: dict[str, tuple[Keyed, ...]] = {}
    patches: tuple[FieldPatch, ...] = ()
    drops: tuple[int, ...] = ()
    asked: int | None = None
    """`name_asked` of the token this answers; None where the server does not tell, or was asked
    for no token."""


def name_asked(token: str) -> int:
    """Return what stands for the asked token in its answer: the CRC-32 of its UTF-8."""
    return crc32(token.encode())


def apply_patch(row: Any, patch: FieldPatch) -> Any:
    """Apply the patch to the row; WireError when a grown list keeps more items than the row has."""
    changes: dict[str, Any] = {}
    for name, value in patch.changes.items():
        if isinstance(value, Grown):
            before = getattr(row, name)
            if len(before) < value.keep:
                raise WireError("a list grew from more than there was")
            changes[name] = (*before[: value.keep], *value.items)
        else:
            changes[name] = value
    if "version" in row.__struct_fields__:
        changes["version"] = patch.version
    return msgspec.structs.replace(row, **changes)


def encode_patch(patch: Patch, frames: Frames) -> bytes:
    """The patch as one frame."""
    return frames.pack(_write(patch))


def store_patch(patch: Patch) -> bytes:
    """The patch as a frame that is not packed, for a stream that packs it."""
    return store(_write(patch))


def _write(patch: Patch) -> bytes:
    return bytes(check_values(lambda: put_patch(patch)))


def decode_patch(data: bytes, frames: Frames, max_bytes: int = SECTION_BYTES) -> Patch:
    """Decode what `encode_patch` wrote; WireError for anything else."""
    return take_patch(Cursor(frames.unpack(data, max_bytes), Budget.of(len(data))))


def take_patch(cursor: Cursor) -> Patch:
    """Read a patch to the cursor's end."""
    if cursor.byte() != PATCH:
        raise WireError("not a patch")
    marks = cursor.byte()
    if marks & ~(MORE | SUMMED | ASKED):
        raise WireError("a patch of another form")
    token = cursor.text(200)
    if not token:
        raise WireError("no token")
    now = cursor.sint()
    (server_time,) = moments([now])
    total = int.from_bytes(cursor.take(8), "little") if marks & SUMMED else None
    asked = int.from_bytes(cursor.take(4), "little") if marks & ASKED else None
    puts: dict[str, tuple[Keyed, ...]] = {}
    for _ in range(cursor.count(len(NAMES))):
        page = take_page(cursor.inside()).page()
        if page.collection in puts:
            raise WireError("a collection occurs twice")
        puts[page.collection] = page.rows
    patches: list[FieldPatch] = []
    for _ in range(cursor.count(len(NAMES))):
        patches += _take_group(cursor, now)
    drops = _take_keys(cursor, cursor.count(PAGE_ROWS))
    cursor.end()
    _check_keys(puts, patches, drops)
    return Patch(
        token=token,
        more=bool(marks & MORE),
        server_time=server_time,
        sum=total,
        puts=puts,
        patches=tuple(patches),
        drops=tuple(drops),
        asked=asked,
    )


def put_patch(patch: Patch) -> bytearray:
    """Write a patch without its frame."""
    marks = MORE * patch.more | SUMMED * (patch.sum is not None) | ASKED * (patch.asked is not None)
    out = bytearray([PATCH, marks])
    put_text(out, patch.token)
    now = milliseconds(patch.server_time)
    put_sint(out, now)
    if patch.sum is not None:
        out += patch.sum.to_bytes(8, "little")
    if patch.asked is not None:
        out += patch.asked.to_bytes(4, "little")
    put_uint(out, len(patch.puts))
    for collection, rows in patch.puts.items():
        page = bytearray()
        put_page(page, collection, rows)
        put_inside(out, page)
    groups: dict[str, list[FieldPatch]] = {}
    for each in patch.patches:
        groups.setdefault(each.collection, []).append(each)
    put_uint(out, len(groups))
    for collection, group in groups.items():
        _put_group(out, collection, group, now)
    put_uint(out, len(patch.drops))
    put_ints(out, sorted(patch.drops))
    return out


def _put_group(out: bytearray, collection: str, group: Sequence[FieldPatch], now: int) -> None:
    """Write the patches of one collection: keys, versions, then each field changed in any row."""
    if collection not in NUMBERS:
        raise WireError("no such collection")
    group = sorted(group, key=lambda each: each.key)
    out.append(NUMBERS[collection])
    put_uint(out, len(group))
    put_ints(out, [each.key for each in group])
    put_ints(out, [each.version for each in group])
    names = {name for each in group for name in each.changes}
    record = RECORDS[collection]
    if names - record.by_name.keys():
        raise WireError("no such field")
    changed = [(i, f) for i, f in enumerate(record.fields) if f.name in names]
    put_uint(out, len(changed))
    for number, field in changed:
        out.append(number)
        put_flags(out, [field.name in each.changes for each in group])
        values = [each.changes[field.name] for each in group if field.name in each.changes]
        part = bytearray()
        _put_values(part, field.kind, values, now)
        put_inside(out, part)


def _put_values(out: bytearray, kind: Any, values: Sequence[Any], now: int) -> None:
    if isinstance(kind, Many):
        grown = [isinstance(value, Grown) for value in values]
        put_flags(out, grown)
        put_ints(out, [value.keep for value in values if isinstance(value, Grown)])
        values = [value.items if isinstance(value, Grown) else value for value in values]
    kind.put(out, values, [_reference(now)] * len(values))


def _take_values(cursor: Cursor, kind: Any, count: int, now: int) -> list[Any]:
    against = [_reference(now)] * count
    if not isinstance(kind, Many):
        return kind.take(cursor, count, against)  # type: ignore[no-any-return]
    flags = take_flags(cursor, count)
    flags = [True] * count if flags is None else flags
    keeps = take_ints(cursor, sum(flags))
    if keeps and (min(keeps) < 0 or max(keeps) > MOST_ITEMS):
        raise WireError("no such count")
    keep = iter(keeps)
    items = kind.take(cursor, count, against)
    return [
        Grown(next(keep), each) if flag else each for each, flag in zip(items, flags, strict=True)
    ]


def _reference(now: int) -> int:
    """Return the reference moment of a patch: the server's time, cut to whole seconds."""
    return now // 1000 * 1000


def _take_group(cursor: Cursor, now: int) -> list[FieldPatch]:
    number = cursor.byte()
    if number >= len(NAMES):
        raise WireError("no such collection")
    collection = NAMES[number]
    count = cursor.count(PAGE_ROWS)
    keys = _take_keys(cursor, count)
    versions = take_ints(cursor, count)
    if versions and (min(versions) < 0 or max(versions) > MOST_VERSION):
        raise WireError("no such version")
    changes: list[dict[str, Any]] = [{} for _ in range(count)]
    fields = RECORDS[collection].fields
    for _ in range(cursor.count(255)):
        place = cursor.byte()
        cursor.claim(count)
        flags = take_flags(cursor, count)
        rows = changes if flags is None else _choose(changes, flags)
        inside = cursor.inside()
        if place < len(fields):
            field = fields[place]
            values = _take_values(inside, field.kind, len(rows), now)
            for row, value in zip(rows, values, strict=True):
                row[field.name] = value
            inside.end()
    return list(map(FieldPatch, [collection] * count, keys, versions, changes))


def _choose(rows: Sequence[dict[str, Any]], flags: Sequence[bool]) -> list[dict[str, Any]]:
    return [row for row, flag in zip(rows, flags, strict=True) if flag]


def _take_keys(cursor: Cursor, count: int) -> list[int]:
    keys = take_ints(cursor, count)
    if keys and (min(keys) < 0 or max(keys) > MOST_KEY):
        raise WireError("no such key")
    if any(after <= before for before, after in pairwise(keys)):
        raise WireError("keys out of order")
    return keys


def _check_keys(
    puts: dict[str, tuple[Keyed, ...]], patches: Sequence[FieldPatch], drops: Sequence[int]
) -> None:
    keys = {each.key for rows in puts.values() for each in rows}
    keys.update((each.key for each in patches), drops)
    if len(keys) != sum(map(len, puts.values())) + len(patches) + len(drops):
        raise WireError("a key occurs twice")
