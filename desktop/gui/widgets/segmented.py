"""A row of chips of which exactly one is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QWidget

GAP_PX = 4


class SegmentedControl(QWidget):
    """Small filters for a pane's head; the words and counts may change while in use."""

    chosen = Signal(str)

    def __init__(self, names: tuple[str, ...], font: QFont) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_PX)
        for name in names:
            button = self._buttons[name] = QPushButton()
            button.setCheckable(True)
            button.setAutoExclusive(True)  # One of several, also to a reader of the screen.
            button.setProperty("chip", True)
            button.setFont(font)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            layout.addWidget(button)
        self._buttons[names[0]].setChecked(True)
        self.folded = QPushButton()
        """Stands for all of them where there is no room, and opens them as a menu."""
        self.folded.setFont(font)
        self.folded.clicked.connect(self._open)
        self.folded.hide()
        layout.addWidget(self.folded)
        self._menu = QMenu(self)
        self.chosen.connect(lambda _name: self._say_folded())

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
        self._say_folded()

    @property
    def whole_px(self) -> int:
        """How wide all chips are beside one another."""
        widths = [button.sizeHint().width() for button in self._buttons.values()]
        return sum(widths) + GAP_PX * (len(widths) - 1)

    def fold(self, is_folded: bool) -> None:
        """Show one button with the chosen words instead of all chips, or all again."""
        if is_folded != self.folded.isHidden():
            return
        held = any(button.hasFocus() for button in (*self._buttons.values(), self.folded))
        self.folded.setVisible(is_folded)
        for button in self._buttons.values():
            button.setHidden(is_folded)
        self.updateGeometry()
        # Else what is shown stands where it did beside the others until all else was laid out.
        self._row.activate()
        if held:
            (self.folded if is_folded else self._buttons[self.choice]).setFocus()

    def _say_folded(self) -> None:
        self.folded.setText(f"{self.said} ▾")
        self.folded.setAccessibleName(self.said)

    def _open(self) -> None:
        """Open the menu of all chips below the button, the chosen one marked."""
        self._menu.clear()
        for name, button in self._buttons.items():
            action = self._menu.addAction(button.text())
            action.setCheckable(True)
            action.setChecked(button.isChecked())
            action.triggered.connect(lambda _=False, name=name: self.choose(name))
        self._menu.popup(self.folded.mapToGlobal(self.folded.rect().bottomLeft()))
