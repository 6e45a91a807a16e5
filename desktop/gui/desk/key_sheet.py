"""The key sheet: the page of keys, laid over the desk, and on paper."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.domain.source import Problem
from desktop.gui.context import UiContext
from desktop.gui.list_export import print_pages
from desktop.gui.widgets.keys_page import ROW_PX, SWITCH_PX, KeysPage, show_keys
from desktop.gui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from desktop.gui.printing import PrintedTable

translate = QCoreApplication.translate

WIDTH_PX = 768
PRINTED_PAIRS = 3
"""Keys and what they do, so many times side by side on paper."""


class KeySheet(Sheet):
    """Every action of the desk with its keys."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self.page = KeysPage(screen, screen.keymap)
        self.print_button = QPushButton()
        self.print_button.clicked.connect(self._print)
        self.page.head.addWidget(self.print_button)
        self.body.addWidget(self.page, 1)

    def lay(self) -> None:
        self.page.begin()
        super().lay()
        self.page.setFocus()

    def put_away(self) -> None:
        self.page.begin()
        super().put_away()

    def fill(self) -> None:
        self.title.set_text(translate("KeySheet", "Keys"))
        self.print_button.setText(translate("KeySheet", "Print"))
        self._place()

    def as_printed_table(self) -> PrintedTable:
        """Return all keys in force for one sheet of paper."""
        from desktop.gui.printing import PrintedTable

        keymap = self._screen.keymap
        pairs = [(show_keys(keymap.keys_of(a.name)), a.title) for a in keymap.actions]
        high = -(-len(pairs) // PRINTED_PAIRS)
        beside = [pairs[at : at + high] for at in range(0, len(pairs), high)]
        rows = [
            [each for pair in row for each in pair]
            for row in zip_longest(*beside, fillvalue=("", ""))
        ]
        head = (self.title.text(), translate("KeySheet", "Action"))
        said = self.page.say_single()
        return PrintedTable(self.title.text(), said, head * PRINTED_PAIRS, rows)

    def _print(self) -> None:
        remembered, now = self._screen.remembered, self._screen.board.now()
        print_pages(remembered, now, self, self.as_printed_table(), self._say_problem)

    def _say_problem(self, problem: Problem) -> None:
        self.page.said.set_text(str(self._screen.words.problem(problem)), "orange_text")

    def sheet_height(self) -> int:
        return self.head_px + SWITCH_PX + 16 + ROW_PX * self.page.rows
