"""Warnings in force stand in a list, with an outline or without, and give strip and wall a mark."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.command import Collection, Key
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from desktop.domain.levels import WarningLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.domain.warning import alertness
from desktop.gui.panes.queues.pane import QueuesPane
from desktop.gui.panes.warnings import warning_text
from desktop.gui.panes.warnings.model import WarningModel, warning_key
from desktop.gui.panes.warnings.painter import WarningPainter
from desktop.gui.panes.warnings.pane import WarningsPane
from desktop.gui.symbols import WARNING_SIGNS, paint_warning
from desktop.gui.theme import THEMES
from desktop.gui.wall.map_scene import MapScene
from desktop.gui.wall.overview import OverviewScene
from desktop.gui.wall.warnings_scene import WarningsScene
from desktop.gui.wall.window import WallWindow
from support.builders import NOW, FakeClock, a_bad_item, a_batch, a_township, a_warning
from support.flight import LEVELS, a_flight
from support.open_desk import calm, open_desk
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, painted_lines, settle, shown, taken_in

RED = a_warning(
    id="red",
    level=WarningLevel.RED,
    headline=Text("暴雨红色预警", "Red rainstorm warning"),
    area=Text("全县", "Whole county"),
    townships=(),
    rings=(),
    level_is_ours=True,
    signed=True,
)
EXERCISE = a_warning(id="drill", level=WarningLevel.RED, status="exercise")


def county_with(*warnings: object, clock: FakeClock | None = None) -> SampleCounty:
    county = empty_county(clock or FakeClock(), a_status(last_good_at=NOW, expected_period_ms=DAY))
    county.tell(a_township(), *warnings)
    return county


def ids(pane: WarningsPane) -> list[str]:
    return [warning.id for warning in pane.table.rows]


def test_a_warning_without_an_outline_has_its_row_like_any_other(qtbot: QtBot) -> None:
    with (
        a_stage(county_with(a_warning(), RED)) as screen,
        shown(WarningsPane(screen), screen) as pane,
    ):
        assert ids(pane) == ["red", "W0001"]
        said = pane.table.data(pane.table.index(0), Qt.ItemDataRole.AccessibleTextRole)
        assert said == (
            "◆ Red · by county rule · Red rainstorm warning · Whole county · from 23:00 11-22"
            " to 06:00 · County weather station · signature unchecked · not on the map: no outline"
        ).replace("23:00 11-22", "11-22 23:00")
        other = pane.table.data(pane.table.index(1), Qt.ItemDataRole.AccessibleTextRole)
        assert "by county rule" not in str(other)
        assert "unsigned" in str(other)
        assert "no outline" not in str(other)


def test_exercises_come_last_and_never_raise_the_level(qtbot: QtBot) -> None:
    yellow = a_warning(id="y", level=WarningLevel.YELLOW)
    with (
        a_stage(county_with(EXERCISE, yellow)) as screen,
        shown(WarningsPane(screen), screen) as pane,
    ):
        assert ids(pane) == ["y", "drill"]
        assert pane.head.summary.text() == "1 warning, Yellow · 1 exercise or test"
        drill = pane.table.data(pane.table.index(1))
        assert str(drill).startswith("[Exercise] ")


def test_the_mark_names_the_highest_level_and_counts_all(qtbot: QtBot) -> None:
    with a_stage(county_with(), language="zh_CN") as screen:
        found = alertness((RED, a_warning(), a_warning(id="b")))
        assert (found.level, found.count, found.at_level) == (WarningLevel.RED, 3, 1)
        assert warning_text.summary(found, screen.words)


def test_the_shapes_of_the_levels_differ_without_their_colours(qtbot: QtBot) -> None:
    for theme in ("light", "dark"):
        pictures = set()
        for level in WarningLevel:
            picture = QImage(36, 36, QImage.Format.Format_ARGB32)
            picture.fill(Qt.GlobalColor.white)
            with QPainter(picture) as painter:
                paint_warning(painter, picture.rect().toRectF(), level, THEMES[theme])
            plate = picture.pixel(18, 2)
            pictures.add(tuple(picture.pixel(x, y) == plate for x in range(36) for y in range(36)))
        assert len(pictures) == len(WarningLevel)
    assert len(set(WARNING_SIGNS.values())) == len(WarningLevel)


def test_a_warning_that_runs_out_leaves_by_itself_and_is_found_among_the_past(
    qtbot: QtBot,
) -> None:
    clock = FakeClock()
    county = county_with(a_warning(ends_at=NOW + MINUTE), clock=clock)
    with a_stage(county) as screen, shown(WarningsPane(screen), screen) as pane:
        clock.advance(2 * MINUTE)
        screen.feed.ticked.emit(screen.board.now())
        settle(screen)
        assert ids(pane) == []
        assert pane.empty.title.text() == "No warning in force"
        pane.chips.choose("past")
        assert ids(pane) == ["W0001"]
        said = pane.table.sentence(pane.table.rows[0])
        assert "ran out 00:01" in said


def test_a_lifted_warning_says_who_lifted_it(qtbot: QtBot) -> None:
    lifted = a_warning(lifted_at=NOW - MINUTE, lifted_by=Text("市气象台", "City station"))
    with a_stage(county_with(lifted)) as screen, shown(WarningsPane(screen), screen) as pane:
        assert pane.is_empty
        pane.chips.choose("past")
        assert "lifted 11-22 23:59 · City station" in pane.table.sentence(pane.table.rows[0])


def test_a_refresh_keeps_the_current_row(qtbot: QtBot) -> None:
    county = county_with(a_warning())
    with a_stage(county) as screen, shown(WarningsPane(screen), screen) as pane:
        pane.list.setCurrentIndex(pane.table.index(0))
        county.tell(RED)
        pane.reload()
        settle(screen)
        current = pane.current()
        assert current is not None
        assert current.id == "W0001"


def test_nothing_is_painted_again_while_nothing_has_changed(qtbot: QtBot) -> None:
    with a_stage(county_with(RED)) as screen, shown(WarningsPane(screen), screen):
        screen.feed.ticked.emit(NOW)
        asked = screen.reader.pending
        for second in range(1, 50):
            screen.feed.ticked.emit(NOW + second * SECOND)
        assert screen.reader.pending == asked


def test_the_model_keeps_to_the_rules_of_models(qtbot: QtBot) -> None:
    with a_stage(county_with()) as screen:
        model = WarningModel(screen)
        tester = QAbstractItemModelTester(model)
        for rows in ((RED,), (RED, EXERCISE), (a_warning(id="red", version=2), EXERCISE), ()):
            model.show(rows)
        del tester


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ({"last_good_at": None}, "Not yet loaded"),
        (
            {"last_good_at": None, "problem": Problem("unreachable"), "failing_since": NOW},
            "Never received from County platform",
        ),
        ({"last_good_at": NOW}, "No warning in force"),
        ({"last_good_at": NOW - DAY}, "None when last heard: warnings"),
        (
            {"last_good_at": NOW, "unread": {Collection.WARNINGS: 1}},
            "Could not be read: 1 (warnings)",
        ),
    ],
)
def test_an_empty_list_says_why(qtbot: QtBot, status: dict[str, object], title: str) -> None:
    county = empty_county(FakeClock(), a_status(**status))
    with a_stage(county) as screen, shown(WarningsPane(screen), screen) as pane:
        assert pane.empty.title.text() == title


def test_the_export_has_everything_and_its_data_time(qtbot: QtBot) -> None:
    county = county_with(RED)
    county.set_sources(a_status(last_good_at=NOW, unread={Collection.WARNINGS: 2}))
    with a_stage(county) as screen, shown(WarningsPane(screen), screen) as pane:
        said, head, row = list(csv.reader(io.StringIO(pane.snapshot().as_csv())))
        assert "2 could not be read" in said[0]
        assert "data 00:00:00" in said[0]
        told = dict(zip(head, row, strict=True))
        assert told["Level"] == "◆ Red"
        assert told["Level by"] == "by county rule"
        assert told["Signature"] == "signature unchecked"
        assert told["What to do"] == "Move people from low ground"


def test_the_desk_shows_the_mark_goes_to_the_list_and_opens_the_text(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_with(RED, a_warning())
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        assert desk.status.warnings.text().strip() == "2 warnings, highest Red · by county rule"
        assert not desk.status.warnings.icon().isNull()
        desk.status.warnings.click()
        assert desk.panes["warnings"].isAncestorOf(QApplication.focusWidget())
        pane = desk.panes["warnings"]
        assert isinstance(pane, WarningsPane)
        assert QApplication.focusWidget() is pane.list
        qtbot.keyClick(pane.list, Qt.Key.Key_Up)
        qtbot.keyClick(pane.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert "◆ Red" in QApplication.clipboard().text()
        qtbot.keyClick(pane.list, Qt.Key.Key_Return)
        calm(qtbot, desk)
        said = [label.text() for label in desk.panes["warnings"].sheet.findChildren(QLabel)]
        assert "Red rainstorm warning" in said
        assert "Move people from low ground" in said
        assert "not on the map: no outline" in said
        assert "no outline: 1 warning" in desk.panes["map"].head.summary.text()


def test_the_strip_doubts_warnings_that_could_not_be_read(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_with()
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        assert desk.status.warnings.isHidden()
        county.set_sources(a_status(last_good_at=NOW, unread={Collection.WARNINGS: 3}))
        calm(qtbot, desk)
        assert desk.status.warnings.text().strip() == "Warnings: 3 could not be read"
        assert desk.status.warnings.property("tone") == "orange"


def test_a_layout_kept_before_there_was_this_pane_shows_it_too(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, county_with(RED), tmp_path) as desk:
        dock = desk.arrangement.docks["warnings"]
        desk.removeDockWidget(dock)
        desk.arrangement.keep()
        dock.setParent(None)
        dock.deleteLater()
        kept = QSettings(str(tmp_path / "layout.ini"), QSettings.Format.IniFormat)
        assert kept.value("last/state") is not None
    with open_desk(qtbot, county_with(RED), tmp_path) as desk:
        assert desk.panes["warnings"].isVisible()
        assert not desk.arrangement.docks["warnings"].isFloating()
        assert desk.panes["warnings"].height() > 60
        assert desk.panes["warnings"].width() > 200


def test_the_wall_shows_the_mark_in_every_scene(qtbot: QtBot) -> None:
    county = county_with(RED, a_warning(), EXERCISE)
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen) as wall,
    ):
        level, said, ink = wall.top.mark()
        assert (level, ink) == (WarningLevel.RED, "text")
        assert said == "2 warnings, highest Red · by county rule · 1 exercise or test"
        assert wall.top.isVisible()


def test_the_wall_doubts_warnings_of_a_silent_source(qtbot: QtBot) -> None:
    county = county_with()
    county.set_sources(a_status(last_good_at=NOW - DAY))
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen) as wall,
    ):
        assert wall.top.mark() == (None, "Warnings: None when last heard", "orange")


def test_a_flight_of_warnings_on_the_wall_says_how_many_more_there_are(
    qtbot: QtBot,
) -> None:
    county = county_with(*a_flight(NOW))
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen, 1920, 1080) as wall,
    ):
        wall.go_to(1, NOW)
        assert isinstance(wall.shown[0], MapScene)
        written = painted_lines(wall)
    more = next(text for text in written if text.startswith("and "))
    assert "Red" in written
    assert "Yellow 6" in more  # One of the seven is an exercise, and those come last.
    listed = written.count("Red") + written.count("Orange")
    assert more.startswith(f"and {len(LEVELS) - listed} more")


def test_past_warnings_are_those_of_a_day(tmp_path: Path) -> None:
    county = sample_county(FakeClock())
    county.tell(
        a_warning(id="a", ends_at=NOW - HOUR),
        a_warning(id="b", ends_at=NOW - 2 * DAY),
        a_warning(id="c", ends_at=None, lifted_at=NOW - MINUTE),
    )
    assert [w.id for w in county.board.past_warnings()] == ["c", "a"]


def test_going_to_a_list_and_copying_takes_its_row_and_not_an_incident(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock()), tmp_path, language="en") as desk:
        qtbot.keyClick(desk, Qt.Key.Key_G)
        qtbot.keyClick(desk, Qt.Key.Key_Q)
        queues = desk.panes["queues"]
        assert isinstance(queues, QueuesPane)
        assert queues.list.hasFocus()
        qtbot.keyClick(queues.list, Qt.Key.Key_Down)
        qtbot.keyClick(queues.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert "Longest wait" in QApplication.clipboard().text()


def test_a_row_leads_to_its_ground_on_the_map(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock()), tmp_path, language="en") as desk:
        pane = desk.panes["warnings"]
        assert isinstance(pane, WarningsPane)
        index = pane.table.index(0)
        qtbot.mouseClick(
            pane.list.viewport(),
            Qt.MouseButton.LeftButton,
            pos=pane.list.visualRect(index).center(),
        )
        county = desk.panes["map"].viewport.picture  # type: ignore[attr-defined]
        assert county.picked == warning_key(pane.table.rows[0])


def test_the_open_text_says_that_its_warning_was_lifted(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_with(RED)
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        pane = desk.panes["warnings"]
        assert isinstance(pane, WarningsPane)
        pane.list.setCurrentIndex(pane.table.index(0))
        pane.open_current()
        lifted = a_warning(id="red", lifted_at=NOW, lifted_by=Text("省", "Province"), version=2)
        county.tell(lifted)
        calm(qtbot, desk)
        said = [label.text() for label in desk.panes["warnings"].sheet.findChildren(QLabel)]
        assert "lifted 00:00 · Province" in said


def test_a_flight_has_a_scene_of_its_own_as_long_as_it_lasts(qtbot: QtBot) -> None:
    county = county_with(RED)
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen, 1920, 1080) as wall,
    ):
        assert wall.foot.turn.place == "1/3"
        county.tell(*a_flight(NOW))
        taken_in(qtbot, screen)
        assert wall.foot.turn.place == "1/4"
        wall.go_to(3, NOW)
        assert isinstance(wall.shown[0], WarningsScene)
        gone = (Key("county", Collection.WARNINGS, f"F{n:02}") for n in range(len(LEVELS)))
        county.take_away(*gone)
        taken_in(qtbot, screen)
        assert isinstance(wall.shown[0], OverviewScene)
        assert not wall.shown[0].visibleRegion().isEmpty()


def test_warnings_have_a_scene_where_there_is_no_map(qtbot: QtBot) -> None:
    only = a_status(last_good_at=NOW, fills=frozenset({Collection.WARNINGS}))
    county = empty_county(FakeClock(), only)
    county.tell(RED)
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen) as wall,
    ):
        assert wall.foot.turn.place == "1/4"


def test_an_end_nobody_could_read_is_not_until_lifted(qtbot: QtBot) -> None:
    county = county_with(a_warning(id="m #2", ends_at=None), a_warning(id="n", ends_at=None))
    item = a_bad_item(where="m", id="m", field="expires", collection=Collection.WARNINGS)
    county.cache.apply(a_batch(bad_items=(item,)))
    with a_stage(county) as screen:
        with shown(WarningsPane(screen), screen) as pane:
            said = {w.id: pane.table.sentence(w) for w in pane.table.rows}
            assert "end could not be read" in said["m #2"]
            assert "until lifted" in said["n"]
            assert "end could not be read" in pane.snapshot().as_csv()
        with shown(WallWindow(screen, "X"), screen) as wall:
            assert wall.state is not None
            assert wall.state.unread_ends == {("county", "m")}


def test_a_warning_still_to_come_is_not_told_like_one_that_has_begun(qtbot: QtBot) -> None:
    with a_stage(county_with()):
        said = [
            warning_text.begins(a_warning(starts_at=NOW + minutes * MINUTE), NOW)
            for minutes in (-1, 0, 1)
        ]
    assert [each.startswith("not before") for each in said] == [False, False, True]


LONG = Text("石门" * 60, "Shimen and all low ground along the river " * 4)


@pytest.mark.parametrize(
    ("area", "issuer", "said"),
    [
        (Text("全县", "County"), Text("台", "Weather station"), " · unsigned · Weather station"),
        (LONG, Text("台", "Weather station"), " · unsigned"),
        (LONG, Text(), " · unsigned"),
    ],
)
def test_the_sender_gives_way_to_where_a_warning_holds_and_what_is_unchecked_stays(
    qtbot: QtBot, area: Text, issuer: Text, said: str
) -> None:
    warning = a_warning(area=area, issuer=issuer)
    with a_stage(county_with(warning)) as screen:
        painter = WarningPainter(screen, WarningModel(screen))
        metrics = QFontMetrics(screen.theme.font("second"))
        assert painter.elide_origin(metrics, 260, screen.words.text(area), warning) == said


def test_an_old_age_is_not_cut_away_for_the_summary(qtbot: QtBot) -> None:
    old = a_status(last_good_at=NOW - HOUR, expected_period_ms=MINUTE)
    county = empty_county(FakeClock(), old)
    county.tell(a_township(), *a_flight(NOW))
    with a_stage(county) as screen, shown(WarningsPane(screen), screen, 332, 200) as pane:
        age, summary = pane.head.age, pane.head.summary
        assert age.text() == "1 h ago"
        assert age.contentsRect().width() >= age.fontMetrics().horizontalAdvance(age.text())
        assert summary.width() < summary.fontMetrics().horizontalAdvance(summary.text())
