"""An office's sheet of telephone, messages and codes, as its clerk opens and uses it."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.command import Collection, Key
from desktop.gui.township.no_network.sheet import NoNetworkSheet
from desktop.gui.township.window import TownshipWindow

ON = Key("county", Collection.INCIDENTS, "I0001")
"""The only incident."""


def open_sheet(qtbot: QtBot, window: TownshipWindow, way: str = "aloud") -> NoNetworkSheet:
    """The sheet as the clerk opens it, on the page of this way."""
    window.show_task("sending")
    page = cast(Any, window.pages["sending"])
    QTest.mouseClick(page.no_network, Qt.MouseButton.LeftButton)
    sheet = window.carriers.no_network
    assert sheet is not None
    settle(qtbot, sheet)
    if way != "aloud":
        sheet.ways.choose(way)
        settle(qtbot, sheet)
    return sheet


def settle(qtbot: QtBot, sheet: NoNetworkSheet) -> None:
    qtbot.waitUntil(lambda: not (sheet.runner.pending or sheet.slow.pending))


def press(qtbot: QtBot, sheet: NoNetworkSheet, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, sheet)
