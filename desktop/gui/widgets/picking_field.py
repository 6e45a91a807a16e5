"""A search field above a list: the keyboard stays in the field."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget

from desktop.gui.widgets.accessible import announce


class PickingField(QLineEdit):
    """Arrows move in the list below, Enter runs what is picked there."""

    def __init__(self, listed: QListWidget, run: Callable[[], None]) -> None:
        super().__init__()
        self._listed, self._run = listed, run

    def announce(self) -> None:
        """Say aloud what is picked in the list: the keyboard is here, and so is a reader."""
        item = self._listed.currentItem()
        if self.hasFocus() and self._listed.count():
            announce(self, item.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._listed.count():
            row = (self._listed.currentRow() + step) % self._listed.count()
            self._listed.setCurrentRow(row)
            self.announce()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
