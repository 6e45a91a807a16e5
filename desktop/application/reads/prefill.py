"""What a report's fields hold before anybody types: the last report, and what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import cast

import msgspec

from desktop.application.ports import Cache, IncidentFilter
from desktop.application.reads.report_drafts import DraftField, Origin
from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.instant import DAY, Instant, from_datetime, to_datetime
from desktop.domain.report import Form, FormField, Report
from desktop.domain.warning import Warning
from desktop.protocol.fields import InvalidField
from desktop.protocol.report_forms import (
    COUNTY_TIME,
    NO,
    YES,
    FieldType,
    Period,
    Prefill,
    day_of,
    is_period,
    read_value,
)


class Known(msgspec.Struct, frozen=True):
    """The report whose fields are filled, and what is known around it."""

    cache: Cache
    source: str
    township: str
    period: str
    day_began_at: Instant
    now: Instant
    reports: Sequence[Report]
    """The township's reports of every form, pending ones too."""


def fill_fields(form: Form, known: Known) -> tuple[DraftField, ...]:
    """Return the form's fields, each with the first value that its prefill has."""
    period = known.period
    last = _last_report(form, period, known.reports)
    given = next(
        (each for each in known.reports if (each.form, each.period) == (form.form, period)), None
    )
    said = {} if given is None else given.by_field()
    before = {} if last is None else last.by_field()
    found = []
    for field in form.fields:
        filled = DraftField(field, last=before.get(field.id, ""))
        if field.id in said:
            filled = _with(filled, said[field.id], Origin.GIVEN)
        elif given is None:
            filled = _prefill(filled, last, known)
        found.append(filled)
    return tuple(found)


def _last_report(form: Form, period: str, reports: Iterable[Report]) -> Report | None:
    """Return the last report of the form: of a day before this one, or of another event."""
    others = [each for each in reports if each.form == form.form and each.period != period]
    if form.period is Period.EVENT:
        return max(others, key=lambda each: each.reported_at, default=None)
    earlier = [each for each in others if each.period < period]
    return max(earlier, key=lambda each: each.period, default=None)


def _prefill(empty: DraftField, last: Report | None, known: Known) -> DraftField:
    for word in empty.field.prefill:
        source, _, wanted = word.partition(":")
        if source == Prefill.LAST:
            if last is not None and empty.last:
                filled = _with(empty, empty.last, Origin.LAST, last.period)
                if filled.origin is Origin.LAST:
                    return filled
        elif source == Prefill.ZERO:
            value = NO if empty.field.type is FieldType.YES_NO else "0"
            return _with(empty, value, Origin.ZERO)
        elif source == Prefill.IS:
            return _with(empty, wanted, Origin.USUAL)
        elif source == Prefill.CATEGORY:
            if choice := _choose(known, wanted):
                return _with(empty, choice, Origin.KNOWN)
        elif source in _KNOWN:
            number = _KNOWN[source](known, wanted)
            if number is not None:
                return _with(empty, _tell(empty.field, number), Origin.KNOWN)
    return empty


def _with(empty: DraftField, value: str, origin: Origin, period: str = "") -> DraftField:
    """Return the field with that value; empty where this edition does not take it."""
    try:
        kept = read_value(empty.field, value)
    except InvalidField:
        return empty
    return msgspec.structs.replace(empty, value=kept, origin=origin, period=period)


def _tell(field: FormField, number: Decimal) -> str:
    if field.type is FieldType.YES_NO:
        return YES if number else NO
    return f"{number:f}"


def _choose(known: Known, wanted: str) -> str:
    """Return the choice that the event's category stands for; empty without one."""
    incident = known.cache.incident(Key(known.source, Collection.INCIDENTS, known.period))
    pairs = (each.partition(".") for each in wanted.split(","))
    choices = {category: choice for category, _, choice in pairs}
    return "" if incident is None else choices.get(incident.category, "")


def _count_open(known: Known, wanted: str) -> Decimal:
    return Decimal(_count(known, wanted, IncidentFilter(township=known.township), lambda _: True))


def _count_recorded(known: Known, wanted: str) -> Decimal:
    began = known.day_began_at
    every = IncidentFilter(township=known.township, open_only=False)
    return Decimal(_count(known, wanted, every, lambda at: began <= at < began + DAY))


def _count(
    known: Known, wanted: str, those: IncidentFilter, is_then: Callable[[Instant], bool]
) -> int:
    cache = known.cache
    rows = [
        row
        for row in cache.incident_rows(cache.incident_numbers(those))
        if row.key.source == known.source and is_then(row.recorded_at)
    ]
    if not wanted:
        return len(rows)
    categories = wanted.split(",")
    incidents = (cache.incident(row.key) for row in rows)
    return sum(each is not None and each.category in categories for each in incidents)


def _count_assets(known: Known, wanted: str) -> Decimal:
    kinds = wanted.split(",")
    return Decimal(
        sum(
            asset.state is AssetState.FAILED
            and asset.township == known.township
            and (not wanted or asset.kind in kinds)
            for asset in cast(list[Asset], known.cache.rows(Collection.ASSETS))
        )
    )


def _count_warnings(known: Known, _wanted: str) -> Decimal:
    return Decimal(
        sum(
            warning.in_force(known.now)
            and warning.status == "actual"
            and (not warning.townships or known.township in warning.townships)
            for warning in cast(list[Warning], known.cache.rows(Collection.WARNINGS))
        )
    )


def _sum_reported(known: Known, wanted: str) -> Decimal | None:
    """Add up a field of another form over its reports of the day; None where there are none."""
    form, _, field = wanted.partition(".")
    day = day_of(to_datetime(known.day_began_at))
    told = [
        each.by_field().get(field, "")
        for each in known.reports
        if each.form == form and day_of(to_datetime(each.reported_at)) == day
    ]
    numbers = []
    for value in told:
        try:
            numbers.append(Decimal(value))
        except InvalidOperation:
            continue
    return sum(numbers, Decimal()) if numbers else None


_KNOWN: dict[str, Callable[[Known, str], Decimal | None]] = {
    Prefill.INCIDENTS: _count_open,
    Prefill.RECORDED: _count_recorded,
    Prefill.ASSETS: _count_assets,
    Prefill.WARNINGS: _count_warnings,
    Prefill.REPORT: _sum_reported,
}


def day_began_at(period: str, now: Instant) -> Instant:
    """Return when the day of a report begins: the period's, or today's where it is an event."""
    day = period if is_period(period, Period.DAY) else day_of(to_datetime(now))
    return from_datetime(datetime.combine(date.fromisoformat(day), time(), COUNTY_TIME))
