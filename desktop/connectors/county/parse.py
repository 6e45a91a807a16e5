"""Level 1 of the county API to domain values: bytes in, rows and unreadable items out."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import msgspec

from desktop.connectors.county.rows import COLLECTION_OF, ROWS, row_key
from desktop.connectors.failures import excerpt
from desktop.connectors.lenient import decoded, decoded_row
from desktop.connectors.listing import PLACE
from desktop.domain.asset import TrendKind
from desktop.domain.command import Collection
from desktop.domain.source import BadItem, Row
from desktop.wire import level1

UNREADABLE = (msgspec.DecodeError, ValueError, OverflowError, RecursionError)
REASON_CHARS = 300


class Read(msgspec.Struct, frozen=True):
    """What came of some items: those that could be read, and those that could not."""

    rows: tuple[Row, ...] = ()
    deletes: tuple[tuple[Collection, str], ...] = ()
    bad_items: tuple[BadItem, ...] = ()
    count: int = 0
    """Items the server sent, readable or not."""
    keys: tuple[int, ...] = ()
    """The server's numbers of `rows`, at level 2."""


class _Id(msgspec.Struct):
    id: Any = None


class _Named(msgspec.Struct):
    collection: str = ""


class _RawPage(msgspec.Struct):
    rows: list[msgspec.Raw]


def read_page(source: str, collection: Collection, line: bytes) -> Read:
    """The rows of one snapshot page: at once when all are sound, else one by one.

    Raises msgspec.DecodeError when the line is not a page at all.
    """
    try:
        wires: list[Any] = _page_decoder(collection).decode(line).rows
        rows = [ROWS[collection](source, wire) for wire in wires]
    except UNREADABLE:
        raws = decoded(line, _RawPage).rows
        return _one_by_one(source, collection, raws)
    return _last_wins(collection, rows, [], len(rows))


def read_rows(source: str, collection: Collection, raws: Iterable[bytes | msgspec.Raw]) -> Read:
    """The rows of a list whose items are JSON objects, each read by itself."""
    return _one_by_one(source, collection, [msgspec.Raw(raw) for raw in raws])


class ChangesPage(msgspec.Struct, frozen=True):
    """`level1.Changes` with each change still unread, so that one bad change spoils no other."""

    magic: str
    token: level1.Id
    more: bool
    changes: list[msgspec.Raw]
    server_time: level1.Moment
    sum: level1.Sum | None = None


def read_changes(source: str, raws: Iterable[bytes | msgspec.Raw]) -> Read:
    """What the changes of one page come to in the end: the last word on each id counts.

    Collections this desk does not know are left out: a newer county may have more.
    """
    puts: dict[tuple[Collection, str, str], Row] = {}
    deletes: dict[tuple[Collection, str], None] = {}
    bad: list[BadItem] = []
    count = 0
    for count, raw in enumerate(raws, 1):
        found = _read_change(source, raw, f"$.changes[{count - 1}]")
        if isinstance(found, BadItem):
            bad.append(found)
        elif isinstance(found, tuple):
            collection, gone = found
            for kind in ("", *TrendKind):
                puts.pop((collection, kind, gone), None)
            deletes[collection, gone] = None
        elif found is not None:
            collection = COLLECTION_OF[type(found)]
            deletes.pop((collection, found.id), None)
            puts[collection, *row_key(found)] = found
    return Read(tuple(puts.values()), tuple(deletes), tuple(bad), count)


def read_row(source: str, collection: Collection, raw: bytes | msgspec.Raw) -> Row | None:
    """One row, or None when it cannot be read."""
    row = _read(source, collection, msgspec.Raw(raw), PLACE)
    return None if isinstance(row, BadItem) else row


def _read_change(
    source: str, raw: bytes | msgspec.Raw, where: str
) -> Row | BadItem | tuple[Collection, str] | None:
    """The row put, what was deleted, or None for a collection unknown here."""
    data = bytes(raw)
    try:
        change = msgspec.json.decode(data, type=level1.Change)
    except UNREADABLE as error:
        return BadItem(_collection_of(data), where, str(error)[:REASON_CHARS], excerpt(data))
    collection = collection_named(change.collection)
    if collection is None:
        return None
    if isinstance(change.row, msgspec.UnsetType):
        return collection, change.id
    row = _read(source, collection, change.row, where)
    if isinstance(row, Row) and row.id != change.id:
        return BadItem(collection, change.id, "the row has another id", excerpt(row.id))
    return row


def _collection_of(data: bytes) -> Collection:
    """The collection an unreadable change names; the most watched one when it names none."""
    try:
        named = msgspec.json.decode(data, type=_Named).collection
    except UNREADABLE:
        named = ""
    return collection_named(named) or Collection.INCIDENTS


def collection_named(name: str) -> Collection | None:
    """The collection of that name, if this desk knows it."""
    try:
        return Collection(name)
    except ValueError:
        return None


def _one_by_one(source: str, collection: Collection, raws: list[msgspec.Raw]) -> Read:
    rows: list[Row] = []
    bad: list[BadItem] = []
    for index, raw in enumerate(raws):
        row = _read(source, collection, raw, f"$.rows[{index}]")
        if isinstance(row, BadItem):
            bad.append(row)
        else:
            rows.append(row)
    return _last_wins(collection, rows, bad, len(raws))


def _last_wins(collection: Collection, rows: list[Row], bad: list[BadItem], count: int) -> Read:
    by_key: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = row_key(row)
        if key in by_key:
            reason = "the id occurs twice; the last one stands"
            bad.append(BadItem(collection, row.id, reason, ""))
        by_key[key] = row
    return Read(tuple(by_key.values()), bad_items=tuple(bad), count=count)


def _read(source: str, collection: Collection, raw: msgspec.Raw, where: str) -> Row | BadItem:
    data = bytes(raw)
    try:
        return ROWS[collection](source, decoded_row(data, level1.COLLECTIONS[collection]))
    except UNREADABLE as error:
        reason = str(error) or "unreadable"
        if "timezone component" in reason:
            reason = f"a date without a time zone names no instant: {reason}"
        return BadItem(collection, _id_of(data) or where, reason[:REASON_CHARS], excerpt(data))


def _id_of(data: bytes) -> str | None:
    try:
        found = msgspec.json.decode(data, type=_Id).id
    except UNREADABLE:
        return None
    return found[:200] if isinstance(found, str) and found else None


@functools.cache
def _page_decoder(collection: Collection) -> msgspec.json.Decoder[Any]:
    wire = level1.COLLECTIONS[collection]
    return msgspec.json.Decoder(msgspec.defstruct("Page", [("rows", list[wire])]))  # type: ignore[valid-type]
