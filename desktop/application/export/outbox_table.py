"""The outbox as a plain table, for scripts and for export: JSON, CSV and aligned text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

import msgspec

from desktop.application.export import columns
from desktop.application.export.columns import Column, by_name
from desktop.application.export.outgoing import json_text
from desktop.application.export.rows_table import time_text
from desktop.application.i18n import Words
from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.instant import Instant
from desktop.domain.source import SourceStatus

SHOWN = ("key", "kind", "target", "at", "state", "changed_at", "reason")
SHOWN_KEY_CHARS = 8
"""Characters shown of a key in a terminal: enough to name the command by."""


def is_kept_back(unfinished: Sequence[CommandRecord]) -> bool:
    """Whether one of the unfinished commands has not reached its county."""
    return any(record.state is not CommandState.RECEIVED for record in unfinished)


def every_column(words: Words, zone: tzinfo = UTC) -> list[Column[CommandRecord]]:
    """Return the columns for scripts, in no language but the reason's; bodies as JSON text."""
    return [
        Column("seq", lambda r: r.seq),
        Column("key", lambda r: r.command.key),
        Column("kind", lambda r: r.command.kind.value),
        Column("source", lambda r: r.command.target.source),
        Column("collection", lambda r: r.command.target.collection.value),
        Column("target", lambda r: r.command.target.id),
        Column("at", lambda r: time_text(r.command.at, zone)),
        Column("by", lambda r: r.command.by),
        Column("base", lambda r: r.command.base),
        Column("state", lambda r: r.state.value),
        Column("hold", lambda r: r.hold.value),
        Column("reason", lambda r: r.reason.in_language(words.language)),
        Column("changed_at", lambda r: time_text(r.changed_at, zone)),
        Column("priority", lambda r: r.priority),
        Column("offered", lambda r: r.offered),
        Column("retired", lambda r: r.retired),
        Column("seen", lambda r: r.seen),
        Column("replaces", lambda r: r.replaces),
        Column("body", lambda r: msgspec.json.encode(r.command.body).decode()),
    ]


def as_json(
    records: Sequence[CommandRecord],
    sources: Sequence[SourceStatus],
    now: Instant,
    words: Words,
    zone: tzinfo = UTC,
) -> str:
    """Return one JSON object: when it was written, each source's `last_good_at`, and `rows`."""
    rows = columns.as_rows(every_column(words, zone), records)
    told = {
        "listed_at": time_text(now, zone),
        "sources": [{"id": s.id, "last_good_at": time_text(s.last_good_at, zone)} for s in sources],
        "rows": [{**row, "body": r.command.body} for row, r in zip(rows, records, strict=True)],
    }
    return json_text(told)


def as_csv(
    records: Sequence[CommandRecord],
    sources: Sequence[SourceStatus],
    words: Words,
    zone: tzinfo = UTC,
) -> str:
    """Return CSV safe for spreadsheets; each row carries its source's `last_good_at`."""
    heard = {source.id: time_text(source.last_good_at, zone) for source in sources}
    data_time = Column[CommandRecord]("data_time", lambda r: heard.get(r.command.target.source))
    return columns.as_csv([*every_column(words, zone), data_time], records)


def as_table(records: Sequence[CommandRecord], words: Words, zone: tzinfo = UTC) -> str:
    """Aligned text for a terminal, in the product's words."""
    rows = columns.as_rows(every_column(words, zone), records)
    for record, row in zip(records, rows, strict=True):
        row["key"] = record.command.key[:SHOWN_KEY_CHARS]
        row["kind"] = words.term("command", record.command.kind)
        row["state"] = words.term("command_state", record.state)
        if record.hold is not Hold.NONE:
            row["state"] = words.term("hold", record.hold)
    return columns.as_text(by_name(*SHOWN), rows)
