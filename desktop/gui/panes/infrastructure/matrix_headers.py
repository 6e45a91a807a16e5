"""The heads of the matrix: kinds above, townships beside; whole words in little room."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView

from desktop.gui.theme import Theme

NARROWEST_PX = 18
ONE_LINE_PX = 20
TWO_LINES_PX = 36
HEAD_PX = 12
"""Size of the heads' letters where the room is short."""
UPRIGHT_LINE_PX = HEAD_PX + 1
UPRIGHT_MOST_PX = 88


def break_in_two(text: str) -> list[str]:
    """Break a name into two lines: between its words, else in its middle."""
    first, space, rest = text.partition(" ")
    if space:
        return [first, rest]
    half = (len(text) + 1) // 2
    return [text[:half] + ("-" if text.isascii() else ""), text[half:]]


def _stand_upright(text: str, width: int) -> list[str]:
    """Put each word of a name into a line of its own if there is room for them side by side."""
    words = text.split()
    return words if len(words) * UPRIGHT_LINE_PX <= width else [text]


class KindHeader(QHeaderView):
    """Column heads in one line, in two, or upright, whichever shows every word whole."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._broken = 1
        """The lines of each head in the paint that is going on, found once for all of them."""
        self.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setMinimumSectionSize(NARROWEST_PX)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        lines = self._lines()
        if lines:
            return QSize(0, ONE_LINE_PX if lines == 1 else TWO_LINES_PX)
        metrics = QFontMetrics(self._theme.font("second", HEAD_PX))
        longest = max(
            (
                metrics.horizontalAdvance(line)
                for section, text in enumerate(self._texts())
                for line in _stand_upright(text, self.sectionSize(section))
            ),
            default=0,
        )
        return QSize(0, min(longest + 8, UPRIGHT_MOST_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._broken = self._lines()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        text = str(self.model().headerData(section, self.orientation()) or "")
        lines = self._broken
        painter.save()
        painter.setFont(self._theme.font("second", None if lines == 1 else HEAD_PX))
        painter.setPen(self._theme.color("second"))
        align = Qt.AlignmentFlag
        metrics = painter.fontMetrics()
        if lines:
            parts = (
                [text]
                if metrics.horizontalAdvance(text) <= rect.width() - 2
                else break_in_two(text)
            )
            painter.drawText(rect, align.AlignHCenter | align.AlignBottom, "\n".join(parts))
        else:
            painter.translate(rect.left(), rect.bottom() - 2)
            painter.rotate(-90)
            # Qt's own line spacing would push a second word out of its narrow column.
            words = _stand_upright(text, rect.width())
            top = (rect.width() - len(words) * UPRIGHT_LINE_PX) // 2 - 2
            for number, word in enumerate(words):
                line = QRect(0, top + number * UPRIGHT_LINE_PX, rect.height() - 4, HEAD_PX + 5)
                painter.drawText(line, align.AlignLeft | align.AlignVCenter, word)
        painter.restore()

    def _texts(self) -> list[str]:
        model = self.model()
        return [str(model.headerData(k, self.orientation()) or "") for k in range(self.count())]

    def _lines(self) -> int:
        """Break the names into one or two lines; None when even halves are wider than the
        columns."""
        whole = self.fontMetrics()
        small = QFontMetrics(self._theme.font("second", HEAD_PX))
        rooms = [(text, self.sectionSize(k) - 2) for k, text in enumerate(self._texts())]
        if all(whole.horizontalAdvance(text) <= room for text, room in rooms):
            return 1
        fits = all(
            small.horizontalAdvance(text) <= room
            or all(small.horizontalAdvance(part) <= room for part in break_in_two(text))
            for text, room in rooms
        )
        return 2 if fits else 0


class TownshipHeader(QHeaderView):
    """Row heads: the townships' names, right beside their cells."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._theme = theme
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        names = [self._say(k) for k in range(self.count())]
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in names), default=48)
        return QSize(min(112, widest) + 20, 0)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        painter.setFont(self._theme.font("second"))
        painter.setPen(self._theme.color("second"))
        inner, elide = rect.adjusted(12, -2, -4, 2), Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(self._say(section), elide, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def _say(self, section: int) -> str:
        return str(self.model().headerData(section, self.orientation()) or "")
