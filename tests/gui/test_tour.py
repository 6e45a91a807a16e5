"""The tour notices by itself what was done, can be left, and goes on where it was."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui.tour.pane import TourPane
from desktop.gui.upkeep.log_sheet import LogSheet
from support.builders import FakeClock
from support.open_desk import calm, open_desk
from support.open_help import shown_help
from support.sample_board import sample_county


def press(key: Qt.Key) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget(), key)


def tour_of(window) -> TourPane:
    [pane] = window.findChildren(TourPane)
    return pane


def test_steps_are_noticed_in_whatever_sequence_and_remembered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, tour=True) as desk:
        pane = tour_of(desk)
        assert pane.step.name == "pick"
        desk.run_action("outbox")
        assert pane.rows["outbox"].text().startswith("✓")
        press(Qt.Key.Key_Escape)
        press(Qt.Key.Key_J)
        assert pane.step.name == "sources"
        pane.skip.click()
        assert pane.step.name == "acknowledge"
        calm(qtbot, desk)
        desk.run_action("acknowledge")
        qtbot.waitUntil(lambda: pane.step.name == "map")
        pane.leave.click()
        assert not pane.isVisible()
        desk.run_action("go_map")
        calm(qtbot, desk)
    with open_desk(qtbot, county, tmp_path, tour=True) as desk:
        assert desk.findChildren(TourPane) == []
        desk.run_action("tour")
        pane = tour_of(desk)
        assert pane.isVisible()
        assert pane.step.name == "sources"
        for row in ("pick", "outbox", "acknowledge"):
            assert pane.rows[row].text().startswith("✓")


def test_every_step_can_be_noticed_and_the_end_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path, language="en") as desk:
        desk.run_action("tour")
        pane = tour_of(desk)
        for action, step in (("sources", "sources"), ("go_map", "map"), ("palette", "palette")):
            desk.run_action(action)
            assert pane.rows[step].text().startswith("✓"), step
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        desk.run_action("help")
        qtbot.waitUntil(lambda: pane.rows["help"].text().startswith("✓"))
        shown_help().close()
        while pane.step is not None:
            pane.skip.click()
        assert pane.now.text() == "That is all of it"
        assert pane.leave.text() == "Close"


def test_a_real_county_is_not_practised_on(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 1), tmp_path, demo=False) as desk:
        desk.run_action("tour")
        assert desk.findChildren(TourPane) == []
        assert shown_help().view.place == "tour.html"


def test_words_of_a_step_name_the_keys_in_force(qtbot: QtBot, tmp_path: Path) -> None:
    keys = {"next": "U"}
    with open_desk(qtbot, sample_county(FakeClock(), 1), tmp_path, keys=keys) as desk:
        desk.run_action("tour")
        assert "按 U 往下、K 往上" in tour_of(desk).told.text()


def test_a_sheet_leaves_the_tour_readable_and_its_title_is_whole(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path, language="en") as desk:
        desk.resize(1366, 768)
        desk.run_action("tour")
        pane = tour_of(desk)
        desk.run_action("log")
        calm(qtbot, desk)
        sheet = desk.findChild(LogSheet)
        assert sheet.geometry().right() < pane.mapTo(desk, QPoint()).x()
        assert pane.title.heightForWidth(pane.title.width()) <= pane.title.height()
        assert pane.title.wordWrap()
