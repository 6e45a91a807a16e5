"""A small window, before the desk opens, that asks for the store's passphrase."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QCloseEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.application.ports import StoreError
from desktop.application.profile import USUAL_LOOK, Look
from desktop.domain.passphrase import LEAST_CHARS, is_long_enough
from desktop.gui.qt_application import application_before_desk
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.accessible import Paragraph

WORDS = {
    "title": ("县域指挥台", "County Desk"),
    "known": (
        "这台电脑没有密钥环。请输入打开本机数据的口令。",
        "This computer has no keyring. Type the passphrase that opens its data.",
    ),
    "new": (
        "这台电脑没有密钥环。请设一个口令，本机数据用它加密；忘了就打不开。",
        "This computer has no keyring. Choose a passphrase for its data: nothing else opens them.",
    ),
    "field": ("口令", "Passphrase"),
    "again": ("再输一次", "Once more"),
    "differ": ("两次不一致。", "The two are not alike."),
    "short": (f"至少 {LEAST_CHARS} 个字符。", f"At least {LEAST_CHARS} characters."),
    "open": ("打开", "Open"),
    "cancel": ("取消", "Cancel"),
    "opening": ("正在打开…", "Opening…"),
    "wrong": ("口令不对，请重新输入。", "The passphrase is wrong. Type it again."),
}
"""Shown before any translation is loaded, so both languages are here."""

WIDTH = 440

Take = Callable[[str], bytes]
"""Derives the key from a passphrase, which takes a while; raises StoreError."""


class PassphraseWindow(QWidget):
    """One or two lines to type in; `key` is None until a passphrase has been accepted.

    The key is derived on a thread of its own: the window can be moved and closed meanwhile.
    """

    accessible_role = QAccessible.Role.Dialog

    def __init__(self, chinese: bool, new: bool, take: Take) -> None:
        super().__init__()
        self.key: bytes | None = None
        self.error: StoreError | None = None
        """Why there is no key although the passphrase may be right."""
        self._chinese, self._new, self._take = chinese, new, take
        self._jobs = TaskRunner("passphrase", self)
        self.setWindowTitle(self._say("title"))
        words = Paragraph(self._say("new" if new else "known"))
        self.setAccessibleDescription(words.text())
        self.first, self.second = QLineEdit(), QLineEdit()
        for line in (self.first, self.second):
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.returnPressed.connect(self.accept)
        self.first.setAccessibleName(self._say("field"))
        self.second.setAccessibleName(self._say("again"))
        self.second.setPlaceholderText(self._say("again"))
        if not new:
            self.second.hide()
        self.fault = QLabel()
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(self._say("open"))
        self._ok.setProperty("main", True)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self._say("cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for widget in (words, self.first, self.second, self.fault, buttons):
            column.addWidget(widget)
        self.setFixedSize(WIDTH, column.totalHeightForWidth(WIDTH))

    def accept(self) -> None:
        """Use the text typed, or show what is wrong with it."""
        typed = self.first.text()
        if self._jobs.pending:
            return
        if self._new and not is_long_enough(typed):
            self._tell("short")
        elif self._new and typed != self.second.text():
            self._tell("differ")
        elif typed:
            self._let_type(False)
            self._tell("opening")
            self._jobs.ask(lambda: self._take(typed), self._have, self._fail)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._jobs.close()
        super().closeEvent(event)

    def _have(self, key: bytes) -> None:
        self.key = key
        self.close()

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, StoreError):
            raise error
        if error.problem.code != "passphrase_wrong":
            self.error = error
            self.close()
            return
        self._let_type(True)
        self._tell("wrong")
        self.first.selectAll()
        self.first.setFocus()

    def _let_type(self, may: bool) -> None:
        for widget in (self.first, self.second, self._ok):
            widget.setEnabled(may)

    def _tell(self, name: str) -> None:
        """Show what is wrong with what was typed; a reader says it as the field's description."""
        self.fault.setText(self._say(name))
        for line in (self.first, self.second):
            line.setAccessibleDescription(self.fault.text())

    def _say(self, name: str) -> str:
        zh, en = WORDS[name]
        return zh if self._chinese else en


def ask_passphrase(chinese: bool, new: bool, take: Take, look: Look = USUAL_LOOK) -> bytes | None:
    """Return the key of the passphrase typed, or None if the window was closed; raises StoreError.

    Runs before the desk's own loop.
    """
    app = application_before_desk(look)
    window = PassphraseWindow(chinese, new, take)
    window.show()
    app.exec()
    key, error = window.key, window.error
    window.deleteLater()
    if error is not None:
        raise error
    return key
