"""A button whose text ages: it is painted anew each second, and laid out only when it grows."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton


class AgedButton(QPushButton):
    """A push button that asks for other room only when its text is of another width."""

    _said = ""

    def setText(self, text: str) -> None:
        if text == self._said:
            return
        self._said = text
        advance = self.fontMetrics().horizontalAdvance
        if advance(text) == advance(super().text()):
            self.update()
        else:
            super().setText(text)

    def text(self) -> str:
        return self._said

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._said == super().text():
            super().paintEvent(event)
        else:
            self._paint_anew()

    def _paint_anew(self) -> None:
        """Paint the text in the place of the one that was laid out."""
        # The first paint does without these: PySide takes 5 ms to make the class of a style.
        from PySide6.QtWidgets import QStyle, QStyleOptionButton, QStylePainter

        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self._said
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()
