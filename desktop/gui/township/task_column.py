"""The tasks of an office: below one another at the left, or in a row above a small page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from desktop.gui.township.page import UNBOUND_PX, PageStack
from desktop.gui.township.task_button import FOLDED_PX, TaskButton
from desktop.gui.widgets.following_scroll import FollowingScroll

COLUMN_PX, EDGE_PX, GAP_PX = 264, 16, 12
FOLDED_EDGE_PX, FOLDED_GAP_PX = 8, 4
SMALL = QSize(900, 480)
"""A window that is narrower or lower than this is small."""
LEAST = QSize(560, 160)


class TaskColumn(FollowingScroll):
    """The large buttons, and the small one of the whole county at the foot."""

    def __init__(self, tasks: tuple[TaskButton, ...], county: TaskButton) -> None:
        super().__init__()
        self._buttons = (*tasks, county)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The window shows through: what covers all of it would keep it from its first paint.
        self.setObjectName("tasks")
        self.viewport().setAutoFillBackground(False)
        inner = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, inner)
        for button in tasks:
            self._row.addWidget(button)
        self._row.addStretch(1)
        self._row.addWidget(county)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.fold(False)

    def fold(self, is_folded: bool) -> None:
        """Stand in one row, with the names alone, or below one another."""
        for button in self._buttons:
            button.fold(is_folded)
        if is_folded:
            edge, gap, way = FOLDED_EDGE_PX, FOLDED_GAP_PX, QBoxLayout.Direction.LeftToRight
            self._row.setContentsMargins(edge, edge, edge, edge)
        else:
            edge, gap, way = EDGE_PX, GAP_PX, QBoxLayout.Direction.TopToBottom
            self._row.setContentsMargins(edge, edge, 0, edge)
        self._row.setDirection(way)
        self._row.setSpacing(gap)
        high = FOLDED_PX + 2 * edge
        self.setMinimumSize(*(0, high) if is_folded else (COLUMN_PX + edge, 0))
        self.setMaximumSize(*(UNBOUND_PX, high) if is_folded else (COLUMN_PX + edge, UNBOUND_PX))


class Workplace(QWidget):
    """The tasks and the page of one of them."""

    folded = Signal(bool)
    """Whether the window is small now."""

    def __init__(self, tasks: TaskColumn, pages: PageStack) -> None:
        super().__init__()
        self._tasks, self._pages = tasks, pages
        self._is_small = False
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(tasks)
        self._row.addWidget(pages, 1)

    def minimumSizeHint(self) -> QSize:
        """Return the room that is needed in a small window: a larger one can become small."""
        return LEAST

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window().size()
        is_small = window.width() < SMALL.width() or window.height() < SMALL.height()
        if is_small != self._is_small:
            self._is_small = is_small
            ways = QBoxLayout.Direction
            self._row.setDirection(ways.TopToBottom if is_small else ways.LeftToRight)
            self._tasks.fold(is_small)
            self._pages.fold(is_small)
            self.folded.emit(is_small)
            self._row.activate()  # Else one picture has the tasks at the left still.
