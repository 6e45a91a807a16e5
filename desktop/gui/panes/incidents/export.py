"""Export of the incident list: copied rows, and the whole list as a dated table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.application.ports import IncidentRow
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.export import ask_where, rows_to_csv, save
from desktop.gui.panes.incidents.model import IncidentModel
from desktop.gui.panes.incidents.view import IncidentView
from desktop.gui.printing import MOST_ROWS, PrintedTable, offer_to_print

translate = QCoreApplication.translate

CHUNK = 1_000


class ListExport(QObject):
    """Copies and exports in the order and language on screen."""

    failed = Signal(object)
    """The `Problem` that prevented a file from being written."""

    def __init__(
        self,
        screen: UiContext,
        model: IncidentModel,
        view: IncidentView,
        data_time: Callable[[], str],
    ) -> None:
        super().__init__(view)
        self._screen, self._model, self._view = screen, model, view
        self._data_time = data_time
        """Returns the time and age of the list's data as text."""

    def copy(self) -> None:
        """Copy the picked rows to the clipboard as text, with the data time above."""
        model = self._model
        rows = [model.line(row) for row in self._view.rows_picked()]
        lines = [model.sentence(row) for row in rows if row is not None]
        if lines:
            QApplication.clipboard().setText("\n".join([self._data_time(), *lines]))

    def ask_where(self) -> None:
        """Ask for a file without blocking the desk, then write the list to it."""
        ask_where(
            self._view.window(),
            "incidents.csv",
            lambda path: self.write(Path(path)),
            title=translate("ListExport", "Export the list"),
            kinds=("csv",),
        )

    def write(self, file: Path) -> None:
        """Write every row of the present list, off the GUI thread."""
        board, numbers = self._screen.board, self._model.numbers()
        said = self._data_time()
        head = self._head()

        def work() -> Problem | None:
            rows = []
            for start in range(0, len(numbers), CHUNK):
                rows += board.incident_rows(numbers[start : start + CHUNK])
            return save(str(file), rows_to_csv(head, map(self._cells, rows), said))

        self._screen.reader.ask(work, self._say, self._say_failed)

    def ask_printer(self, none: str) -> None:
        """Offer to print the first rows of the present list, read off the GUI thread.

        `none` is the text to print if there are none.
        """
        board, numbers, said = self._screen.board, self._model.numbers(), self._data_time()

        def offer(rows: Sequence[IncidentRow]) -> None:
            table = PrintedTable(
                title=translate("ListExport", "Incidents"),
                said=said,
                head=self._head(),
                rows=[self._cells(row) for row in rows],
                more=len(numbers) - len(rows),
                none=none,
            )
            offer_to_print(self._view.window(), "incidents", table, self.failed.emit)

        self._screen.reader.ask(
            lambda: board.incident_rows(numbers[:MOST_ROWS]), offer, self._say_failed
        )

    def _cells(self, row: IncidentRow) -> Sequence[object]:
        words, language = self._screen.words, self._screen.words.language
        return (
            row.number,
            words.term("event_level", row.level),
            row.title.in_language(language),
            self._model.township(row.township),
            row.lead_unit.in_language(language),
            words.term("stage", row.stage),
            formatting.date_time(row.recorded_at),
            formatting.date_time(row.due_at) if row.due_at is not None else None,
            "" if row.pending is None else words.term("command_state", row.pending),
        )

    def _head(self) -> list[str]:
        return [
            translate("ListExport", "Number"),
            translate("ListExport", "Level"),
            translate("ListExport", "Incident"),
            translate("ListExport", "Township"),
            translate("ListExport", "Lead"),
            translate("ListExport", "Stage"),
            translate("ListExport", "Recorded"),
            translate("ListExport", "Due"),
            translate("ListExport", "State"),
        ]

    def _say(self, problem: Problem | None) -> None:
        if problem is not None:
            self.failed.emit(problem)

    def _say_failed(self, error: Exception) -> None:
        self.failed.emit(Problem("export_failed", {"reason": str(error)}))
