"""The page of keys: every action with its keys, the change of a key, and the switch of letters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.formatting import plain_tip
from desktop.gui.keymap import FIXED, KeyAction, Keymap
from desktop.gui.language import Retranslated
from desktop.gui.widgets.focus import paint_ring
from desktop.gui.widgets.label import PlainLabel, Themed

translate = QCoreApplication.translate

SWITCH_PX = 44
ROW_PX = 28
KEYS_PX = 124
NARROW_PX = 640
"""Below this width all actions stand below one another."""
HELD = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)


class KeyTable(QTableWidget):
    """Two halves side by side, each an action's keys and its title."""

    asked = Signal()
    """Another key is wanted for the current action."""
    restored = Signal()
    """The usual key is wanted again."""
    taken_away = Signal()
    """The action is to have no key."""
    pressed_key = Signal(str)
    """The key pressed while one is asked for; an empty text for none."""

    def __init__(self, screen: Themed) -> None:
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
        elif key == Qt.Key.Key_Backspace:
            self.taken_away.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            half = 0 if key == Qt.Key.Key_Left else 2
            if not self.isColumnHidden(half):
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


class KeysPage(Retranslated, QWidget):
    """The list of keys, made from the actions that the keymap knows; a key pressed anew is
    remembered.

    It stands on a sheet or a page of settings alike. WCAG 2.2, 2.1.4.
    """

    def __init__(self, screen: Themed, keymap: Keymap) -> None:
        super().__init__()
        self._screen, self._keymap = screen, keymap
        self._fault: Callable[[], str] | None = None
        self.said = PlainLabel(screen, "body", "second", elide=False)
        self.said.setWordWrap(True)
        self.switch, self.usual = QPushButton(), QPushButton()
        self.head = QHBoxLayout()
        """The row above the table: what is asked for, and buttons."""
        self.switch.clicked.connect(keymap.toggle_single)
        self.usual.clicked.connect(keymap.restore_all)
        self.table = KeyTable(screen)
        self.table.asked.connect(self._ask)
        self.table.restored.connect(self._restore)
        self.table.taken_away.connect(lambda: self._change(""))
        self.table.pressed_key.connect(self._take)
        self.table.currentCellChanged.connect(lambda *_: self._forget())
        self._arrange()
        self.setFocusProxy(self.table)
        keymap.changed.connect(self._refill)
        self._say()  # The room for the buttons is known before they are shown.

    def _arrange(self) -> None:
        row = self.head
        row.setContentsMargins(16, 4, 16, 8)
        row.setSpacing(12)
        row.addWidget(self.said, 1)
        row.addWidget(self.usual)
        row.addWidget(self.switch)
        holder = QHBoxLayout()
        holder.setContentsMargins(12, 0, 12, 0)
        holder.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(holder, 1)

    @property
    def current(self) -> KeyAction | None:
        """The action whose key would be changed."""
        row, half = self.table.currentRow(), self.table.currentColumn() // 2
        at = row + half * self.rows
        actions = self._keymap.actions
        return actions[at] if row >= 0 and at < len(actions) else None

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return -(-len(self._keymap.actions) // (1 if self._is_narrow else 2))

    @property
    def _is_narrow(self) -> bool:
        return self.table.width() < NARROW_PX

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.table.isColumnHidden(2) != self._is_narrow:
            self._refill()

    def begin(self) -> None:
        """Ask for no key, and say nothing of an earlier one."""
        self.table.asking, self._fault = False, None
        self._say()

    def say_single(self) -> str:
        """Say whether commands of a single letter are on."""
        if self._keymap.single:
            return translate("KeySheet", "Commands of a single letter are on.")
        return translate("KeySheet", "Commands of a single letter are off; Ctrl+K finds them all.")

    def fill(self) -> None:
        """Write every action with the keys it has now."""
        keymap = self._keymap
        self.table.setAccessibleName(translate("KeySheet", "Keys"))
        for column in (2, 3):
            self.table.setColumnHidden(column, self._is_narrow)
        self.table.setRowCount(self.rows)
        for n, action in enumerate(keymap.actions):
            row, column = n % self.rows, 0 if n < self.rows else 2
            shown = show_keys(keymap.keys_of(action.name))
            keys = QTableWidgetItem(shown)
            name = shown or translate("KeySheet", "no key")
            keys.setData(Qt.ItemDataRole.AccessibleTextRole, name)
            keys.setFont(self._screen.theme.font("strong"))
            keys.setToolTip(plain_tip(shown))
            self.table.setItem(row, column, keys)
            title = QTableWidgetItem(action.title)
            title.setToolTip(plain_tip(action.title))
            self.table.setItem(row, column + 1, title)
        if self.table.currentRow() < 0:
            self.table.setCurrentCell(0, 0)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        self.fill()
        super().showEvent(event)

    def retranslate(self) -> None:
        self._refill()

    def _refill(self) -> None:
        if self.isVisible():
            self.fill()

    def _ask(self) -> None:
        if self.current is not None and self.current.name != FIXED:
            self.table.asking, self._fault = True, None
            self._say()

    def _forget(self) -> None:
        if self._fault is not None:
            self._fault = None
            self._say()

    def _restore(self) -> None:
        action, keymap = self.current, self._keymap
        if action is not None:
            usual = show_keys(keymap.usual_of(action.name))
            self._blame(usual, keymap.restore(action.name), action)

    def _take(self, key: str) -> None:
        """Give the current action the key pressed, or tell who has it."""
        self.table.asking = False
        if key:
            self._change(key)
        self._say()

    def _change(self, key: str) -> None:
        action = self.current
        if action is not None and action.name != FIXED:
            self._blame(key, self._keymap.change(action.name, key), action)

    def _blame(self, key: str, holder: str, action: KeyAction) -> None:
        """Say which action has the key, or that nobody can have it; nothing without a holder."""
        known = {each.name: each for each in self._keymap.actions}

        def say() -> str:
            if holder == action.name:
                return translate("KeySheet", "No action can have {key}.").format(key=key)
            other = known[holder].title if holder in known else holder
            return translate("KeySheet", "{key} cannot be had: {action}").format(
                key=key, action=other
            )

        self._fault = say if holder else None
        self._say()

    def _say(self) -> None:
        """Say what is asked for, what went wrong, or whether single letters are on."""
        keymap = self._keymap
        how = translate(
            "KeySheet",
            "Enter changes a key, Backspace takes it away, Del brings the usual one back.",
        )
        said, ink = f"{self.say_single()} {how}", "second"
        if self.table.asking and self.current is not None:
            asks = translate("KeySheet", 'Press the new key for "{action}"; Esc leaves it.')
            said, ink = asks.format(action=self.current.title), "text"
        elif self._fault is not None:
            said, ink = self._fault(), "orange_text"
        self.said.set_text(said, ink)
        self.usual.setText(translate("KeySheet", "All usual keys"))
        self.usual.setEnabled(keymap.is_changed)
        self.switch.setText(
            translate("KeySheet", "Switch off")
            if keymap.single
            else translate("KeySheet", "Switch on")
        )


def show_keys(keys: tuple[str, ...]) -> str:
    """Return keys as text for the officer."""
    return "  ".join(key.replace(", ", " ") for key in keys)
