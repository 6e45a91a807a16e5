"""The result of an exchange with each source, or of its probe, as one JSON object for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from desktop import bootstrap
from desktop.application.export.outgoing import json_text, plain
from desktop.application.export.rows_table import time_text
from desktop.application.i18n import Words
from desktop.application.ports import SourceError
from desktop.application.strange import list_strange_words
from desktop.application.sync.exchange import Exchange
from desktop.domain.command import CommandRecord
from desktop.domain.source import ProbeResult, Problem, SourceStatus

UNREAD = 3
"""Exit status: every source is well, but something it gave could not be read."""
Results = Mapping[str, Exchange | SourceError]


def sync_json(desk: bootstrap.Desk, results: Results) -> str:
    """The sources with what they gave, what could not be read and which words are unknown."""
    sources = [_source(desk, each, results[each.id]) for each in desk.engine.statuses()]
    outbox = [_command(desk, record) for record in desk.outbox.list_unfinished()]
    return json_text({"sources": sources, "outbox": outbox})


def _source(
    desk: bootstrap.Desk, status: SourceStatus, result: Exchange | SourceError
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": status.id,
        "ok": isinstance(result, Exchange),
        "last_good_at": time_text(status.last_good_at, desk.zone),
        "problem": None,
        "caution": None if status.caution is None else problem_json(desk.words, status.caution),
        "unread": dict(sorted(Counter(status.unread).items())),
        "uncompared": dict(sorted(Counter(status.uncompared).items())),
        "unread_items": [
            {
                "collection": item.collection,
                "where": item.where,
                "id": item.id,
                "field": item.field,
                "reason": desk.words.reason(item.reason),
            }
            for source, item in desk.board.bad_items()
            if source == status.id and item.reason
        ],
        "unknown_words": list_strange_words(desk.cache, status.id, desk.words),
        "notices": [problem_json(desk.words, each) for each in status.notices],
    }
    if isinstance(result, SourceError):
        return told | {"problem": problem_json(desk.words, result.problem)}
    return told | {
        "rows": result.rows,
        "bad_items": result.bad_items,
        "answered": result.answered,
        "changed": sorted(result.changed),
        "unsent": None if result.unsent is None else problem_json(desk.words, result.unsent),
    }


def probe_json(words: Words, found: Mapping[str, ProbeResult | SourceError]) -> str:
    """Return as JSON what answers at each source, or why nothing does."""
    return json_text({"sources": [_probe_report(words, *each) for each in found.items()]})


def _probe_report(words: Words, source: str, found: ProbeResult | SourceError) -> dict[str, Any]:
    if isinstance(found, SourceError):
        return {"id": source, "ok": False, "problem": problem_json(words, found.problem)}
    return {
        "id": source,
        "ok": True,
        "problem": None,
        "product": found.product,
        "fills": sorted(found.fills),
        "counts": dict(sorted(found.counts.items())),
        "unread": dict(sorted(found.unread.items())),
        "unknown_words": found.strange,
        "clock_offset_ms": found.clock_offset_ms,
        "remarks": [problem_json(words, each) for each in found.remarks],
    }


def problem_json(words: Words, problem: Problem) -> dict[str, Any]:
    """A problem by its code and in words."""
    said = plain(str(words.problem(problem)))
    return {"code": problem.code, "said": said, "details": problem.details}


def _command(desk: bootstrap.Desk, record: CommandRecord) -> dict[str, Any]:
    return {
        "key": record.command.key,
        "kind": record.command.kind,
        "target": record.command.target.id,
        "state": record.state,
        "hold": record.hold,
        "reason": desk.words.text(record.reason),
    }
