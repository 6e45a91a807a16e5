"""The county's own panes inside the office's window, with the way back above them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.domain.command import Key
from desktop.domain.geo import Place
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated

translate = QCoreApplication.translate

BAR_PX = 48


class CountyDesk(Protocol):
    """What the office needs of the desk that shows the whole county: also a widget."""

    whole: bool
    screen_context: UiContext

    def complete(self) -> None:
        """Build its panes."""

    def show_key(self, key: Key) -> None:
        """Open this item in every pane that shows its kind."""

    def ask_spot(self, take: Callable[[Place | None], None]) -> None:
        """Let the clerk point at a place on the map."""

    def put_away(self) -> None:
        """Store drafts and the layout."""

    def setFocus(self) -> None:
        """Take the keyboard."""


class CountyView(Retranslated, QWidget):
    """The desk as a part of another window."""

    left = Signal()
    """The clerk wants to go back to the office."""

    def __init__(self, screen: UiContext, desk: CountyDesk) -> None:
        super().__init__()
        assert isinstance(desk, QWidget)
        self._theme, self._desk_theme = screen.theme, desk.screen_context.theme
        self.back = QPushButton()
        self.back.setFont(screen.theme.font("strong"))
        self.back.setShortcut("Ctrl+Home")
        self.back.clicked.connect(self.left)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 6, 16, 6)
        bar.addWidget(self.back)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        desk.setWindowFlags(Qt.WindowType.Widget)
        desk.setAccessibleName(desk.windowTitle())
        desk.windowTitleChanged.connect(desk.setAccessibleName)
        self.setFocusProxy(desk)
        column.addWidget(desk, 1)
        self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        # Under a style sheet no widget hands its font down to the buttons and fields in it.
        QApplication.setFont(self._desk_theme.font("body"))
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        QApplication.setFont(self._theme.font("body"))
        super().hideEvent(event)

    def retranslate(self) -> None:
        self.back.setText(translate("Township", "‹ Back to our township"))
        self.back.setShortcut("Ctrl+Home")
