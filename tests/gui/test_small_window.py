"""A small or much enlarged window: the list beside the detail, all else as tabs, nothing cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTabBar
from pytestqt.qtbot import QtBot

from desktop.application.i18n import Words
from desktop.domain.command import Collection, Key
from desktop.gui import formatting
from desktop.gui.desk.layout import LEAST_SIZE, is_small
from desktop.gui.desk.window import DeskWindow
from desktop.gui.panes.infrastructure.asset_list import asset_key
from desktop.gui.panes.infrastructure.pane import InfrastructurePane
from support.builders import FakeClock
from support.dragging import drag_right_edge
from support.open_desk import RESOURCES, calm, incident_key, open_desk
from support.sample_board import sample_county

SMALL = QSize(960, 540)
"""1920 × 1080 enlarged to 200 %."""
TABS = ("detail", "map", "infrastructure", "queues", "warnings")


def in_sight(desk: DeskWindow, name: str) -> bool:
    """Whether the middle of the pane can be seen."""
    pane = desk.panes[name]
    found = desk.childAt(pane.mapTo(desk, pane.rect().center()))
    return pane.isVisible() and found is not None and (found is pane or pane.isAncestorOf(found))


def resized(qtbot: QtBot, desk: DeskWindow, size: QSize) -> None:
    desk.resize(size)
    qtbot.waitUntil(lambda: desk.arrangement.is_small == is_small(size))
    calm(qtbot, desk)


@pytest.mark.parametrize(
    ("width", "height", "small"),
    [(960, 540, True), (1093, 614, True), (1366, 768, False), (1920, 600, True)],
)
def test_what_is_small_is_judged_by_logical_pixels(width: int, height: int, small: bool) -> None:
    assert is_small(QSize(width, height)) == small
    assert not is_small(LEAST_SIZE)


def test_the_list_stays_beside_the_detail_and_keys_bring_the_other_panes_to_the_front(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        assert all(in_sight(desk, name) for name in ("incidents", *TABS))
        resized(qtbot, desk, SMALL)
        assert desk.size() == SMALL
        assert [name for name in ("incidents", *TABS) if in_sight(desk, name)] == [
            "incidents",
            "detail",
        ]
        (bar,) = desk.findChildren(QTabBar)
        assert bar.accessibleName()
        desk.run_action("go_queues")
        desk.run_action("go_detail")
        assert not desk.panes["queues"].isAncestorOf(desk.focusWidget()), "it is out of sight"
        desk.show_key(incident_key())
        calm(qtbot, desk)
        for name in (*TABS[1:], "detail"):
            desk.run_action(f"go_{name}")
            qtbot.waitUntil(lambda name=name: in_sight(desk, name))
            focused = desk.focusWidget()
            assert focused is desk.panes[name] or desk.panes[name].isAncestorOf(focused), name
            assert [other for other in TABS if in_sight(desk, other)] == [name]
            assert in_sight(desk, "incidents")


def test_what_is_asked_for_on_the_map_or_opened_comes_to_the_front(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        resized(qtbot, desk, SMALL)
        desk.panes["detail"].located.emit(incident_key())
        qtbot.waitUntil(lambda: in_sight(desk, "map"))
        desk.show_key(incident_key(2))
        qtbot.waitUntil(lambda: in_sight(desk, "detail"))
        desk.form_sheet.map_asked.emit()
        qtbot.waitUntil(lambda: in_sight(desk, "map"))


def test_each_size_has_its_arrangement_also_after_a_start(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        wide = desk.arrangement.docks["incidents"].width()
        drag_right_edge(qtbot, desk, "incidents", 555 - wide)
        resized(qtbot, desk, SMALL)
        desk.run_action("go_queues")
        resized(qtbot, desk, QSize(1366, 768))
        assert all(in_sight(desk, name) for name in ("incidents", *TABS))
        assert desk.centralWidget().isAncestorOf(desk.panes["map"])
        assert desk.panes["map"].head.isVisible()
        assert desk.arrangement.docks["incidents"].width() == 555
        resized(qtbot, desk, SMALL)
        assert in_sight(desk, "queues")
    with open_desk(qtbot, county, tmp_path, early=lambda desk: desk.resize(SMALL)) as desk:
        assert desk.arrangement.is_small
        assert in_sight(desk, "queues")
        resized(qtbot, desk, QSize(1366, 768))
        assert desk.arrangement.docks["incidents"].width() == 555


def test_what_was_squeezed_as_the_window_became_small_has_its_room_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        for size in (QSize(1536, 864), SMALL, QSize(1536, 864)):
            resized(qtbot, desk, size)
        for name in ("infrastructure", "queues", "warnings"):
            qtbot.waitUntil(lambda name=name: not cut_parts(desk, name))
        assert desk.arrangement.docks["queues"].height() == 200


def test_every_bar_of_tabs_has_a_name_also_one_that_a_change_of_size_left_behind(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        resized(qtbot, desk, SMALL)
        resized(qtbot, desk, QSize(1920, 1080))
        assert desk.findChildren(QTabBar)
        qtbot.waitUntil(lambda: all(bar.accessibleName() for bar in desk.findChildren(QTabBar)))


def test_whoever_has_panes_in_windows_of_their_own_keeps_the_arrangement(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.arrangement.docks["queues"].setFloating(True)
        desk.resize(SMALL)
        calm(qtbot, desk)
        assert not desk.arrangement.is_small
        assert desk.arrangement.docks["queues"].isFloating()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", [SMALL, QSize(1093, 614), LEAST_SIZE, QSize(1366, 768)])
def test_no_title_and_no_button_in_a_head_is_cut(
    qtbot: QtBot, tmp_path: Path, language: str, size: QSize
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        resized(qtbot, desk, size)
        for name in ("incidents", *TABS):
            desk.run_action(f"go_{name}")
            qtbot.waitUntil(lambda name=name: not cut_parts(desk, name))


def cut_parts(desk: DeskWindow, name: str) -> list[str]:
    """Return the texts in a pane's head that do not have the room they need."""
    head = desk.panes[name].head
    return [
        part.text()
        for part in (head.title, *head.findChildren(QPushButton))
        if part.isVisible()
        and part.fontMetrics().horizontalAdvance(part.text())
        > part.width() - (14 if isinstance(part, QPushButton) else 0)
    ]


def test_on_a_large_monitor_the_list_and_the_detail_grow_too(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        widths = {}
        for wide, high in ((1920, 1080), (3840, 2160)):
            resized(qtbot, desk, QSize(wide, high))
            docks = desk.arrangement.docks
            qtbot.waitUntil(lambda docks=docks, high=high: docks["queues"].height() > high // 5)
            widths[wide] = [docks[name].width() for name in ("incidents", "detail", "queues")]
        assert all(after > 1.25 * before for before, after in zip(*widths.values(), strict=True))


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts of which a painter cut the end."""
    found: list[str] = []
    cut = formatting.elide

    def watch(text: str, metrics: QFontMetrics, width: int) -> str:
        shown = cut(text, metrics, width)
        if shown != formatting.in_one_line(text):
            found.append(text)
        return shown

    monkeypatch.setattr(formatting, "elide", watch)
    return found


@pytest.mark.parametrize(
    ("language", "size", "is_alone"),
    [
        ("en", SMALL, True),
        ("en", QSize(1093, 614), True),
        ("en", QSize(1366, 768), False),
        ("zh_CN", SMALL, True),
        ("zh_CN", QSize(1093, 614), False),
    ],
)
def test_no_name_is_cut_in_a_list_of_assets_however_small_the_window(
    qtbot: QtBot, tmp_path: Path, language: str, size: QSize, is_alone: bool, cuts: list[str]
) -> None:
    spoken = Words(RESOURCES, language)
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, language=language, words=spoken
    ) as desk:
        resized(qtbot, desk, size)
        desk.run_action("go_infrastructure")
        pane = desk.panes["infrastructure"]
        pane.open_cell(None, "pump_station")
        calm(qtbot, desk)
        assert pane.matrix.isHidden() == is_alone
        qtbot.waitUntil(lambda: _fill_together(pane))
        cuts.clear()
        for asset in pane.assets.table.rows:
            pane.assets.scrollTo(pane.assets.table.index(pane.assets.table.row(asset_key(asset))))
            pane.assets.grab()
        assert cuts == []
        assert pane.assets.hasFocus()


def test_where_a_list_of_assets_is_alone_keys_lead_there_and_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        resized(qtbot, desk, SMALL)
        desk.run_action("go_infrastructure")
        pane, asset = desk.panes["infrastructure"], Key("county", Collection.ASSETS, "A0001")
        assert pane.show_key(asset)
        assert pane.matrix.isHidden()
        assert pane.assets.hasFocus(), "what had the keyboard is out of sight"
        desk.run_action("go_incidents")
        desk.run_action("go_infrastructure")
        assert pane.assets.hasFocus()
        QTest.keyClick(pane.assets, Qt.Key.Key_Escape)
        assert pane.matrix.isVisible()
        assert pane.matrix.hasFocus()
        pane.show_key(asset)
        resized(qtbot, desk, QSize(1366, 768))
        assert pane.matrix.isVisible()


def test_a_list_that_loses_room_keeps_its_place(qtbot: QtBot, tmp_path: Path) -> None:
    """What opens beside a list, such as a notice, moves no row that was being read."""
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.run_action("go_infrastructure")
        pane = desk.panes["infrastructure"]
        pane.open_cell(None, "pump_station")
        calm(qtbot, desk)
        assets, bar = pane.assets, pane.assets.verticalScrollBar()
        assets.setFocus()
        assets.setCurrentIndex(assets.table.index(0))
        bar.setValue(bar.maximum())
        read = bar.value()
        assert read > assets.height(), "the current row is out of sight"
        pane.resize(pane.width(), pane.height() - 32)
        assert bar.value() == read
        last = assets.table.index(len(assets.table.rows) - 1)
        assets.setCurrentIndex(last)
        pane.resize(pane.width(), pane.height() - 32)
        assert bar.value() == bar.maximum(), "the row that has the keyboard stays in sight"


def _fill_together(pane: InfrastructurePane) -> bool:
    matrix_px = 0 if pane.matrix.isHidden() else pane.matrix.width() + 1
    return pane.assets.width() + matrix_px == pane.width()
