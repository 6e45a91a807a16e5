"""Level 1 of the county API to domain values: bytes in, rows and unreadable items out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from desktop.connectors.failures import excerpt
from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.asset import Asset, AssetState, Trend, TrendKind
from desktop.domain.command import Collection
from desktop.domain.incident import Deadline, DeadlineKind, Incident, Stage, TimelineEntry
from desktop.domain.instant import SECOND, Instant, from_datetime
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.place import MapLine, Place, Township
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.source import ROW_TYPES, BadItem, Row
from desktop.domain.text import Text
from desktop.domain.warning import Warning
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
        raws = msgspec.json.decode(line, type=_RawPage).rows
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


def row_key(row: Row) -> tuple[str, str]:
    """What tells a row from the others of its collection: an asset and a queue may share an id."""
    return (row.kind, row.id) if isinstance(row, Trend) else ("", row.id)


def _read(source: str, collection: Collection, raw: msgspec.Raw, where: str) -> Row | BadItem:
    data = bytes(raw)
    try:
        return ROWS[collection](source, _row_decoder(collection).decode(data))
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
def _row_decoder(collection: Collection) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(level1.COLLECTIONS[collection])


@functools.cache
def _page_decoder(collection: Collection) -> msgspec.json.Decoder[Any]:
    wire = level1.COLLECTIONS[collection]
    return msgspec.json.Decoder(msgspec.defstruct("Page", [("rows", list[wire])]))  # type: ignore[valid-type]


NOTHING = Text()


def text(phrase: level1.AnyPhrase) -> Text:
    """A phrase as domain text; a bare string is Chinese."""
    if isinstance(phrase, str):
        return Text(phrase) if phrase else NOTHING
    return Text(phrase.zh, phrase.en)


def _at(moment: datetime | None) -> Instant | None:
    return None if moment is None else from_datetime(moment)


def _place(point: level1.Point | None) -> Place | None:
    return None if point is None else Place(point.lon, point.lat)


def _township(source: str, wire: level1.Township) -> Township:
    return Township(source, wire.id, text(wire.name), wire.outline, _place(wire.seat), wire.version)


def _line(source: str, wire: level1.Line) -> MapLine:
    return MapLine(source, wire.id, wire.kind, text(wire.name), wire.line, wire.version)


def _incident(source: str, wire: level1.Incident) -> Incident:
    recorded_at = from_datetime(wire.recorded_at)
    return Incident(
        source=source,
        id=wire.id,
        number=wire.number,
        title=text(wire.title),
        level=EventLevel(wire.level),
        stage=Stage(wire.stage),
        category=wire.category,
        channel=wire.channel,
        township=wire.township,
        occurred_at=recorded_at if wire.occurred_at is None else from_datetime(wire.occurred_at),
        recorded_at=recorded_at,
        version=wire.version,
        address=text(wire.address),
        place=_place(wire.place),
        summary=text(wire.summary),
        lead_unit=text(wire.lead_unit),
        co_units=tuple(text(unit) for unit in wire.co_units),
        deadlines=tuple(
            Deadline(
                DeadlineKind(each.kind),
                from_datetime(each.due_at),
                each.prealarm_s * SECOND,
                _at(each.done_at),
            )
            for each in wire.deadlines
        ),
        timeline=tuple(
            TimelineEntry(
                each.kind,
                text(each.text),
                from_datetime(each.happened_at),
                from_datetime(each.recorded_at),
                each.by,
            )
            for each in wire.timeline
        ),
        assets=wire.assets,
        acknowledged_at=_at(wire.acknowledged_at),
        acknowledged_by=wire.acknowledged_by,
    )


def _asset(source: str, wire: level1.Asset) -> Asset:
    return Asset(
        source=source,
        id=wire.id,
        name=text(wire.name),
        kind=wire.kind,
        state=AssetState(wire.state),
        township=wire.township,
        version=wire.version,
        place=_place(wire.place),
        since_at=_at(wire.since_at),
        observed_at=_at(wire.observed_at),
        metric=text(wire.metric),
        value=wire.value,
        unit=wire.unit,
        low=wire.low,
        high=wire.high,
        depends_on=wire.depends_on,
        note=text(wire.note),
    )


def _queue(source: str, wire: level1.Queue) -> ServiceQueue:
    return ServiceQueue(
        source=source,
        id=wire.id,
        name=text(wire.name),
        kind=QueueKind(wire.kind),
        site=text(wire.site),
        township=wire.township,
        waiting=wire.waiting,
        longest_wait_s=wire.longest_wait_s,
        average_wait_s=wire.average_wait_s,
        served_today=wire.served_today,
        counters_open=wire.counters_open,
        counters_total=wire.counters_total,
        waiting_limit=wire.waiting_limit,
        wait_limit_s=wire.wait_limit_s,
        observed_at=_at(wire.observed_at),
        version=wire.version,
    )


def _warning(source: str, wire: level1.Warning) -> Warning:
    return Warning(
        source=source,
        id=wire.id,
        headline=text(wire.headline),
        category=wire.category,
        level=WarningLevel(wire.level),
        level_is_ours=False,
        issuer=text(wire.issuer),
        issued_at=from_datetime(wire.issued_at),
        starts_at=_at(wire.starts_at),
        ends_at=_at(wire.ends_at),
        lifted_at=_at(wire.lifted_at),
        area=text(wire.area),
        rings=wire.rings,
        townships=wire.townships,
        description=text(wire.description),
        instruction=text(wire.instruction),
        status=wire.status,
        version=wire.version,
    )


def _alarm(source: str, wire: level1.Alarm) -> Alarm:
    return Alarm(
        source=source,
        id=wire.id,
        title=text(wire.title),
        priority=AlarmPriority(wire.priority),
        state=AlarmState(wire.state),
        raised_at=from_datetime(wire.raised_at),
        township=wire.township,
        asset=wire.asset,
        cause=wire.cause,
        cleared_at=_at(wire.cleared_at),
        acknowledged_at=_at(wire.acknowledged_at),
        acknowledged_by=wire.acknowledged_by,
        detail=text(wire.detail),
        version=wire.version,
    )


def _trend(source: str, wire: level1.Trend) -> Trend:
    start_at, step_ms = from_datetime(wire.start_at), wire.step_s * SECOND
    at = tuple(start_at + index * step_ms for index in range(len(wire.values)))
    return Trend(source, TrendKind(wire.kind), wire.id, at, wire.values, wire.unit)


ROWS: dict[Collection, Callable[[str, Any], Row]] = {
    Collection.TOWNSHIPS: _township,
    Collection.LINES: _line,
    Collection.INCIDENTS: _incident,
    Collection.ASSETS: _asset,
    Collection.QUEUES: _queue,
    Collection.WARNINGS: _warning,
    Collection.ALARMS: _alarm,
    Collection.TRENDS: _trend,
}

COLLECTION_OF = {type_: collection for collection, type_ in ROW_TYPES.items()}
