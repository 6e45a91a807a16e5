"""Convert rows of the county API to domain rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.asset import Asset, AssetState, Trend, TrendKind
from desktop.domain.command import Collection
from desktop.domain.directory import Contact, Phone, PhoneKind, Plan, PlanSection, PlanStep
from desktop.domain.geo import MapLine, Place, Township
from desktop.domain.incident import (
    Deadline,
    DeadlineKind,
    FileRef,
    Incident,
    Stage,
    TimelineEntry,
)
from desktop.domain.instant import SECOND, Instant, instant_of
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.localized_text import Text
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.report import FieldValue, Form, FormChoice, FormField, Report
from desktop.domain.source import ROW_TYPES, Row
from desktop.domain.warning import Warning
from desktop.protocol.report_forms import FieldType, FormKind, Period
from desktop.wire import level1

NOTHING = Text()

# An enumeration's own call is a tenth of what reading a row costs; words come few and often.
_level = lru_cache(256)(EventLevel)
_stage = lru_cache(256)(Stage)
_deadline_kind = lru_cache(256)(DeadlineKind)


def text(phrase: level1.AnyPhrase) -> Text:
    """Convert a phrase to domain text; a bare string is Chinese."""
    if isinstance(phrase, str):
        return Text(phrase) if phrase else NOTHING
    return Text(phrase.zh, phrase.en)


def _at(moment: datetime | None) -> Instant | None:
    return None if moment is None else instant_of(moment)


def _place(point: level1.Point | None) -> Place | None:
    return None if point is None else Place(point.lon, point.lat)


def _township(source: str, wire: level1.Township) -> Township:
    return Township(source, wire.id, text(wire.name), wire.outline, _place(wire.seat), wire.version)


def _line(source: str, wire: level1.Line) -> MapLine:
    return MapLine(source, wire.id, wire.kind, text(wire.name), wire.line, wire.version)


def _deadline(wire: level1.Deadline) -> Deadline:
    return Deadline(
        _deadline_kind(wire.kind),
        instant_of(wire.due_at),
        wire.prealarm_s * SECOND,
        _at(wire.done_at),
    )


def _entry(wire: level1.TimelineEntry) -> TimelineEntry:
    return TimelineEntry(
        wire.kind,
        text(wire.text),
        instant_of(wire.happened_at),
        instant_of(wire.recorded_at),
        wire.by,
    )


def _file(wire: level1.File) -> FileRef:
    at = 0 if wire.at is None else instant_of(wire.at)
    return FileRef(
        wire.digest, wire.name, wire.media_type, wire.size, wire.thumbnail, at, wire.by, wire.here
    )


def _incident(source: str, wire: level1.Incident) -> Incident:
    recorded_at = instant_of(wire.recorded_at)
    return Incident(
        source=source,
        id=wire.id,
        number=wire.number,
        title=text(wire.title),
        level=_level(wire.level),
        stage=_stage(wire.stage),
        category=wire.category,
        channel=wire.channel,
        township=wire.township,
        occurred_at=recorded_at if wire.occurred_at is None else instant_of(wire.occurred_at),
        recorded_at=recorded_at,
        version=wire.version,
        address=text(wire.address),
        place=_place(wire.place),
        summary=text(wire.summary),
        lead_unit=text(wire.lead_unit),
        co_units=tuple(map(text, wire.co_units)),
        deadlines=tuple(map(_deadline, wire.deadlines)),
        timeline=tuple(map(_entry, wire.timeline)),
        assets=wire.assets,
        acknowledged_at=_at(wire.acknowledged_at),
        acknowledged_by=wire.acknowledged_by,
        files=tuple(map(_file, wire.files)),
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
        issued_at=instant_of(wire.issued_at),
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
        raised_at=instant_of(wire.raised_at),
        township=wire.township,
        asset=wire.asset,
        cause=wire.cause,
        cleared_at=_at(wire.cleared_at),
        acknowledged_at=_at(wire.acknowledged_at),
        acknowledged_by=wire.acknowledged_by,
        detail=text(wire.detail),
        version=wire.version,
        shelved_until=_at(wire.shelved_until),
        shelved_by=wire.shelved_by,
    )


def _trend(source: str, wire: level1.Trend) -> Trend:
    start_at, step_ms = instant_of(wire.start_at), wire.step_s * SECOND
    at = tuple(start_at + index * step_ms for index in range(len(wire.values)))
    return Trend(source, TrendKind(wire.kind), wire.id, at, wire.values, wire.unit)


def _form_field(wire: level1.FormField) -> FormField:
    return FormField(
        id=wire.id,
        title=text(wire.title),
        type=FieldType(wire.type),
        section=text(wire.section),
        unit=text(wire.unit),
        note=text(wire.note),
        required=wire.required,
        minimum=wire.minimum,
        maximum=wire.maximum,
        choices=tuple(FormChoice(each.code, text(each.title)) for each in wire.choices),
        prefill=wire.prefill,
    )


def _form(source: str, wire: level1.Form) -> Form:
    return Form(
        source=source,
        id=wire.id,
        form=wire.form,
        edition=wire.edition,
        title=text(wire.title),
        kind=FormKind(wire.kind),
        period=Period(wire.period),
        fields=tuple(map(_form_field, wire.fields)),
        version=wire.version,
    )


def _value(wire: level1.FieldValue) -> FieldValue:
    return FieldValue(wire.field, wire.value)


def _report(source: str, wire: level1.ReportTable) -> Report:
    return Report(
        source=source,
        id=wire.id,
        form=wire.form,
        edition=wire.edition,
        township=wire.township,
        period=wire.period,
        reported_at=instant_of(wire.reported_at),
        recorded_at=instant_of(wire.recorded_at),
        by=wire.by,
        values=tuple(map(_value, wire.values)),
        timeline=tuple(map(_entry, wire.timeline)),
        version=wire.version,
    )


def _phone(wire: level1.Phone) -> Phone:
    return Phone(wire.number, PhoneKind(wire.kind))


def _contact(source: str, wire: level1.Contact) -> Contact:
    return Contact(
        source=source,
        id=wire.id,
        unit=text(wire.unit),
        post=text(wire.post),
        person=text(wire.person),
        township=wire.township,
        position=wire.position,
        phones=tuple(map(_phone, wire.phones)),
        note=text(wire.note),
        version=wire.version,
    )


def _section(wire: level1.PlanSection) -> PlanSection:
    steps = (PlanStep(text(each.text), text(each.unit), each.contact) for each in wire.steps)
    return PlanSection(text(wire.title), tuple(steps))


def _plan(source: str, wire: level1.Plan) -> Plan:
    return Plan(
        source=source,
        id=wire.id,
        title=text(wire.title),
        categories=wire.categories,
        levels=tuple(map(_level, wire.levels)),
        township=wire.township,
        edition=text(wire.edition),
        issued_on=wire.issued_on,
        position=wire.position,
        sections=tuple(map(_section, wire.sections)),
        version=wire.version,
    )


ROWS: dict[Collection, Callable[[str, Any], Row]] = {
    Collection.TOWNSHIPS: _township,
    Collection.LINES: _line,
    Collection.INCIDENTS: _incident,
    Collection.ASSETS: _asset,
    Collection.QUEUES: _queue,
    Collection.WARNINGS: _warning,
    Collection.ALARMS: _alarm,
    Collection.TRENDS: _trend,
    Collection.FORMS: _form,
    Collection.REPORTS: _report,
    Collection.CONTACTS: _contact,
    Collection.PLANS: _plan,
}

COLLECTION_OF: dict[type[Row], Collection] = {
    type_: collection for collection, type_ in ROW_TYPES.items()
}


def row_key(row: Row) -> tuple[str, str]:
    """Return a row's identity within its collection: an asset's and a queue's trend may share an
    id."""
    return (row.kind, row.id) if isinstance(row, Trend) else ("", row.id)


def _same(value: Any) -> Any:
    return value


def _each(convert: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda values: tuple(map(convert, values))


_PHRASES = frozenset({
    "name", "title", "headline", "address", "summary", "lead_unit", "metric", "note", "site",
    "issuer", "area", "description", "instruction", "detail",
})  # fmt: skip
_CONVERT: dict[tuple[Collection, str], Callable[[Any], Any]] = {
    (Collection.INCIDENTS, "level"): EventLevel,
    (Collection.INCIDENTS, "stage"): Stage,
    (Collection.INCIDENTS, "co_units"): _each(text),
    (Collection.INCIDENTS, "deadlines"): _each(_deadline),
    (Collection.INCIDENTS, "timeline"): _each(_entry),
    (Collection.INCIDENTS, "files"): _each(_file),
    (Collection.ASSETS, "state"): AssetState,
    (Collection.QUEUES, "kind"): QueueKind,
    (Collection.WARNINGS, "level"): WarningLevel,
    (Collection.ALARMS, "priority"): AlarmPriority,
    (Collection.ALARMS, "state"): AlarmState,
    (Collection.FORMS, "kind"): FormKind,
    (Collection.FORMS, "period"): Period,
    (Collection.FORMS, "fields"): _each(_form_field),
    (Collection.REPORTS, "values"): _each(_value),
    (Collection.REPORTS, "timeline"): _each(_entry),
    (Collection.CONTACTS, "unit"): text,
    (Collection.CONTACTS, "post"): text,
    (Collection.CONTACTS, "person"): text,
    (Collection.CONTACTS, "phones"): _each(_phone),
    (Collection.PLANS, "levels"): _each(_level),
    (Collection.PLANS, "edition"): text,
    (Collection.PLANS, "sections"): _each(_section),
}


def _field(collection: Collection, name: str) -> Callable[[Any], Any]:
    if (collection, name) in _CONVERT:
        return _CONVERT[collection, name]
    if name in _PHRASES:
        return text
    if name in ("place", "seat"):
        return _place
    return _at if name.endswith("_at") or name == "shelved_until" else _same


FIELDS: dict[Collection, dict[str, Callable[[Any], Any]]] = {
    collection: {
        name: _field(collection, name)
        for name in level1.COLLECTIONS[collection].__struct_fields__
        if name not in ("id", "version")
    }
    for collection in Collection
    if collection is not Collection.TRENDS
}
"""Converters from the value of each field to the domain's; the field names are the same in both.

Trends are sent whole: their readings and their times are separate lists.
"""
