"""A few signs in letters that are read from an arm's length, as large as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.gui.context import UiContext

MOST_PX, LEAST_PX = 68, 18
HEIGHT_PX = 92


class BigText(QWidget):
    """One line of text, in the middle."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen, self._text = screen, ""
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        screen.theme.changed.connect(self.update)

    def set_text(self, text: str) -> None:
        """Show this text."""
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def text(self) -> str:
        """Return the text shown."""
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(480, HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        font = self._screen.theme.font("number")
        font.setPixelSize(MOST_PX)
        wide = QFontMetrics(font).horizontalAdvance(self._text)
        if wide > self.width():
            font.setPixelSize(max(LEAST_PX, MOST_PX * self.width() // wide))
        with QPainter(self) as painter:
            painter.setFont(font)
            painter.setPen(self._screen.theme.color("text"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._text)
