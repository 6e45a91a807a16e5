"""A new incident: written down offline, in the list at once, sent when there is a line."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandKind
from desktop.domain.geo import Place
from desktop.gui.desk.window import DeskWindow
from desktop.gui.forms.lookup import LookupEntry
from desktop.gui.forms.place_field import PlaceEntry
from support.builders import NOW, FakeClock
from support.open_desk import calm, incident_key, offered, open_desk
from support.sample_board import a_status, sample_county

CTRL = Qt.KeyboardModifier.ControlModifier


def begin(qtbot: QtBot, desk: DeskWindow) -> None:
    desk.panes["incidents"].view.setFocus()
    QTest.keyClick(desk.panes["incidents"].view, Qt.Key.Key_N)
    qtbot.waitUntil(desk.form_sheet.isVisible)
    qtbot.waitUntil(lambda: not desk.form_sheet.form.is_reading)


def test_n_reports_a_new_incident_that_stands_in_the_list_at_once_as_pending(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        begin(qtbot, desk)
        form = desk.form_sheet.form
        assert form.source is None
        QTest.keyClicks(form.entries["title"].line, "Tree on the road")  # type: ignore[attr-defined]
        form.entries["level"].put("ordinary")
        township = form.entries["township"]
        assert isinstance(township, LookupEntry)
        qtbot.waitUntil(lambda: "青石镇" in offered(township.line))
        QTest.keyClicks(township.line, "qsz")
        assert township.value() == "T01"
        QTest.keyClick(form.entries["title"].line, Qt.Key.Key_Return, CTRL)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        command = county.commands()[0].command
        assert command.kind is CommandKind.CREATE
        assert command.body["title"] == "Tree on the road"
        assert command.body["occurred_at"] == NOW // 60_000 * 60_000
        qtbot.waitUntil(lambda: not desk.form_sheet.isVisible())
        qtbot.waitUntil(lambda: desk.panes["detail"].key == command.target)
        calm(qtbot, desk)
        model = desk.panes["incidents"].model
        rows = [model.line(n) for n in range(model.rowCount())]
        assert any(row is not None and row.key == command.target and row.pending for row in rows)


def test_the_keyboard_goes_back_to_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        for give in (False, True):
            begin(qtbot, desk)
            line = desk.form_sheet.form.entries["title"].line  # type: ignore[attr-defined]
            QTest.keyClicks(line, "x")
            if give:
                QTest.keyClick(line, Qt.Key.Key_Return, CTRL)
            else:
                QTest.keyClick(line, Qt.Key.Key_Escape)
            qtbot.waitUntil(lambda: not desk.form_sheet.isVisible())
            assert QApplication.focusWidget() is desk.panes["incidents"].view


def test_what_was_begun_is_there_again_after_a_restart_and_esc_submits_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        begin(qtbot, desk)
        line = desk.form_sheet.form.entries["title"].line  # type: ignore[attr-defined]
        QTest.keyClicks(line, "half")
        QTest.keyClick(line, Qt.Key.Key_Escape)
        assert not desk.form_sheet.isVisible()
    with open_desk(qtbot, county, tmp_path) as desk:
        begin(qtbot, desk)
        assert desk.form_sheet.form.entries["title"].value() == "half"
    assert county.commands() == []


def test_a_place_is_picked_on_the_map_and_the_form_comes_back_with_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        begin(qtbot, desk)
        form = desk.form_sheet.form
        QTest.keyClicks(form.entries["title"].line, "x")  # type: ignore[attr-defined]
        place = form.entries["place"]
        assert isinstance(place, PlaceEntry)
        place.map_button.click()
        assert not desk.form_sheet.isVisible()
        viewport = desk.panes["map"].viewport  # type: ignore[attr-defined]
        assert desk.panes["map"].asking.isVisible()  # type: ignore[attr-defined]
        middle = viewport.rect().center()
        QTest.mouseMove(viewport, middle - QPoint(1, 1))
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle)
        qtbot.waitUntil(desk.form_sheet.isVisible)
        assert form.entries["title"].value() == "x"
        lon, lat = place.value()  # type: ignore[misc]
        assert 109 < lon < 112
        assert 29 < lat < 30.5


def test_esc_on_the_map_goes_back_to_the_form_without_a_place(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        begin(qtbot, desk)
        desk.form_sheet.form.entries["place"].map_button.click()  # type: ignore[attr-defined]
        QTest.keyClick(desk.panes["map"].viewport, Qt.Key.Key_Escape)  # type: ignore[attr-defined]
        assert desk.form_sheet.isVisible()
        assert desk.form_sheet.form.entries["place"].value() is None


def test_the_place_of_what_is_picked_can_be_taken_over(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
        begin(qtbot, desk)
        entry = desk.form_sheet.form.entries["place"]
        entry.same_button.click()  # type: ignore[attr-defined]
        spot = county.cache.incident(incident_key()).place
        assert isinstance(spot, Place)
        assert entry.value() == [round(spot.lon, 5), round(spot.lat, 5)]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_source_is_asked_only_where_several_take_it(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    second = a_status(id="second", last_good_at=NOW)
    county.set_sources(*county.sources, second)
    county.accepting.add("second")
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        begin(qtbot, desk)
        form = desk.form_sheet.form
        assert form.source is not None
        form.source.chips["second"].click()
        form.entries["title"].put("x")
        form.submit()
        qtbot.waitUntil(lambda: [r.command.target.source for r in county.commands()] == ["second"])


def test_without_a_source_that_takes_it_this_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    county.accepting.clear()
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.run_action("new_incident")
        assert not desk.form_sheet.isVisible()
        assert desk.notices.isVisible()
        assert "新建" in desk.notices.words.text()


def test_n_pressed_before_the_window_is_whole_is_not_lost(qtbot: QtBot, tmp_path: Path) -> None:
    def press(desk: DeskWindow) -> None:
        assert not desk.whole
        desk.run_action("new_incident")

    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, early=press) as desk:
        assert desk.form_sheet.isVisible()


def test_n_is_dropped_when_another_key_followed_it_before_its_pane_came(
    qtbot: QtBot, tmp_path: Path
) -> None:
    def press(desk: DeskWindow) -> None:
        desk.run_action("new_incident")
        desk.run_action("next")

    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, early=press) as desk:
        assert not desk.form_sheet.isVisible()


def test_a_title_is_needed(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        begin(qtbot, desk)
        desk.form_sheet.form.submit()
        assert county.commands() == []
        assert desk.form_sheet.form.entries["title"].line.property("wrong")  # type: ignore[attr-defined]
        assert msgspec.structs.asdict(desk.form_sheet.form.task)["kind"] is CommandKind.CREATE


def test_what_was_created_is_picked_in_a_list_being_read_and_stays_so_once_the_county_has_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["incidents"]
        pane.view.pick_row(5)
        calm(qtbot, desk)
        begin(qtbot, desk)
        form = desk.form_sheet.form
        QTest.keyClicks(form.entries["title"].line, "Tree on the road")  # type: ignore[attr-defined]
        form.entries["level"].put("ordinary")
        township = form.entries["township"]
        qtbot.waitUntil(lambda: "青石镇" in offered(township.line))  # type: ignore[attr-defined]
        QTest.keyClicks(township.line, "qsz")  # type: ignore[attr-defined]
        QTest.keyClick(form.entries["title"].line, Qt.Key.Key_Return, CTRL)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        target = county.commands()[0].command.target
        qtbot.waitUntil(lambda: pane.current_key() == target)
        assert "青石镇" in pane.model.sentence(pane.current_line())
        calm(qtbot, desk)
        assert "青石镇" in [
            each.text() for each in desk.panes["detail"].findChildren(QLabel) if each.isVisible()
        ]
        made = county.board.incident(target)
        assert made is not None
        county.tell(msgspec.structs.replace(made.incident, number="SJ-9", version=1))
        calm(qtbot, desk)
        assert pane.current_key() == target
        assert pane.current_line().number == "SJ-9"
        assert pane.view.rows_picked() == [pane.view.currentIndex().row()]
