"""The view of the incident list: keeps its rows and its scroll position through every refresh."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.gui.context import UiContext
from desktop.gui.panes.incidents.model import Column, IncidentModel, Index
from desktop.gui.panes.incidents.painter import EDGE_PX, MARK_COLUMN_PX, IncidentPainter
from desktop.gui.widgets.focus import follow_ring, paint_row_ring

NARROW_PX = 640
"""Below this width the stage joins the second line, so that the title keeps its room."""
ONE_LINE_PX = 360
ONE_LINE_ENGLISH_PX = 480
"""Room in which a title of usual length fits on one line."""


class RowSelection(QItemSelectionModel):
    """A selection whose current cell is the one that tells a reader of the screen the row."""

    def setCurrentIndex(self, index: Index, command: QItemSelectionModel.SelectionFlag) -> None:
        super().setCurrentIndex(self.model().index(index.row(), Column.TITLE), command)


class IncidentView(QTableView):
    """The list view; keeps its picked rows and its scroll position through every change of
    order."""

    moved = Signal()
    """The officer picked another row."""
    asked = Signal()
    """The officer wants to read the picked row in full."""

    def __init__(self, screen: UiContext, model: IncidentModel) -> None:
        super().__init__()
        self._screen, self._model = screen, model
        self.painter = IncidentPainter(screen, model)
        self._kept: tuple[list[int], int | None, int | None, int] = ([], None, None, 0)
        self._restoring = False
        self._told: int | None = None
        """The row told last: Qt signals its becoming picked and its becoming current."""
        self._use_own_viewport()
        self.setModel(model)
        self.setSelectionModel(RowSelection(model, self))
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
        rows.setMinimumSectionSize(self.row_px)
        rows.setDefaultSectionSize(self.row_px)
        columns = self.horizontalHeader()
        columns.hide()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Stretch)
        model.reading = self._is_reading
        model.visible = self.visible_rows
        model.picked = self.numbers_picked
        model.reordering.connect(self._keep_place)
        model.reordered.connect(self._restore_place)
        follow_ring(self)
        self.selectionModel().currentRowChanged.connect(self._tell_move)
        self.selectionModel().selectionChanged.connect(self._tell_move)

    def _use_own_viewport(self) -> None:
        # For a widget that Qt made, PySide looks for its class among all widget classes, and makes
        # every one of them: 20 ms of the start.
        viewport = QWidget()
        viewport.setBackgroundRole(QPalette.ColorRole.Base)
        # What lies under it need not be painted first: each second a clock runs on.
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setViewport(viewport)

    @property
    def row_px(self) -> int:
        """How high a row is."""
        return self.painter.row_px

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Set columns and rows for the present width and language.

        In a narrow one the stage has no column of its own, and titles take two lines: no title's
        length changes anything for the others.
        """
        width, chinese = self.viewport().width(), self._screen.words.chinese
        narrow = width < NARROW_PX
        stage = 0 if narrow else 72 if chinese else 88
        clock = self.painter.clock_px()
        self.setColumnHidden(Column.STAGE, narrow)
        for column, room in (
            (Column.LEVEL, MARK_COLUMN_PX),
            (Column.STAGE, stage),
            (Column.DUE, clock),
        ):
            self.setColumnWidth(column, room)
        title = width - MARK_COLUMN_PX - stage - clock - EDGE_PX
        self._give_titles(1 if title >= (ONE_LINE_PX if chinese else ONE_LINE_ENGLISH_PX) else 2)

    def _give_titles(self, lines: int) -> None:
        """Let titles take so many lines; the first row on screen stays there."""
        if lines == self.painter.title_lines:
            return
        bar = self.verticalScrollBar()
        top = bar.value() // self.row_px
        self.painter.title_lines = lines
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(self.row_px)
        rows.setDefaultSectionSize(self.row_px)
        self.updateGeometries()
        bar.setValue(top * self.row_px)

    def visible_rows(self) -> range:
        """Return the rows on screen, with a few before and after."""
        top = self.verticalScrollBar().value() // self.row_px
        shown = self.viewport().height() // self.row_px + 2
        return range(max(0, top - 5), min(top + shown + 5, self._model.rowCount()))

    def numbers_picked(self) -> list[int]:
        """Return the store's numbers of the picked rows."""
        found = (self._model.number_at(i.row()) for i in self.selectionModel().selectedRows())
        return [n for n in found if n is not None]

    def rows_picked(self) -> list[int]:
        """Return the positions of the picked rows, from the top."""
        return sorted(i.row() for i in self.selectionModel().selectedRows())

    def repaint_clocks(self) -> None:
        """Repaint the times left that are said otherwise now; nothing else changes by itself."""
        now, first = self._screen.board.now(), self.rowAt(0)
        tops = range(self.rowViewportPosition(first), self.viewport().height(), self.row_px)
        for row, top in enumerate(tops, first) if first >= 0 else ():
            line = self._model.line(row)
            stale = QRect() if line is None else self.painter.find_stale(line, now)
            if not stale.isNull():
                self.viewport().update(stale.translated(0, top))

    def pick_row(self, row: int) -> None:
        """Pick one row and bring it into view."""
        index = self._model.index(row, Column.TITLE)
        # A key held down, as by Ctrl+Enter in a form, would have Qt add to what is picked.
        select = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(
            index, select | QItemSelectionModel.SelectionFlag.Rows
        )
        self.scrollTo(index)

    def step(self, by: int) -> None:
        """Pick the next or the previous row."""
        rows = self._model.rowCount()
        if rows:
            picked = self.selectionModel().hasSelection()
            now = self.currentIndex().row()
            self.pick_row(min(max(now + by, 0), rows - 1) if picked else max(now, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_picked = self.selectionModel().hasSelection()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_picked:
            self.asked.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _typed: str) -> None:
        """Leave letters to the window's shortcuts: Qt would read every row for the next match."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all rows in one go: a delegate is called for each cell, four times as often."""
        dirty = event.rect()
        with QPainter(self.viewport()) as painter:
            painter.fillRect(dirty, self.palette().base())
            first = self.rowAt(dirty.top())
            if first < 0:
                return
            last = self.rowAt(dirty.bottom())
            if last < 0:
                last = self._model.rowCount() - 1
            self._paint_rows(painter, event, range(first, last + 1))
            paint_row_ring(painter, self, self._screen.theme.color("pick"))
        self._model.want_around(first, last)

    def _paint_rows(self, painter: QPainter, event: QPaintEvent, shown: range) -> None:
        top = self.rowViewportPosition(shown.start)
        places = ((row, top + n * self.row_px) for n, row in enumerate(shown))
        # Clocks of a few rows span all between them: only those are painted.
        dirty, parts = event.rect(), event.region()
        left, width = dirty.left(), dirty.width()
        rows = (
            (row, y) for row, y in places if parts.intersects(QRect(left, y, width, self.row_px))
        )
        spans = tuple(
            (self.columnViewportPosition(column), self.columnWidth(column)) for column in Column
        )
        selection = self.selectionModel()
        chosen = shown if selection.hasSelection() else ()
        picked = {row for row in chosen if selection.isRowSelected(row)}
        self.painter.paint(painter, dirty, rows, spans, picked)

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
        row = selection.currentIndex().row()
        if self._restoring:
            return
        number = self._model.number_at(row) if selection.isRowSelected(row) else None
        if number is None or number == self._told:
            self._told = number
            return
        self._told = number
        # What was pressed is answered before other panes follow.
        self.viewport().repaint(self._band(row))
        self.moved.emit()

    def _band(self, row: int) -> QRect:
        """Return the whole width of a row on screen."""
        return QRect(0, self.rowViewportPosition(row), self.viewport().width(), self.row_px)

    def _keep_place(self) -> None:
        bar = self.verticalScrollBar().value()
        top = self._model.number_at(bar // self.row_px) if bar else None
        current = self._model.number_at(self.currentIndex().row())
        self._kept = (self.numbers_picked(), current, top, bar % self.row_px)
        self._restoring = True

    def _restore_place(self) -> None:
        picked, current, top, inset = self._kept
        again = self._model.renumbered
        picked = [again.get(number, number) for number in picked]
        current = again.get(current, current) if current is not None else None
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
            self.verticalScrollBar().setValue(row * self.row_px + inset)
        if not selection.hasSelection():
            self._told = None
        self._restoring = False
