"""Panes are moved, taken out and stacked by keys, as their heads are dragged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar
from pytestqt.qtbot import QtBot

from desktop.gui.desk.layout import STRETCH_PX
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


def hold(qtbot: QtBot, desk: DeskWindow, name: str) -> QDockWidget:
    """Give the keyboard to a pane."""
    desk.run_action(f"go_{name}")
    dock = desk.arrangement.docks[name]
    qtbot.waitUntil(lambda: dock.isAncestorOf(QApplication.focusWidget()))
    return dock


def as_seen(desk: DeskWindow, *names: str) -> list[str]:
    """The panes of the foot as the eye goes."""
    docks = desk.arrangement.docks
    return sorted(names, key=lambda name: docks[name].x())


def test_a_key_gives_a_pane_a_window_of_its_own_and_puts_it_back_where_it_was(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        dock = hold(qtbot, desk, "queues")
        before, place = sides(desk), dock.geometry()
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_O, HELD)
        assert dock.isFloating()
        assert desk.screen().availableGeometry().contains(dock.geometry())
        qtbot.waitUntil(lambda: dock.isAncestorOf(QApplication.focusWidget()))
        dock.move(40, 60)
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_O, HELD)
        assert not dock.isFloating()
        assert sides(desk) == before
        qtbot.waitUntil(lambda: dock.geometry() == place)
        qtbot.waitUntil(lambda: dock.isAncestorOf(QApplication.focusWidget()))
        desk.run_action("float")
        assert dock.pos() == QPoint(40, 60), "its own window opens where it was"


def test_a_pane_floated_before_the_start_has_a_fair_share_when_it_is_put_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        hold(qtbot, desk, "queues")
        desk.run_action("float")
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.activateWindow()
        qtbot.waitUntil(desk.isActiveWindow)
        dock = hold(qtbot, desk, "queues")
        desk.run_action("float")
        qtbot.waitUntil(lambda: dock.width() > desk.width() // 4)
        assert desk.arrangement.docks["infrastructure"].width() > desk.width() // 4


def test_a_window_of_its_own_is_made_larger_by_the_keys_of_its_pane(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        dock = hold(qtbot, desk, "queues")
        desk.run_action("float")
        qtbot.waitUntil(lambda: dock.isAncestorOf(QApplication.focusWidget()))
        before = dock.size()
        desk.run_action("wider")
        desk.run_action("higher")
        assert dock.size() == before + QSize(STRETCH_PX, STRETCH_PX)


def test_the_palette_means_the_pane_that_had_the_keyboard_also_in_a_window_of_its_own(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, language="en") as desk:
        dock = hold(qtbot, desk, "queues")
        for floats in (True, False):
            desk.run_action("palette")
            qtbot.waitUntil(lambda: QApplication.focusWidget() is desk.palette_sheet.field)
            QTest.keyClicks(desk.palette_sheet.field, "float the pane")
            QTest.keyClick(desk.palette_sheet.field, KEY.Key_Return)
            assert dock.isFloating() == floats
            qtbot.waitUntil(lambda: dock.isAncestorOf(QApplication.focusWidget()))


def test_going_to_another_pane_leaves_the_window_of_one(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        hold(qtbot, desk, "queues")
        desk.run_action("float")
        for name in ("incidents", "queues", "infrastructure"):
            dock = hold(qtbot, desk, name)
            qtbot.waitUntil(dock.isActiveWindow)


@pytest.mark.parametrize("name", ["infrastructure", "queues", "warnings"])
def test_a_key_stacks_a_pane_with_its_neighbour_and_takes_it_out_where_it_was(
    qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    foot = ("infrastructure", "queues", "warnings")
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.resize(1920, 1080)
        calm(qtbot, desk)
        docks = desk.arrangement.docks
        dock = hold(qtbot, desk, name)
        qtbot.waitUntil(lambda: dock.width() > 100)
        before, wide = as_seen(desk, *foot), sum(docks[each].width() for each in foot)
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_S, HELD)
        [other] = desk.tabifiedDockWidgets(dock)
        assert dock.isAncestorOf(QApplication.focusWidget())
        qtbot.waitUntil(
            lambda: any(b.isVisible() and b.count() == 2 for b in desk.findChildren(QTabBar))
        )
        assert not desk.arrangement.by_default
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_S, HELD)
        assert desk.tabifiedDockWidgets(dock) == []
        assert dock.isAncestorOf(QApplication.focusWidget())
        qtbot.waitUntil(lambda: as_seen(desk, *foot) == before)
        qtbot.waitUntil(lambda: abs(dock.width() - other.width()) <= wide // 8)
        assert desk.size() == QSize(1920, 1080)


def test_a_pane_alone_on_its_side_has_nothing_to_be_stacked_with(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        dock, before = hold(qtbot, desk, "incidents"), sides(desk)
        desk.run_action("stack")
        assert sides(desk) == before
        assert desk.tabifiedDockWidgets(dock) == []


@pytest.mark.parametrize("action", ["float", "stack"])
def test_what_was_floated_or_stacked_stays_so_at_the_next_start(
    qtbot: QtBot, tmp_path: Path, action: str
) -> None:
    county = sample_county(FakeClock(), 5)

    def is_so(desk: DeskWindow) -> bool:
        dock = desk.arrangement.docks["queues"]
        return dock.isFloating() if action == "float" else bool(desk.tabifiedDockWidgets(dock))

    with open_desk(qtbot, county, tmp_path) as desk:
        hold(qtbot, desk, "queues")
        desk.run_action(action)
        assert is_so(desk)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert is_so(desk)
        desk.activateWindow()
        qtbot.waitUntil(desk.isActiveWindow)
        hold(qtbot, desk, "queues")
        desk.run_action(action)
        assert not is_so(desk)


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
