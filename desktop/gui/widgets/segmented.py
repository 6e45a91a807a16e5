"""A row of chips of which exactly one is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget


class SegmentedControl(QWidget):
    """Small filters for a pane's head; the words and counts may change while in use."""

    chosen = Signal(str)

    def __init__(self, names: tuple[str, ...], font: QFont) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for name in names:
            button = self._buttons[name] = QPushButton()
            button.setCheckable(True)
            button.setProperty("chip", True)
            button.setFont(font)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            layout.addWidget(button)
        self._buttons[names[0]].setChecked(True)

    @property
    def choice(self) -> str:
        """The name of the chosen chip."""
        return next(name for name, button in self._buttons.items() if button.isChecked())

    @property
    def said(self) -> str:
        """The words of the chosen chip."""
        return self._buttons[self.choice].text()

    def choose(self, name: str) -> None:
        """Choose a chip as if it had been clicked."""
        self._buttons[name].click()

    def say(self, words: Mapping[str, str]) -> None:
        """Set the chips' texts."""
        for name, text in words.items():
            self._buttons[name].setText(text)
            self._buttons[name].setAccessibleName(text)
