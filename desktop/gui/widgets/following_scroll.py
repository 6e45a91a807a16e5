"""A scrolled column that shows whatever in it has the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from shiboken6 import isValid

from desktop.gui.theme import Theme
from desktop.gui.widgets.focus import FocusFrame

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

    def _stop_where_it_scrolls(self, _least: int, most: int) -> None:
        policy = Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)

    def _follow(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if focused is None or not isValid(self) or not self.isVisible():
            return
        content = self.widget()
        if content is not None and content.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 0, ABOVE_PX)
