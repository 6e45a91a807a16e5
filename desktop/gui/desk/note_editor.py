"""The inline editor of a note: what is typed survives everything but sending it."""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.domain.command import Key, mint_key
from desktop.gui.context import Screen
from desktop.gui.desk.drafts import Draft, Drafts
from desktop.gui.desk.key_button import KeyButton
from desktop.gui.desk.orders import Orders
from desktop.gui.pane import PlainLabel

log = logging.getLogger(__name__)

translate = QCoreApplication.translate

SAVE_PAUSE_MS = 400
EDITOR_PX = 84


class NoteText(QPlainTextEdit):
    """A plain text field in which Ctrl+Enter sends and Esc leaves."""

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


class NoteEditor(QWidget):
    """Writes a note on one incident at a time; each incident has its own draft."""

    left = Signal()

    def __init__(self, screen: Screen, orders: Orders, drafts: Drafts) -> None:
        super().__init__()
        self._screen, self._orders, self._drafts = screen, orders, drafts
        self.target: Key | None = None
        self._sending: set[Key] = set()
        self.text = NoteText()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(EDITOR_PX)
        self.text.textChanged.connect(self._begin_pause)
        self.text.sent.connect(self.send)
        self.text.left.connect(self._leave)
        self.hint = PlainLabel(screen, "second", "second")
        self.send_button = KeyButton(screen, "Ctrl+Enter", main=True)
        self.send_button.clicked.connect(self.send)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SAVE_PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        below = QHBoxLayout()
        below.addWidget(self.hint, 1)
        below.addWidget(self.send_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(4)
        layout.addWidget(self.text)
        layout.addLayout(below)
        orders.failed.connect(self._stay)
        self.retranslate()

    def turn_to(self, target: Key | None) -> None:
        """Keep the present draft and take up another incident's."""
        if target == self.target:
            return
        self.keep()
        self.target = target
        draft = self._drafts.load(target) if target is not None else Draft()
        self.text.blockSignals(True)
        self.text.setPlainText(draft.text)
        self.text.blockSignals(False)
        self.setVisible(bool(draft.text))
        self.send_button.setEnabled(target not in self._sending)

    def open(self) -> None:
        """Show the editor and type into it."""
        self.show()
        self.text.setFocus()

    def keep(self) -> None:
        """Write the draft down now."""
        self._pause.stop()
        if self.target is None or self.target in self._sending:
            return
        text, kept = self.text.toPlainText(), self._drafts.load(self.target)
        if text != kept.text:
            self._save(self.target, Draft(text))

    def send(self) -> None:
        """Order the note; the draft goes only once the note is durable in the outbox."""
        target, text = self.target, self.text.toPlainText().strip()
        if target is None or not text or target in self._sending:
            return
        self.keep()
        kept = self._drafts.load(target)
        # A key kept with the same text is a press whose end was not seen: same command.
        command_key = kept.command_key or mint_key()
        self._save(target, Draft(self.text.toPlainText(), command_key))
        self._sending.add(target)
        self.send_button.setEnabled(False)
        self._orders.note(target, text, command_key, lambda: self._sent(target))

    def _sent(self, target: Key) -> None:
        self._sending.discard(target)
        self._save(target, Draft())
        if target == self.target:
            self.text.blockSignals(True)
            self.text.clear()
            self.text.blockSignals(False)
            self.send_button.setEnabled(True)
            self._leave()

    def _stay(self, target: Key) -> None:
        self._sending.discard(target)
        if target == self.target:
            self.send_button.setEnabled(True)

    def _leave(self) -> None:
        self.keep()
        self.setVisible(bool(self.text.toPlainText()))
        self.left.emit()

    def _save(self, target: Key, draft: Draft) -> None:
        try:
            self._drafts.save(target, draft)
        except OSError:
            log.exception("a draft could not be written")
            self.hint.set_text(
                translate("NoteEditor", "The draft cannot be saved: send it now"), "orange_text"
            )

    def _begin_pause(self) -> None:
        self._pause.start()

    def retranslate(self) -> None:
        self.text.setPlaceholderText(translate("NoteEditor", "What was seen, said or done"))
        self.text.setAccessibleName(translate("NoteEditor", "Note"))
        self.hint.set_text(translate("NoteEditor", "Esc keeps the draft"), "second")
        self.send_button.say(translate("NoteEditor", "Send note"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
