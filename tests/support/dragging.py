"""Separators between docks, dragged as a hand does."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.gui.desk.window import DeskWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
INTO_PX = 2
"""How far beyond a dock its separator is surely met."""


def drag_right_edge(qtbot: QtBot, desk: DeskWindow, dock: str, by_px: int) -> None:
    """Make this dock so much wider by its right edge."""
    place = QRect(desk.arrangement.docks[dock].geometry())
    at = QPoint(place.right() + INTO_PX, place.center().y())
    _drag(qtbot, desk, at, QPoint(by_px, 0))


def drag_upper_edge(qtbot: QtBot, desk: DeskWindow, dock: str, by_px: int) -> None:
    """Make this dock so much higher by its upper edge."""
    place = QRect(desk.arrangement.docks[dock].geometry())
    at = QPoint(place.center().x(), place.top() - INTO_PX)
    _drag(qtbot, desk, at, QPoint(0, -by_px))


def _drag(qtbot: QtBot, desk: DeskWindow, at: QPoint, by: QPoint) -> None:
    assert desk.isSeparator(at)
    QTest.mousePress(desk, LEFT, NONE, at)
    for part in (by / 2, by):
        QTest.mouseMove(desk, at + part)
    # Qt moves them once it has nothing else to do.
    qtbot.waitUntil(lambda: desk.isSeparator(at + by))
    QTest.mouseRelease(desk, LEFT, NONE, at + by)
