"""Panes are moved to a side of the window by a key, as their heads are dragged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from desktop.gui.desk.window import DeskWindow
from support.builders import FakeClock
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import sample_county

SIDE, KEY = Qt.DockWidgetArea, Qt.Key
HELD = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
KEYS = {
    SIDE.LeftDockWidgetArea: KEY.Key_Left,
    SIDE.RightDockWidgetArea: KEY.Key_Right,
    SIDE.TopDockWidgetArea: KEY.Key_Up,
    SIDE.BottomDockWidgetArea: KEY.Key_Down,
}
PANES = ("incidents", "detail", "infrastructure", "queues", "warnings")


def move(qtbot: QtBot, desk: DeskWindow, name: str, side: Qt.DockWidgetArea) -> None:
    if name == "detail":
        desk.show_key(incident_key())  # An empty one takes no keyboard.
        calm(qtbot, desk)
    desk.run_action(f"go_{name}")
    dock = desk.arrangement.docks[name]
    qtbot.waitUntil(lambda: dock.isAncestorOf(QApplication.focusWidget()))
    QTest.keyClick(QApplication.focusWidget(), KEYS[side], HELD)
    calm(qtbot, desk)


def sides(desk: DeskWindow) -> dict[str, Qt.DockWidgetArea]:
    return {name: desk.dockWidgetArea(desk.arrangement.docks[name]) for name in PANES}


@pytest.mark.parametrize("side", KEYS)
@pytest.mark.parametrize("name", ["queues", "incidents"])
def test_the_pane_with_the_keyboard_goes_to_a_side_and_keeps_it(
    qtbot: QtBot, tmp_path: Path, name: str, side: Qt.DockWidgetArea
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        before = sides(desk)
        move(qtbot, desk, name, side)
        assert sides(desk) == before | {name: side}
        assert desk.arrangement.docks[name].isAncestorOf(QApplication.focusWidget())
        assert desk.size() == QSize(1366, 768)


def test_beside_others_it_has_an_equal_share_at_their_end(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        docks = desk.arrangement.docks
        move(qtbot, desk, "detail", SIDE.LeftDockWidgetArea)
        qtbot.waitUntil(lambda: docks["detail"].y() > docks["incidents"].y())
        qtbot.waitUntil(lambda: abs(docks["detail"].height() - docks["incidents"].height()) <= 8)


def test_the_pane_in_the_middle_stays_there(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        before = sides(desk)
        desk.run_action("go_map")
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_Left, HELD)
        assert sides(desk) == before
        assert desk.arrangement.by_default


def test_where_there_is_no_room_for_one_more_it_becomes_a_tab_with_a_name(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        for name in reversed(PANES[1:]):
            move(qtbot, desk, name, SIDE.LeftDockWidgetArea)
        assert desk.size() == QSize(1366, 768), "the window has not grown"
        assert set(sides(desk).values()) == {SIDE.LeftDockWidgetArea}
        docks = desk.arrangement.docks
        assert desk.tabifiedDockWidgets(docks["detail"])
        assert docks["detail"].isAncestorOf(QApplication.focusWidget())
        bars = [bar for bar in desk.findChildren(QTabBar) if bar.isVisible()]
        qtbot.waitUntil(lambda: bool(bars) and all(bar.accessibleName() for bar in bars))


def test_what_would_make_the_window_larger_does_not_move(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        for name in ("queues", "detail"):
            move(qtbot, desk, name, SIDE.LeftDockWidgetArea)
        before = sides(desk)
        move(qtbot, desk, "warnings", SIDE.TopDockWidgetArea)
        assert sides(desk) == before
        assert desk.size() == QSize(1366, 768)
        move(qtbot, desk, "queues", SIDE.BottomDockWidgetArea)
        move(qtbot, desk, "warnings", SIDE.TopDockWidgetArea)
        assert sides(desk)["warnings"] is SIDE.TopDockWidgetArea


def test_a_pane_in_a_window_of_its_own_comes_back_by_the_key(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.run_action("go_queues")
        dock = desk.arrangement.docks["queues"]
        dock.setFloating(True)
        desk.run_action("go_queues")
        qtbot.waitUntil(lambda: dock.isAncestorOf(QApplication.focusWidget()))
        desk.run_action("move_right")
        assert not dock.isFloating()
        assert sides(desk)["queues"] == SIDE.RightDockWidgetArea


def test_what_was_moved_stays_at_the_next_start_until_the_layout_is_reset(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        before = sides(desk)
        move(qtbot, desk, "queues", SIDE.LeftDockWidgetArea)
        moved = sides(desk)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert sides(desk) == moved
        assert not desk.arrangement.by_default
        desk.run_action("reset_layout")
        assert sides(desk) == before
        assert desk.arrangement.by_default
