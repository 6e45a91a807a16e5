"""A small window, before the desk opens, that shows that the program waits for the keyring."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QCloseEvent
from PySide6.QtWidgets import QDialogButtonBox, QVBoxLayout, QWidget

from desktop.application.profile import USUAL_LOOK, Look
from desktop.gui.qt_application import application_before_desk
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.accessible import Paragraph, announce_once_read

WAITING = "正在等本机密钥环交出数据的密钥。刚开机时可能要半分钟；它若要口令，请在它的窗口里输入。"
WAITING_EN = (
    "Waiting for this computer's keyring, which keeps the key of its data. Just after the computer"
    " was started that may take half a minute; where the keyring asks for a password, type it in"
    " the keyring's own window."
)
WORDS = {"title": ("县域指挥台", "County Desk"), "waiting": (WAITING, WAITING_EN)}
"""Shown before any translation is loaded, so both languages are here."""

WIDTH = 440

LookUp = Callable[[Callable[[], bool]], bytes]
"""Reads the key, which takes as long as the keyring does, unless it is cancelled."""


class KeyringWindow(QWidget):
    """A message and a cancel button; `key` is None until the keyring has given it.

    It is looked up on a thread of its own: the window can be moved and closed meanwhile. As it
    opens it leaves the keyboard to the keyring's own window, in which somebody may be typing.
    """

    accessible_role = QAccessible.Role.Dialog

    def __init__(self, chinese: bool, look_up: LookUp) -> None:
        super().__init__()
        self.key: bytes | None = None
        self.error: Exception | None = None
        """Why there is no key, unless the person cancelled."""
        self._cut = threading.Event()
        self._runner = TaskRunner("keyring-window", self)
        self.setWindowTitle(WORDS["title"][not chinese])
        self.words = Paragraph(WORDS["waiting"][not chinese])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(
            "取消" if chinese else "Cancel"
        )
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self.words)
        column.addWidget(buttons)
        self.setFixedSize(WIDTH, column.totalHeightForWidth(WIDTH))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        # Without the keyboard a reader would pass it over.
        self._looks = announce_once_read(self, self.words.text)
        self._runner.ask(lambda: look_up(self._cut.is_set), self._have, self._fail)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._cut.set()
        self._looks.stop()
        self._runner.close()
        super().closeEvent(event)

    def _have(self, key: bytes) -> None:
        self.key = key
        self.close()

    def _fail(self, error: Exception) -> None:
        self.error = error
        self.close()


def wait_for_key(chinese: bool, look_up: LookUp, look: Look = USUAL_LOOK) -> bytes | None:
    """Return the keyring's key, or None when the window was closed; raises what the look-up does.

    Runs before the desk's own loop.
    """
    app = application_before_desk(look)
    window = KeyringWindow(chinese, look_up)
    window.show()
    app.exec()
    key, error = window.key, window.error
    window.deleteLater()
    if error is not None:
        raise error
    return key
