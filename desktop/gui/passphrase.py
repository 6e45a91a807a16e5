"""Asks for the store's passphrase in a small window, before the desk opens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

WORDS = {
    "title": ("县域指挥台", "County Desk"),
    "known": (
        "这台电脑没有密钥环。请输入打开本机数据的口令。",
        "This computer has no keyring. Type the passphrase that opens its data.",
    ),
    "new": (
        "这台电脑没有密钥环。请设一个口令，本机数据用它加密；忘了就打不开。",
        "This computer has no keyring. Choose a passphrase for its data; without it, it is lost.",
    ),
    "again": ("再输一次", "Once more"),
    "differ": ("两次不一致。", "The two are not alike."),
    "short": ("至少 8 个字符。", "At least 8 characters."),
}
"""Said before any translation is loaded, so both languages stand here."""

LEAST_CHARS = 8


class PassphraseWindow(QWidget):
    """One or two lines to type in; `passphrase` is None until it is accepted."""

    def __init__(self, chinese: bool, new: bool) -> None:
        super().__init__()
        self.passphrase: str | None = None
        self._chinese, self._new = chinese, new
        self.setWindowTitle(self._say("title"))
        words = QLabel(self._say("new" if new else "known"))
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        self.first, self.second = QLineEdit(), QLineEdit()
        for line in (self.first, self.second):
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.returnPressed.connect(self.accept)
        self.second.setPlaceholderText(self._say("again"))
        self.second.setVisible(new)
        self.fault = QLabel()
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for widget in (words, self.first, self.second, self.fault, buttons):
            column.addWidget(widget)
        self.setFixedWidth(440)

    def accept(self) -> None:
        """Take what was typed, or say what is wrong with it."""
        typed = self.first.text()
        if self._new and len(typed) < LEAST_CHARS:
            self.fault.setText(self._say("short"))
        elif self._new and typed != self.second.text():
            self.fault.setText(self._say("differ"))
        elif typed:
            self.passphrase = typed
            self.close()

    def _say(self, name: str) -> str:
        zh, en = WORDS[name]
        return zh if self._chinese else en


def ask_passphrase(chinese: bool, new: bool) -> str | None:
    """What a person typed, or None when they closed the window. Runs before the desk's own loop."""
    app = QApplication.instance() or QApplication([])
    window = PassphraseWindow(chinese, new)
    window.show()
    app.exec()
    given = window.passphrase
    window.deleteLater()
    return given
