"""Collections as plain tables, for scripts: JSON, CSV and aligned text with their data time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Any, cast

import msgspec

from desktop.application.board import Board
from desktop.application.export import columns
from desktop.application.export.columns import Cell, Column, by_name
from desktop.application.export.outgoing import json_text, plain
from desktop.application.i18n import Words
from desktop.application.ports import Cache, IncidentFilter
from desktop.application.reads.doubts import doubt_text, reasons
from desktop.application.strange import strange_words
from desktop.domain.asset import Asset
from desktop.domain.certainty import Certainty, Known, judge_certainty
from desktop.domain.command import Collection
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant, to_datetime
from desktop.domain.localized_text import Text
from desktop.domain.source import Row, SourceStatus, UnreadableItem
from desktop.domain.strange import StrangeWord

LISTED = (
    Collection.INCIDENTS,
    Collection.ASSETS,
    Collection.QUEUES,
    Collection.WARNINGS,
    Collection.ALARMS,
    Collection.REPORTS,
)

COLUMNS: dict[Collection, tuple[str, ...]] = {
    Collection.INCIDENTS: (
        "source", "id", "number", "level", "stage", "title", "category", "channel",
        "township", "address", "lead_unit", "due_at", "occurred_at", "recorded_at",
        "acknowledged_at", "lon", "lat", "version",
    ),
    Collection.ASSETS: (
        "source", "id", "name", "kind", "state", "township", "since_at", "observed_at",
        "metric", "value", "unit", "low", "high", "lon", "lat", "version",
    ),
    Collection.QUEUES: (
        "source", "id", "name", "kind", "site", "township", "waiting", "longest_wait_s",
        "average_wait_s", "served_today", "counters_open", "counters_total",
        "waiting_limit", "wait_limit_s", "congested", "observed_at", "version",
    ),
    Collection.WARNINGS: (
        "source", "id", "level", "level_is_ours", "category", "headline", "issuer",
        "issued_at", "starts_at", "ends_at", "lifted_at", "severity", "urgency",
        "certainty", "area", "townships", "status", "signed", "lifted_by", "version",
    ),
    Collection.ALARMS: (
        "source", "id", "priority", "state", "title", "asset", "township", "cause",
        "raised_at", "cleared_at", "acknowledged_at", "acknowledged_by", "version",
    ),
    Collection.REPORTS: (
        "source", "id", "form", "edition", "township", "period", "reported_at", "recorded_at",
        "by", "values", "version",
    ),
}  # fmt: skip

SHOWN: dict[Collection, tuple[str, ...]] = {
    Collection.INCIDENTS: ("number", "level", "stage", "township", "due_at", "title"),
    Collection.ASSETS: ("id", "kind", "state", "township", "value", "unit", "name"),
    Collection.QUEUES: ("id", "kind", "waiting", "longest_wait_s", "congested", "name"),
    Collection.WARNINGS: (
        "level",
        "issued_at",
        "ends_at",
        "lifted_at",
        "status",
        "headline",
        "area",
    ),
    Collection.ALARMS: ("priority", "state", "raised_at", "asset", "title"),
    Collection.REPORTS: ("form", "period", "township", "reported_at", "by"),
}
"""The columns of the aligned text: few enough for a terminal."""


class Listing(msgspec.Struct, frozen=True):
    """One collection, every source together, with how far each source may be believed."""

    collection: Collection
    listed_at: Instant
    sources: tuple[SourceStatus, ...]
    rows: tuple[dict[str, Cell], ...]
    history: tuple[dict[str, Any], ...] = ()
    """Each incident's summary, deadlines, timeline and files, when asked for."""
    known: Known = Known(Certainty.CERTAIN)
    """Whether the rows are all there are; else none of them does not mean that there is none."""
    bad_items: tuple[tuple[str, UnreadableItem], ...] = ()
    """Items of the collection that could not be read, as (source, item); of very many the first."""
    zone: tzinfo = UTC
    """Time zone in which times are written."""
    strange: tuple[StrangeWord, ...] = ()
    """Words of these rows that this program does not know."""

    def time(self, at: Instant | None) -> str | None:
        """Return an instant as text in the listing's time zone."""
        return time_text(at, self.zone)


def make_listing(
    board: Board,
    cache: Cache,
    collection: Collection,
    words: Words,
    *,
    all_rows: bool = False,
    whole: bool = False,
    zone: tzinfo = UTC,
) -> Listing:
    """Return the rows of a collection; incidents are the open ones unless `all_rows`.

    Times are written in `zone`. `whole` adds the incidents' history: timeline, deadlines and files.
    """
    rows: Sequence[Row]
    if collection is Collection.INCIDENTS:
        numbers = board.incident_numbers(IncidentFilter(open_only=not all_rows))
        keys = [line.key for line in board.incident_rows(numbers)]
        rows = [incident for key in keys if (incident := cache.incident(key)) is not None]
    else:
        rows = cache.rows(collection)
    return Listing(
        collection=collection,
        listed_at=board.now(),
        sources=tuple(s for s in board.statuses() if collection in s.fills),
        rows=tuple(_cells(row, COLUMNS[collection], words, zone) for row in rows),
        history=tuple(_history(row, words, zone) for row in rows if isinstance(row, Incident))
        if whole
        else (),
        known=judge_certainty(board.statuses(), {collection}, board.now()),
        bad_items=tuple(
            (source, item)
            for source, item in board.bad_items()
            if item.collection is collection and item.reason
        ),
        zone=zone,
        strange=tuple(strange_words(rows, words)),
    )


def as_json(found: Listing, words: Words) -> str:
    """The listing as one JSON object with `sources`, `certainty`, `rows`, `unread` and
    `unknown_words`."""
    sources = [
        {
            "id": s.id,
            "kind": s.kind,
            "last_good_at": found.time(s.last_good_at),
            "failing_since": found.time(s.failing_since),
            "problem": s.problem.code if s.problem else None,
            "caution": s.caution.code if s.caution else None,
            "freshness": s.freshness(found.listed_at),
            "bad_items": s.bad_items,
            "unread": s.unread.get(found.collection, 0),
            "spoiled": s.spoiled.get(found.collection, 0),
        }
        for s in found.sources
    ]
    unread = [
        {
            "source": source,
            "where": item.where,
            "id": item.id,
            "field": item.field,
            "reason": words.reason(item.reason),
            "excerpt": item.excerpt,
        }
        for source, item in found.bad_items
    ]
    history = found.history or ({},) * len(found.rows)
    told = {
        "collection": found.collection,
        "listed_at": found.time(found.listed_at),
        "certainty": found.known.certainty,
        "unread_count": found.known.unread,
        "sources": sources,
        "unread": unread,
        "unknown_words": found.strange,
        "rows": [{**row, **more} for row, more in zip(found.rows, history, strict=True)],
    }
    return json_text(told)


def as_csv(found: Listing, words: Words) -> str:
    """Return the listing as CSV; each row carries its source's `last_good_at`.

    What could not be read has a row too: of an item its id and why, then how many more.
    """
    heard = {s.id: found.time(s.last_good_at) for s in found.sources}
    unread: list[Mapping[str, Cell]] = [
        {
            "source": source,
            "id": item.id or item.where,
            "unread": f"{item.field} {words.reason(item.reason)}".strip(),
        }
        for source, item in found.bad_items
    ]
    more = ({"source": source, "unread": f"+{n}"} for source, n in _more_unread(found).items())
    described = [
        *by_name(*COLUMNS[found.collection]),
        Column("data_time", lambda row: heard.get(str(row["source"]))),
        *by_name("unread"),
    ]
    return columns.as_csv(described, [*found.rows, *unread, *more])


def _more_unread(found: Listing) -> dict[str, int]:
    """Count the items of each source that could not be read beyond those listed one by one."""
    told = Counter(source for source, item in found.bad_items if not item.field)
    counts = {s.id: s.unread.get(found.collection, 0) - told[s.id] for s in found.sources}
    return {source: more for source, more in counts.items() if more > 0}


def as_table(found: Listing, words: Words) -> str:
    """The listing as aligned text for a terminal, headed by the age of each source."""
    lines = []
    for source in found.sources:
        name = plain(words.text(source.title))
        if source.last_good_at is None:
            age = words.term("certainty", Certainty.PARTIAL if source.partial else Certainty.NEVER)
        else:
            age = words.age(found.listed_at - source.last_good_at)
        told = (each for each in (source.problem, source.caution) if each is not None)
        said = "".join(f" · {plain(words.problem(each).happened)}" for each in told)
        if unread := source.unread.get(found.collection, 0):
            said += f" · {words.term('certainty', Certainty.UNREAD)} {unread}"
        if fields := source.spoiled.get(found.collection, 0):
            said += f" · {words.term('spoiled', 'fields')} {fields}"
        lines.append(f"# {name}: {age}{said}")
    table = columns.as_text(by_name(*SHOWN[found.collection]), found.rows)
    return "\n".join([*lines, table, *_doubts(found, words)])


def _doubts(found: Listing, words: Words) -> list[str]:
    """Return the lines on why the rows may not be all; an empty listing is not called none."""
    said = doubt_text(found.known, found.collection, words, any_shown=bool(found.rows))
    lines = [] if found.rows else [f"({words.term('certainty', found.known.certainty)})"]
    if said is not None:
        lines.append(plain(f"! {said.happened} · {said.meaning}"))
    lines += [plain(f"!   {why}") for why in reasons(found.bad_items, words, SHOWN_REASONS)]
    return lines


SHOWN_REASONS = 10


def time_text(at: Instant | None, zone: tzinfo = UTC) -> str | None:
    """An instant as RFC 3339 in a time zone, to the second."""
    return None if at is None else to_datetime(at).astimezone(zone).isoformat(timespec="seconds")


def _history(row: Incident, words: Words, zone: tzinfo) -> dict[str, Any]:
    return {
        "whole": row.whole,
        "summary": row.summary.in_language(words.language),
        "acknowledged_by": row.acknowledged_by,
        "deadlines": [
            {
                "kind": d.kind,
                "due_at": time_text(d.due_at, zone),
                "done_at": time_text(d.done_at, zone),
            }
            for d in row.deadlines
        ],
        "timeline": [
            {
                "kind": entry.kind,
                "text": entry.text.in_language(words.language),
                "happened_at": time_text(entry.happened_at, zone),
                "recorded_at": time_text(entry.recorded_at, zone),
                "by": entry.by,
            }
            for entry in row.timeline
        ],
        "files": [
            {"digest": f.digest, "name": f.name, "size": f.size, "here": f.here} for f in row.files
        ],
    }


def _cells(row: Row, columns: Sequence[str], words: Words, zone: tzinfo) -> dict[str, Cell]:
    return {column: _cell(row, column, words, zone) for column in columns}


def _cell(row: Row, column: str, words: Words, zone: tzinfo) -> Cell:
    if column in ("lon", "lat"):
        place = cast(Incident | Asset, row).place
        return None if place is None else cast(float, getattr(place, column))
    value: Any = getattr(row, column)
    if column.endswith("_at"):
        return time_text(value, zone)
    if isinstance(value, Text):
        return value.in_language(words.language)
    if column == "values":
        return "; ".join(f"{each.field}={each.value}" for each in value)
    if isinstance(value, tuple):
        return " ".join(value)
    return value.value if isinstance(value, StrEnum) else cast(Cell, value)
