"""Reading a message over a telephone: one line at a time, with what to say first and last."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.application.courier.calls import Dictation
from desktop.gui.carrying.big_text import BigText
from desktop.gui.carrying.parts import make_button, make_label
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated

translate = QCoreApplication.translate

FORWARDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Right)
BACK = (Qt.Key.Key_Left, Qt.Key.Key_Backspace)


class ReadAloud(Retranslated, QWidget):
    """Steps through what is said first, each group, the check word, and what is said last."""

    accessible_role = QAccessible.Role.Grouping

    read = Signal()
    """All of it has been read."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.sheet: Dictation | None = None
        self.step = 0
        self._first = self._last = ""
        self.where = make_label(screen, "strong")
        self.big = BigText(screen)
        self.said = make_label(screen, "title")
        self.said.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.hint = make_label(screen, "second")
        self.back = make_button(self.go_back)
        self.forwards = make_button(self.go_on, main=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange()

    def _arrange(self) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(12)
        acts.addWidget(self.back)
        acts.addWidget(self.forwards)
        acts.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.where, self.big, self.said):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.hint)
        column.addLayout(acts)

    def begin(self, sheet: Dictation, first: str, last: str) -> None:
        """Begin to read this message, between what is said first and last."""
        self.sheet, self.step = sheet, 0
        self._first, self._last = first, last
        self._say()
        if self.isVisible():
            self.setFocus()

    @property
    def last_step(self) -> int:
        """The number of the step of what is said last."""
        return 0 if self.sheet is None else len(self.sheet.lines) + 2

    def go_on(self) -> None:
        """Show the next line; after the last one all has been read."""
        if self.step >= self.last_step:
            self.read.emit()
            return
        self.step += 1
        self._say()
        self.setFocus()

    def go_back(self) -> None:
        """Show the line before again."""
        self.step = max(0, self.step - 1)
        self._say()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.isAutoRepeat() and key in FORWARDS + BACK:
            return  # A key that is held down would run to the end.
        if key in FORWARDS:
            self.go_on()
        elif key in BACK:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        self._say()

    def _say(self) -> None:
        self.back.setText(translate("Calls", "← The line before"))
        self.back.setEnabled(self.step > 0)
        sheet = self.sheet
        if sheet is None:
            return
        count, words = len(sheet.lines), self._screen.words
        where, big, said = translate("Calls", "First say this:"), "", self._first
        if 0 < self.step <= count:
            line = sheet.lines[self.step - 1]
            pattern = translate("Calls", "Group {n} of {count}")
            where = pattern.format(n=self.step, count=count)
            big, said = line.digits, words.text(line.said)
        elif self.step == count + 1:
            where = translate("Calls", "Now the check word: four places")
            big, said = words.text(sheet.check_said), " ".join(sheet.check)
        elif self.step == count + 2:
            where, said = translate("Calls", "Last say this:"), self._last
        self.where.set_text(where)
        self.big.set_text(big)
        self.big.setVisible(bool(big))
        self.said.set_text(said)
        self.setAccessibleName(" ".join(filter(None, (self.where.text(), big, said))))
        self.hint.set_text(
            translate(
                "Calls",
                "Read slowly, and press the space bar for the next line. All of it takes about "
                "{seconds} seconds.",
            ).format(seconds=round(sheet.seconds))
        )
        is_last = self.step == self.last_step
        self.forwards.setText(
            translate("Calls", "All of it has been read")
            if is_last
            else translate("Calls", "The next line →")
        )
