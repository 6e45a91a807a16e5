"""Rows and commands in words, field by field, to compare two versions and for lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from desktop.domain.alarm import Alarm
from desktop.domain.command import Command
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.report import Form, Report
from desktop.domain.source import Row
from desktop.gui import formatting
from desktop.gui.commands.field_names import field_name
from desktop.gui.context import UiContext
from desktop.protocol.fields import FieldKind

translate = QCoreApplication.translate

TERMS = {
    "level": "event_level",
    "stage": "stage",
    "priority": "alarm_priority",
    "state": "alarm_state",
}
"""Fields with values of the glossary, and the glossary's table for each."""

ALWAYS = ("title", "stage", "level", "lead_unit", "state", "priority")
"""Fields shown even if both versions agree, so that the officer can tell what the row is."""

ORDER = (
    *ALWAYS,
    *("deadlines", "co_units", "address", "summary", "category", "channel", "township"),
    *("acknowledged_at", "acknowledged_by", "timeline", "files"),
)
TEXT_CHARS = 200


def body_words(screen: UiContext, command: Command) -> str:
    """Return the values of a command's body in words, in the order of the form."""
    said = []
    for field in command.kind.row.fields:
        value = command.body.get(field.name)
        if value is not None:
            said.append(_body_value(screen, command, field.kind, field.name, value))
    return " · ".join(part for part in said if part)


def _body_value(screen: UiContext, command: Command, kind: FieldKind, name: str, value: Any) -> str:
    words = screen.words
    match kind:
        case FieldKind.INSTANT:
            moment = formatting.moment(int(value), command.at)
            return f"{field_name(words, command.kind, name)} {moment}"
        case FieldKind.MINUTES:
            return words.span(int(value) * 60_000)
        case FieldKind.LEVEL:
            return words.term("event_level", str(value))
        case FieldKind.CATEGORY:
            return words.category(str(value))
        case FieldKind.CHANNEL:
            return words.channel(str(value))
        case FieldKind.PASSED:
            passed = translate("RowWords", "passed")
            return passed if value else translate("RowWords", "not passed")
        case FieldKind.FILE:
            file = value if isinstance(value, dict) else {}
            return f"{file.get('name', '')} {formatting.size(int(file.get('size', 0)))}"
        case FieldKind.VALUES:
            body = command.body
            form = screen.board.reports.edition(
                command.target.source, str(body.get("form")), int(body.get("edition", 0))
            )
            return _say_values(screen, form, value)
        case FieldKind.PLACE | FieldKind.TOWNSHIP | FieldKind.EDITION:
            return ""
        case _:
            return formatting.in_one_line(str(value), TEXT_CHARS)


def name_words(name: str) -> str:
    """Return the name of a row's field on screen."""
    return {
        "title": translate("RowWords", "Title"),
        "stage": translate("RowWords", "Stage"),
        "level": translate("RowWords", "Level"),
        "lead_unit": translate("RowWords", "Lead"),
        "state": translate("RowWords", "State"),
        "priority": translate("RowWords", "Priority"),
        "deadlines": translate("RowWords", "Deadlines"),
        "co_units": translate("RowWords", "With"),
        "address": translate("RowWords", "Place"),
        "summary": translate("RowWords", "Matter"),
        "category": translate("RowWords", "Category"),
        "channel": translate("RowWords", "Came by"),
        "township": translate("RowWords", "Township"),
        "acknowledged_at": translate("RowWords", "Acknowledged"),
        "acknowledged_by": translate("RowWords", "Acknowledged by"),
        "timeline": translate("RowWords", "Last entry"),
        "files": translate("RowWords", "Files"),
        "place": translate("RowWords", "On the map"),
        "shelved_until": translate("RowWords", "Shelved until"),
        "shelved_by": translate("RowWords", "Shelved by"),
        "values": translate("RowWords", "Values"),
        "reported_at": translate("RowWords", "Reported"),
        "recorded_at": translate("RowWords", "Received"),
        "edition": translate("RowWords", "Edition of the form"),
        "by": translate("RowWords", "By"),
    }.get(name, name)


def value_words(screen: UiContext, row: Row | None, name: str) -> str:
    """Return a field's value in words; a dash where there is nothing."""
    if row is None or not hasattr(row, name):
        return "—"
    value, now = getattr(row, name), screen.board.now()
    if name in TERMS:
        return screen.words.term(TERMS[name], value)
    if name == "category":
        return screen.words.category(value)
    if name == "channel":
        return screen.words.channel(value)
    if name.endswith(("_at", "_until")):
        return "—" if value is None else formatting.moment(value, now)
    return _say(screen, row, name, value, now) or "—"


def _say(screen: UiContext, row: Row, name: str, value: Any, now: Instant) -> str:
    words = screen.words
    if isinstance(value, Text):
        return formatting.in_one_line(words.text(value), TEXT_CHARS)
    if name == "timeline" and isinstance(row, Incident | Report):
        last = max(row.timeline, key=lambda entry: entry.happened_at, default=None)
        if last is None:
            return ""
        kind = words.term("timeline", last.kind)
        said = (
            f"{formatting.moment(last.happened_at, now)} {kind} {words.text(last.text)} {last.by}"
        )
        return formatting.in_one_line(said.strip(), TEXT_CHARS)
    if name == "deadlines" and isinstance(row, Incident):
        return "; ".join(
            f"{words.term('deadline', d.kind)} {formatting.moment(d.due_at, now)}"
            for d in row.deadlines
        )
    if name == "values" and isinstance(row, Report):
        form = screen.board.reports.edition(row.source, row.form, row.edition)
        return _say_values(screen, form, row.by_field())
    if name == "files" and isinstance(row, Incident):
        return "; ".join(formatting.in_one_line(file.name, 60) for file in row.files)
    if isinstance(value, tuple):
        return ", ".join(words.text(v) if isinstance(v, Text) else str(v) for v in value)
    return formatting.in_one_line(str(value), TEXT_CHARS)


def _say_values(screen: UiContext, form: Form | None, values: Mapping[str, str]) -> str:
    """Return a report's values with the titles of their fields; its ids where it is unknown."""
    fields = () if form is None else form.fields
    titles = {field.id: screen.words.text(field.title) for field in fields}
    told = "; ".join(f"{titles.get(name, name)} {text}" for name, text in values.items())
    return formatting.in_one_line(told, TEXT_CHARS)


def fields_to_compare(mine: Row | None, theirs: Row | None, differing: Sequence[str]) -> list[str]:
    """Return the names of the fields to show side by side: those that differ first."""
    row = theirs or mine
    same = [n for n in ALWAYS if n not in differing and row is not None and hasattr(row, n)]
    if not isinstance(row, Incident | Alarm):
        same = []
    place = {name: at for at, name in enumerate(ORDER)}
    return [*sorted(differing, key=lambda n: place.get(n, len(ORDER))), *same]
