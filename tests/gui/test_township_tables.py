"""Report tables in the township office: prefilled, checked, handed over once, kept while typing."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandKind
from desktop.domain.instant import DAY, HOUR
from desktop.domain.localized_text import Text
from desktop.domain.report import FieldValue, Form, FormField, Report
from desktop.gui.township.report_page import ReportPage
from desktop.gui.township.table_page import TablePage
from desktop.gui.township.window import TownshipWindow
from desktop.gui.widgets.focus import find_stops
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.protocol.report_forms import FieldType, FormKind, Period
from support.builders import NOW, FakeClock, a_township, an_incident
from support.open_desk import calm, open_office
from support.sample_board import SampleCounty, a_status, empty_county

DAILY = Form(
    *("county", "daily/1", "daily", 1, Text("乡镇日报", "Daily report")),
    kind=FormKind.DAILY,
    period=Period.DAY,
    fields=(
        FormField("people", Text("在家人口"), FieldType.COUNT, required=True, prefill=("last",)),
        FormField("cases", Text("在办事件"), FieldType.COUNT, prefill=("incidents",)),
        FormField("patrolled", Text("已巡查"), FieldType.YES_NO),
        FormField("leader", Text("带班领导"), FieldType.TEXT, required=True),
    ),
    version=1,
)
DISASTER = Form(
    *("county", "disaster/1", "disaster", 1, Text("灾情报表", "Disaster table")),
    kind=FormKind.DISASTER,
    period=Period.EVENT,
    fields=(FormField("moved", Text("转移人口"), FieldType.COUNT, required=True),),
    version=1,
)


def county_of(*puts: object) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, expected_period_ms=HOUR))
    county.accepting.add("county")
    county.tell(a_township(), an_incident(title=Text("河堤渗水")), DAILY, DISASTER, *puts)
    return county


def table(qtbot: QtBot, window: TownshipWindow, form: str) -> TablePage:
    """The table of that form, as the clerk opens it with the mouse."""
    qtbot.mouseClick(window.buttons["report"], Qt.MouseButton.LeftButton)
    page = window.pages["report"]
    assert isinstance(page, ReportPage)
    qtbot.waitUntil(lambda: form in page.kinds.forms)
    qtbot.mouseClick(page.kinds.buttons[form], Qt.MouseButton.LeftButton)
    calm(qtbot, window)
    return page.kinds.tables[form]


def enter(shown: TablePage, field: str, text: str) -> None:
    assert shown.fields is not None
    line = shown.fields.rows[field].line
    assert line is not None
    line.selectAll()
    line.insert(text)
    line.textEdited.emit(line.text())  # QTest has no keys for Chinese.


def value(shown: TablePage, field: str) -> str:
    assert shown.draft is not None
    return shown.draft.values().get(field, "")


def test_what_is_known_is_filled_in_and_says_where_from(qtbot: QtBot, tmp_path: Path) -> None:
    yesterday = Report(
        *("county", "daily/T01/2026-11-21", "daily", 1, "T01", "2026-11-21"),
        reported_at=NOW - DAY,
        recorded_at=NOW - DAY,
        values=(FieldValue("people", "3000"), FieldValue("leader", "何丽")),
        version=1,
    )
    with open_office(qtbot, county_of(yesterday), tmp_path, "T01") as window:
        shown = table(qtbot, window, "daily")
        assert (value(shown, "people"), value(shown, "cases")) == ("3000", "1")
        assert shown.fields is not None
        assert shown.fields.origins["people"].text() == "同上次"
        assert shown.fields.origins["leader"].text() == "必填"
        assert "50%" in shown.hint.text()


def test_it_is_handed_over_once_with_what_was_typed(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        shown = table(qtbot, window, "daily")
        enter(shown, "people", "2980")
        enter(shown, "leader", "王芳")
        assert shown.fields is not None
        qtbot.mouseClick(shown.fields.rows["patrolled"].buttons["yes"], Qt.MouseButton.LeftButton)
        for _ in range(2):
            qtbot.mouseClick(shown.submit_button, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        (given,) = county.commands()
        assert given.command.kind is CommandKind.REPORT
        assert given.command.body["values"] == {
            "people": "2980", "cases": "1", "patrolled": "yes", "leader": "王芳"
        }  # fmt: skip
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        assert "乡镇日报 石门乡" in page.done.text()
        assert shown.submit_button.text() == "更正已报的"
        assert "本机已存" in shown.given.text(), "stored is not called sent"


def test_what_is_wrong_is_marked_and_nothing_is_submitted(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        shown = table(qtbot, window, "daily")
        enter(shown, "people", "许多")
        qtbot.mouseClick(shown.submit_button, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        assert county.commands() == []
        assert shown.hint.text().startswith("有 2 项要改")
        enter(shown, "people", "3000")
        enter(shown, "leader", "王芳")
        assert "预填" in shown.hint.text()


def test_what_was_typed_is_there_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        enter(table(qtbot, window, "daily"), "leader", "王芳")
    with open_office(qtbot, county, tmp_path, "T01") as window:
        shown = table(qtbot, window, "daily")
        assert value(shown, "leader") == "王芳"
        assert shown.fields is not None
        line = shown.fields.rows["leader"].line
        assert line is not None
        assert line.text() == "王芳"


def test_a_disaster_table_is_about_one_event_of_the_township(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        shown = table(qtbot, window, "disaster")
        assert shown.draft is None
        assert shown.about is not None
        qtbot.mouseClick(shown.about.line, Qt.MouseButton.LeftButton)
        qtbot.keyClick(shown.about.line, Qt.Key.Key_Down)
        qtbot.keyClick(shown.about.line, Qt.Key.Key_Return)
        calm(qtbot, window)
        enter(shown, "moved", "12")
        shown.submit()
        calm(qtbot, window)
        (given,) = county.commands()
        assert given.command.body["period"] == "I0001"
        assert given.command.body["values"] == {"moved": "12"}


def test_a_newer_edition_replaces_the_form(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        assert len(table(qtbot, window, "daily").form.fields) == 4
        more = FormField("roads", Text("中断道路"), FieldType.COUNT)
        county.tell(
            Form(
                *("county", "daily/2", "daily", 2, Text("乡镇日报")),
                kind=FormKind.DAILY,
                period=Period.DAY,
                fields=(*DAILY.fields, more),
                version=1,
            )
        )
        calm(qtbot, window)
        assert len(table(qtbot, window, "daily").form.fields) == 5


def test_a_table_is_a_stop_of_the_keyboard_only_where_it_scrolls(
    qtbot: QtBot, tmp_path: Path
) -> None:
    more = [FormField(f"more{n}", Text("其他"), FieldType.TEXT) for n in range(4)]
    long = msgspec.structs.replace(DAILY, version=2, fields=(*DAILY.fields, *more))
    with open_office(qtbot, county_of(long), tmp_path, "T01") as window:
        shown = table(qtbot, window, "daily")
        [area] = shown.findChildren(FollowingScroll)
        for height in (1000, 520):
            window.resize(window.width(), height)
            calm(qtbot, window)
            scrolls = area.verticalScrollBar().maximum() > 0
            assert scrolls == (height == 520)
            assert (area in find_stops(window)) == scrolls
