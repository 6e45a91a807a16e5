"""Drawing on the wall in units: every size on it is one of four, whatever its pixels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextLayout

from desktop.application.wall_place import Viewing
from desktop.domain.levels import EventLevel
from desktop.gui.formatting import in_one_line
from desktop.gui.symbols import paint_level
from desktop.gui.theme import Theme

SMALL, ROW, LARGE, HUGE = 28.0, 38.0, 60.0, 80.0
"""The wall's four text sizes in units: beside, rows and names, figures, the headline."""
LEADING, LEADING_SMALL = 1.04, 1.3
UNITS, MOST_UNITS = 1080, 1440
"""Units of a wall's shorter side: where nothing is known of its room, and at most."""
NARROW_UNITS = 1500
"""A wall or scene narrower than this stacks what others set side by side."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def unit_px(width_px: int, height_px: int, theme: Theme, viewing: Viewing | None = None) -> float:
    """Return the pixels of a unit: by the distance it is read from, else by the shorter side."""
    side = min(width_px, height_px)
    if viewing is None:
        return max(0.2, side / UNITS)
    letter = QFontMetricsF(theme.font("body", 1000)).capHeight() / 1000
    small_px = height_px * viewing.letter_share / letter
    return max(0.2, side / MOST_UNITS, small_px / SMALL)


def text_px(theme: Theme, unit: float, text: str, size: float, *, strong: bool = False) -> float:
    """Return how many pixels a text of a size in units takes."""
    return QFontMetricsF(_font(theme, unit, size, strong)).horizontalAdvance(in_one_line(text))


def _font(theme: Theme, unit: float, size: float, strong: bool) -> QFont:
    return theme.font("strong" if strong else "body", max(8, round(size * unit)))


class Canvas:
    """Text and shapes in units on one widget."""

    def __init__(self, painter: QPainter, theme: Theme, unit: float) -> None:
        self.painter, self.theme, self.unit = painter, theme, unit
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def font(self, size: float, strong: bool = False) -> QFont:
        """Return a font that is so many units high."""
        return _font(self.theme, self.unit, size, strong)

    def width(self, text: str, size: float, strong: bool = False) -> float:
        """Return how many pixels a text takes."""
        return text_px(self.theme, self.unit, text, size, strong=strong)

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
        if rect.width() < size * self.unit or rect.height() <= 0:
            return 0.0
        font = self.font(size, strong)
        metrics = QFontMetricsF(font)
        line = metrics.elidedText(in_one_line(text), Qt.TextElideMode.ElideRight, rect.width())
        self.painter.setFont(font)
        self.painter.setPen(self.theme.color(ink))
        self.painter.drawText(rect, align | Qt.TextFlag.TextDontClip, line)
        return metrics.horizontalAdvance(line)

    def write_whole(self, rect: QRectF, text: str, size: float, ink: str = "text") -> float:
        """Write a line as large as this, or small rather than cut: nobody in front of a wall can
        open it; return the pixels it took."""
        fits = self.width(text, size) <= rect.width()
        return self.write(rect, text, size if fits else SMALL, ink)

    def write_fullest(self, rect: QRectF, wordings: Sequence[str], ink: str) -> None:
        """Write small the first of these that stands whole; else as much of the last as does."""
        whole = (each for each in wordings if self.width(each, SMALL) <= rect.width())
        self.write(rect, next(whole, wordings[-1]), SMALL, ink)

    def write_lines(self, rect: QRectF, text: str, ink: str) -> None:
        """Write small, in the middle of the rectangle, in as many lines as it holds."""
        lead = SMALL * LEADING_SMALL * self.unit
        most = max(1, int(rect.height() // lead))
        lines = self.fold(text, SMALL, rect.width(), most, strong=False)
        top = rect.center().y() - lead * len(lines) / 2
        for n, line in enumerate(lines):
            self.write(QRectF(rect.left(), top + n * lead, rect.width(), lead), line, SMALL, ink)

    def fold(
        self, text: str, size: float, width: float, most: int, *, strong: bool = True
    ) -> list[str]:
        """Break a text into lines of this width; the last of `most` is cut."""
        text = in_one_line(text)
        lines: list[str] = []
        layout = QTextLayout(text, self.font(size, strong=strong))
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            start, length = line.textStart(), line.textLength()
            is_last = len(lines) == most - 1
            lines.append(text[start:] if is_last else text[start : start + length].rstrip())
            if is_last:
                break
        layout.endLayout()
        return lines

    def write_fitting(self, rect: QRectF, text: str, ink: str) -> None:
        """Write in the largest of the two largest sizes that holds the text whole, if one does."""
        size, lines = LARGE, [text]
        for size in (HUGE, LARGE):
            most = max(1, int(rect.height() // (size * LEADING * self.unit)))
            lines = self.fold(text, size, rect.width(), most)
            if all(self.width(line, size, strong=True) <= rect.width() for line in lines):
                break
        lead = size * LEADING * self.unit
        top = rect.center().y() - lead * len(lines) / 2
        for n, line in enumerate(lines):
            place = QRectF(rect.left(), top + n * lead, rect.width(), lead)
            self.write(place, line, size, ink, strong=True)

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
