"""The sheet that shows what a chart draws as a table: sorted, copied, and written to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import QCoreApplication, QTimer, Signal
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
Tables = Sequence[ListSnapshot[Any]]
Lines = tuple[list[str], list[list[Cell]], bool]
"""The headings, the cells row by row, and whether there are more."""


class TableSheet(Sheet):
    """One or several tables of the same thing, as they were when it was opened."""

    failed = Signal(object)
    """The `Problem` that prevented an export."""

    def __init__(self, screen: UiContext, window: Any) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._make: Callable[[], Tables] = tuple
        self._tables: Tables = ()
        self._at = 0
        self._renamed = QTimer(self, singleShot=True, interval=0)
        self._renamed.timeout.connect(self._make_anew)
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

    def show_tables(self, make: Callable[[], Tables]) -> bool:
        """Lay the sheet with these tables, the first in front; False if there are none.

        They are made anew only for another language.
        """
        tables = make()
        if tables:
            self._make, self._tables, self._at = make, (), 0
            self._take(tables)
            self.lay()
        return bool(tables)

    def _take(self, tables: Tables) -> None:
        count, self._tables = len(self._tables), tables
        if count != len(tables):
            self._at = 0
            self._make_choices(len(tables))
        if self.choices is not None:
            self.choices.say({str(n): table.title for n, table in enumerate(tables)})

    def _make_choices(self, count: int) -> None:
        if self.choices is not None:
            self._chips.removeWidget(self.choices)
            self.choices.hide()
            self.choices.deleteLater()
            self.choices = None
        if count > 1:
            names = tuple(map(str, range(count)))
            self.choices = SegmentedControl(names, self._screen.theme.font("second"))
            self.choices.chosen.connect(self._choose)
            self._chips.addWidget(self.choices)
            self._chips.addStretch(1)

    def retranslate(self) -> None:
        self._renamed.start()  # Once all that tables take their words from speaks it, too.

    def _make_anew(self) -> None:
        tables = self._make() if self.isVisible() else ()
        if tables:
            self._take(tables)
            self.refresh()

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
