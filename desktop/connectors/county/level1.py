"""Decode level 1 of the county API: bytes in, rows and unreadable items out."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import msgspec

from desktop.connectors.county.mapping import COLLECTION_OF, ROWS, row_key
from desktop.connectors.http.errors import excerpt
from desktop.connectors.http.lenient import read_json
from desktop.connectors.shared.aside import PLACE, Aside, is_junk
from desktop.connectors.shared.fields import UNREADABLE, Flaw, read_item, reason_of
from desktop.domain.asset import TrendKind
from desktop.domain.command import Collection
from desktop.domain.source import Row, UnreadableItem
from desktop.protocol.limits import ID_CHARS
from desktop.wire import level1

CAUTIOUS = {"level": "unknown"}
"""Values used if a field was unreadable and its default would look harmless."""


class Read(msgspec.Struct, frozen=True):
    """The result of reading some items: readable rows and unreadable items."""

    rows: tuple[Row, ...] = ()
    deletes: tuple[tuple[Collection, str], ...] = ()
    bad_items: tuple[UnreadableItem, ...] = ()
    more_bad: dict[Collection, int] = {}
    """Unreadable items without an id, beyond the first ones."""
    count: int = 0
    """Items the server sent, readable or not."""
    keys: tuple[int, ...] = ()
    """The server's numbers of `rows`, at level 2."""


class _Identity(msgspec.Struct):
    id: Any = None
    version: Any = 0


class _Named(msgspec.Struct):
    collection: str = ""


class _RawPage(msgspec.Struct):
    rows: list[msgspec.Raw] | None


def read_page(source: str, collection: Collection, line: bytes, first: int = 0) -> Read:
    """Decode the rows of one snapshot page: at once when all are sound, else one by one.

    `first` is the number of its first row among those of the collection. Raises msgspec.DecodeError
    when the line is not a page at all.
    """
    try:
        wires: list[Any] = _page_decoder(collection).decode(line).rows
        rows = [ROWS[collection](source, wire) for wire in wires]
    except UNREADABLE:
        raws = read_json(line, _RawPage).rows or []
        return _one_by_one(source, collection, raws, first)
    return _last_wins(collection, rows, Aside(), len(rows))


class ChangesPage(msgspec.Struct, frozen=True):
    """`level1.Changes` with each change undecoded, so that one bad change spoils no other."""

    magic: str
    token: level1.Id
    more: bool
    server_time: level1.Moment
    changes: list[msgspec.Raw] = []
    """Left out, or null, means no changes."""
    sum: level1.Sum | None = None


def read_changes(source: str, raws: Iterable[bytes | msgspec.Raw]) -> Read:
    """Combine the changes of one page: the last change of each id counts.

    Collections this desk does not support are left out: a newer county may have more.
    """
    puts: dict[tuple[Collection, str, str], Row] = {}
    deletes: dict[tuple[Collection, str], None] = {}
    bad: dict[tuple[Collection, str], tuple[UnreadableItem, ...]] = {}
    aside = Aside()
    count = 0
    for count, raw in enumerate(raws, 1):
        data = bytes(raw)
        if aside.is_full(Collection.INCIDENTS) and is_junk(data):
            aside.count(Collection.INCIDENTS)
            continue
        found, more = _read_change(source, data, f"$.changes[{count - 1}]")
        if isinstance(found, UnreadableItem) and not found.id:
            aside.add(found)
        elif isinstance(found, UnreadableItem):
            deletes.pop((found.collection, found.id), None)
            bad[found.collection, found.id] = (found,)
        elif isinstance(found, tuple):
            collection, gone = found
            bad.pop(found, None)
            for kind in ("", *TrendKind):
                puts.pop((collection, kind, gone), None)
            deletes[collection, gone] = None
        elif found is not None:
            collection = COLLECTION_OF[type(found)]
            deletes.pop((collection, found.id), None)
            bad[collection, found.id] = more
            puts[collection, *row_key(found)] = found
    for items in bad.values():
        aside.extend(items)
    return Read(tuple(puts.values()), tuple(deletes), *aside.told, count)


def read_row(source: str, collection: Collection, raw: bytes | msgspec.Raw) -> Row | None:
    """Decode one row; None when it cannot be read."""
    row, _ = _read(source, collection, bytes(raw), PLACE)
    return None if isinstance(row, UnreadableItem) else row


def _read_change(
    source: str, data: bytes, where: str
) -> tuple[Row | UnreadableItem | tuple[Collection, str] | None, tuple[UnreadableItem, ...]]:
    """Decode one change: the new row, the deleted id, or None for an unsupported collection; and
    the flaws of the row."""
    try:
        change = read_json(data, level1.Change)
    except UNREADABLE as error:
        return UnreadableItem(_collection_of(data), where, reason_of(error), excerpt(data)), ()
    collection = collection_named(change.collection)
    if collection is None:
        return None, ()
    if isinstance(change.row, msgspec.UnsetType):
        return (collection, change.id), ()
    row, flaws = _read(source, collection, bytes(change.row), where)
    if isinstance(row, UnreadableItem):
        return msgspec.structs.replace(row, where=change.id, id=change.id), ()
    if row.id != change.id:
        reason = "the row has another id"
        return UnreadableItem(collection, change.id, reason, excerpt(row.id), id=change.id), ()
    return row, flaws


_NAMES: dict[str, Collection] = {each.value: each for each in Collection}


def _collection_of(data: bytes) -> Collection:
    """Return the collection an unreadable change names; incidents if it names none."""
    try:
        named = msgspec.json.decode(data, type=_Named).collection
    except UNREADABLE:
        named = ""
    return collection_named(named) or Collection.INCIDENTS


def collection_named(name: str) -> Collection | None:
    """Return the collection of that name; None if this desk does not support it."""
    return _NAMES.get(name)


def _one_by_one(source: str, collection: Collection, raws: list[msgspec.Raw], first: int) -> Read:
    rows: list[Row] = []
    aside = Aside()
    for index, raw in enumerate(raws, first):
        data = bytes(raw)
        if aside.is_full(collection) and is_junk(data):
            aside.count(collection)
            continue
        where, brief = f"$.rows[{index}]", aside.is_full(collection)
        row, flaws = _read(source, collection, data, where, brief=brief)
        aside.extend(flaws)
        if isinstance(row, UnreadableItem):
            aside.add(row)
        else:
            rows.append(row)
    return _last_wins(collection, rows, aside, len(raws))


def _last_wins(collection: Collection, rows: list[Row], aside: Aside, count: int) -> Read:
    by_key: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = row_key(row)
        if key in by_key:
            reason = "the id occurs twice; the last one stands"
            aside.add(UnreadableItem(collection, row.id, reason, "", field="id", id=row.id))
        by_key[key] = row
    return Read(tuple(by_key.values()), (), *aside.told, count)


def _read(
    source: str, collection: Collection, data: bytes, where: str, *, brief: bool = False
) -> tuple[Row | UnreadableItem, tuple[UnreadableItem, ...]]:
    """Decode a row and its flaws, or describe it as unreadable."""
    try:
        wire, flaws = read_item(data, level1.COLLECTIONS[collection], brief=brief)
        for flaw in flaws:
            if flaw.field == "version":  # It may be older than the stored row, or newer.
                raise ValueError(f"{flaw.reason} - at `$.version`")
        row = ROWS[collection](source, _cautious(wire, flaws))
    except UNREADABLE as error:
        id, version = _identity_of(data)
        said = ("", "") if brief else (reason_of(error), excerpt(data))
        return UnreadableItem(collection, id or where, *said, id=id, version=version), ()
    return row, tuple(
        UnreadableItem(collection, row.id, flaw.reason, flaw.excerpt, field=flaw.field, id=row.id)
        for flaw in flaws
    )


def _cautious(wire: Any, flaws: tuple[Flaw, ...]) -> Any:
    """Return the row with unreadable fields set so that they do not look harmless."""
    unread = {flaw.field for flaw in flaws} & CAUTIOUS.keys()
    return msgspec.structs.replace(wire, **{n: CAUTIOUS[n] for n in unread}) if unread else wire


def _identity_of(data: bytes) -> tuple[str, int | None]:
    """Return the id and version of a row if readable; else empty and None."""
    try:
        found = read_json(data, _Identity)
    except UNREADABLE:
        return "", None
    id, version = found.id, found.version
    id = id if isinstance(id, str) and id and len(id) <= ID_CHARS else ""
    sound = isinstance(version, int) and not isinstance(version, bool) and 0 <= version <= 2**53
    return id, version if sound else None


@functools.cache
def _page_decoder(collection: Collection) -> msgspec.json.Decoder[Any]:
    wire = level1.COLLECTIONS[collection]
    return msgspec.json.Decoder(msgspec.defstruct("Page", [("rows", list[wire])]))  # type: ignore[valid-type]
