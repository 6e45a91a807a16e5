"""A scrolled column that shows whatever in it has the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from shiboken6 import isValid

from desktop.gui.theme import Theme
from desktop.gui.widgets.focus import FocusFrame, find_keyboard

ABOVE_PX = 16
"""Room left beyond what is scrolled into sight."""


class FollowingScroll(QScrollArea):
    """A scroll area as wide as its content, which follows the keyboard however it is moved.

    With a theme for its ring it is a stop of the Tab key itself while there is more than is seen,
    and read by the arrow keys; it is called what `say_name` returns.
    """

    def __init__(
        self, theme: Theme | None = None, say_name: Callable[[], str] | None = None
    ) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if theme is not None:
            FocusFrame(self, theme)
            self.verticalScrollBar().rangeChanged.connect(self._stop_where_it_scrolls)
            self.accessible_role, self.accessible_name = QAccessible.Role.Document, say_name
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(lambda: self._follow(None, find_keyboard(self.window())))

    def follow_soon(self) -> None:
        """Bring what has the keyboard into sight once the content has its new places."""
        self._settling.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep in sight what has the keyboard, unless it was scrolled out of it."""
        if self._saw_keyboard(event.oldSize().height()):
            self.follow_soon()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys with Ctrl to what it stands in: with arrows, too, they are commands."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _stop_where_it_scrolls(self, _least: int, most: int) -> None:
        policy = Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)

    def _saw_keyboard(self, room: int) -> bool:
        """Whether any of what has the keyboard was seen while there was so much room."""
        focused, content = find_keyboard(self.window()), self.widget()
        if focused is None or content is None or not content.isAncestorOf(focused):
            return False
        top = focused.mapTo(content, QPoint(0, content.y())).y()
        return top < room and top + focused.height() > 0

    def _follow(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if focused is None or not isValid(self) or not self.isVisible():
            return
        content = self.widget()
        if content is not None and content.isAncestorOf(focused):
            self._bring_into_sight(focused, content)

    def _bring_into_sight(self, focused: QWidget, content: QWidget) -> None:
        """Scroll until all of it is seen, or what of it has the keyboard, where it is too high."""
        top, high = focused.mapTo(content, QPoint(0, 0)).y() - ABOVE_PX, focused.height()
        room = self.viewport().height()
        if high > room:
            self.ensureWidgetVisible(focused, 0, ABOVE_PX)
            return
        bar = self.verticalScrollBar()
        bar.setValue(min(max(bar.value(), top + high + 2 * ABOVE_PX - room), max(top, 0)))
