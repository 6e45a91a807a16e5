"""A button that shows its key."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from desktop.gui.context import UiContext
from desktop.gui.theme import restyle

KEY_GAP_PX = 8
KEY_PAD_PX = 4


class KeyButton(QPushButton):
    """A push button with its key, if any, in quiet letters at the right.

    The key is the usual one of an action of the desk, or with `local` one that works only where
    the button is.
    """

    def __init__(
        self, screen: UiContext, key: str, *, main: bool = False, local: bool = False
    ) -> None:
        super().__init__()
        self._screen, self._by_default = screen, key
        self._local = local
        self._key_font = screen.theme.font("key")
        self.setProperty("keyed", bool(key))
        self.setProperty("main", main)
        screen.keymap.changed.connect(self._rekey)

    @property
    def _key(self) -> str:
        """The key that works now; empty if none does."""
        key = self._by_default
        return key if self._local else self._screen.keymap.cap_of(key)

    def set_main(self, main: bool) -> None:
        """Style it as the main button, or as one of the others."""
        restyle(self, "main", main)

    def say(self, text: str) -> None:
        """Set the button's text; its key is added for screen readers."""
        self.setText(text)
        self.setAccessibleName(f"{text} ({self._key})" if self._key else text)

    @property
    def least_px(self) -> int:
        """The width that text and key need beside one another."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        return text + (self._key_width() + KEY_GAP_PX if self._key else 0)

    def _rekey(self) -> None:
        """Show the key in force, after keys were switched."""
        self.say(self.text())
        restyle(self, "keyed", bool(self._key))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if not self._key:
            return hint
        return QSize(hint.width() + self._key_width() + KEY_GAP_PX, hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._key:
            return
        painter = QPainter(self)
        painter.setFont(self._key_font)
        width = self._key_width()
        box = QRect(self.width() - width - 7, (self.height() - 18) // 2, width, 17)
        painter.setPen(self._screen.theme.color("second" if self.isEnabled() else "faint"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._key)

    def _key_width(self) -> int:
        return QFontMetrics(self._key_font).horizontalAdvance(self._key) + 2 * KEY_PAD_PX
