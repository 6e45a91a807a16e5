"""The office at 200 % on an old screen: a row of tasks, and below it a page that scrolls whole."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.instant import HOUR
from desktop.domain.localized_text import Text
from desktop.domain.report import FormField
from desktop.gui.township.report_page import ReportPage
from desktop.gui.township.window import TownshipWindow
from desktop.gui.widgets.focus import find_stops
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.protocol.report_forms import FieldType
from support.builders import NOW, FakeClock, a_deadline, a_form, a_township, an_incident
from support.open_desk import calm, open_office
from support.painted import Painted
from support.sample_board import SampleCounty, a_status, empty_county
from support.score_room import cut_controls, cut_text, overlapping

FOLDED, USUAL = QSize(683, 384), QSize(1366, 768)
"""1366 × 768 enlarged to 200 %, and as it is."""
LONG = Text("石门土家族苗族自治乡", "Shimen Tujia and Miao Township")
CTRL = Qt.KeyboardModifier.ControlModifier


def county_of(last_good_at: int = NOW) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=last_good_at, expected_period_ms=HOUR))
    county.accepting.add("county")
    due = (a_deadline(due_at=NOW - HOUR),)
    county.tell(
        a_township(name=LONG),
        a_township(id="T02", name=Text("白水镇", "Baishui")),
        *[an_incident(id=f"i{n}", lead_unit=LONG, deadlines=due) for n in range(6)],
    )
    return county


def fold(qtbot: QtBot, window: TownshipWindow, size: QSize = FOLDED) -> None:
    window.resize(size)
    calm(qtbot, window)
    assert window.size() == size


def places(window: TownshipWindow) -> list[QRect]:
    """Where the tasks and the page are in the window."""
    page = window.pages["report"]
    parts: list[QWidget] = [*window.buttons.values(), window.county_button, page]
    return [QRect(part.mapTo(window, QPoint(0, 0)), part.size()) for part in parts]


def test_a_small_window_has_its_tasks_in_a_row_and_a_larger_one_as_they_were(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01", language="en") as window:
        window.show_task("report")
        calm(qtbot, window)
        before = places(window)
        fold(qtbot, window)
        *tasks, page = places(window)
        assert len({task.top() for task in tasks}) == 1
        assert all(window.rect().contains(task) for task in tasks)
        assert page.top() > tasks[0].bottom()
        assert page.left() == 0
        assert "6 in hand" in window.buttons["assignments"].toolTip()
        QTest.mouseClick(window.buttons["look_up"], Qt.MouseButton.LeftButton)
        assert window.pages["look_up"].isVisible()
        QTest.keyClick(window, Qt.Key.Key_1, CTRL)
        assert window.pages["report"].isVisible()
        fold(qtbot, window, USUAL)
        qtbot.waitUntil(lambda: places(window) == before)
        assert not window.buttons["assignments"].toolTip()


def test_what_is_typed_has_the_keyboard_still_when_the_window_becomes_small(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01") as window:
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: not page.form.is_reading)
        field = page.form.entries["title"].findChildren(QLineEdit)[0]
        field.setFocus()
        for size, typed in ((FOLDED, "河堤"), (USUAL, "渗水")):
            fold(qtbot, window, size)
            assert QApplication.focusWidget() is field
            field.insert(typed)
        assert page.form.entries["title"].value() == "河堤渗水"


def test_what_has_the_keyboard_stays_in_sight_when_the_window_becomes_small_or_large(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_of()
    fields = tuple(FormField(f"n{n}", Text(f"人数{n}"), FieldType.COUNT) for n in range(24))
    county.tell(a_form(fields=fields))
    with open_office(qtbot, county, tmp_path, "T01") as window:
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: not page.form.is_reading and "daily" in page.kinds.forms)

        def sees(field: QWidget) -> bool:
            return field.hasFocus() and field.visibleRegion().boundingRect() == field.rect()

        def try_on(field: QWidget) -> None:
            field.setFocus()
            for size in (FOLDED, USUAL):
                fold(qtbot, window, size)
                qtbot.waitUntil(lambda: sees(field), timeout=1_000)

        stops = [each for each in find_stops(page) if not isinstance(each, FollowingScroll)]
        assert len(stops) > 8
        for stop in (*stops[1::5], page.form.submit_button):
            try_on(stop)
        QTest.mouseClick(page.kinds.buttons["daily"], Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        table = page.kinds.tables["daily"]
        assert table.fields is not None
        for field in ("n12", "n23"):
            line = table.fields.rows[field].line
            assert line is not None
            try_on(line)


def test_what_is_typed_has_the_keyboard_again_after_another_program_was_in_front(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01") as window:
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: not page.form.is_reading)
        field = page.form.entries["title"].findChildren(QLineEdit)[0]
        field.setFocus()
        other = QWidget()
        qtbot.addWidget(other)
        other.show()
        other.activateWindow()
        qtbot.waitUntil(other.isActiveWindow)
        fold(qtbot, window)
        assert not field.hasFocus()
        assert window.focusWidget() is field


def test_the_button_at_the_end_of_a_report_is_reached_by_the_keyboard_and_seen_whole(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01", language="en") as window:
        fold(qtbot, window)
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: not page.form.is_reading)
        calm(qtbot, window)
        button = page.form.submit_button
        assert not window.rect().contains(QRect(button.mapTo(window, QPoint()), button.size()))
        for _press in range(40):
            if button.hasFocus():
                break
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert button.hasFocus()
        assert not button.visibleRegion().isEmpty()
        assert button.visibleRegion().boundingRect() == button.rect()


def test_a_long_name_that_can_be_changed_leaves_the_age_of_old_data_whole(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(NOW - 48 * HOUR), tmp_path, language="en") as window:
        window.choose.buttons[0].click()
        fold(qtbot, window)
        head = window.head
        assert head.other.isVisible()
        qtbot.waitUntil(lambda: head.age.mapTo(head, QPoint()).y() > head.name.geometry().bottom())
        painted = Painted(window)
        assert [*cut_text(painted), *cut_controls(painted), *overlapping(painted)] == []
        fold(qtbot, window, USUAL)
        assert head.age.parentWidget() is head.name.parentWidget()
