"""Decode level 2 of the county API: rows with their numbers, and changed fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from desktop.connectors.county.level1 import Read, collection_named
from desktop.connectors.county.mapping import FIELDS, ROWS
from desktop.connectors.shared.aside import PLACE, Aside
from desktop.connectors.shared.fields import reason_of
from desktop.domain.command import Collection
from desktop.domain.incident import Incident
from desktop.domain.source import Row, RowPatch, Tail, UnreadableItem
from desktop.wire import level2

UNFIT = (ValueError, TypeError, OverflowError, AttributeError)
"""Exceptions from converting a value that the domain does not accept."""
LISTED = "list"


def read_keyed(
    source: str, collection: Collection, rows: Sequence[level2.Keyed], part: str = "full"
) -> Read:
    """Convert the rows of one page; incidents of a `list` page are marked as not whole."""
    read = ROWS[collection]
    wires = [each.row for each in rows]
    try:
        found: list[Row] = [read(source, wire) for wire in wires]
    except UNFIT:
        return _one_by_one(source, collection, rows)
    if part == LISTED:
        found = [_not_whole(row) for row in found]
    return Read(tuple(found), count=len(rows), keys=tuple(each.key for each in rows))


def read_page(source: str, page: level2.Page) -> Read:
    """Convert the rows of a page; none of a collection that this desk does not support."""
    collection = collection_named(page.collection)
    if collection is None:
        return Read(count=len(page.rows))
    return read_keyed(source, collection, page.rows, page.part)


def _not_whole(row: Row) -> Row:
    return msgspec.structs.replace(row, whole=False) if isinstance(row, Incident) else row


def _one_by_one(source: str, collection: Collection, rows: Iterable[level2.Keyed]) -> Read:
    found: list[Row] = []
    keys: list[int] = []
    aside = Aside()
    count = 0
    for each in rows:
        count += 1
        try:
            found.append(ROWS[collection](source, each.row))
        except UNFIT as error:
            id, version = each.row.id, getattr(each.row, "version", 0)
            aside.add(
                UnreadableItem(collection, id, reason_of(error), "", "", id, version, each.key)
            )
        else:
            keys.append(each.key)
    return Read(tuple(found), (), *aside.told, count, tuple(keys))


class ReadPatch(msgspec.Struct, frozen=True):
    """A patch converted to domain rows and row patches."""

    rows: tuple[Row, ...]
    keys: tuple[int, ...]
    patches: tuple[RowPatch, ...]
    bad_items: tuple[UnreadableItem, ...]
    more_bad: dict[Collection, int]


def read_patch(source: str, patch: level2.Patch) -> ReadPatch:
    """Convert a patch's puts and patches to domain values; its drops need no conversion."""
    rows: list[Row] = []
    keys: list[int] = []
    aside = Aside()
    for name, keyed in patch.puts.items():
        collection = collection_named(name)
        if collection is not None:
            read = read_keyed(source, collection, keyed)
            rows += read.rows
            keys += read.keys
            aside.take(read.bad_items, read.more_bad)
    patches: list[RowPatch] = []
    for each in patch.patches:
        found = _row_patch(each)
        if isinstance(found, UnreadableItem):
            aside.add(found)
        elif found is not None:
            patches.append(found)
    return ReadPatch(tuple(rows), tuple(keys), tuple(patches), *aside.told)


def _row_patch(patch: level2.FieldPatch) -> RowPatch | UnreadableItem | None:
    collection = collection_named(patch.collection)
    if collection is None:
        return None
    changes: dict[str, Any] = {}
    try:
        for name, value in patch.changes.items():
            changes[name] = _convert(FIELDS[collection][name], value)
    except (*UNFIT, KeyError) as error:
        where = f"{PLACE}.{patch.key}"
        return UnreadableItem(
            collection, where, reason_of(error), "", version=patch.version, row_key=patch.key
        )
    if changes.get("occurred_at", 0) is None:
        # Without a time of its own it happened when it was recorded, which never changes.
        changes.pop("occurred_at")
    return RowPatch(collection, patch.key, patch.version, changes)


def _convert(convert: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, level2.Grown):
        return Tail(value.keep, convert(value.items))
    return convert(value)
