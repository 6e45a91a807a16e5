"""The sheet shown when the desk is closed with commands that have not been sent."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.gui.context import UiContext
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 480


class ClosingSheet(Sheet):
    """How many commands wait, that they are kept and go out later; one key closes anyway."""

    confirmed = Signal()
    """The desk is to close all the same."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._count = 0
        self.words = PlainLabel(screen, "body", "text", elide=False)
        self.words.setWordWrap(True)
        self.close_anyway = KeyButton(screen, "Enter", main=True)
        self.stay = KeyButton(screen, "Esc")
        self.close_anyway.clicked.connect(lambda _checked: self.confirmed.emit())
        self.stay.clicked.connect(lambda _checked: self.put_away())
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 12, 16, 8)
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.stay)
        buttons.addWidget(self.close_anyway)
        self.words.setContentsMargins(16, 4, 16, 0)
        self.body.addWidget(self.words)
        self.body.addStretch(1)
        self.body.addLayout(buttons)

    def ask(self, count: int) -> None:
        """Show that this many commands have not been sent."""
        self._count = count
        self.lay()
        self.close_anyway.setFocus()

    def fill(self) -> None:
        self.title.set_text(
            translate("ClosingSheet", "%n command(s) not sent yet", "", self._count)
        )
        self.words.set_text(
            translate(
                "ClosingSheet",
                "They stay stored on this computer and go out by themselves at the next start. "
                "Nothing is lost by closing.",
            )
        )
        self.close_anyway.say(translate("ClosingSheet", "Close"))
        self.stay.say(translate("ClosingSheet", "Stay"))
        self.fit(self.words.heightForWidth(WIDTH_PX - 34) + 68)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirmed.emit()
        else:
            super().keyPressEvent(event)
