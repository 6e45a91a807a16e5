"""Phones and plans at the desk and in the office: found by words, copied, read, printed; or told
as not given."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.directory import Phone, PhoneKind, PlanSection, PlanStep, index_contacts
from desktop.domain.incident import Incident
from desktop.domain.instant import HOUR
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Row
from desktop.gui.desk.window import DeskWindow
from desktop.gui.directory.lines import plan_for_paper
from desktop.gui.directory.number_line import NumberLine
from desktop.gui.directory.sheet import DirectorySheet
from desktop.gui.panes.detail.pane import DetailPane
from desktop.gui.printing import as_html
from desktop.gui.township.look_up_page import LookUpPage
from desktop.gui.township.window import TownshipWindow
from desktop.gui.widgets.focus import holds_keyboard
from support.builders import NOW, FakeClock, a_contact, a_plan, a_township, an_incident
from support.open_desk import calm, open_desk, open_office
from support.sample_board import SampleCounty, a_status, empty_county
from support.spoken import words

LEADER = a_contact(
    id="leader",
    unit=Text("石门乡", "Shimen"),
    post=Text("防汛责任人", "Responsible for floods"),
    person=Text("何示例", "Example He"),
    township="T01",
    position=9,
    phones=a_contact().phones[1:],
)
ELSEWHERE = a_contact(id="else", unit=Text("白水乡", "Baishui"), township="T02", position=10)
OWN = a_plan(id="own", title=Text("石门乡山洪转移方案", "Shimen evacuation"), township="T01")
GRAVE = a_plan(
    id="grave",
    title=Text("重大洪涝响应方案", "Grave flood response"),
    levels=(EventLevel.MAJOR,),
    position=1,
)
FIRE = a_plan(id="fire", title=Text("森林火灾应急预案"), categories=("wildfire",), position=2)
ALL = (a_contact(), LEADER, ELSEWHERE, a_plan(), OWN, GRAVE, FIRE)


def county_of(*puts: Row) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, expected_period_ms=HOUR))
    county.tell(a_township(), *puts)
    return county


def opened(qtbot: QtBot, window: TownshipWindow) -> LookUpPage:
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    page = window.pages["look_up"]
    assert isinstance(page, LookUpPage)
    qtbot.waitUntil(lambda: page.found is not None)
    calm(qtbot, window)
    return page


def look(qtbot: QtBot, window: TownshipWindow, text: str) -> list[str]:
    page = opened(qtbot, window)
    before = page.found
    page.search.selectAll()
    page.search.insert(text)  # QTest has no keys for Chinese.
    qtbot.waitUntil(lambda: page.found is not before)
    calm(qtbot, window)
    return [page.model.name(row) for row in page.model.rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("防汛责任", ["石门乡 防汛责任人"]),
        ("fxzrr", ["石门乡 防汛责任人"]),
        ("周示例", ["县防汛抗旱指挥部 值班室"]),
        ("zsl", ["县防汛抗旱指挥部 值班室"]),
        ("00000010110", ["县防汛抗旱指挥部 值班室"]),
        ("flood control", ["县防汛抗旱指挥部 值班室"]),
        ("slhz", ["森林火灾应急预案"]),
        ("火情", ["森林火灾应急预案"]),
        ("白水", []),
    ],
)
def test_the_office_finds_its_own_and_the_countys_by_words_and_initials(
    qtbot: QtBot, tmp_path: Path, text: str, found: list[str]
) -> None:
    with open_office(qtbot, county_of(*ALL), tmp_path, "T01") as window:
        assert look(qtbot, window, text) == found


def test_its_own_come_first_and_what_is_looked_for_before_the_rest(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(*ALL, an_incident()), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        names = [page.model.name(row) for row in page.model.rows]
        assert names[0] == "供水管道破裂"
        page.kinds.choose("plans")
        assert page.model.name(page.model.rows[0]) == "石门乡山洪转移方案"
        page.kinds.choose("contacts")
        assert [page.model.name(row) for row in page.model.rows] == [
            "石门乡 防汛责任人",
            "县防汛抗旱指挥部 值班室",
        ]


def test_what_fits_best_is_the_picked_row_whatever_was_picked_before(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(*ALL, an_incident()), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        page.list.step(3)
        look(qtbot, window, "防汛")
        assert page.card.text.startswith("石门乡\n防汛责任人")
        page.list.step(1)
        window.screen_context.board.listeners.announce(Changes({Collection.CONTACTS: None}))
        calm(qtbot, window)
        assert page.card.text.startswith("县防汛抗旱指挥部"), "a refresh moves nothing"


def test_one_click_copies_a_number_and_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, county_of(*ALL), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        look(qtbot, window, "指挥部")
        assert "卫星电话" in page.card.text
        line = page.card.findChildren(NumberLine)[0]
        assert line.label.font().pixelSize() > page.search.font().pixelSize()
        qtbot.mouseClick(line.copy_button, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == "0000-0010110"
        assert line.copy_button.text() == "已复制"
        assert not page.whole.isVisible()
        assert not page.printing.isVisible()


def test_a_plan_says_who_does_what_and_whom_to_call(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, county_of(*ALL), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        look(qtbot, window, "抢险")
        assert "1. 乡镇：转移低洼地带的人" in page.card.text
        assert "县防汛抗旱指挥部 值班室 · 周示例 · 0000-0010110" in page.card.text
        assert page.printing.isVisible()
        assert not page.whole.isVisible()


def test_no_directory_is_told_as_not_given(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, county_of(an_incident()), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        for kind, said in (("contacts", "县里还没有给通讯录"), ("plans", "县里还没有给预案")):
            page.kinds.choose(kind)
            assert page.empty.isVisible()
            assert page.empty.title.text() == said


def test_one_that_does_not_fit_is_not_told_as_not_given(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, county_of(*ALL), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        page.kinds.choose("contacts")
        look(qtbot, window, "没有这个")
        assert page.empty.title.text() == "本乡镇没有符合的"


def test_a_plan_on_paper_is_plain_text_with_a_row_for_each_step() -> None:
    steps = (PlanStep(Text("<b>转移</b>"), Text("乡镇"), "flood-duty"), PlanStep(Text("报告")))
    plan = a_plan(sections=(PlanSection(Text("先期处置"), steps),))
    table = plan_for_paper(plan, index_contacts([a_contact()]), words()).as_printed_table()
    assert [row[3] for row in table.rows] == ["<b>转移</b>", "报告"]
    assert "0000-0010110" in str(table.rows[0][4])
    assert table.rows[1][4] == ""
    html = as_html(table)
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def typed(qtbot: QtBot, desk: DeskWindow, text: str) -> list[str]:
    QTest.keyClick(desk, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    calm(qtbot, desk)
    desk.palette_sheet.field.insert(text)
    listed = desk.palette_sheet.listed
    return [listed.item(row).text().partition("    ")[0] for row in range(listed.count())]


def test_the_desk_finds_phones_and_plans_with_ctrl_k(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, county_of(*ALL), tmp_path) as desk:
        assert not any("值班室" in each for each in typed(qtbot, desk, ""))
        desk.palette_sheet.put_away()
        assert typed(qtbot, desk, "白水") == ["白水乡 值班室"]
        QTest.keyClick(desk.palette_sheet.field, Qt.Key.Key_Return)
        sheet = desk.palette_sheet.entry_sheet
        assert sheet.isVisible()
        assert sheet.title.text() == "白水乡 值班室"
        assert len(sheet.findChildren(NumberLine)) == 2
        assert not sheet.print_button.isVisible()
        assert typed(qtbot, desk, "slhz") == ["森林火灾应急预案"]
        QTest.keyClick(desk.palette_sheet.field, Qt.Key.Key_Return)
        assert sheet.title.text() == "森林火灾应急预案"
        assert sheet.print_button.isVisible()


@pytest.mark.parametrize(
    ("changes", "first", "others"),
    [
        ({"category": "river_level"}, "石门乡山洪转移方案", ["防汛抢险应急预案"]),
        (
            {"category": "river_level", "level": EventLevel.MAJOR, "township": "T02"},
            "重大洪涝响应方案",
            ["防汛抢险应急预案"],
        ),
        ({"category": "wildfire"}, "森林火灾应急预案", []),
        ({"category": "litter"}, "没有适用的预案", []),
    ],
)
def test_the_plan_that_fits_an_incident_is_one_key_away(
    qtbot: QtBot, tmp_path: Path, changes: dict[str, object], first: str, others: list[str]
) -> None:
    incident = an_incident(**changes)
    with open_desk(qtbot, county_of(*ALL, incident), tmp_path) as desk:
        sheet = opened_plans(qtbot, desk, incident)
        assert sheet.title.text() == first
        buttons = sheet.column.findChildren(QPushButton)
        assert [button.text() for button in buttons] == others
        for button in buttons:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            assert sheet.title.text() == others[0]


def opened_plans(qtbot: QtBot, desk: DeskWindow, incident: Incident) -> DirectorySheet:
    """The plans for that incident."""
    pane = desk.panes["detail"]
    assert isinstance(pane, DetailPane)
    desk.show_key(Key(incident.source, Collection.INCIDENTS, incident.id))
    calm(qtbot, desk)
    qtbot.waitUntil(lambda: pane.detail is not None)
    QTest.keyClick(desk, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    calm(qtbot, desk)
    assert pane.plan_sheet.isVisible()
    return pane.plan_sheet


def test_of_two_counties_each_has_its_own_plans_and_numbers(qtbot: QtBot, tmp_path: Path) -> None:
    phones = (Phone("9999-9999999", PhoneKind.DUTY),)
    abroad = (a_contact(source="next", position=1, phones=phones), a_plan(source="next"))
    incident = an_incident(category="river_level")
    with open_desk(qtbot, county_of(a_contact(), a_plan(), *abroad, incident), tmp_path) as desk:
        sheet = opened_plans(qtbot, desk, incident)
        assert sheet.column.findChildren(QPushButton) == []
        said = "\n".join(label.text() for label in sheet.column.findChildren(QLabel))
        assert "0000-0010110" in said
        assert "9999-9999999" not in said


def test_another_plan_keeps_the_keyboard_in_the_sheet_and_its_title_is_plain(
    qtbot: QtBot, tmp_path: Path
) -> None:
    incident = an_incident(category="river_level")
    flood = a_plan(title=Text("防汛&抢险\n预案"))
    with open_desk(qtbot, county_of(OWN, flood, incident), tmp_path) as desk:
        sheet = opened_plans(qtbot, desk, incident)
        [button] = sheet.column.findChildren(QPushButton)
        assert button.text() == "防汛&&抢险 预案"
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        assert sheet.print_button.isVisible()
        assert holds_keyboard(sheet)
