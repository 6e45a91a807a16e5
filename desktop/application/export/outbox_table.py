"""The outbox as a plain table, for scripts and for export: JSON, CSV and aligned text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

import msgspec

from desktop.application.export.outgoing import csv_text, json_text, plain
from desktop.application.export.rows_table import Cell, align, time_text
from desktop.application.i18n import Words
from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.instant import Instant
from desktop.domain.source import SourceStatus

COLUMNS = (
    "seq", "key", "kind", "source", "collection", "target", "at", "by", "base", "state", "hold",
    "reason", "changed_at", "priority", "offered", "retired", "seen", "replaces", "body",
)  # fmt: skip
SHOWN = ("key", "kind", "target", "at", "state", "changed_at", "reason")
SHOWN_KEY_CHARS = 8
"""Characters shown of a key in a terminal: enough to name the command by."""


def is_kept_back(unfinished: Sequence[CommandRecord]) -> bool:
    """Whether one of the unfinished commands has not reached its county."""
    return any(record.state is not CommandState.RECEIVED for record in unfinished)


def cells(
    records: Sequence[CommandRecord], words: Words, zone: tzinfo = UTC
) -> list[dict[str, Cell]]:
    """The commands as rows of plain values, in the order given; bodies as JSON text."""
    return [_cells(record, words, zone) for record in records]


def as_json(
    records: Sequence[CommandRecord],
    sources: Sequence[SourceStatus],
    now: Instant,
    words: Words,
    zone: tzinfo = UTC,
) -> str:
    """Return one JSON object: when it was written, each source's `last_good_at`, and `rows`."""
    rows: list[dict[str, object]] = []
    for record, row in zip(records, cells(records, words, zone), strict=True):
        rows.append({**row, "body": record.command.body})
    told = {
        "listed_at": time_text(now, zone),
        "sources": [{"id": s.id, "last_good_at": time_text(s.last_good_at, zone)} for s in sources],
        "rows": rows,
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
    return csv_text(
        (*COLUMNS, "data_time"),
        (
            [*(row[column] for column in COLUMNS), heard.get(str(row["source"]))]
            for row in cells(records, words, zone)
        ),
    )


def as_table(records: Sequence[CommandRecord], words: Words, zone: tzinfo = UTC) -> str:
    """Aligned text for a terminal, in the product's words."""
    grid = [list(SHOWN)]
    for record, row in zip(records, cells(records, words, zone), strict=True):
        row["key"] = record.command.key[:SHOWN_KEY_CHARS]
        row["kind"] = words.term("command", record.command.kind)
        row["state"] = words.term("command_state", record.state)
        if record.hold is not Hold.NONE:
            row["state"] = words.term("hold", record.hold)
        grid.append([plain("" if row[column] is None else str(row[column])) for column in SHOWN])
    return align(grid)


def _cells(record: CommandRecord, words: Words, zone: tzinfo) -> dict[str, Cell]:
    command = record.command
    return {
        "seq": record.seq,
        "key": command.key,
        "kind": command.kind.value,
        "source": command.target.source,
        "collection": command.target.collection.value,
        "target": command.target.id,
        "at": time_text(command.at, zone),
        "by": command.by,
        "base": command.base,
        "state": record.state.value,
        "hold": record.hold.value,
        "reason": record.reason.in_language(words.language),
        "changed_at": time_text(record.changed_at, zone),
        "priority": record.priority,
        "offered": record.offered,
        "retired": record.retired,
        "seen": record.seen,
        "replaces": record.replaces,
        "body": msgspec.json.encode(command.body).decode(),
    }
