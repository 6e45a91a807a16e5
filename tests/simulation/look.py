"""How a desk and a server are looked at: as an officer sees the one, as any client the other.

A desk view's parts, all of them plain:

    sources     [{id, title, problem: code or "", words: {zh, en} of the problem, fresh: word,
                last_good_at, failing_since, never_seen, partial, quarantined_deletes, bad_items,
                account, untold: [key], notices: [{code, zh, en}], token, epoch}]
    rows        {source: {collection: {id: row}}}: what is stored, nothing laid over
    list        [the list's lines, in its order, each with its `key`]
    details     {"source/id": the incident as its sheet shows it, commands laid over, with
                its receipts}
    alarms      [groups, commands laid over]
    reports     [report tables, commands laid over]
    overview    the figures of the strip
    commands    [every command, oldest first, with receipt, hold, reason, seen, offered, retired,
                replaces, priority, changed_at, words: {zh, en} of the receipt and of the hold]
    attention   [keys in the list of what wants the officer's eyes]
    conflicts   {key: {mine, theirs, differing}} of every command in conflict or refused
    files       {here: [digest whole and right here, named by a command], fetched: [digest whole
                here and needed by no command], uploads: {source: {digest: sent}},
                refused: {digest: code}, bad: [digest whose bytes are another's]}
    bytes       {day, budget, over, spent: {class: [sent, received]}, as the desk counts; crossed:
                {sent, received}, all that ever crossed its sockets}
    bindings    {source: what its commands belong to}
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from desktop.application.ports import IncidentFilter
from desktop.domain.command import Collection, CommandRecord, CommandState, Hold
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, SourceStatus
from simulation import seams

if TYPE_CHECKING:
    from simulation.desk import Desk

EVERY = IncidentFilter(open_only=False)
_FETCHED = (
    "SELECT digest FROM file WHERE held = size"
    " AND digest NOT IN (SELECT digest FROM upload UNION SELECT digest FROM protected)"
    " ORDER BY digest"
)
PLAIN = frozenset({type(None), bool, int, float, str})
"""Most values are of these types, and are what they are."""
LANGUAGES = (("zh", "zh_CN"), ("en", "en"))


def both(text: Text) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": text.zh, "en": text.en}


def words_of(problem: Problem) -> dict[str, str]:
    """A problem as each language says it."""
    return {short: str(_words(language).problem(problem)) for short, language in LANGUAGES}


def told(record: CommandRecord, attention: set[str]) -> dict[str, Any]:
    """What an officer is told of a command."""
    return {
        "receipt": record.state.value,
        "hold": record.hold.value,
        "reason": both(record.reason),
        "attention": record.command.key in attention,
    }


def _words(language: str) -> Any:
    found = seams.words(language)
    found.language = language
    return found


def view(desk: Desk) -> dict[str, Any]:
    """Everything an officer could see at the desk now, and what lies under it."""
    opened, board = desk.opened, desk.board
    assert opened is not None
    numbers = board.incident_numbers(EVERY)
    lines = board.incident_rows(numbers)
    records = desk.records()
    return {
        "officer": desk.officer,
        "now_ms": board.now(),
        "sources": [_source(desk, status) for status in board.statuses()],
        "rows": _rows(desk),
        "list": [_plain(line) for line in lines],
        "details": {
            f"{line.key.source}/{line.key.id}": _plain(detail)
            for line in lines
            if (detail := board.incident(line.key)) is not None
        },
        "alarms": [_plain(group) for group in board.alarms()],
        "reports": [_plain(line.report) for line in board.reports.list_given()],
        "overview": _plain(board.overview()),
        "commands": [_command(record) for record in records],
        "attention": [record.command.key for record in board.attention()],
        "conflicts": {
            record.command.key: _conflict(desk, record)
            for record in records
            if record.state in (CommandState.CONFLICT, CommandState.REJECTED)
        },
        "files": _files(desk, records),
        "bytes": spent_today(desk),
        "bindings": {source: _plain(opened.outbox.binding(source)) for source in desk.sources},
    }


def _source(desk: Desk, status: SourceStatus) -> dict[str, Any]:
    assert desk.opened is not None
    state = desk.opened.cache.sync_state(status.id)
    return {
        "id": status.id,
        "title": both(status.title),
        "problem": "" if status.problem is None else status.problem.code,
        "words": {} if status.problem is None else words_of(status.problem),
        "fresh": status.freshness(desk.board.now()).value,
        "last_good_at": status.last_good_at,
        "failing_since": status.failing_since,
        "never_seen": status.never_seen,
        "partial": status.partial,
        "quarantined_deletes": status.quarantined_deletes,
        "bad_items": status.bad_items,
        "account": status.account,
        "untold": sorted(status.unconfirmed),
        "notices": [{"code": each.code, **words_of(each)} for each in status.notices],
        "token": state.token or "",
        "epoch": state.epoch or "",
        "astray": state.diverged,
    }


def _rows(desk: Desk) -> dict[str, dict[str, dict[str, Any]]]:
    assert desk.opened is not None
    found: dict[str, dict[str, dict[str, Any]]] = {source: {} for source in desk.sources}
    for collection in Collection:
        for row in desk.opened.cache.rows(collection):
            place = found.setdefault(row.source, {}).setdefault(collection.value, {})
            place[row.id] = _plain(row)
    return found


def _command(record: CommandRecord) -> dict[str, Any]:
    said = {
        short: " ".join((
            _words(language).term("command_state", record.state),
            _words(language).term("hold", record.hold) if record.hold is not Hold.NONE else "",
        )).strip()
        for short, language in LANGUAGES
    }  # fmt: skip
    return {**_plain(record), **_plain(record.command), "command": None, "words": said}


def _conflict(desk: Desk, record: CommandRecord) -> dict[str, Any]:
    found = desk.board.answering.conflict(record.command.key)
    if found is None:
        return {}
    return {
        "mine": None if found.mine is None else _plain(found.mine),
        "theirs": None if found.theirs is None else _plain(found.theirs),
        "differing": list(found.differing),
    }


def _files(desk: Desk, records: list[CommandRecord]) -> dict[str, Any]:
    opened = desk.opened
    assert opened is not None
    named = {
        digest
        for record in records
        for digest in (
            record.command.body.get("file", {}).get("digest"),
            record.command.body.get("file", {}).get("thumbnail"),
        )
        if digest
    }
    here, bad = [], []
    for digest in sorted(named):
        body = opened.board.files.read(digest)
        if body is not None:
            right = hashlib.sha256(body).hexdigest() == digest
            (here if right else bad).append(digest)
    refused = {
        (source, digest): problem
        for source in desk.sources
        for digest in sorted(named)
        if (problem := opened.board.files.refusal(source, digest)) is not None
    }
    db = desk.durable["files.db"].db
    return {
        "here": here,
        "fetched": [] if db is None else [digest for (digest,) in db.execute(_FETCHED)],
        "bad": bad,
        "uploads": {
            source: {each.ref.digest: each.offset for each in opened.files.uploads(source)}
            for source in desk.sources
        },
        "refused": {f"{source}/{digest}": p.code for (source, digest), p in refused.items()},
    }


def spent_today(desk: Desk) -> dict[str, Any]:
    usage = desk.board.usage()
    return {
        "day": usage.day,
        "budget": usage.budget,
        "over": usage.over,
        "crossed": dict(desk.crossed),
        "spent": {kind.value: [each.sent, each.received] for kind, each in usage.spent.items()},
    }


def _plain(value: Any) -> Any:
    """A value of the product's as plain data: names of fields, words, whole numbers."""
    if type(value) in PLAIN:
        return value
    match value:
        case str():
            return str(value)
        case int() | float():
            return value
        case msgspec.Struct():
            return _fields(value)
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case set() | frozenset():
            return sorted(_plain(each) for each in value)
    raise TypeError(f"not plain: {type(value)}")


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    found = {}
    for name in value.__struct_fields__:
        held = getattr(value, name)
        if type(held) in PLAIN:
            found[name] = held
        else:
            found["receipt" if isinstance(held, CommandState) else name] = _plain(held)
    return found
