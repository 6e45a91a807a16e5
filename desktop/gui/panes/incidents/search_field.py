"""The search box above the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton


class SearchField(QLineEdit):
    """The search box; Esc empties it, Down goes to the list."""

    left = Signal()
    _button_name = ""

    def add_button(self) -> None:
        """Add the button that empties it; Qt draws its icons at once, which takes 4 ms."""
        self.setClearButtonEnabled(True)
        self.name_button(self._button_name)

    def name_button(self, name: str) -> None:
        """Give the button that empties it a name: Qt's own has none."""
        self._button_name = name
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)
