"""The list of alarms tells what is the matter now, and every row of it has its keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import MINUTE
from desktop.gui import change_feed
from desktop.gui.desk.window import DeskWindow
from desktop.gui.panes.alarms.model import FOLD
from desktop.gui.panes.alarms.sheet import AlarmSheet
from support.builders import NOW, FakeClock, an_alarm
from support.open_desk import calm, open_desk
from support.sample_board import SampleCounty, sample_county

RETURNED = AlarmState.RETURNED_UNACKNOWLEDGED
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def of_county(county: SampleCounty, state: AlarmState, **changes: Any) -> list[Alarm]:
    """Tell the sample county's alarms again, all in this state."""
    rows: list[Alarm] = county.cache.rows(Collection.ALARMS)  # type: ignore[assignment]
    changes |= {"state": state}
    told = [msgspec.structs.replace(a, version=a.version + 1, **changes) for a in rows]
    county.tell(*told)
    return told


@contextmanager
def opened(qtbot: QtBot, county: SampleCounty, folder: Path, **how: Any) -> Iterator[DeskWindow]:
    with open_desk(qtbot, county, folder, **how) as desk:
        QTest.keyClick(desk, Qt.Key.Key_G)
        QTest.keyClick(desk, Qt.Key.Key_A)
        calm(qtbot, desk)
        yield desk


def flood(county: SampleCounty, count: int, **changes: Any) -> None:
    county.tell(
        *(
            an_alarm(source="county", id=f"R{n:02}", asset=f"A{n}", state=RETURNED, **changes)
            for n in range(count)
        )
    )


def acknowledged(county: SampleCounty) -> list[str]:
    records = county.commands()
    assert all(r.command.kind is CommandKind.ACKNOWLEDGE for r in records)
    return sorted(r.command.target.id for r in records)


def test_a_returned_alarm_of_high_priority_gives_the_strip_to_one_that_stands(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    of_county(county, RETURNED, priority=AlarmPriority.HIGH)
    county.tell(an_alarm(source="county", id="LOW", priority=AlarmPriority.LOW, asset="A1"))
    with open_desk(qtbot, county, tmp_path) as desk:
        strip = desk.panes["alarms"]
        assert strip.title.text() == "出口压力过低"
        assert strip.others.text() == "已恢复 3 项"
        QTest.keyClick(desk, Qt.Key.Key_A, SHIFT)
        qtbot.waitUntil(lambda: acknowledged(county) == ["LOW"])
        qtbot.waitUntil(lambda: strip.title.text() == "3 项告警已恢复")


def test_returned_alarms_alone_leave_the_strip_without_red(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    of_county(county, RETURNED)
    with open_desk(qtbot, county, tmp_path) as desk:
        strip = desk.panes["alarms"]
        red = QColor(desk.screen_context.theme.tokens.red)
        picture = strip.grab().toImage()
        inks = {
            picture.pixelColor(QPoint(x, y)).name()
            for x in range(40)
            for y in range(picture.height())
        }
        assert red.name() not in inks
        assert strip.isVisible()


def test_one_key_acknowledges_all_that_have_returned_with_what_returned_with_them(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    told = of_county(county, RETURNED)
    with open_desk(qtbot, county, tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_R, SHIFT)
        wanted = sorted(a.id for a in told if a.source == "county")
        assert len(wanted) == 18
        qtbot.waitUntil(lambda: set(acknowledged(county)) >= set(wanted))
        qtbot.waitUntil(lambda: desk.panes["alarms"].title.text() != "3 项告警已恢复")


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "另有 6 项已恢复"), ("en", "6 more have returned")]
)
def test_returned_alarms_are_one_row_that_enter_unfolds_and_a_acknowledges(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    county = sample_county(FakeClock(), 5)
    flood(county, 6)
    with opened(qtbot, county, tmp_path, language=language) as desk:
        sheet = desk.panes["alarms"].sheet
        fold = sheet.model.row(FOLD)
        assert fold == 3, "after the three that stand"
        assert sheet.model.index(fold).data() == said
        for _ in range(fold):
            QTest.keyClick(sheet.list, Qt.Key.Key_J)
        assert sheet.list.current.is_fold
        QTest.keyClick(sheet.list, Qt.Key.Key_Return)
        assert sum(row.within for row in sheet.model.rows) == 6
        QTest.keyClick(sheet.list, Qt.Key.Key_Return)
        assert not any(row.within for row in sheet.model.rows)
        QTest.keyClick(sheet.list, Qt.Key.Key_A)
        qtbot.waitUntil(lambda: acknowledged(county) == [f"R{n:02}" for n in range(6)])
        qtbot.waitUntil(lambda: sheet.model.row(FOLD) is None)


def test_j_and_a_acknowledge_row_after_row_and_no_incident_behind_the_sheet(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    flood(county, 0)
    county.tell(*(an_alarm(source="county", id=f"S{n}", asset=f"A{n}") for n in range(3)))
    with opened(qtbot, county, tmp_path) as desk:
        sheet = desk.panes["alarms"].sheet
        assert QApplication.focusWidget() is sheet.list
        first = sheet.list.current.key
        QTest.keyClick(sheet.list, Qt.Key.Key_J)
        second = sheet.list.current.key
        QTest.keyClick(sheet.list, Qt.Key.Key_A)
        QTest.keyClick(sheet.list, Qt.Key.Key_A)
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        calm(qtbot, desk)
        given = [r.command.target for r in county.commands()]
        assert given[0] == second
        assert first not in given
        assert all(key.collection is Collection.ALARMS for key in given)
        assert desk.panes["incidents"].view.rows_picked() == []


def test_a_repeat_is_counted_with_its_latest_time_and_acknowledged_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    county.tell(
        an_alarm(source="county", id="P1", raised_at=NOW - 50 * MINUTE, state=RETURNED),
        an_alarm(source="county", id="P2", raised_at=NOW - 3 * MINUTE),
    )
    with opened(qtbot, county, tmp_path) as desk:
        sheet = desk.panes["alarms"].sheet
        at = sheet.model.row(Key("county", Collection.ALARMS, "P2"))
        row = sheet.model.rows[at]
        assert sheet.model.name(row) == "出口压力过低 ×2"
        assert sheet.model.age(row) == "3 分"
        sheet.list.setCurrentIndex(sheet.model.index(at))
        QTest.keyClick(sheet.list, Qt.Key.Key_A)
        qtbot.waitUntil(lambda: acknowledged(county) == ["P1", "P2"])


def test_enter_shows_the_asset_of_an_alarm_and_s_asks_why_it_is_shelved(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with opened(qtbot, county, tmp_path) as desk:
        sheet, shown = desk.panes["alarms"].sheet, []
        desk.panes["alarms"].picked.connect(shown.append)
        asset = sheet.list.current.group.alarm.asset
        QTest.keyClick(sheet.list, Qt.Key.Key_Return)  # First it unfolds what follows from it.
        QTest.keyClick(sheet.list, Qt.Key.Key_Return)
        assert shown == [Key("county", Collection.ASSETS, asset)]
        assert not sheet.isVisible()
        desk.run_action("go_alarms")
        calm(qtbot, desk)
        QTest.keyClick(sheet.list, Qt.Key.Key_S)
        qtbot.waitUntil(desk.form_sheet.isVisible)
        assert desk.form_sheet.form.task.kind is CommandKind.SHELVE


@pytest.fixture
def storm(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[SampleCounty, AlarmSheet]]:
    """The sheet on a cause from which seventeen follow, which is current."""
    county = sample_county(FakeClock(), 5)
    with opened(qtbot, county, tmp_path, language="en") as desk:
        sheet = desk.panes["alarms"].sheet
        assert len(sheet.list.current.beneath) == 17
        yield county, sheet


def press(sheet: AlarmSheet, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(sheet.list, key)


def shown_within(sheet: AlarmSheet) -> int:
    return sum(row.within for row in sheet.model.rows)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Right])
def test_what_follows_from_a_cause_is_unfolded_and_folded_again_by_keys(
    storm: tuple[SampleCounty, AlarmSheet], key: Qt.Key
) -> None:
    _county, sheet = storm
    cause = sheet.list.current
    assert shown_within(sheet) == 0, "folded at first"
    press(sheet, key)
    assert shown_within(sheet) == 17
    assert sheet.list.current == cause
    press(sheet, Qt.Key.Key_J, Qt.Key.Key_J)
    assert sheet.list.current.group in cause.group.followers
    press(sheet, Qt.Key.Key_Left)
    assert shown_within(sheet) == 0
    assert sheet.list.current == cause
    press(sheet, Qt.Key.Key_Left)
    assert sheet.isVisible(), "what is folded is not folded twice"


def test_right_goes_down_to_what_follows_and_enter_shows_the_asset_of_the_open_cause(
    qtbot: QtBot, storm: tuple[SampleCounty, AlarmSheet]
) -> None:
    _county, sheet = storm
    cause = sheet.list.current
    shown: list[Key] = []
    sheet.shown.connect(shown.append)
    press(sheet, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert sheet.list.current.group == cause.group.followers[0]
    press(sheet, Qt.Key.Key_K, Qt.Key.Key_Return)
    assert shown == [Key("county", Collection.ASSETS, cause.group.alarm.asset)]


def test_one_that_follows_is_acknowledged_as_any_row_and_says_so(
    qtbot: QtBot, storm: tuple[SampleCounty, AlarmSheet]
) -> None:
    county, sheet = storm
    press(sheet, Qt.Key.Key_Right, Qt.Key.Key_Right)
    first, second = sheet.list.current.key, sheet.model.rows[2].key
    assert sheet.buttons["acknowledge"].isVisible()
    press(sheet, Qt.Key.Key_A)
    assert sheet.list.current.key == second
    qtbot.waitUntil(lambda: acknowledged(county) == [first.id])

    def says_so() -> bool:
        row = next(r for r in sheet.model.rows if r.key == first)
        return row.within and row.group.alarm.state is AlarmState.ACKNOWLEDGED

    qtbot.waitUntil(says_so)
    row = next(r for r in sheet.model.rows if r.key == first)
    assert row.group.pending is not None


def test_the_arrow_of_a_cause_unfolds_it_by_one_click_and_folds_it_by_the_next(
    storm: tuple[SampleCounty, AlarmSheet],
) -> None:
    _county, sheet = storm
    row = sheet.list.visualRect(sheet.model.index(0))
    arrow, words = QPoint(8, row.center().y()), row.center()
    for place, count in ((words, 0), (arrow, 17), (words, 17), (arrow, 0)):
        QTest.mouseClick(sheet.list.viewport(), Qt.MouseButton.LeftButton, NONE, place)
        assert shown_within(sheet) == count
    QTest.mouseClick(sheet.list.viewport(), Qt.MouseButton.LeftButton, NONE, arrow)
    QTest.mouseDClick(sheet.list.viewport(), Qt.MouseButton.LeftButton, NONE, arrow)
    assert sheet.isVisible(), "a second click on it does not open the asset"


def test_a_sheet_opened_again_is_folded(
    qtbot: QtBot, storm: tuple[SampleCounty, AlarmSheet]
) -> None:
    _county, sheet = storm
    press(sheet, Qt.Key.Key_Right)
    sheet.fill()
    qtbot.waitUntil(lambda: shown_within(sheet) == 17)
    press(sheet, Qt.Key.Key_Escape)
    sheet.toggle()
    assert sheet.isVisible()
    assert shown_within(sheet) == 0


def test_buttons_say_how_a_cause_is_unfolded_and_folded(
    storm: tuple[SampleCounty, AlarmSheet],
) -> None:
    _county, sheet = storm
    show, fold = sheet.buttons["show"], sheet.buttons["fold"]
    assert "Unfold" in show.accessibleName() + show.text()
    assert not fold.isVisible()
    press(sheet, Qt.Key.Key_Right)
    assert "Show the asset" in show.accessibleName() + show.text()
    assert fold.isVisible()
    press(sheet, Qt.Key.Key_J)
    assert not show.isVisible(), "it has no asset"
    assert fold.isVisible()
    fold.click()
    assert shown_within(sheet) == 0


def test_a_row_says_what_it_is_to_a_screen_reader(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with opened(qtbot, county, tmp_path, language="en") as desk:
        index = desk.panes["alarms"].sheet.model.index(0)
        said = index.data(Qt.ItemDataRole.AccessibleTextRole)
        assert said.startswith("Qingshi substation without power · High · Unacknowledged")
        assert "17 that follow from it are grouped here" in said
        assert said.endswith("41 s")


def test_an_acknowledged_alarm_leaves_the_strip_without_the_pause_between_changes(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_feed, "PACE_MS", 3_600_000)
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        strip = desk.panes["alarms"]
        county.board.listeners.announce(Changes.in_any_row([Collection.QUEUES]))
        qtbot.waitUntil(lambda: not desk.screen_context.feed.waiting)
        before = strip.title.text()
        QTest.keyClick(desk, Qt.Key.Key_A, SHIFT)
        qtbot.waitUntil(lambda: strip.title.text() != before)
        assert acknowledged(county)
