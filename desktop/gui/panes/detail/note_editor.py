"""The inline editor of a note: typed text is lost by nothing except its submission."""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.command import Key, mint_key
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.drafts import why_not_kept
from desktop.gui.language import Retranslated
from desktop.gui.widgets.composing import finish_composing
from desktop.gui.widgets.focus import holds_keyboard
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.text_field import TextField

log = logging.getLogger(__name__)

translate = QCoreApplication.translate

SAVE_PAUSE_MS = 400
EDITOR_PX, LOW_PX = 84, 44
LOW_WINDOW_PX = 480
"""In a window lower than this, as one enlarged to 200 % on a small monitor, fewer lines are seen at
once: what is written scrolls."""


class NoteText(TextField):
    """A text field in which Ctrl+Enter submits and Esc leaves."""

    sent = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and held:
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NoteEditor(Retranslated, QWidget):
    """The editor of a note on one incident at a time; each incident has its own draft."""

    left = Signal()
    """It had the keyboard and was closed."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self.target: Key | None = None
        self._sending: dict[Key, str] = {}
        """The text when the command under way was submitted, by incident."""
        self._awaited = False
        """Whether the incident's draft has not been read yet."""
        self._unkept = False
        """Whether the text has changed since it was last stored."""
        self._typed: dict[Key, str] = {}
        """The last text typed for each incident; empty after submission."""
        self._pressed: dict[Key, tuple[str, str]] = {}
        """The text and the command key of a press not yet confirmed as stored."""
        self.text = NoteText()
        self.text.setFixedHeight(EDITOR_PX)
        self.text.textChanged.connect(self._take_in)
        self.text.sent.connect(self.send)
        self.text.left.connect(self.leave)
        self.hint = PlainLabel(screen, "second", "second")
        self.send_button = KeyButton(screen, "Ctrl+Enter", main=True, local=True)
        self.send_button.clicked.connect(self.send)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SAVE_PAUSE_MS)
        self._pause.timeout.connect(self._end_pause)
        below = QHBoxLayout()
        below.addWidget(self.hint, 1)
        below.addWidget(self.send_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(4)
        layout.addWidget(self.text)
        layout.addLayout(below)
        submitter.failed.connect(self._stay)
        self.retranslate()

    def turn_to(self, target: Key | None, draft: str | None = "") -> None:
        """Store the present draft and show another incident's draft, as read from the outbox.

        None for a draft not read yet: it follows later, and is joined with what is typed until
        then.
        """
        if target == self.target:
            if self._awaited and draft is not None:
                self._join(draft)
            return
        finish_composing(self)
        self.keep()
        self._unkept = False
        self.target = target
        # What was typed here may still be on its way to the outbox when this was read.
        text = draft if target is None else self._typed.get(target, draft)
        self._awaited = text is None
        self._show(text or "")
        self.setVisible(bool(text))
        self._offer()

    def open(self) -> None:
        """Show the editor and focus it."""
        is_low = self.window().height() < LOW_WINDOW_PX
        self.text.setFixedHeight(LOW_PX if is_low else EDITOR_PX)
        self.show()
        self.text.setFocus()

    def keep(self) -> None:
        """Store the draft now, off the GUI thread."""
        self._pause.stop()
        text = self.text.toPlainText()
        if not self._unkept or self.target is None or self._sending.get(self.target) == text:
            return
        self._unkept = False
        if self._awaited:
            # The outbox may hold a draft not seen yet: neither may undo the other.
            del self._typed[self.target]
            self._add(self.target, text)
        else:
            self._keep(self.target, text)

    def send(self) -> None:
        """Submit the note; its draft is deleted only once the note is durable in the outbox."""
        finish_composing(self)
        target, typed = self.target, self.text.toPlainText()
        text = typed.strip()
        if target is None or not text or target in self._sending or self._awaited:
            return
        self.keep()
        # Another press, after one not confirmed as stored, is the same command.
        pressed = self._pressed.get(target)
        command_key = pressed[1] if pressed is not None and pressed[0] == text else mint_key()
        self._pressed[target] = text, command_key
        self._sending[target] = typed
        self._offer()
        self._submitter.note(target, text, command_key, lambda: self._end_sending(target))

    def _end_sending(self, target: Key) -> None:
        typed = self._sending.pop(target)
        del self._pressed[target]
        # Typed on while the note was being stored: that is another draft, and stays.
        rest = self._typed.get(target, typed)
        self._typed[target] = "" if rest == typed else rest
        self._keep(target, self._typed[target])
        if target == self.target:
            self._unkept = False
            self._show(self._typed[target])
            self._offer()
            if not self._typed[target]:
                self.leave()

    def _stay(self, target: Key) -> None:
        self._sending.pop(target, None)
        self._offer()

    def _offer(self) -> None:
        self.send_button.setEnabled(self.target not in self._sending and not self._awaited)

    def _join(self, draft: str) -> None:
        """Put the draft just read before the text typed meanwhile."""
        self._awaited = False
        self._offer()
        if draft:
            finish_composing(self)
            typed = bool(self.text.toPlainText())
            QTextCursor(self.text.document()).insertText(f"{draft}\n" if typed else draft)

    def leave(self) -> None:
        """Close the editor, unless it has text; that stays."""
        finish_composing(self)
        self.keep()
        held = holds_keyboard(self)
        self.setVisible(bool(self.text.toPlainText()))
        if held:
            self.left.emit()

    def _show(self, text: str) -> None:
        if text == self.text.toPlainText():
            return  # Setting it again would move the cursor.
        self.text.blockSignals(True)
        self.text.setPlainText(text)
        self.text.blockSignals(False)
        # What was begun is written on.
        self.text.moveCursor(QTextCursor.MoveOperation.End)

    def _keep(self, target: Key, text: str) -> None:
        board = self._screen.board
        self._screen.writer.ask(
            lambda: board.commands.keep_draft(target, text),
            lambda _none: self._say_kept(),
            lambda error: self._say_not_kept(target, error),
        )

    def _add(self, target: Key, text: str) -> None:
        board = self._screen.board

        def work() -> None:
            known = board.commands.draft(target)
            board.commands.keep_draft(target, f"{known}\n{text}" if known else text)

        failed = lambda error: self._say_not_kept(target, error)  # noqa: E731
        self._screen.writer.ask(work, lambda _none: self._say_kept(), failed)

    def _say_kept(self) -> None:
        self.hint.set_text(translate("NoteEditor", "Esc keeps the draft"), "second")

    def _say_not_kept(self, target: Key, error: Exception) -> None:
        self._unkept = self._unkept or target == self.target
        log.error("a draft could not be kept", exc_info=error)
        now = translate("NoteEditor", "The draft cannot be saved: send it now")
        self.hint.set_text(why_not_kept(self._screen, error, now), "orange_text")

    def _end_pause(self) -> None:
        if not self._awaited:
            self.keep()

    def _take_in(self) -> None:
        if self.target is not None:
            self._typed[self.target] = self.text.toPlainText()
            self._unkept = True
            self._pause.start()

    def retranslate(self) -> None:
        self.text.setPlaceholderText(translate("NoteEditor", "What was seen, said or done"))
        self.text.setAccessibleName(translate("NoteEditor", "Note"))
        self._say_kept()
        self.send_button.say(translate("NoteEditor", "Send note"))
