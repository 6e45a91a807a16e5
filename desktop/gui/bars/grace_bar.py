"""A bar below the list that tells what is still held here after a keystroke, and takes it back."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.command import CommandKind, CommandRecord
from desktop.domain.instant import Instant
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.accessible import announce
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

GRACE_S = 8.0
"""How long an acknowledgement or a dispatch stays here for a second thought."""
LAST_WORD_TICKS = 3
"""How many seconds it is said how the taking back ended."""

Records = tuple[CommandRecord, ...]


class GraceBar(Retranslated, QWidget):
    """The latest revocable action with the seconds left; several are taken back one by one.

    Every command in it is durable and has not left: what may have left is never said to be undone.
    """

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen = screen
        self._commands = screen.board.commands
        self._commands.grace_s = GRACE_S
        self._held: list[Records] = []
        self._last_word = ""
        self._ticks_left = 0
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.said = PlainLabel(screen, "body")
        self.button = KeyButton(screen, "Z")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.take_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.said, 1)
        row.addWidget(self.button)
        submitter.stored.connect(self._take_in)
        screen.feed.ticked.connect(self._tick)
        self.hide()

    def take_back(self) -> None:
        """Withdraw the latest action that is still held here, be it not stored yet."""
        self._screen.writer.ask(lambda: None, lambda _none: self._take_back())

    def _take_back(self) -> None:
        self._forget_gone()
        if not self._held:
            return
        keys = [record.command.key for record in self._held.pop()]
        cancel = self._commands.cancel
        self._screen.writer.ask(lambda: [cancel(key) for key in keys], self._say_end)

    def let_go(self) -> bool:
        """Send at once what is held here; False when nothing is."""
        keys = self._commands.grace.keys()
        self._send(keys)
        self._held.clear()
        self._say()
        return bool(keys)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self._screen.theme.color("line"))
            painter.drawLine(0, 0, self.width(), 0)

    def _take_in(self, records: Records) -> None:
        held = tuple(r for r in records if self._commands.grace.holds(r.command.key))
        if held:
            self._held.append(held)
            self._ticks_left = 0
            self._say()
            announce(self, self.said.text())

    def _tick(self, _now: Instant) -> None:
        self._forget_gone()
        self._ticks_left = max(0, self._ticks_left - 1)
        self._say()

    def _forget_gone(self) -> None:
        """Send what has been held long enough."""
        gone = [records for records in self._held if not self._seconds(records)]
        self._held = [records for records in self._held if records not in gone]
        self._send(tuple(record.command.key for records in gone for record in records))

    def _send(self, keys: tuple[str, ...]) -> None:
        let_go = self._commands.let_go
        if keys:
            self._screen.writer.ask(lambda: [let_go(key) for key in keys], lambda _none: None)

    def _seconds(self, records: Records) -> int:
        return -int(-max(self._commands.grace.count_down_s(r.command.key) for r in records) // 1)

    def _say_end(self, ended: list[bool]) -> None:
        """Tell how the taking back ended: nothing that may have left was taken back."""
        late = ended.count(False)
        taken = translate("GraceBar", "Taken back. Nothing of it has left.")
        too_late = translate(
            "GraceBar", "Too late for %n: it may have reached the county.", "", late
        )
        self._last_word = too_late if late else taken
        self._ticks_left = LAST_WORD_TICKS
        self._say()
        announce(self, self._last_word)

    def _say(self) -> None:
        if self._ticks_left:
            self.said.set_text(self._last_word)
        elif self._held:
            self.said.set_text(self._describe(self._held[-1]))
        self.button.say(translate("GraceBar", "Undo"))
        self.button.setVisible(bool(self._held))
        self.setVisible(bool(self._ticks_left or self._held))

    def _describe(self, records: Records) -> str:
        count, left = len(records), self._seconds(records)
        if records[0].command.kind is CommandKind.DISPATCH:
            done = translate("GraceBar", "Dispatched")
        else:
            done = translate("GraceBar", "%n acknowledged", "", count)
        return f"{done} · {translate('GraceBar', 'leaves in %n s', '', left)}"

    def retranslate(self) -> None:
        self._say()
