"""The office on an old screen enlarged to 125 %: nothing is cut, and all can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.application.office.news import News
from desktop.connectors.county.mapping import ROWS
from desktop.county_server.load.forms import read_forms
from desktop.domain.command import Collection, CommandKind
from desktop.domain.incident import Stage
from desktop.domain.instant import HOUR
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui.township.assignments_page import AssignmentsPage
from desktop.gui.township.report_page import ReportPage
from desktop.gui.township.table_page import TablePage
from desktop.gui.township.tasks import TASKS
from desktop.gui.township.window import TownshipWindow
from desktop.gui.widgets.sheet import Sheet
from desktop.paths import county_table
from support.builders import NOW, FakeClock, a_deadline, a_township, an_incident
from support.open_desk import calm, open_office
from support.painted import Painted
from support.sample_board import SampleCounty, a_status, empty_county
from support.score_room import cut_controls, cut_text, overlapping

SMALL = QSize(1093, 614)
"""1366 × 768 enlarged to 125 %."""
SHIMEN = Text("石门乡", "Shimen Township")
LONG = Text(
    "石门乡桃花溪村三组河堤内侧渗水并伴有管涌，附近两户已转移",
    "Seepage and sand boils on the inner side of the dyke of the third group, Taohuaxi Village",
)
BOTH = pytest.mark.parametrize("language", ["zh_CN", "en"])


def county_of(last_good_at: int = NOW) -> SampleCounty:
    """Six overdue assignments with a long name, and the forms that come with the program."""
    county = empty_county(FakeClock(), a_status(last_good_at=last_good_at, expected_period_ms=HOUR))
    county.accepting.add("county")
    due = (a_deadline(due_at=NOW - HOUR),)
    told = {"title": LONG, "lead_unit": SHIMEN, "stage": Stage.DISPATCHED, "deadlines": due}
    forms = [
        ROWS[Collection.FORMS]("county", form) for form in read_forms(county_table("forms.toml"))
    ]
    incidents = [an_incident(id=f"i{number}", **told) for number in range(6)]
    county.tell(a_township(name=SHIMEN), *forms, *incidents)
    return county


def check(qtbot: QtBot, window: QWidget, name: str = "") -> None:
    """Nothing is cut, narrower than its words, or written over something else."""

    def look() -> None:
        painted = Painted(window)
        found = [*cut_text(painted), *cut_controls(painted), *overlapping(painted)]
        assert found == [], name

    qtbot.waitUntil(look)


def unreachable(window: TownshipWindow) -> list[str]:
    """Tasks of the column that are not whole in the window."""
    room = QRect(QPoint(), SMALL)
    return [
        button.accessibleName()
        for button in (*window.buttons.values(), window.county_button)
        if not room.contains(QRect(button.mapTo(window, QPoint(0, 0)), button.size()))
    ]


def settle(qtbot: QtBot, window: TownshipWindow) -> None:
    calm(qtbot, window)
    assert window.size() == SMALL, "something in it needs more room than there is"
    assert window.minimumSizeHint().width() <= SMALL.width()
    assert window.minimumSizeHint().height() <= SMALL.height()


@BOTH
@pytest.mark.parametrize("troubled", [False, True])
def test_every_page_fits_and_every_task_is_in_the_column(
    qtbot: QtBot, tmp_path: Path, language: str, troubled: bool
) -> None:
    county = county_of(NOW - 48 * HOUR if troubled else NOW)
    with open_office(qtbot, county, tmp_path, "T01", language=language) as window:
        window.resize(SMALL)
        if troubled:
            window.notices.say(Problem("screen_error", {"kind": "ValueError"}))
            window.news.tell(News(NOW - 9 * HOUR, 2, 1, 1, 1))
        for task in TASKS:
            window.show_task(task.name)
            settle(qtbot, window)
            check(qtbot, window, task.name)
            assert unreachable(window) == []


@BOTH
@pytest.mark.parametrize("form", ["daily", "disaster"])
def test_every_field_of_a_table_fits_its_width(
    qtbot: QtBot, tmp_path: Path, language: str, form: str
) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01", language=language) as window:
        window.resize(SMALL)
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: form in page.kinds.forms)
        qtbot.mouseClick(page.kinds.buttons[form], Qt.MouseButton.LeftButton)
        settle(qtbot, window)
        table = page.kinds.tables[form]
        if table.about is not None:
            table.about.line.setText("洪水")
            table.about.changed.emit()
            settle(qtbot, window)
        scroll_through(qtbot, window, table)


def scroll_through(qtbot: QtBot, window: TownshipWindow, table: TablePage) -> None:
    """Look at all of a table, a window's height at a time."""
    assert table.fields is not None
    (area,) = [each for each in table.findChildren(QScrollArea) if each.isAncestorOf(table.fields)]
    assert area.horizontalScrollBar().maximum() == 0
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.isVisible())
    for at in range(0, bar.maximum() + bar.pageStep(), bar.pageStep()):
        bar.setValue(at)
        settle(qtbot, window)
        check(qtbot, window)


@BOTH
def test_every_sheet_of_an_assignment_fits(qtbot: QtBot, tmp_path: Path, language: str) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01", language=language) as window:
        window.resize(SMALL)
        settle(qtbot, window)
        page = window.pages["assignments"]
        assert isinstance(page, AssignmentsPage)
        for kind in (CommandKind.FEEDBACK, CommandKind.EXTEND, CommandKind.RETURN):
            qtbot.mouseClick(page.cards[0].buttons[kind], Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: not window.sheets.form.form.is_reading)
            settle(qtbot, window)
            (sheet,) = [each for each in window.findChildren(Sheet) if each.isVisible()]
            assert QRect(QPoint(), SMALL).contains(sheet.geometry()), kind
            assert [*cut_text(Painted(sheet)), *cut_controls(Painted(sheet))] == [], kind
            qtbot.keyClick(window, Qt.Key.Key_Escape)


@BOTH
def test_the_whole_county_fits_with_the_way_back(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01", language=language) as window:
        window.resize(SMALL)
        window.show_county()
        qtbot.waitUntil(lambda: window.county is not None and window.county.whole, timeout=10_000)
        settle(qtbot, window)
        check(qtbot, window)
