"""The check word of a message: four of sixteen places, pressed or typed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.application.courier.calls import Ear
from desktop.gui.carrying.parts import BUTTON_PX, make_button
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated

translate = QCoreApplication.translate

LETTERS, PLACES, A_ROW = 4, 16, 8
FIELD_PX = 420


class CheckWord(Retranslated, QWidget):
    """The places that were pressed so far; the fourth completes the word."""

    chosen = Signal(str)
    """The four letters."""
    left = Signal()
    """More groups are to be typed before it."""

    def __init__(self, screen: UiContext, ear: Ear) -> None:
        super().__init__()
        self._screen, self._ear = screen, ear
        self._word = ""
        self.field = QLineEdit()
        self.field.setMinimumHeight(BUTTON_PX)
        self.field.setFixedWidth(FIELD_PX)
        self.field.setFont(screen.theme.font("title"))
        self.field.textEdited.connect(self._type)
        self.field.returnPressed.connect(self._end)
        self.places = [self._place(number) for number in range(PLACES)]
        self.confirm = make_button(self._end, main=True)
        self.anew = make_button(self.clear)
        self.more = make_button(self.left.emit)
        self._arrange()

    def _place(self, number: int) -> QPushButton:
        button = make_button(partial(self._press, number))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        for part in (self.field, self.confirm, self.anew, self.more):
            row.addWidget(part)
        row.addStretch(1)
        grid = QGridLayout()
        grid.setSpacing(8)
        for number, button in enumerate(self.places):
            grid.addWidget(button, number // A_ROW, number % A_ROW)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addLayout(row)
        self.setFocusProxy(self.field)

    def begin(self) -> None:
        """Ask for the word."""
        self.clear()
        if self.field.isVisible():
            self.field.setFocus()

    def clear(self) -> None:
        """Forget what was pressed or typed."""
        self.fill("")

    def fill(self, letters: str) -> None:
        """Show this word."""
        self._word = letters
        self._show()

    def _press(self, number: int) -> None:
        if len(self._word) < LETTERS:
            self._word += chr(ord("A") + number)
            self._show()
            (self.confirm if len(self._word) == LETTERS else self.field).setFocus()

    def _show(self) -> None:
        names = self._ear.places(chinese=self._screen.words.chinese)
        self.field.setText(" ".join(names[ord(letter) - ord("A")] for letter in self._word))
        self._say()

    def _type(self, text: str) -> None:
        self._word = self._ear.read_check(text)
        self._say()

    def _end(self) -> None:
        if len(self._word) == LETTERS:
            self.chosen.emit(self._word)

    def retranslate(self) -> None:
        self._show()

    def _say(self) -> None:
        names = self._ear.places(chinese=self._screen.words.chinese)
        for button, name in zip(self.places, names, strict=True):
            button.setText(name)
        self.field.setAccessibleName(translate("Calls", "Check word"))
        self.field.setPlaceholderText(translate("Calls", "Press the four places, one by one"))
        self.confirm.setText(translate("Calls", "Check it"))
        self.confirm.setEnabled(len(self._word) == LETTERS)
        self.anew.setText(translate("Calls", "Places anew"))
        self.more.setText(translate("Calls", "More groups"))
