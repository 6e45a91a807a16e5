"""The sheet that shows what a chart draws as a table: sorted, copied, and written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop.application.export.columns import Cell, cells, heads
from desktop.gui.charts.data_table import DataTable
from desktop.gui.context import UiContext
from desktop.gui.list_export import ListSnapshot, offer_to_save
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 960
MOST_ROWS = 2_000
"""So many rows are shown; a file has all of them."""
Lines = tuple[list[str], list[list[Cell]], bool]
"""The headings, the cells row by row, and whether there are more."""


class TableSheet(Sheet):
    """One or several tables of the same thing, as they were when it was opened."""

    failed = Signal(object)
    """The `Problem` that prevented an export."""

    def __init__(self, screen: UiContext, window: Any) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._tables: Sequence[ListSnapshot[Any]] = ()
        self._at = 0
        self.choices: SegmentedControl | None = None
        self.said = PlainLabel(screen, "second", "second", elide=False)
        self.said.setWordWrap(True)
        self.hint = PlainLabel(screen, "second", "second", elide=False)
        self.table = DataTable(screen)
        self.export = QPushButton()
        self.export.clicked.connect(self.save)
        self._chips, foot, holder = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (self._chips, foot, holder):
            row.setContentsMargins(16, 4, 16, 4)
        foot.setSpacing(12)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.hint)
        foot.addWidget(self.export)
        holder.addWidget(self.table)
        self.body.addLayout(self._chips)
        self.body.addLayout(holder, 1)
        self.body.addLayout(foot)
        self.setFocusProxy(self.table)

    def show_tables(self, tables: Sequence[ListSnapshot[Any]]) -> None:
        """Lay the sheet with these tables, the first in front."""
        self._tables, self._at = tables, 0
        if self.choices is not None:
            self._chips.removeWidget(self.choices)
            self.choices.hide()
            self.choices.deleteLater()
            self.choices = None
        if len(tables) > 1:
            names = {str(n): table.title for n, table in enumerate(tables)}
            self.choices = SegmentedControl(tuple(names), self._screen.theme.font("second"))
            self.choices.say(names)
            self.choices.chosen.connect(self._choose)
            self._chips.addWidget(self.choices)
            self._chips.addStretch(1)
        self.lay()

    def save(self) -> bool:
        """Offer to write the table in front to a file, whole."""
        offer_to_save(self._screen, self, lambda: self._tables[self._at], self.failed.emit)
        return True

    def sheet_height(self) -> int:
        return self._window.height()

    def fill(self) -> None:
        if not self._tables:
            return
        shown = self._tables[self._at]
        self.title.set_text(translate("TableSheet", "{title} as a table").format(title=shown.title))
        # Not the title once more: a reader has just told it as the sheet's.
        self.table.setAccessibleName(translate("TableSheet", "Rows"))
        self.export.setText(translate("TableSheet", "Export"))
        self.hint.set_text(
            translate("TableSheet", "Enter sorts by the column, Ctrl+C copies the rows picked")
        )
        self._say(shown.on_screen or shown.said)
        self._screen.reader.ask(lambda: _read(shown), self._show, slot="table", urgent=True)

    def _choose(self, number: str) -> None:
        self._at = int(number)
        self.fill()

    def _show(self, lines: Lines) -> None:
        head, rows, more = lines
        self.table.show_cells(head, rows)
        shown = self._tables[self._at]
        said = translate("TableSheet", "%n row(s)", "", len(rows))
        if more:
            said = translate("TableSheet", "The first %n row(s); a file has all", "", len(rows))
        empty = "" if rows else shown.none
        self._say(" · ".join(filter(None, (said, empty, shown.on_screen or shown.said))))

    def _say(self, text: str) -> None:
        self.said.set_text(text)


def _read(table: ListSnapshot[Any]) -> Lines:
    rows = list(cells(table.columns, islice(table.rows, MOST_ROWS + 1)))
    return heads(table.columns), rows[:MOST_ROWS], len(rows) > MOST_ROWS
