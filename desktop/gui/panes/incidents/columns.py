"""The incident list in files and on paper: its columns, and all its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QCoreApplication

from desktop.application.board import Board
from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.application.ports import IncidentRow
from desktop.gui import formatting
from desktop.gui.panes.incidents.model import IncidentModel

translate = QCoreApplication.translate

CHUNK = 1_000


def read_rows(board: Board, numbers: Sequence[int]) -> Iterator[IncidentRow]:
    """Read the rows of these numbers as they are asked for, a thousand at a time."""
    for start in range(0, len(numbers), CHUNK):
        yield from board.incident_rows(numbers[start : start + CHUNK])


def incident_columns(words: Words, model: IncidentModel) -> Columns[IncidentRow]:
    """Return the columns of the list, in the language in force."""
    term, language, date_time = words.term, words.language, formatting.date_time
    return (
        Column("number", lambda r: r.number, lambda: translate("ListExport", "Number")),
        Column("level", lambda r: term("event_level", r.level),
               lambda: translate("ListExport", "Level")),
        Column("title", lambda r: r.title.in_language(language),
               lambda: translate("ListExport", "Incident")),
        Column("township", lambda r: model.township(r.township),
               lambda: translate("ListExport", "Township")),
        Column("lead_unit", lambda r: r.lead_unit.in_language(language),
               lambda: translate("ListExport", "Lead")),
        Column("stage", lambda r: term("stage", r.stage), lambda: translate("ListExport", "Stage")),
        Column("recorded_at", lambda r: date_time(r.recorded_at),
               lambda: translate("ListExport", "Recorded")),
        Column("due_at", lambda r: None if r.due_at is None else date_time(r.due_at),
               lambda: translate("ListExport", "Due")),
        Column("state", lambda r: "" if r.pending is None else term("command_state", r.pending),
               lambda: translate("ListExport", "State")),
    )  # fmt: skip
