"""Rows as a desk lists them against rows as the county stores them, read anew for the judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from faults.real.evidence import Row

SHOWN = 5
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
Read = Callable[[dict[str, Any]], Any]


def text(name: str) -> Read:
    """The Chinese of a field in both languages."""

    def read(body: dict[str, Any]) -> Any:
        value = body.get(name) or ""
        return value.get("zh", "") if isinstance(value, dict) else value

    return read


def plain(name: str, missing: Any = "") -> Read:
    """A field as it is."""
    return lambda body: body.get(name, missing)


def moment(name: str) -> Read:
    """A moment to the second, in UTC, of the milliseconds that a desk keeps of it."""

    def read(body: dict[str, Any]) -> Any:
        value = body.get(name)
        if value is None:
            return None
        kept_ms = round(datetime.fromisoformat(value).timestamp() * 1000)
        return datetime.fromtimestamp(kept_ms // 1000, UTC).isoformat(timespec="seconds")

    return read


def coordinate(name: str) -> Read:
    """One coordinate of where it is."""
    return lambda body: (body.get("place") or {}).get(name)


def each(name: str, /, **fields: Read) -> Read:
    """A list of parts, each read by its fields."""
    return lambda body: [
        {field: read(part) for field, read in fields.items()} for part in body.get(name, ())
    ]


INCIDENT: dict[str, Read] = {
    "number": plain("number"),
    "level": plain("level", "none"),
    "stage": plain("stage", "filed"),
    "title": text("title"),
    "category": plain("category"),
    "channel": plain("channel"),
    "township": plain("township"),
    "address": text("address"),
    "lead_unit": text("lead_unit"),
    "occurred_at": moment("occurred_at"),
    "recorded_at": moment("recorded_at"),
    "acknowledged_at": moment("acknowledged_at"),
    "lon": coordinate("lon"),
    "lat": coordinate("lat"),
}
HISTORY: dict[str, Read] = {
    "whole": lambda _body: True,
    "summary": text("summary"),
    "acknowledged_by": plain("acknowledged_by"),
    "deadlines": each("deadlines", kind=plain("kind"), due_at=moment("due_at"),
                      done_at=moment("done_at")),
    "timeline": each("timeline", kind=plain("kind"), text=text("text"),
                     happened_at=moment("happened_at"), recorded_at=moment("recorded_at"),
                     by=plain("by")),
    "files": each("files", digest=plain("digest"), name=plain("name"), size=plain("size", 0),
                  here=plain("here", True)),
}  # fmt: skip
ASSET: dict[str, Read] = {
    "name": text("name"),
    "kind": plain("kind"),
    "township": plain("township"),
    "lon": coordinate("lon"),
    "lat": coordinate("lat"),
}
WARNING: dict[str, Read] = {"headline": text("headline"), "level": plain("level")}
FIELDS: dict[str, dict[str, Read]] = {
    "incidents": INCIDENT | HISTORY,
    "assets": ASSET,
    "warnings": WARNING,
    "queues": {"name": text("name")},
}


def differing_rows(
    collection: str, shown: Sequence[Mapping[str, Any]], there: Mapping[str, Row]
) -> Iterator[str]:
    """What differs between a desk's list and the county's rows, in a few words each."""
    here = {row["id"]: row for row in shown}
    if len(here) < len(shown):
        yield f"{collection}: a row stands twice in the list"
    missing, more = sorted(there.keys() - here.keys()), sorted(here.keys() - there.keys())
    if missing:
        yield f"{collection}: {len(missing)} rows missing: {missing[:SHOWN]}"
    if more:
        yield f"{collection}: {len(more)} rows too many: {more[:SHOWN]}"
    for id in sorted(there.keys() & here.keys()):
        row, mine = there[id], here[id]
        if mine["version"] != row.version:
            yield f"{collection} {id}: version {mine['version']} instead of {row.version}"
            continue
        for name, read in FIELDS.get(collection, {}).items():
            wanted = read(row.body)
            if (listed := _in_utc(mine[name])) != wanted:
                yield f"{collection} {id}: {name} {listed!r} instead of {wanted!r}"


def _in_utc(listed: Any) -> Any:
    """The same with its moments in UTC: a desk lists them by the clocks of its county."""
    if isinstance(listed, list):
        return [_in_utc(each) for each in listed]
    if isinstance(listed, dict):
        return {name: _in_utc(each) for name, each in listed.items()}
    if isinstance(listed, str) and MOMENT.fullmatch(listed):
        return datetime.fromisoformat(listed).astimezone(UTC).isoformat(timespec="seconds")
    return listed
