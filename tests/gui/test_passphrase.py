"""The window that asks for a passphrase never waits for the key itself."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application.ports import StoreError
from desktop.application.profile import Look
from desktop.domain.source import Problem
from desktop.gui.passphrase import WORDS, PassphraseWindow, ask_passphrase
from desktop.gui.theme import DARK, Theme

KEY = b"k" * 32


def typed(qtbot: QtBot, window: PassphraseWindow, text: str) -> None:
    for line in (window.first, window.second):
        line.setText(text)
    qtbot.keyClick(window.first, Qt.Key.Key_Return)


@pytest.mark.parametrize("chinese", [True, False])
def test_a_key_is_worked_out_beside_the_window_which_then_closes(
    qtbot: QtBot, chinese: bool
) -> None:
    on: list[threading.Thread] = []
    go_on = threading.Event()

    def take(passphrase: str) -> bytes:
        on.append(threading.current_thread())
        assert go_on.wait(10)
        return passphrase.encode()

    window = PassphraseWindow(chinese, True, take)
    qtbot.addWidget(window)
    window.show()
    typed(qtbot, window, "12345678")
    assert window.fault.text() == WORDS["opening"][not chinese]
    assert not window.first.isEnabled()
    typed(qtbot, window, "12345678")
    go_on.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.key == b"12345678"
    assert len(on) == 1
    assert on[0] is not threading.main_thread()


def test_a_wrong_passphrase_is_said_and_may_be_typed_again(qtbot: QtBot) -> None:
    def take(passphrase: str) -> bytes:
        if passphrase != "right":
            raise StoreError(Problem("passphrase_wrong"))
        return KEY

    window = PassphraseWindow(False, False, take)
    qtbot.addWidget(window)
    window.show()
    typed(qtbot, window, "wrong")
    qtbot.waitUntil(lambda: window.fault.text() == WORDS["wrong"][1])
    typed(qtbot, window, "right")
    qtbot.waitUntil(lambda: window.key == KEY)


def test_a_new_one_is_of_eight_characters_typed_alike_twice(qtbot: QtBot) -> None:
    window = PassphraseWindow(False, True, lambda _passphrase: KEY)
    qtbot.addWidget(window)
    typed(qtbot, window, "1234567")
    assert window.fault.text() == WORDS["short"][1]
    window.second.setText("other")
    window.first.setText("12345678")
    qtbot.keyClick(window.first, Qt.Key.Key_Return)
    assert window.fault.text() == WORDS["differ"][1]


def test_what_else_is_wrong_ends_the_window_with_its_reason(qtbot: QtBot) -> None:
    full = StoreError(Problem("disk_full", {"file": "key.salt"}))

    def take(_passphrase: str) -> bytes:
        raise full

    window = PassphraseWindow(False, False, take)
    qtbot.addWidget(window)
    window.show()
    typed(qtbot, window, "whatever")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert (window.key, window.error) == (None, full)


def test_the_window_is_drawn_in_the_theme_of_its_desk(
    qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(Theme().apply)
    grounds: list[str] = []

    def look() -> None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, PassphraseWindow)]
        grounds.extend(window.grab().toImage().pixelColor(4, 4).name() for window in found)
        grounds.extend(window.first.grab().toImage().pixelColor(9, 9).name() for window in found)
        for window in found:
            window.close()

    QTimer.singleShot(0, look)
    assert ask_passphrase(False, False, lambda _passphrase: KEY, Look(theme="dark")) is None
    assert [each.upper() for each in grounds] == [DARK.panel, DARK.raised]
