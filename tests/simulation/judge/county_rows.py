"""Rows of a county's JSON as an officer must see them; a reader of the judge's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

Plain = dict[str, Any]


def moment(told: str | None) -> int | None:
    """Milliseconds since 1970 of a moment as the county writes it."""
    if told is None:
        return None
    return round(datetime.fromisoformat(told).timestamp() * 1000)


def phrase(told: str | Plain) -> Plain:
    """A text in both languages; a bare one is Chinese."""
    if isinstance(told, str):
        return {"zh": told, "en": ""}
    return {"zh": told.get("zh", ""), "en": told.get("en", "")}


def _deadline(told: Plain) -> Plain:
    return {
        "kind": told["kind"],
        "due_at": moment(told["due_at"]),
        "prealarm_ms": told.get("prealarm_s", 900) * 1000,
        "done_at": moment(told.get("done_at")),
    }


def _entry(told: Plain) -> Plain:
    return {
        "kind": told["kind"],
        "text": phrase(told["text"]),
        "happened_at": moment(told["happened_at"]),
        "recorded_at": moment(told["recorded_at"]),
        "by": told.get("by", ""),
    }


def _file(told: Plain) -> Plain:
    return {
        "digest": told["digest"], "name": told["name"], "media_type": told["media_type"],
        "size": told["size"], "thumbnail": told.get("thumbnail", ""),
        "at": moment(told.get("at")) or 0, "by": told.get("by", ""), "here": told.get("here", True),
    }  # fmt: skip


def _each(read: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    return lambda told: [read(each) for each in told]


def _same(told: Any) -> Any:
    return told


Fields = dict[str, tuple[Callable[[Any], Any], Any]]
READERS: dict[str, Fields] = {
    "incidents": {
        "id": (_same, ""), "title": (phrase, ""), "recorded_at": (moment, None),
        "number": (_same, ""), "level": (_same, "none"), "stage": (_same, "filed"),
        "category": (_same, ""), "channel": (_same, ""), "township": (_same, ""),
        "occurred_at": (moment, None), "version": (_same, 0), "address": (phrase, ""),
        "place": (_same, None), "summary": (phrase, ""), "lead_unit": (phrase, ""),
        "co_units": (_each(phrase), []), "deadlines": (_each(_deadline), []),
        "timeline": (_each(_entry), []), "assets": (_same, []), "files": (_each(_file), []),
        "acknowledged_at": (moment, None), "acknowledged_by": (_same, ""),
    },
    "alarms": {
        "id": (_same, ""), "title": (phrase, ""), "raised_at": (moment, None),
        "priority": (_same, "unknown"), "state": (_same, "unacknowledged"),
        "township": (_same, ""), "asset": (_same, ""), "cause": (_same, ""),
        "cleared_at": (moment, None), "acknowledged_at": (moment, None),
        "acknowledged_by": (_same, ""), "detail": (phrase, ""), "version": (_same, 0),
        "shelved_until": (moment, None), "shelved_by": (_same, ""),
    },
    "assets": {
        "id": (_same, ""), "name": (phrase, ""), "kind": (_same, ""), "state": (_same, ""),
        "township": (_same, ""), "version": (_same, 0), "value": (_same, None),
        "unit": (_same, ""), "observed_at": (moment, None), "note": (phrase, ""),
    },
    "queues": {
        "id": (_same, ""), "name": (phrase, ""), "township": (_same, ""), "version": (_same, 0),
        "waiting": (_same, None), "observed_at": (moment, None),
    },
    "warnings": {
        "id": (_same, ""), "headline": (phrase, ""), "level": (_same, ""),
        "issued_at": (moment, None), "version": (_same, 0),
    },
    "townships": {"id": (_same, ""), "name": (phrase, ""), "version": (_same, 0)},
    "forms": {"id": (_same, ""), "form": (_same, ""), "edition": (_same, 0), "version": (_same, 0)},
    "reports": {
        "id": (_same, ""), "form": (_same, ""), "edition": (_same, 0), "township": (_same, ""),
        "period": (_same, ""), "reported_at": (moment, None), "recorded_at": (moment, None),
        "by": (_same, ""), "values": (_same, []), "timeline": (_each(_entry), []),
        "version": (_same, 0),
    },
}  # fmt: skip
"""What is compared of each kind of row, and what stands for a field that is left out."""


def county_row(collection: str, told: Plain) -> Plain:
    """A row of the county's JSON, with what it leaves out filled in."""
    row = {
        field: read(told[field] if told.get(field) is not None else default)
        for field, (read, default) in READERS[collection].items()
    }
    if collection == "incidents":
        row["occurred_at"] = row["occurred_at"] or row["recorded_at"]
    return row


def differing(collection: str, shown: Plain, due: Plain) -> str:
    """What of a row is not as it is due, in words; empty when all is."""
    return "; ".join(
        f"{field}: {shown.get(field)!r} for {due[field]!r}"
        for field in READERS[collection]
        if shown.get(field) != due[field]
    )


def is_seen_by(row: Plain, townships: list[str]) -> bool:
    """Whether an account of these townships may see a row; none are the whole county."""
    return not townships or row.get("township", "") in ("", *townships)
