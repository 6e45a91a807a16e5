"""The large buttons of the office's tasks: a name, and below it what waits there."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton

from desktop.gui.context import UiContext

TALL_PX, SMALL_PX = 104, 56
EDGE_PX, GAP_PX = 16, 8
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class TaskButton(QPushButton):
    """A task: its name large, what waits there below it, and its key at the right."""

    def __init__(self, screen: UiContext, key: str, *, is_small: bool = False) -> None:
        super().__init__()
        self._screen, self._key, self._is_small = screen, key, is_small
        self._name = self._line = ""
        self._tone = "second"
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFixedHeight(SMALL_PX if is_small else TALL_PX)
        screen.theme.changed.connect(self.update)

    def say(self, name: str, line: str, *, calls: bool = False) -> None:
        """Show this name and line; one that calls is not in a quiet colour."""
        tone = "orange_text" if calls else "second"
        if (name, line, tone) == (self._name, self._line, self._tone):
            return
        self._name, self._line, self._tone = name, line, tone
        self.setAccessibleName(f"{name} {line} ({self._key})".replace("  ", " "))
        self.update()

    @property
    def line(self) -> str:
        """What it says waits there."""
        return self._line

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        theme, ink = self._screen.theme, "pick" if self.isChecked() else "text"
        with QPainter(self) as painter:
            self.style().drawControl(
                QStyle.ControlElement.CE_PushButtonBevel, option, painter, self
            )
            room = self.rect().adjusted(EDGE_PX, 8, -EDGE_PX, -8)
            upper, lower = self._rooms(room)
            self._write(painter, upper, self._name, "strong" if self._is_small else "title", ink)
            painter.setFont(theme.font("key"))
            painter.setPen(theme.color("second"))
            painter.drawText(upper if self._is_small else lower, RIGHT, self._key)
            key_px = painter.fontMetrics().horizontalAdvance(self._key) + GAP_PX
            left = lower.adjusted(0, 0, -key_px, 0)
            self._write(painter, left, self._line, "body", self._tone)

    def _rooms(self, room: QRect) -> tuple[QRect, QRect]:
        if self._is_small:
            return room, QRect()
        middle = room.top() + room.height() * 3 // 5
        return (
            QRect(room.topLeft(), room.topRight()).adjusted(0, 0, 0, middle - room.top()),
            QRect(room.left(), middle, room.width(), room.bottom() - middle),
        )

    def _write(self, painter: QPainter, room: QRect, text: str, role: str, ink: str) -> None:
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        said = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, LEFT, said)
