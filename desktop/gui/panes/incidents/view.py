"""The view of the incident list: keeps its rows and its scroll position through every refresh."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop.gui.context import UiContext
from desktop.gui.panes.incidents.model import Column, IncidentModel
from desktop.gui.panes.incidents.painter import ROW_PX, IncidentPainter


class IncidentView(QTableView):
    """The list view; keeps its picked rows and its scroll position through every change of
    order."""

    moved = Signal()
    """The officer picked another row."""

    def __init__(self, screen: UiContext, model: IncidentModel) -> None:
        super().__init__()
        self._model = model
        self._kept: tuple[list[int], int | None, int | None, int] = ([], None, None, 0)
        self._restoring = False
        self.setModel(model)
        self.painter = IncidentPainter(screen, model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        # The list shows letters' own shortcuts; an input method must not swallow them.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_PX)
        rows.setDefaultSectionSize(ROW_PX)
        columns = self.horizontalHeader()
        columns.hide()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Stretch)
        model.reading = self._is_reading
        model.visible = self.visible_rows
        model.picked = self.numbers_picked
        model.reordering.connect(self._keep_place)
        model.reordered.connect(self._restore_place)
        self.selectionModel().currentRowChanged.connect(self._tell_move)
        self.selectionModel().selectionChanged.connect(self._tell_move)

    def set_narrow(self, narrow: bool, chinese: bool) -> None:
        """Set the columns' widths; in a narrow list the stage has no column of its own."""
        self.setColumnHidden(Column.STAGE, narrow)
        self.painter.stage_in_line = narrow
        widths = (80 if narrow else 88, 72, 88) if chinese else (92, 88, 88)
        for column, width in zip((Column.LEVEL, Column.STAGE, Column.DUE), widths, strict=True):
            self.setColumnWidth(column, width)

    def visible_rows(self) -> range:
        """Return the rows on screen, with a few before and after."""
        top = self.verticalScrollBar().value() // ROW_PX
        shown = self.viewport().height() // ROW_PX + 2
        return range(max(0, top - 5), min(top + shown + 5, self._model.rowCount()))

    def numbers_picked(self) -> list[int]:
        """Return the store's numbers of the picked rows."""
        found = (self._model.number_at(i.row()) for i in self.selectionModel().selectedRows())
        return [n for n in found if n is not None]

    def rows_picked(self) -> list[int]:
        """Return the positions of the picked rows, from the top."""
        return sorted(i.row() for i in self.selectionModel().selectedRows())

    def repaint_clocks(self) -> None:
        """Repaint the column of times left, the only one that changes by itself."""
        left = self.columnViewportPosition(Column.DUE)
        width = self.columnWidth(Column.DUE)
        self.viewport().update(QRect(left, 0, width, self.viewport().height()))

    def pick_row(self, row: int) -> None:
        """Pick one row and bring it into view."""
        index = self._model.index(row, Column.TITLE)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def step(self, by: int) -> None:
        """Pick the next or the previous row."""
        rows = self._model.rowCount()
        if rows:
            picked = self.selectionModel().hasSelection()
            now = self.currentIndex().row()
            self.pick_row(min(max(now + by, 0), rows - 1) if picked else max(now, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all rows in one go: a delegate is called for each cell, four times as often."""
        dirty = event.rect()
        first = self.rowAt(dirty.top())
        if first < 0:
            return
        last = self.rowAt(dirty.bottom())
        if last < 0:
            last = self._model.rowCount() - 1
        top = self.rowViewportPosition(first)
        rows = ((row, top + (row - first) * ROW_PX) for row in range(first, last + 1))
        spans = tuple(
            (self.columnViewportPosition(column), self.columnWidth(column)) for column in Column
        )
        chosen = self.selectionModel().isRowSelected
        picked = {row for row in range(first, last + 1) if chosen(row)}
        with QPainter(self.viewport()) as painter:
            self.painter.paint(painter, dirty, rows, spans, picked)
        self._model.want_around(first, last)

    def _is_reading(self) -> bool:
        """Whether the officer is reading: a row is picked, the list scrolled, or the pointer over
        it."""
        return bool(
            self.selectionModel().hasSelection()
            or self.verticalScrollBar().value() > 0
            or self.underMouse()
        )

    def _tell_move(self) -> None:
        # Qt makes a line current, but not picked, when the list merely gets the keyboard. A
        # click makes it current first and picks it then; a key does it the other way round.
        selection = self.selectionModel()
        if not self._restoring and selection.isRowSelected(selection.currentIndex().row()):
            self.moved.emit()

    def _keep_place(self) -> None:
        bar = self.verticalScrollBar().value()
        top = self._model.number_at(bar // ROW_PX) if bar else None
        current = self._model.number_at(self.currentIndex().row())
        self._kept = (self.numbers_picked(), current, top, bar % ROW_PX)
        self._restoring = True

    def _restore_place(self) -> None:
        picked, current, top, inset = self._kept
        model, selection = self._model, self.selectionModel()
        if current is not None and (row := model.row_of(current)) is not None:
            selection.setCurrentIndex(
                model.index(row, Column.TITLE), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        select = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for number in picked[:500]:
            if (row := model.row_of(number)) is not None:
                selection.select(model.index(row, 0), select)
        if top is not None and (row := model.row_of(top)) is not None:
            self.updateGeometries()
            self.verticalScrollBar().setValue(row * ROW_PX + inset)
        self._restoring = False
