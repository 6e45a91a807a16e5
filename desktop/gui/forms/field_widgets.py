"""Entries of a form: one widget for each kind of field in a command."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from desktop.domain.levels import EventLevel
from desktop.gui import symbols
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.theme import restyle
from desktop.gui.widgets.composing import is_composing
from desktop.gui.widgets.field_parts import Chip, mark_parts, stack_parts
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.text_field import TextField
from desktop.protocol.fields import LONGEST_SHELF_MINUTES, MOST_TEXT

translate = QCoreApplication.translate

TEXT_PX = 60
MARK_PX = 13
TEXT_MARGIN_PX = 6
"""Left margin of a number's or date's text, as in the other fields."""
SHELVES = (15, 30, 60, 120)
"""Minutes offered for shelving; any other number can be typed."""


class Entry(Retranslated, QWidget):
    """One field on screen. `value()` returns its value for the command's body, None while empty."""

    changed = Signal()
    """The officer changed it; not emitted by `put`."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self.screen_context = screen

    def value(self) -> Any:
        """Return the entered value in the form of the body."""
        raise NotImplementedError

    def put(self, value: Any) -> None:
        """Show a value read from a draft or another command."""
        raise NotImplementedError

    def fault(self) -> str:
        """Describe why the entry cannot be used; empty when it can."""
        return ""

    def settle(self) -> None:
        """Take what is highlighted in a list of the entry: the form is being submitted."""

    def fold(self) -> bool:
        """Close a list that is open at the entry; False if none is."""
        return False

    def name(self, text: str) -> None:
        """Set its name for screen readers."""
        focus = self.focusProxy()
        (focus or self).setAccessibleName(text)

    def mark(self, wrong: bool) -> None:
        """Mark the entry that has a fault."""
        mark_parts(self, wrong)


class LineEntry(Entry):
    """An entry of one line of text."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.line = QLineEdit()
        self.line.setMaxLength(MOST_TEXT)
        self.line.textEdited.connect(lambda _text: self.changed.emit())
        stack_parts(self, self.line)

    def value(self) -> str | None:
        return self.line.text().strip() or None

    def put(self, value: Any) -> None:
        if isinstance(value, str) and value != self.line.text() and not is_composing(self.line):
            self.line.setText(value)


class TextEntry(Entry):
    """An entry of several lines of text; Tab goes on to the next entry."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.text = TextField()
        self.text.setFixedHeight(TEXT_PX)
        self._putting = False
        self.text.textChanged.connect(self._tell)
        stack_parts(self, self.text)

    def value(self) -> str | None:
        return self.text.toPlainText().strip() or None

    def put(self, value: Any) -> None:
        if not isinstance(value, str) or is_composing(self.text):
            return
        if value != self.text.toPlainText():
            self._putting = True
            self.text.setPlainText(value)
            self.text.moveCursor(QTextCursor.MoveOperation.End)
            self._putting = False

    def fault(self) -> str:
        over = len(self.text.toPlainText()) - MOST_TEXT
        said = translate("CommandForm", "%n character(s) too long", "", over)
        return said if over > 0 else ""

    def _tell(self) -> None:
        if not self._putting:
            self.changed.emit()


class ChipEntry(Entry):
    """A choice of one of a few chips; none is chosen beforehand."""

    def __init__(self, screen: UiContext, codes: tuple[Any, ...]) -> None:
        super().__init__(screen)
        self.chips: dict[Any, QPushButton] = {}
        self._name = ""
        self._group = QButtonGroup(self)
        row = FlowLayout(self, 4)
        for code in codes:
            chip = self.chips[code] = Chip()
            chip.clicked.connect(lambda _=False: self.changed.emit())
            self._group.addButton(chip)
            row.addWidget(chip)
        if codes:
            self.setFocusProxy(self.chips[codes[0]])
        self.retranslate()

    def value(self) -> Any:
        return next((code for code, chip in self.chips.items() if chip.isChecked()), None)

    def put(self, value: Any) -> None:
        if value in self.chips:
            self.chips[value].setChecked(True)

    def name(self, text: str) -> None:
        self._name = text
        for chip in self.chips.values():
            chip.setAccessibleName(f"{text} {chip.text()}".strip())

    def mark(self, wrong: bool) -> None:
        for chip in self.chips.values():
            restyle(chip, "wrong", wrong)

    def say(self, code: Any) -> str:
        """Return the chip's word."""
        return str(code)

    def retranslate(self) -> None:
        for code, chip in self.chips.items():
            chip.setText(self.say(code))
        self.name(self._name)


class LevelEntry(ChipEntry):
    """A choice of the event's level, each with its shape."""

    def __init__(self, screen: UiContext, levels: tuple[EventLevel, ...]) -> None:
        super().__init__(screen, tuple(str(level) for level in levels))
        screen.theme.changed.connect(self._dress)
        self._dress()

    def say(self, code: str) -> str:
        return self.screen_context.words.term("event_level", code)

    def _dress(self) -> None:
        for code, chip in self.chips.items():
            chip.setIcon(_level_icon(self.screen_context, EventLevel(code)))
            chip.setIconSize(QSize(MARK_PX, MARK_PX))


class PassedEntry(ChipEntry):
    """A choice between passed and not passed, for a check of the reported result."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, (True, False))

    def say(self, code: bool) -> str:
        passed, failed = (
            translate("CommandForm", "✓ Passed"),
            translate("CommandForm", "✕ Not passed"),
        )
        return passed if code else failed


class MinutesEntry(Entry):
    """An entry of a number of minutes, with common ones as chips."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.spin = QSpinBox()
        self.spin.setRange(1, LONGEST_SHELF_MINUTES)
        self.spin.setValue(SHELVES[1])
        self.spin.lineEdit().setTextMargins(TEXT_MARGIN_PX, 0, 0, 0)
        self.spin.setFixedWidth(64)
        self.spin.valueChanged.connect(self._tell)
        self.unit = PlainLabel(screen, "body", "second", elide=False)
        self.chips = {n: QPushButton() for n in SHELVES}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.spin)
        row.addWidget(self.unit)
        row.addSpacing(8)
        for minutes, chip in self.chips.items():
            chip.clicked.connect(lambda _=False, n=minutes: self.spin.setValue(n))
            row.addWidget(chip)
        row.addStretch(1)
        self.setFocusProxy(self.spin)
        self.retranslate()

    def value(self) -> int:
        return self.spin.value()

    def put(self, value: Any) -> None:
        if isinstance(value, int):
            self.spin.blockSignals(True)
            self.spin.setValue(value)
            self.spin.blockSignals(False)

    def retranslate(self) -> None:
        self.unit.set_text(translate("CommandForm", "min"))
        for minutes, chip in self.chips.items():
            chip.setText(str(minutes))
            chip.setAccessibleName(self.screen_context.words.span(minutes * 60_000))

    def _tell(self) -> None:
        self.changed.emit()


def _level_icon(screen: UiContext, level: EventLevel) -> QIcon:
    ratio = 2
    picture = QPixmap(MARK_PX * ratio, MARK_PX * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        symbols.paint_level(painter, QRectF(0, 0, MARK_PX, MARK_PX), level, screen.theme.tokens)
    return QIcon(picture)
