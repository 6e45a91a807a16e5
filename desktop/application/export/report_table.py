"""One form's reports of one period as a table: a line for each township, also those still due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

import msgspec

from desktop.application.board import Board
from desktop.application.export import columns
from desktop.application.export.columns import Cell, Column
from desktop.application.export.outgoing import json_text
from desktop.application.export.rows_table import time_text
from desktop.application.i18n import Words
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.report import Form, FormField, Report
from desktop.protocol.report_forms import FieldType


class TownshipLine(msgspec.Struct, frozen=True):
    """One township with its report; None while it has given none."""

    township: Township
    report: Report | None
    values: dict[str, str]
    state: str
    """The state of what this desk submitted and the county has not told yet; else empty."""

    @property
    def by(self) -> str | None:
        """Who gave it."""
        return None if self.report is None else self.report.by

    @property
    def edition(self) -> int | None:
        """The edition it was filled in by."""
        return None if self.report is None else self.report.edition

    def say_when(self, zone: tzinfo) -> str | None:
        """Return when it was given or last corrected."""
        return None if self.report is None else time_text(self.report.reported_at, zone)


class ReportTable(msgspec.Struct, frozen=True):
    """The reports of one period by one form."""

    form: Form
    period: str
    heard_at: Instant | None
    """When the county was last heard: what came since is not here."""
    lines: tuple[TownshipLine, ...]
    zone: tzinfo = UTC


def make_table(board: Board, form: Form, period: str, zone: tzinfo = UTC) -> ReportTable:
    """Return the reports of that period: every township that the form's source gives."""
    given = {
        line.report.township: line
        for line in board.reports.list_given(form.form, period=period)
        if line.report.source == form.source
    }
    lines = []
    for township in (t for t in board.townships() if t.source == form.source):
        line = given.get(township.id)
        report = None if line is None else line.report
        state = "" if line is None or line.pending is None else line.pending.value
        values = {} if report is None else report.by_field()
        lines.append(TownshipLine(township, report, values, state))
    heard = next((s.last_good_at for s in board.statuses() if s.id == form.source), None)
    return ReportTable(form, period, heard, tuple(lines), zone)


def describe_columns(table: ReportTable, words: Words) -> list[Column[TownshipLine]]:
    """Return the table's columns: the township, when and by whom, then the form's fields.

    A field that only another edition has is headed by its id, after the others.
    """
    fields = {field.id for field in table.form.fields}
    others = {name: None for line in table.lines for name in line.values if name not in fields}
    return [
        Column("township", lambda line: words.text(line.township.name)),
        Column("reported_at", lambda line: line.say_when(table.zone)),
        Column("by", lambda line: line.by),
        Column("state", lambda line: line.state),
        *(_field_column(field, words) for field in table.form.fields),
        *(_other_column(name) for name in others),
    ]


def _other_column(name: str) -> Column[TownshipLine]:
    return Column(name, lambda line: line.values.get(name))


def _field_column(field: FormField, words: Words) -> Column[TownshipLine]:
    def cell(line: TownshipLine) -> Cell:
        return _cell(field, line.values.get(field.id), words)

    def title() -> str:
        unit = words.text(field.unit)
        return words.text(field.title) + (f" ({unit})" if unit else "")

    return Column(field.id, cell, title)


def _cell(field: FormField, value: str | None, words: Words) -> Cell:
    if value is None:
        return None
    match field.type:
        case FieldType.COUNT:
            return int(value) if value.isdecimal() else value
        case FieldType.YES_NO:
            return words.term("yes_no", value)
        case FieldType.CHOICE:
            titles = {choice.code: words.text(choice.title) for choice in field.choices}
            return titles.get(value, value)
    return value


def as_csv(table: ReportTable, words: Words) -> str:
    """Return the table as CSV safe for spreadsheets; its first line says form, period and data
    time."""
    return columns.as_csv(describe_columns(table, words), table.lines, _headline(table, words))


def as_text(table: ReportTable, words: Words) -> str:
    """Return the table as aligned text for a terminal."""
    described: Sequence[Column[TownshipLine]] = describe_columns(table, words)
    return f"# {_headline(table, words)}\n{columns.as_text(described, table.lines)}"


def as_json(table: ReportTable) -> str:
    """Return one JSON object: form, edition, period, the data's time, and `rows`, with values as
    they were given."""
    rows = [
        {
            "township": line.township.id,
            "reported_at": line.say_when(table.zone),
            "by": line.by,
            "edition": line.edition,
            "state": line.state,
            "values": line.values,
        }
        for line in table.lines
    ]
    return json_text(
        {
            "form": table.form.form,
            "edition": table.form.edition,
            "period": table.period,
            "data_time": time_text(table.heard_at, table.zone),
            "rows": rows,
        }
    )


def _headline(table: ReportTable, words: Words) -> str:
    given = sum(line.report is not None for line in table.lines)
    heard = time_text(table.heard_at, table.zone) or "-"
    title = words.text(table.form.title)
    return f"{title} {table.period} · {given}/{len(table.lines)} · {heard}"
