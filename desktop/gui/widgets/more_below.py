"""The lower edge of what scrolls: a line with a point, while there is more below."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from desktop.gui.context import UiContext

HIGH_PX = 8
POINT_PX = 4


class MoreBelow(QWidget):
    """A strip below a scroll area that shows whether something is out of sight below it.

    It stands in the layout and not over the area: what is scrolled under nothing is moved, and not
    painted anew.
    """

    def __init__(self, screen: UiContext, bar: QScrollBar) -> None:
        super().__init__()
        self._screen, self._bar = screen, bar
        self.is_more = False
        self.setFixedHeight(HIGH_PX)
        bar.valueChanged.connect(self._follow)
        bar.rangeChanged.connect(self._follow)
        screen.theme.changed.connect(self.update)

    def _follow(self) -> None:
        is_more = self._bar.value() < self._bar.maximum()
        if is_more != self.is_more:
            self.is_more = is_more
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.is_more:
            return
        with QPainter(self) as painter:
            painter.setPen(self._screen.theme.color("edge"))
            painter.drawLine(0, 0, self.width(), 0)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._screen.theme.color("second"))
            middle = self.width() / 2
            painter.drawPolyline(
                [
                    QPointF(middle - POINT_PX, 2.5),
                    QPointF(middle, 2.5 + POINT_PX),
                    QPointF(middle + POINT_PX, 2.5),
                ]
            )
