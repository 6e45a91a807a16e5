"""The key sheet: every action with its keys, the change of a key, and the switch of letters."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop.domain.source import Problem
from desktop.gui.context import UiContext
from desktop.gui.desk.actions import BACK, Action, show_keys
from desktop.gui.list_export import print_pages
from desktop.gui.widgets.focus import paint_ring
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from desktop.gui.printing import PrintedTable

translate = QCoreApplication.translate

WIDTH_PX = 768
SWITCH_PX = 44
ROW_PX = 28
KEYS_PX = 124
PRINTED_PAIRS = 3
"""Keys and what they do, so many times side by side on paper."""
HELD = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)


class KeyTable(QTableWidget):
    """Two halves side by side, each an action's keys and its title."""

    asked = Signal()
    """Another key is wanted for the current action."""
    restored = Signal()
    """The usual key is wanted again."""
    pressed_key = Signal(str)
    """The key pressed while one is asked for; an empty text for none."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(0, 4)
        self._screen = screen
        self.asking = False
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        columns = self.horizontalHeader()
        columns.hide()
        for column in range(4):
            mode = QHeaderView.ResizeMode
            columns.setSectionResizeMode(column, mode.Stretch if column % 2 else mode.Fixed)
            self.setColumnWidth(column, KEYS_PX)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.doubleClicked.connect(lambda _index: self.asked.emit())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.asking:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.asking:
            if key not in HELD:
                portable = QKeySequence.SequenceFormat.PortableText
                pressed = QKeySequence(event.keyCombination()).toString(portable)
                self.pressed_key.emit("" if key == Qt.Key.Key_Escape else pressed)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit()
        elif key == Qt.Key.Key_Delete:
            self.restored.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            half = 0 if key == Qt.Key.Key_Left else 2
            self.setCurrentCell(self.currentRow(), half)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _typed: str) -> None:
        """Leave letters to the window's shortcuts."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.currentRow() >= 0:
            row, half = self.currentRow(), self.currentColumn() // 2 * 2
            first, second = (self.model().index(row, half + n) for n in (0, 1))
            place = self.visualRect(first).united(self.visualRect(second))
            with QPainter(self.viewport()) as painter:
                paint_ring(painter, place, self._screen.theme.color("pick"))


class KeySheet(Sheet):
    """The list of keys, made from the table of actions; a key pressed anew is remembered."""

    def __init__(self, screen: UiContext, window: QWidget, actions: tuple[Action, ...]) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._actions = actions
        self._half = (len(self._actions) + 1) // 2
        self._fault = ""
        self.said = PlainLabel(screen, "body", "second", elide=False)
        self.said.setWordWrap(True)
        self.switch = QPushButton()
        self.switch.clicked.connect(screen.keymap.toggle_single)
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 16, 8)
        row.setSpacing(12)
        row.addWidget(self.said, 1)
        row.addWidget(self.switch)
        self.print_button = QPushButton()
        self.print_button.clicked.connect(self._print)
        row.addWidget(self.print_button)
        self.body.addLayout(row)
        self.table = KeyTable(screen)
        self.table.asked.connect(self._ask)
        self.table.restored.connect(self._restore)
        self.table.pressed_key.connect(self._take)
        holder = QHBoxLayout()
        holder.setContentsMargins(12, 0, 12, 0)
        holder.addWidget(self.table)
        self.body.addLayout(holder, 1)
        screen.keymap.changed.connect(self.refresh)

    @property
    def current(self) -> Action | None:
        """The action whose key would be changed."""
        row, half = self.table.currentRow(), self.table.currentColumn() // 2
        at = row + half * self._half
        return self._actions[at] if row >= 0 and at < len(self._actions) else None

    def lay(self) -> None:
        self.table.asking, self._fault = False, ""
        super().lay()
        self.table.setFocus()

    def put_away(self) -> None:
        self.table.asking = False
        super().put_away()

    def fill(self) -> None:
        self.title.set_text(translate("KeySheet", "Keys"))
        self.table.setAccessibleName(self.title.text())
        self.print_button.setText(translate("KeySheet", "Print"))
        self.table.setRowCount(self._half)
        for n, action in enumerate(self._actions):
            keys = show_keys(action, self._screen.keymap)
            row, column = n % self._half, 0 if n < self._half else 2
            strong = QTableWidgetItem(keys)
            strong.setFont(self._screen.theme.font("strong"))
            self.table.setItem(row, column, strong)
            self.table.setItem(row, column + 1, QTableWidgetItem(action.title))
        if self.table.currentRow() < 0:
            self.table.setCurrentCell(0, 0)
        self._say()
        self._place()

    def as_printed_table(self) -> PrintedTable:
        """Return all keys in force for one sheet of paper."""
        from desktop.gui.printing import PrintedTable

        pairs = [(show_keys(a, self._screen.keymap), a.title) for a in self._actions]
        high = -(-len(pairs) // PRINTED_PAIRS)
        beside = [pairs[at : at + high] for at in range(0, len(pairs), high)]
        rows = [
            [each for pair in row for each in pair]
            for row in zip_longest(*beside, fillvalue=("", ""))
        ]
        head = (self.title.text(), translate("KeySheet", "Action"))
        return PrintedTable(self.title.text(), self._say_single(), head * PRINTED_PAIRS, rows)

    def _print(self) -> None:
        print_pages(self._screen, self, self.as_printed_table(), self._say_problem)

    def _say_problem(self, problem: Problem) -> None:
        self.said.set_text(str(self._screen.words.problem(problem)), "orange_text")

    def sheet_height(self) -> int:
        return self.head_px + SWITCH_PX + 16 + ROW_PX * self._half

    def _ask(self) -> None:
        if self.current is not None and self.current.name != BACK:
            self.table.asking, self._fault = True, ""
            self._say()

    def _restore(self) -> None:
        if self.current is not None:
            self._screen.keymap.restore(self.current.name)

    def _take(self, key: str) -> None:
        """Give the current action the key pressed, or tell who has it."""
        self.table.asking, action, self._fault = False, self.current, ""
        holder = self._screen.keymap.change(action.name, key) if action is not None and key else ""
        if holder:
            other = next((a.title for a in self._actions if a.name == holder), holder)
            said = translate("KeySheet", "{key} cannot be had: {action}")
            self._fault = said.format(key=key, action=other)
        self._say()

    def _say(self) -> None:
        """Say what is asked for, what went wrong, or whether single letters are on."""
        how = translate("KeySheet", "Enter changes a key, Del brings the usual one back.")
        said, ink = f"{self._say_single()} {how}", "second"
        if self.table.asking and self.current is not None:
            asks = translate("KeySheet", "Press the new key for “{action}”; Esc leaves it.")
            said, ink = asks.format(action=self.current.title), "text"
        elif self._fault:
            said, ink = self._fault, "orange_text"
        self.said.set_text(said, ink)
        self.switch.setText(
            translate("KeySheet", "Switch off")
            if self._screen.keymap.single
            else translate("KeySheet", "Switch on")
        )

    def _say_single(self) -> str:
        if self._screen.keymap.single:
            return translate("KeySheet", "Commands of a single letter are on.")
        return translate("KeySheet", "Commands of a single letter are off; Ctrl+K finds them all.")
