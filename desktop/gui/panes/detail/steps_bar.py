"""The buttons of an incident's allowed commands, the next step first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.domain.command import CommandKind
from desktop.gui.context import UiContext
from desktop.gui.panes.detail.steps import RARER, STEP_KEYS
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.key_button import KeyButton


class StepsBar(QWidget):
    """A bar with only the commands that the source takes and the stage allows."""

    chosen = Signal(object)
    """The `CommandKind` of the button pressed."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._rarer: tuple[CommandKind, ...] = ()
        self.buttons = {kind: KeyButton(screen, key) for kind, key in STEP_KEYS.items()}
        self.more_button = KeyButton(screen, "X")
        self.map_button = KeyButton(screen, "G M")
        self.menu = QMenu(self)
        self.row = FlowLayout(self)
        for kind, button in self.buttons.items():
            button.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
        self.more_button.clicked.connect(self.show_more)
        for button in (*self.buttons.values(), self.more_button, self.map_button):
            self.row.addWidget(button)
            button.hide()

    def offer(self, steps: Sequence[CommandKind], *, on_map: bool) -> None:
        """Show buttons for these commands only; the first is the main button."""
        first = True
        for kind, button in self.buttons.items():
            button.setVisible(kind in steps)
            button.set_main(first and kind in steps)
            first = first and kind not in steps
        self._rarer = tuple(kind for kind in RARER if kind in steps)
        self.more_button.setVisible(bool(self._rarer))
        self.map_button.setVisible(on_map)
        self.updateGeometry()

    def show_more(self) -> None:
        """Open the menu of the rarer commands above its button."""
        if not self._rarer:
            return
        self.menu.clear()
        for kind in self._rarer:
            action = self.menu.addAction(self._screen.words.term("command", kind))
            action.triggered.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
        self.menu.setActiveAction(self.menu.actions()[0])
        up = QPoint(0, -self.menu.sizeHint().height())
        self.menu.popup(self.more_button.mapToGlobal(up))

    def say(self, more: str, on_map: str) -> None:
        """Set the buttons' texts in the current language."""
        for kind, button in self.buttons.items():
            button.say(self._screen.words.term("command", kind))
        self.more_button.say(more)
        self.map_button.say(on_map)
