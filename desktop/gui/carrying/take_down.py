"""Taking a message down from a telephone: group by group, each checked as it is typed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.application.courier.calls import Ear
from desktop.gui.carrying.check_word import CheckWord
from desktop.gui.carrying.parts import BUTTON_PX, make_button, make_label
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.theme import restyle
from desktop.gui.widgets.flow import FlowLayout

translate = QCoreApplication.translate

GROUP_DIGITS = 8
FIELD_PX = 260


class TakeDown(Retranslated, QWidget):
    """A field for the group that is being read, those before it, and the check word at the end.

    A group that was misheard stays in the field until it is right; one before it is typed anew
    after a press on it. Several groups at once, as from a text message, are taken too.
    """

    taken = Signal(object, str)
    """The tuple of groups, and the check word, all as they were read."""

    def __init__(self, screen: UiContext, ear: Ear) -> None:
        super().__init__()
        self._screen, self._ear = screen, ear
        self.groups: list[str] = []
        self._at = 0
        self.ask = make_label(screen, "strong")
        self.field = QLineEdit()
        self.field.setMinimumHeight(BUTTON_PX)
        self.field.setFixedWidth(FIELD_PX)
        self.field.setFont(screen.theme.font("title"))
        self.field.textEdited.connect(self._type)
        self.field.returnPressed.connect(self._enter)
        self.all_read = make_button(self.end_groups)
        self.told = make_label(screen)
        self.check = CheckWord(screen, ear)
        self.check.chosen.connect(self._finish)
        self.check.left.connect(self._return_to_groups)
        self.cells: list[QPushButton] = []
        self._cells = QWidget()
        self._row = FlowLayout(self._cells, spacing=6)
        self._arrange()
        self.clear()

    def _arrange(self) -> None:
        self._typing = QWidget()
        row = QHBoxLayout(self._typing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.field)
        row.addWidget(self.all_read)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.ask, self._typing, self.check, self.told, self._cells):
            column.addWidget(part)
        column.addStretch(1)
        self.setFocusProxy(self.field)

    def clear(self) -> None:
        """Begin anew with the first group."""
        self.groups, self._at = [], 0
        self._show_cells()
        self._return_to_groups()

    def _type(self, text: str) -> None:
        """Take each whole group that was typed, as far as they are as they were read."""
        groups, check = self._ear.read(text)
        for place, group in enumerate(groups):
            if len(group) < GROUP_DIGITS:
                if place:
                    self.field.setText(group)
                self._mark(is_wrong=False)
                self._say()
                return
            if not self._take(group):
                return
        if check:
            self.end_groups()
            self.check.fill(check)

    def _take(self, group: str) -> bool:
        """Keep a group if it is as it was read; the next one is asked for then."""
        others = self.groups[: self._at]
        is_wrong = self._at + 1 in self._ear.find_misheard([*others, group])
        self._mark(is_wrong=is_wrong)
        if is_wrong:
            again = translate("Calls", "Group {n} was not heard right: have it read again.")
            self.told.set_text(again.format(n=self._at + 1), "orange_text")
            self.field.setText(group)
            self.field.selectAll()
            return False
        self.groups[self._at : self._at + 1] = [group]
        self._at = len(self.groups)
        self.field.clear()
        self._show_cells()
        self._say()
        return True

    def _enter(self) -> None:
        """Say what is missing of the group in the field; an empty one ends the groups."""
        groups, _check = self._ear.read(self.field.text())
        if not groups:
            self.end_groups()
            return
        self._mark(is_wrong=True)
        pattern = translate("Calls", "A group has eight digits, and these are {count}.")
        self.told.set_text(pattern.format(count=len(groups[-1])), "orange_text")

    def end_groups(self) -> None:
        """Ask for the check word, once there are groups."""
        if self.groups and not self.field.text().strip():
            self._typing.hide()
            self.check.show()
            self.check.begin()
            self._say()

    def _return_to_groups(self) -> None:
        self.check.clear()
        self.check.hide()
        self._typing.show()
        self.field.clear()
        self._mark(is_wrong=False)
        self._say()
        self.field.setFocus()

    def change(self, place: int) -> None:
        """Have this group, from 0, typed anew."""
        self._at = place
        self._return_to_groups()

    def _finish(self, check: str) -> None:
        self.taken.emit(tuple(self.groups), check)

    def say_asking(self) -> None:
        """Say that the message is being checked elsewhere."""
        self.told.set_text(translate("Calls", "Asking the county …"), "second")

    def say_wrong(self, said: str) -> None:
        """Say why the message was not taken; the check word is asked for again."""
        self.check.begin()
        self.told.set_text(said, "orange_text")

    def _show_cells(self) -> None:
        for _ in range(len(self.cells), len(self.groups)):
            cell = QPushButton()
            cell.setProperty("chip", True)
            cell.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            cell.clicked.connect(partial(self.change, len(self.cells)))
            self.cells.append(cell)
            self._row.addWidget(cell)
        for place, cell in enumerate(self.cells):
            cell.setVisible(place < len(self.groups))
            if place < len(self.groups):
                group = self.groups[place]
                cell.setText(f"{place + 1}:  {group[:4]} {group[4:]}")
        self._cells.updateGeometry()

    def _mark(self, *, is_wrong: bool) -> None:
        restyle(self.field, "wrong", is_wrong)

    def retranslate(self) -> None:
        self._say()

    def _say(self) -> None:
        if self.check.isVisibleTo(self):
            self.ask.set_text(translate("Calls", "The check word: the four places that were read"))
            self.told.set_text("")
            return
        pattern = translate("Calls", "Group {n}: type the eight digits that are read")
        self.ask.set_text(pattern.format(n=self._at + 1))
        self.field.setAccessibleName(self.ask.text())
        self.all_read.setText(translate("Calls", "All groups read: on to the check word"))
        self.all_read.setEnabled(bool(self.groups))
        self.told.set_text(
            translate("Calls", "Right so far. Press a group below to type it anew.")
            if self.groups
            else translate("Calls", "The next group is asked for by itself after eight digits."),
            "second",
        )
