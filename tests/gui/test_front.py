"""A second start of a profile brings the first window forward, and opens none of its own."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.gui.front import FrontDoor, call

NAME = "county-desk-test-front"


def test_a_later_start_brings_a_minimised_window_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    door = FrontDoor(NAME, window)
    answers: list[bool] = []
    caller = threading.Thread(target=lambda: answers.append(call(NAME)))
    caller.start()
    qtbot.waitUntil(lambda: not window.isMinimized())
    qtbot.waitUntil(lambda: answers == [True])
    caller.join()
    door.close()
    assert not window.windowState() & Qt.WindowState.WindowMinimized


def test_where_nobody_listens_a_start_is_told_so(qtbot: QtBot) -> None:
    assert not call("county-desk-test-nobody")


def test_a_name_left_over_by_a_killed_program_is_taken_over(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    first = FrontDoor(NAME, window)
    second = FrontDoor(NAME, window)
    window.showMinimized()
    answers: list[bool] = []
    caller = threading.Thread(target=lambda: answers.append(call(NAME)))
    caller.start()
    qtbot.waitUntil(lambda: answers == [True])
    caller.join()
    first.close()
    second.close()
