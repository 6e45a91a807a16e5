"""Export of the outbox to a file: for the handover, or to send it another way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.application.export.outgoing import json_text
from desktop.domain.command import CommandRecord
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words
from desktop.gui.context import UiContext
from desktop.gui.export import ask_where, rows_to_csv, save
from desktop.gui.outbox.table import OutboxModel
from desktop.gui.printing import MOST_ROWS, PrintedTable, offer_to_print

translate = QCoreApplication.translate


class OutboxExport(QObject):
    """Writer of the listed commands as CSV in words, or as JSON with every field."""

    failed = Signal(object)
    """The `Problem` that prevented a file from being written."""

    def __init__(self, screen: UiContext, model: OutboxModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._screen, self._model, self._window = screen, model, parent

    def ask_where(self, records: Sequence[CommandRecord]) -> None:
        """Ask for a file without blocking the desk, then write these commands to it."""
        ask_where(
            self._window.window(),
            "outbox.csv",
            lambda path: self.write(Path(path), records),
            title=translate("OutboxSheet", "Export the outbox"),
            kinds=("csv", "json"),
        )

    def write(self, file: Path, records: Sequence[CommandRecord]) -> None:
        """Write the commands off the GUI thread; the file's ending selects the format."""
        text = self._json(records) if file.suffix.lower() == ".json" else self._csv(records)
        marked = file.suffix.lower() != ".json"
        self._screen.reader.ask(lambda: save(str(file), text, marked=marked), self._say)

    def _say(self, problem: Problem | None) -> None:
        if problem is not None:
            self.failed.emit(problem)

    def ask_printer(self, records: Sequence[CommandRecord], none: str) -> None:
        """Offer to print these commands; `none` is the text to print if there are none."""
        offer_to_print(self._window.window(), "outbox", self.table(records, none), self.failed.emit)

    def table(self, records: Sequence[CommandRecord], none: str = "") -> PrintedTable:
        """Build the printed table of these commands."""
        return PrintedTable(
            title=translate("OutboxSheet", "Outbox"),
            said=self._title(),
            head=self._head(),
            rows=self._rows(records[:MOST_ROWS]),
            more=max(0, len(records) - MOST_ROWS),
            none=none,
        )

    def _csv(self, records: Sequence[CommandRecord]) -> str:
        return rows_to_csv(self._head(), self._rows(records), self._title())

    def _title(self) -> str:
        said = translate("OutboxSheet", "Outbox of {officer}, exported {now}")
        now = formatting.date_time(self._screen.board.now())
        return said.format(officer=self._screen.board.commands.officer, now=now)

    def _head(self) -> list[str]:
        return [
            translate("OutboxSheet", "Submitted"),
            translate("OutboxSheet", "By"),
            translate("OutboxSheet", "Command"),
            translate("OutboxSheet", "On"),
            translate("OutboxSheet", "What it says"),
            translate("OutboxSheet", "State"),
            translate("OutboxSheet", "Since"),
            translate("OutboxSheet", "Reason"),
        ]

    def _rows(self, records: Sequence[CommandRecord]) -> list[Sequence[object]]:
        words = self._screen.words
        return [
            (
                formatting.date_time(record.command.at),
                record.command.by,
                words.term("command", record.command.kind),
                self._model.name_of(record.command.target),
                body_words(self._screen, record.command),
                words.term("command_state", record.state),
                formatting.date_time(record.changed_at),
                words.text(record.reason),
            )
            for record in records
        ]

    def _json(self, records: Sequence[CommandRecord]) -> str:
        return json_text([msgspec.to_builtins(record) for record in records]) + "\n"
