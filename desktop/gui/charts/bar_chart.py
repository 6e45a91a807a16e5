"""Bar chart of bytes: the use of each traffic class, and of the day's budget."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.gui.context import UiContext
from desktop.gui.widgets.accessible import SpokenRows

LINE_PX = 28
NAME_PX, FIGURE_PX, FIGURES = 104, 96, 2
BAR_PX = 8
SIDE_PX = 16
LEAST_BAR_PX = 2


class Bar(NamedTuple):
    """One row: a name, its share of the whole, and the figures as text."""

    name: str
    share: float
    """0 to 1 of the bar's width; more than 1 is drawn full and marked."""
    figures: tuple[str, ...]
    """At most two, each right-aligned in a column of its own."""
    strong: bool = False


class BarChart(QWidget):
    """Rows of name, bar and figures; the figures are right-aligned in columns."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._bars: tuple[Bar, ...] = ()
        self._spoken = SpokenRows(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        screen.theme.changed.connect(self.update)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Draw these rows from now on."""
        self._bars = bars
        self.setFixedHeight(LINE_PX * len(bars))
        said = [" ".join((bar.name, *bar.figures)) for bar in bars]
        self.setAccessibleName("; ".join(said))
        wide = self.width()
        self._spoken.tell(
            [(text, QRect(0, n * LINE_PX, wide, LINE_PX)) for n, text in enumerate(said)]
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NAME_PX + FIGURE_PX * FIGURES + 200, LINE_PX * len(self._bars))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, bar in enumerate(self._bars):
            self._paint(painter, bar, index * LINE_PX)

    def _paint(self, painter: QPainter, bar: Bar, top: int) -> None:
        theme = self._screen.theme
        painter.setFont(theme.font("strong" if bar.strong else "body"))
        painter.setPen(theme.color("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        name = QRectF(SIDE_PX, top, NAME_PX, LINE_PX)
        painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, bar.name)
        painter.setFont(theme.font("number"))
        figure = QRectF(self.width() - SIDE_PX, top, FIGURE_PX, LINE_PX)
        for text in reversed(bar.figures):
            figure.translate(-FIGURE_PX, 0)
            painter.drawText(figure, middle | Qt.AlignmentFlag.AlignRight, text)
        bar_ends = self.width() - SIDE_PX - FIGURE_PX * FIGURES
        room = QRectF(name.right(), 0, bar_ends - name.right() - 12, BAR_PX)
        room.moveTop(top + (LINE_PX - BAR_PX) / 2)
        painter.fillRect(room, theme.color("line"))
        if bar.share > 0:
            filled = QRectF(room)
            filled.setWidth(max(LEAST_BAR_PX, room.width() * min(1.0, bar.share)))
            painter.fillRect(filled, theme.color("orange" if bar.share >= 1 else "second"))
