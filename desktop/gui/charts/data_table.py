"""A table of plain cells that any column sorts, by the mouse or by the keyboard."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from desktop.application.export.columns import Cell
from desktop.application.export.outgoing import plain
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.copying_table import CopyingTable
from desktop.gui.widgets.focus import FocusFrame
from desktop.gui.widgets.snapshot_list import NOWHERE, Index

CELL_CHARS = 200
ROW_EMS = 2
SORT_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
NUMBERS_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
WORDS_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CellModel(QAbstractTableModel):
    """Rows of cells below headings; what is empty comes last, however they are sorted."""

    def __init__(self) -> None:
        super().__init__()
        self.head: list[str] = []
        self.rows: list[list[Cell]] = []

    def show(self, head: list[str], rows: list[list[Cell]]) -> None:
        """Show these rows in their own order."""
        self.beginResetModel()
        self.head, self.rows = head, rows
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.head)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and section < len(self.head):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.head[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return NUMBERS_RIGHT if self._is_figures(section) else WORDS_LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.rows[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return formatting.in_one_line(text_of(cell), CELL_CHARS)
            case Qt.ItemDataRole.ToolTipRole:
                return formatting.plain_tip(text_of(cell))
            case Qt.ItemDataRole.TextAlignmentRole:
                return NUMBERS_RIGHT if self._is_figures(index.column()) else WORDS_LEFT
            case _:
                return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self.head):
            return
        self.layoutAboutToBeChanged.emit()
        filled = [row for row in self.rows if row[column] is not None]
        empty = [row for row in self.rows if row[column] is None]
        filled.sort(
            key=lambda row: _sort_key(row[column]), reverse=order is Qt.SortOrder.DescendingOrder
        )
        self.rows = filled + empty
        self.layoutChanged.emit()

    def _is_figures(self, column: int) -> bool:
        """Whether a column's first filled cell is a number."""
        filled = (row[column] for row in self.rows if row[column] is not None)
        return isinstance(next(filled, None), int | float)


class DataTable(CopyingTable, QTableView):
    """The table; Enter sorts by the column of the current cell, and again the other way."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self.cells = CellModel()
        self.setModel(self.cells)
        self.setSortingEnabled(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().setDefaultSectionSize(ROW_EMS * screen.theme.font("body").pixelSize())
        FocusFrame(self, screen.theme)

    def show_cells(self, head: list[str], rows: list[list[Cell]]) -> None:
        """Show these rows in their own order, each column as wide as it needs."""
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.cells.show(head, rows)
        self.resizeColumnsToContents()
        if rows:
            self.setCurrentIndex(self.cells.index(0, 0))

    def sort_by(self, column: int) -> None:
        """Sort by a column; the other way round if it is sorted by it already."""
        header, order = self.horizontalHeader(), Qt.SortOrder.AscendingOrder
        if header.sortIndicatorSection() == column and header.sortIndicatorOrder() is order:
            order = Qt.SortOrder.DescendingOrder
        self.sortByColumn(column, order)

    def copy_text(self) -> str:
        """Return the picked rows with their headings, a line each, cells parted by tabs."""
        picked = sorted({index.row() for index in self.selectedIndexes()})
        lines = [self.cells.head, *([text_of(c) for c in self.cells.rows[row]] for row in picked)]
        return "\n".join("\t".join(line) for line in lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in SORT_KEYS and self.currentIndex().isValid():
            self.sort_by(self.currentIndex().column())
        else:
            super().keyPressEvent(event)


def text_of(cell: Cell) -> str:
    """Return a cell as text; nothing where it is empty."""
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else plain(str(cell))


def _sort_key(cell: Cell) -> tuple[int, Any]:
    return (0, cell) if isinstance(cell, int | float) else (1, str(cell).casefold())
