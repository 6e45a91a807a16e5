"""The list of the outbox on screen: its picked row stays through every refresh."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop.domain.command import CommandRecord
from desktop.domain.instant import Instant
from desktop.gui.context import UiContext
from desktop.gui.outbox.table import Column, Outbox, OutboxModel
from desktop.gui.widgets.focus import follow_ring, paint_row_ring

ROW_PX = 32
WIDTHS = {Column.RECEIPT: 128, Column.KIND: 120, Column.AGE: 88}


class OutboxTable(QTableView):
    """A table that leaves the keys with a meaning in the sheet to the sheet."""

    def __init__(self, screen: UiContext, model: OutboxModel) -> None:
        super().__init__()
        self._screen, self._model = screen, model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.TARGET, QHeaderView.ResizeMode.Stretch)
        columns.setSectionResizeMode(Column.WORDS, QHeaderView.ResizeMode.Stretch)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setHighlightSections(False)
        self._fit_heads()
        follow_ring(self)
        screen.feed.ticked.connect(self._tick)

    def current(self) -> CommandRecord | None:
        """Return the command of the picked row."""
        return self._model.record(self.currentIndex().row())

    def show_records(self, records: list[CommandRecord], outbox: Outbox) -> None:
        """Show these commands; the picked one stays picked, else its neighbour is."""
        self._fit_heads()
        picked, before = self.current(), max(self.currentIndex().row(), 0)
        scroll = self.verticalScrollBar().value()
        self._model.show_records(records, outbox)
        row = None if picked is None else self._model.row(picked.command.key)
        if records:
            self.selectRow(min(before, len(records) - 1) if row is None else row)
        self.verticalScrollBar().setValue(scroll)

    def _fit_heads(self) -> None:
        """Give each column its width, or more where its head is wider."""
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, max(width, self.horizontalHeader().sectionSizeHint(column)))

    def _tick(self, _now: Instant) -> None:
        if self.isVisible():
            self._model.say_again()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self.viewport()) as painter:
            paint_row_ring(painter, self, self._screen.theme.color("pick"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Delete) or (moves and held):
            event.ignore()
        else:
            super().keyPressEvent(event)
