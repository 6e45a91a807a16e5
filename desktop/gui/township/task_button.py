"""The large buttons of the office's tasks: a name, and below it what waits there."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton

from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.theme import restyle

TALL_PX, SMALL_PX, FOLDED_PX = 104, 56, 36
EDGE_PX, GAP_PX = 16, 8
FOLDED_EDGE_PX, DOT_PX = 8, 8
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
MIDDLE = int(Qt.AlignmentFlag.AlignCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class TaskButton(QPushButton):
    """A task: its name large, what waits there below it, and its key at the right."""

    def __init__(self, screen: UiContext, key: str, *, is_small: bool = False) -> None:
        super().__init__()
        self._screen, self._key, self._is_small = screen, key, is_small
        self._name = self._line = ""
        self._tone = "second"
        self._is_folded = False
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.fold(False)
        screen.theme.changed.connect(self.update)

    def fold(self, is_folded: bool) -> None:
        """Show the name alone, with a dot where what waits calls; a tip has the rest."""
        self._is_folded = is_folded
        restyle(self, "task", "" if is_folded else "small" if self._is_small else "large")
        wide = QSizePolicy.Policy.Maximum if is_folded else QSizePolicy.Policy.Minimum
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._high_px)
        self._tell_rest()
        self.updateGeometry()

    @property
    def _high_px(self) -> int:
        return FOLDED_PX if self._is_folded else SMALL_PX if self._is_small else TALL_PX

    def _tell_rest(self) -> None:
        parts = (self._name, self._line, self._key)
        said = " · ".join(part for part in parts if part)
        self.setToolTip(formatting.plain_tip(said) if self._is_folded else "")
        self.update()

    def say(self, name: str, line: str, *, calls: bool = False) -> None:
        """Show this name and line; one that calls is not in a quiet colour."""
        tone = "orange_text" if calls else "second"
        if (name, line, tone) == (self._name, self._line, self._tone):
            return
        self._name, self._line, self._tone = name, line, tone
        self.setAccessibleName(f"{name} {line} ({self._key})".replace("  ", " "))
        self._tell_rest()
        if self._is_folded:
            self.updateGeometry()  # It is as wide as its name.

    @property
    def line(self) -> str:
        """What it says waits there."""
        return self._line

    def sizeHint(self) -> QSize:
        if not self._is_folded:
            return QSize(240, self._high_px)
        name = QFontMetrics(self._screen.theme.font("body")).horizontalAdvance(self._name)
        return QSize(name + 2 * FOLDED_EDGE_PX, FOLDED_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * FOLDED_PX, FOLDED_PX) if self._is_folded else self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        theme, ink = self._screen.theme, "pick" if self.isChecked() else "text"
        with QPainter(self) as painter:
            self.style().drawControl(
                QStyle.ControlElement.CE_PushButtonBevel, option, painter, self
            )
            if self._is_folded:
                self._paint_folded(painter, ink)
                return
            room = self.rect().adjusted(EDGE_PX, 8, -EDGE_PX, -8)
            upper, lower = self._rooms(room)
            self._write(painter, upper, self._name, "strong" if self._is_small else "title", ink)
            painter.setFont(theme.font("key"))
            painter.setPen(theme.color("second"))
            painter.drawText(upper if self._is_small else lower, RIGHT, self._key)
            key_px = painter.fontMetrics().horizontalAdvance(self._key) + GAP_PX
            left = lower.adjusted(0, 0, -key_px, 0)
            self._write(painter, left, self._line, "body", self._tone)

    def _paint_folded(self, painter: QPainter, ink: str) -> None:
        edge = FOLDED_EDGE_PX // 2
        self._write(
            painter, self.rect().adjusted(edge, 0, -edge, 0), self._name, "body", ink, MIDDLE
        )
        if self._tone != "second":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._screen.theme.color(self._tone))
            painter.drawEllipse(self.width() - DOT_PX - 3, 3, DOT_PX, DOT_PX)

    def _rooms(self, room: QRect) -> tuple[QRect, QRect]:
        if self._is_small:
            return room, QRect()
        middle = room.top() + room.height() * 3 // 5
        return (
            QRect(room.topLeft(), room.topRight()).adjusted(0, 0, 0, middle - room.top()),
            QRect(room.left(), middle, room.width(), room.bottom() - middle),
        )

    def _write(
        self, painter: QPainter, room: QRect, text: str, role: str, ink: str, align: int = LEFT
    ) -> None:
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        said = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, align, said)
