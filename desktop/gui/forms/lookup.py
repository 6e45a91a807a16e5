"""An entry that finds a code or a name by words or pinyin initials."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView

from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.forms.choices import Choice, matching
from desktop.gui.forms.field_widgets import Entry
from desktop.gui.widgets.accessible import announce
from desktop.gui.widgets.composing import is_composing
from desktop.gui.widgets.field_parts import stack_parts
from desktop.protocol.fields import LONGEST_LINE

translate = QCoreApplication.translate

SHOWN = 8
ROW_PX = 28
"""Height of a row of the list; the style sheet says the same."""
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class LookupLine(QLineEdit):
    """A text field whose keys also move in the list below it."""

    stepped = Signal(int)
    settled = Signal()
    """Enter or Tab was pressed: what is highlighted is meant."""
    left = Signal()
    pressed = Signal()
    """The mouse was pressed in it: whoever does not type wants to see what there is."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Tab:
                self.settled.emit()
            elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.settled.emit()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.pressed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.left.emit()


class ChoiceList(QListView):
    """The names that match, over the window and below their field, which keeps the keyboard."""

    taken = Signal(str)

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        self._names = QStringListModel(self)
        self._announced = ""
        self.setObjectName("choices")
        self.setModel(self._names)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        line.destroyed.connect(self.deleteLater)  # It is the window's while it is open.
        self.clicked.connect(lambda index: self.taken.emit(index.data()))
        self.hide()

    @property
    def names(self) -> list[str]:
        """The names offered now."""
        return self._names.stringList()

    @property
    def highlighted(self) -> str:
        """The name that Enter would take; empty while the list is closed."""
        index = self.currentIndex()
        return str(index.data()) if self.isVisible() and index.isValid() else ""

    def offer(self, names: list[str]) -> None:
        """Set the names; the first one is highlighted."""
        self._names.setStringList(names)
        self.setCurrentIndex(self._names.index(0))
        if self.isVisible():
            self._place()
            self._announce()

    def open(self) -> None:
        """Show the list below its field, or above where there is no room; not if it is empty."""
        if self.names and self._line.isVisible():
            self.setParent(self._line.window())
            self._place()
            was_open = self.isVisible()
            self.show()
            self.raise_()
            if not was_open:
                self._announce()

    def shut(self) -> bool:
        """Hide the list; False if it was not shown."""
        was_open, self._announced = self.isVisible(), ""
        self.hide()
        return was_open

    def step(self, by: int) -> None:
        """Highlight the next or the previous name; a closed list is opened first."""
        if not self.isVisible():
            self.open()
        elif self.names:
            row = (self.currentIndex().row() + by) % len(self.names)
            self.setCurrentIndex(self._names.index(row))
            self._announce()

    def _announce(self) -> None:
        """Say aloud what is highlighted: the keyboard is in the field, and so is a reader."""
        if self.highlighted != self._announced:
            self._announced = self.highlighted
            announce(self._line, self.highlighted)

    def _place(self) -> None:
        line, window = self._line, self._line.window()
        height = min(len(self.names), SHOWN) * ROW_PX + 2
        at = line.mapTo(window, QPoint(0, line.height() + 2))
        if at.y() + height > window.height():
            at = line.mapTo(window, QPoint(0, -height - 2))
        self.setGeometry(at.x(), at.y(), line.width(), height)


class LookupEntry(Entry):
    """A text field with the matching names below it while one types.

    The first match is highlighted; Enter, Tab and submitting the form take it. With `free` any text
    counts (such as a unit nobody has named yet); else only names for which the county has a code.
    """

    def __init__(self, screen: UiContext, *, free: bool = False) -> None:
        super().__init__(screen)
        self._free = free
        self._choices: tuple[Choice, ...] = ()
        self._code: Any = None
        """The code chosen, or read from a draft before the choices were loaded."""
        self.line = LookupLine()
        self.line.setMaxLength(LONGEST_LINE)
        self.list = ChoiceList(self.line)
        self.list.taken.connect(self._take)
        self.line.textEdited.connect(self._narrow)
        self.line.stepped.connect(self.list.step)
        self.line.pressed.connect(self.list.open)
        self.line.settled.connect(self.settle)
        self.line.left.connect(self.list.shut)
        stack_parts(self, self.line)
        self.retranslate()

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """Set the choices offered."""
        self._choices = choices
        if self._code is not None:
            self.put(self._code)
        typed = self.line.text() if self._code is None else ""
        self.list.offer([c.name for c in matching(choices, typed)])

    def value(self) -> str | None:
        if self._free:
            return self.line.text().strip() or None
        return str(self._code) if self._code is not None else None

    def put(self, value: Any) -> None:
        if isinstance(value, str) and value and not is_composing(self.line):
            self._code = value
            self.line.setText(self._name_of(value))

    def settle(self) -> None:
        if self.list.highlighted:
            self._take(self.list.highlighted)
        elif self._code is None and self.line.text().strip():
            self._narrow(self.line.text())  # It may have been dictated, and not typed.
            self.list.shut()

    def fold(self) -> bool:
        return self.list.shut()

    def fault(self) -> str:
        if self._free or self._code is not None or not self.line.text().strip():
            return ""
        return translate("CommandForm", 'Nothing is called "{typed}"').format(
            typed=formatting.in_one_line(self.line.text(), 30)
        )

    def name(self, text: str) -> None:
        super().name(text)
        self.list.setAccessibleName(text)

    def _name_of(self, code: str) -> str:
        return next((c.name for c in self._choices if c.code == code), code)

    def _narrow(self, typed: str) -> None:
        found = matching(self._choices, typed)
        exact = next((c for c in found if c.name.lower() == typed.strip().lower()), None)
        alone = found[0] if len(found) == 1 and typed.strip() else None
        chosen = exact or (None if self._free else alone)
        self._code = chosen.code if chosen else None
        self.list.offer([c.name for c in found])
        if typed.strip() and found:
            self.list.open()
        else:
            self.list.shut()
        self.changed.emit()

    def _take(self, name: str) -> None:
        self.list.shut()
        self._code = next((c.code for c in self._choices if c.name == name), None)
        self.line.setText(name)
        self.changed.emit()

    def retranslate(self) -> None:
        self.line.setPlaceholderText(
            translate("CommandForm", "Name or pinyin initials")
            if self.screen_context.words.chinese
            else translate("CommandForm", "Name")
        )
