"""The page of the file itself: its whole text, for whoever knows TOML, and the last good one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.application.settings.editor import Snapshot
from desktop.gui.settings.fault_text import list_faults
from desktop.gui.settings.writing import Writing
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

SHOWN_FAULTS = 4


class FilePage(QWidget):
    """The text of the file in a field; it is written when a person wants that."""

    def __init__(self, screen: SettingsScreen, writing: Writing) -> None:
        super().__init__()
        self._screen, self._writing = screen, writing
        self._armed = ""
        """The faulty text for which "write" was pressed once."""
        self._base = ""
        """The file's text from which what is typed was begun."""
        self._good: str | None = None
        self.text = QPlainTextEdit()
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(screen.theme.font("body").pixelSize())
        self.text.setFont(font)
        self.text.textChanged.connect(self._say)
        writing.theirs_wanted.connect(lambda: self.text.document().setModified(False))
        self.said = PlainLabel(screen, "body", "orange_text", elide=False)
        self.said.setWordWrap(True)
        self.write_button, self.undo_button = QPushButton(), QPushButton()
        self.good_button = QPushButton()
        self.write_button.clicked.connect(self.write)
        self.undo_button.clicked.connect(lambda: self._put(writing.snapshot.text))
        self.good_button.clicked.connect(self._put_good)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.write_button, self.undo_button, self.good_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.text, 1)
        column.addWidget(self.said)
        column.addLayout(buttons)
        self.retranslate()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the file's text now, unless a person is changing it."""
        self.text.setReadOnly(snapshot.unwritable is not None)
        if not self.text.document().isModified() or self._armed == snapshot.text:
            self._put(snapshot.text)
        self.retranslate()
        self._writing.read_good(self._take_good)

    def _take_good(self, good: str | None) -> None:
        self._good = good
        self._say()

    def _put_good(self) -> None:
        if self._good is not None:
            self._put(self._good)

    def _put(self, text: str) -> None:
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)
        self._base = self._writing.snapshot.text
        self.text.document().setModified(text != self._base)
        self._say()

    def write(self) -> None:
        """Write the text as it is; one with faults at the second press."""
        text = self.text.toPlainText()
        faults = self._screen.desk.editor.find_faults(text)
        if faults and self._armed != text:
            self._armed = text
            told = list_faults(faults, self._screen.words, SHOWN_FAULTS)
            again = translate("Settings", "Press again to write it all the same.")
            self.said.set_text(f"{told}\n{again}")
            self.said.show()
            return
        self._armed = text
        self.text.setFocus()
        self._writing.replace(text, self._base)

    def _say(self) -> None:
        changed = self.text.toPlainText() != self._writing.snapshot.text
        can_write = self._writing.snapshot.unwritable is None
        self.write_button.setEnabled(changed and can_write)
        self.undo_button.setEnabled(changed)
        self.good_button.setVisible(self._good not in (None, self._writing.snapshot.text))
        if not changed or self._armed != self.text.toPlainText():
            self.said.hide()

    def retranslate(self) -> None:
        """Set all texts in the language in force."""
        self.text.setAccessibleName(translate("Settings", "Text of the profile's file"))
        self.write_button.setText(translate("Settings", "Write this text"))
        self.undo_button.setText(translate("Settings", "Take back what I typed"))
        self.good_button.setText(translate("Settings", "Put in the last text that opened"))
        self._say()
