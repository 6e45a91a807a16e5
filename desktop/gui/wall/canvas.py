"""Drawing on the wall in units: the wall is 1080 units high, whatever its pixels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from desktop.domain.levels import EventLevel
from desktop.gui.formatting import in_one_line
from desktop.gui.symbols import paint_level
from desktop.gui.theme import Theme

UNITS_HIGH = 1080
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def unit_px(width_px: int, height_px: int) -> float:
    """Return the pixels of a unit: by height, so that it reads from the same distance on every
    wall.

    A wall narrower than 4:3 is measured by its width, or nothing would fit.
    """
    return max(0.2, min(height_px / UNITS_HIGH, width_px / (UNITS_HIGH * 4 / 3)))


class Canvas:
    """Text and shapes in units on one widget."""

    def __init__(self, painter: QPainter, theme: Theme, unit: float) -> None:
        self.painter, self.theme, self.unit = painter, theme, unit
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def font(self, size: float, strong: bool = False) -> QFont:
        """Return a font that is so many units high."""
        return self.theme.font("strong" if strong else "body", max(8, round(size * self.unit)))

    def width(self, text: str, size: float, strong: bool = False) -> float:
        """Return how many pixels a text takes."""
        return QFontMetricsF(self.font(size, strong)).horizontalAdvance(in_one_line(text))

    def write(
        self,
        rect: QRectF,
        text: str,
        size: float,
        ink: str = "text",
        align: Qt.AlignmentFlag = LEFT,
        strong: bool = False,
    ) -> float:
        """Write one line of plain text, elided to the rectangle; return the pixels it took."""
        font = self.font(size, strong)
        metrics = QFontMetricsF(font)
        line = metrics.elidedText(in_one_line(text), Qt.TextElideMode.ElideRight, rect.width())
        self.painter.setFont(font)
        self.painter.setPen(self.theme.color(ink))
        self.painter.drawText(rect, align, line)
        return metrics.horizontalAdvance(line)

    def write_wrapped(
        self,
        rect: QRectF,
        text: str,
        size: float,
        ink: str = "second",
        *,
        low: bool = False,
        high: bool = False,
    ) -> None:
        """Write a few lines of plain text in the middle of the rectangle, or at its edge."""
        upright = Qt.AlignmentFlag.AlignBottom if low else Qt.AlignmentFlag.AlignVCenter
        upright = Qt.AlignmentFlag.AlignTop if high else upright
        align = Qt.AlignmentFlag.AlignHCenter | upright
        self.painter.setFont(self.font(size))
        self.painter.setPen(self.theme.color(ink))
        self.painter.drawText(rect, align | Qt.TextFlag.TextWordWrap, in_one_line(text))

    def level(self, rect: QRectF, level: EventLevel) -> None:
        """Paint an event level's shape."""
        paint_level(self.painter, rect, level, self.theme.tokens)

    def rule(self, left: float, right: float, y: float) -> None:
        """Draw a hairline."""
        self.painter.fillRect(
            QRectF(left, y, right - left, max(1.0, self.unit)), self.theme.color("line")
        )

    def panel(self, rect: QRectF) -> None:
        """Paint the ground of one part of the wall."""
        self.painter.fillRect(rect, self.theme.color("panel"))
