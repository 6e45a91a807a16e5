"""Eyes can follow the keyboard: a ring at every stop, in sight, both ways, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.gui.desk.actions import LAID
from desktop.gui.qt_application import application
from desktop.gui.theme import Theme
from desktop.gui.views.sheets import UPKEEP
from desktop.gui.widgets.sheet import Sheet
from support.builders import FakeClock
from support.every_screen import (
    SMALL,
    SMALL_AT_200,
    FoundDoctor,
    Screens,
    an_upkeep,
    every_first_window,
    every_screen_of_an_office,
    every_screen_of_the_desk,
)
from support.focus_walk import judge_walk
from support.open_desk import calm, open_desk
from support.sample_board import sample_county
from support.settings_desk import AnsweringDesk

SHEETS = (*LAID, "settings", "licences", "keys", "palette", "new_incident")


def faults_of(screens: Screens) -> dict[str, list[str]]:
    """Return what eyes cannot follow, by screen; there must be screens."""
    judged = {}
    for name, widget in screens:
        before = QApplication.focusWidget()
        judged[name] = list(judge_walk(widget))
        if before is not None:
            before.setFocus()
    assert judged
    return {name: found for name, found in judged.items() if found}


def test_a_ring_that_is_thin_or_faint_or_missing_or_covered_is_found(qtbot: QtBot) -> None:
    application([])
    Theme().apply()
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    looks = {
        "good": "",
        "thin": "QPushButton:focus { border: 1px solid #000; padding: 2px 8px; }",
        "faint": "QPushButton:focus { border: 2px solid #CCC; }",
        "none": "QPushButton, QPushButton:focus { border: 1px solid #000; padding: 2px 8px; }",
        "covered": "",
    }
    for name, look in looks.items():
        button = QPushButton(name)
        button.setObjectName(name)
        button.setStyleSheet(look)
        column.addWidget(button)
    column.addWidget(QLineEdit())
    window.resize(240, 300)
    with qtbot.waitActive(window):
        window.show()
    over = QWidget(window)
    over.setGeometry(button.geometry())
    over.show()
    window.findChild(QPushButton, "good").setFocus()
    found = list(judge_walk(window))
    assert [[word for word in looks if word in each] for each in found] == [
        ["thin"],
        ["faint"],
        ["none"],
        ["covered"],
    ]


def test_the_keyboard_is_followed_by_eye_where_an_officer_works_most(
    qtbot: QtBot, tmp_path: Path
) -> None:
    only = ("note", "new-incident", "log")
    assert faults_of(every_screen_of_the_desk(qtbot, tmp_path, "en", "light", only=only)) == {}


def test_the_keyboard_is_followed_by_eye_through_a_page_that_scrolls_whole(
    qtbot: QtBot, tmp_path: Path
) -> None:
    look = qtbot, tmp_path, "en", "light"
    screens = every_screen_of_an_office(*look, size=SMALL_AT_200, only=("report", "look_up"))
    assert faults_of(screens) == {}


def test_every_sheet_gives_the_keyboard_back_to_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    settings, upkeep = AnsweringDesk(tmp_path), an_upkeep(tmp_path)
    with open_desk(
        qtbot,
        sample_county(FakeClock(), 5),
        tmp_path,
        settings=lambda: settings,
        upkeep=lambda: upkeep,
        doctor=lambda: FoundDoctor("zh_CN"),
    ) as desk:
        incidents: Any = desk.panes["incidents"]
        before = incidents.search
        lost = []
        for name in SHEETS:
            before.setFocus()
            desk.run_action(name)
            calm(qtbot, desk)
            open_sheets = [sheet for sheet in desk.findChildren(Sheet) if sheet.isVisible()]
            assert len(open_sheets) == 1, name
            assert QApplication.focusWidget() is not before, name
            open_sheets[0].setFocus()
            QTest.keyClick(open_sheets[0], Qt.Key.Key_Escape)
            if open_sheets[0].isVisible() or QApplication.focusWidget() is not before:
                lost.append(name)
        assert lost == []
        assert set(UPKEEP) <= set(SHEETS)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("language", "theme"), [("zh_CN", "light"), ("en", "dark")])
def test_the_keyboard_is_followed_by_eye_on_every_screen(
    qtbot: QtBot, tmp_path: Path, language: str, theme: str
) -> None:
    look = qtbot, tmp_path, language, theme
    assert faults_of(every_screen_of_the_desk(*look)) == {}
    for size in (SMALL, SMALL_AT_200):
        assert faults_of(every_screen_of_an_office(*look, size=size)) == {}
    assert faults_of(every_first_window(*look)) == {}
