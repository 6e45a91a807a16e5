"""The township office: its own township first, its assignments, each done in two clicks at most."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.application.i18n import Words
from desktop.domain.changes import Changes
from desktop.domain.command import CommandKind, CommandState, Hold
from desktop.domain.incident import Stage
from desktop.domain.instant import HOUR, MINUTE
from desktop.domain.localized_text import Text
from desktop.gui.township.assignment_card import AssignmentCard
from desktop.gui.township.assignments_page import AssignmentsPage
from desktop.gui.township.choose_page import ChoosePage
from desktop.gui.township.report_page import ReportPage
from desktop.gui.township.window import TownshipWindow
from support.builders import NOW, FakeClock, a_deadline, a_township, an_incident
from support.open_desk import RESOURCES, calm, open_office
from support.sample_board import SampleCounty, a_status, empty_county
from support.sent_items import noted

SHIMEN = Text("石门乡", "Shimen")


def county_of(
    *puts: object, last_good_at: int | None = NOW, clock: FakeClock | None = None
) -> SampleCounty:
    status = a_status(last_good_at=last_good_at, expected_period_ms=HOUR)
    county = empty_county(clock or FakeClock(), status)
    county.accepting.add("county")
    county.tell(a_township(), a_township(id="T02", name=Text("白水镇", "Baishui")), *puts)
    return county


def assignments(window: TownshipWindow) -> AssignmentsPage:
    page = window.pages["assignments"]
    assert isinstance(page, AssignmentsPage)
    return page


def titles(window: TownshipWindow) -> list[str]:
    return [card.title.text() for card in assignments(window).cards]


def press(qtbot: QtBot, window: TownshipWindow, card: AssignmentCard, kind: CommandKind) -> None:
    qtbot.mouseClick(card.buttons[kind], Qt.MouseButton.LeftButton)
    calm(qtbot, window)


def test_it_opens_on_what_is_asked_of_its_own_township_soonest_due_first(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_of(
        an_incident(id="late", title=Text("后办"), co_units=(SHIMEN,), lead_unit=Text("县水务局")),
        an_incident(
            id="soon",
            title=Text("先办"),
            lead_unit=Text("石门乡人民政府"),
            deadlines=(a_deadline(due_at=NOW - HOUR),),
        ),
        an_incident(id="others", title=Text("别人办")),
        an_incident(id="far", title=Text("外乡"), township="T02", co_units=(SHIMEN,)),
        an_incident(id="done", title=Text("已反馈"), stage=Stage.FED_BACK, co_units=(SHIMEN,)),
    )
    with open_office(qtbot, county, tmp_path, "T01") as window:
        assert window.head.name.text() == "石门乡"
        assert titles(window) == ["先办", "后办", "别人办"]
        others = assignments(window).cards[-1]
        assert not any(button.isVisible() for button in others.buttons.values())
        assert "已超时" in assignments(window).cards[0].due.text()


def test_an_order_is_taken_up_with_one_click_and_is_then_in_hand(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_of(an_incident(stage=Stage.DISPATCHED, lead_unit=SHIMEN))
    with open_office(qtbot, county, tmp_path, "T01") as window:
        assert window.buttons["assignments"].line == "1 件新的"
        press(qtbot, window, assignments(window).cards[0], CommandKind.TAKE_UP)
        (given,) = county.commands()
        assert given.command.kind is CommandKind.TAKE_UP
        assert given.command.base == 1
        qtbot.waitUntil(lambda: window.buttons["assignments"].line == "手上 1 件")
        card = assignments(window).cards[0]
        assert "处理" in card.facts.text()
        assert "本机已存" in card.state.text()


def test_feedback_is_two_clicks_and_the_words(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(an_incident(lead_unit=SHIMEN))
    with open_office(qtbot, county, tmp_path, "T01") as window:
        press(qtbot, window, assignments(window).cards[0], CommandKind.FEEDBACK)
        form = window.sheets.form.form
        qtbot.waitUntil(lambda: not form.is_reading)
        form.entries["text"].put("已抢通")
        qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        (given,) = county.commands()
        assert (given.command.kind, given.command.body) == (
            CommandKind.FEEDBACK,
            {"text": "已抢通"},
        )
        assert not window.sheets.form.isVisible()


def test_without_a_township_it_asks_once(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(an_incident(lead_unit=SHIMEN))
    with open_office(qtbot, county, tmp_path) as window:
        page = window.choose
        assert isinstance(page, ChoosePage)
        assert not window.buttons["report"].isEnabled()
        button = next(each for each in page.buttons if each.text() == "石门乡")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        assert titles(window) == ["供水管道破裂"]
    with open_office(qtbot, county, tmp_path) as window:
        assert titles(window) == ["供水管道破裂"]


def test_before_any_answer_it_does_not_look_calm(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(last_good_at=None)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        assert assignments(window).empty.title.text() == "还没有收到过县里的数据"
        assert window.buttons["assignments"].line == "—"


def test_a_source_that_fails_leaves_no_calm_none(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(last_good_at=NOW - 48 * HOUR)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        assert assignments(window).empty.isVisible()
        assert "县里现在没有交办的事" not in assignments(window).empty.title.text()


def test_a_report_is_of_the_township_and_the_next_form_is_empty(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_of()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: page.isVisible() and not page.form.is_reading)
        page.form.entries["title"].put("河堤渗水")
        page.form.entries["level"].put("ordinary")
        page.form.entries["category"].put("river_level")
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, window)
        assert county.commands()[0].command.body["township"] == "T01"
        assert "河堤渗水" in page.done.text()
        assert page.form.entries["title"].value() is None


def test_what_became_of_the_report_just_handed_over_is_said_while_its_page_is_open(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_of()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: page.isVisible() and not page.form.is_reading)
        for name, value in (("title", "河堤渗水"), ("level", "ordinary")):
            page.form.entries[name].put(value)
        page.form.entries["category"].put("river_level")
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, window)
        assert page.done.text() == "“河堤渗水”已存在本机，会自动发给县里。"
        key = county.commands()[0].command.key
        for state, words in (
            (CommandState.RECEIVED, "“河堤渗水”：县里收到了。"),
            (CommandState.ACCEPTED, "“河堤渗水”：县里签收了。"),
            (CommandState.REJECTED, "“河堤渗水”没有办成：请看“收发”。"),
        ):
            county.outbox.set_state(key, state, Text(), NOW)
            window.screen_context.feed.changed.emit(Changes(commands=True))
            calm(qtbot, window)
            assert page.done.text() == words
        window.show_task("sending")
        window.show_task("report")
        assert not page.done.isVisible()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (CommandState.HELD, "搁置在本机，不要重报：请看“收发”。"),
        (CommandState.GIVEN_UP, "已放弃；县里有没有收到，不知道。"),
    ],
)
def test_a_report_put_aside_or_given_up_asks_for_no_second_one(
    qtbot: QtBot, tmp_path: Path, state: CommandState, said: str
) -> None:
    county = county_of(an_incident(id="I1"))
    with open_office(qtbot, county, tmp_path, "T01") as window:
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        page.done.show_record(noted(county, 1, state, hold=Hold.ACCOUNT))
        assert page.done.text().endswith(said)


def test_a_report_begun_hours_after_its_page_opened_is_of_the_time_it_was_begun(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = county_of(clock=clock)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: not page.form.is_reading)
        entries = page.form.entries
        assert entries["occurred_at"].value() == NOW // MINUTE * MINUTE
        clock.advance(3 * HOUR)
        entries["title"].findChildren(QLineEdit)[0].insert("河堤渗水")
        assert entries["occurred_at"].value() == (NOW + 3 * HOUR) // MINUTE * MINUTE
        clock.advance(HOUR)
        entries["title"].findChildren(QLineEdit)[0].insert("三处")
        assert entries["occurred_at"].value() == (NOW + 3 * HOUR) // MINUTE * MINUTE


def test_esc_leaves_a_report_as_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, county_of(), tmp_path, "T01") as window:
        window.show_task("report")
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: not page.form.is_reading)
        page.form.entries["title"].put("河堤渗水")
        qtbot.keyClick(page.form.entries["title"].focusProxy(), Qt.Key.Key_Escape)
        assert page.form.isVisible()
        assert page.form.entries["title"].value() == "河堤渗水"
        assert page.form.submit_button.text() == "报给县里"


def test_a_township_picked_by_mistake_can_be_changed(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(an_incident(lead_unit=SHIMEN))
    with open_office(qtbot, county, tmp_path) as window:
        for name, found in (("白水镇", []), ("石门乡", ["供水管道破裂"])):
            button = next(each for each in window.choose.buttons if each.text() == name)
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            calm(qtbot, window)
            assert (window.head.name.text(), titles(window)) == (name, found)
            qtbot.mouseClick(window.head.other, Qt.MouseButton.LeftButton)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        assert not window.head.other.isVisible()


def test_closing_says_what_has_not_been_sent(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(an_incident(stage=Stage.DISPATCHED, lead_unit=SHIMEN))
    with open_office(qtbot, county, tmp_path, "T01") as window:
        press(qtbot, window, assignments(window).cards[0], CommandKind.TAKE_UP)
        calm(qtbot, window)
        qtbot.mouseClick(window.head.close_button, Qt.MouseButton.LeftButton)
        assert window.isVisible()
        sheet = window.sheets.closing
        assert "1" in sheet.title.text()
        qtbot.mouseClick(sheet.close_anyway, Qt.MouseButton.LeftButton)
        assert not window.isVisible()


def test_the_county_is_one_step_away_and_back(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(an_incident(lead_unit=SHIMEN))
    with open_office(qtbot, county, tmp_path, "T01") as window:
        qtbot.mouseClick(window.county_button, Qt.MouseButton.LeftButton)
        desk = window.county
        assert desk is not None
        qtbot.waitUntil(lambda: desk.whole, timeout=10_000)
        assert desk.isVisible()
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: assignments(window).isVisible() and not desk.isVisible())


def test_a_card_opens_its_whole_case(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(an_incident(lead_unit=SHIMEN))
    with open_office(qtbot, county, tmp_path, "T01") as window:
        qtbot.mouseClick(assignments(window).cards[0].whole, Qt.MouseButton.LeftButton)
        desk = window.county
        assert desk is not None
        qtbot.waitUntil(lambda: desk.panes.opened is not None, timeout=10_000)
        assert desk.panes.opened is not None
        assert desk.panes.opened.id == "I0001"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_texts_of_the_county_are_plain(qtbot: QtBot, tmp_path: Path, language: str) -> None:
    said = "<b>粗</b>&amp;"
    rough = msgspec.structs.replace(an_incident(lead_unit=SHIMEN), title=Text(said, said))
    with open_office(qtbot, county_of(rough), tmp_path, "T01", language=language) as window:
        assert titles(window) == [said]


@pytest.mark.parametrize("width", [1093, 1366, 1920])
def test_the_countys_name_is_whole_beside_the_longest_state(
    qtbot: QtBot, tmp_path: Path, width: int
) -> None:
    words = Words(RESOURCES, "en")
    for status in (
        a_status(last_good_at=None),
        a_status(last_good_at=NOW - 40 * HOUR, expected_period_ms=MINUTE),
    ):
        county = empty_county(FakeClock(), status)
        county.tell(a_township(name=Text("石门土家族乡", "Shimen Tujia Town")))
        title = Text("云麓土家族自治县", "Yunlu Tujia County")
        with open_office(
            qtbot, county, tmp_path, "T01", language="en", words=words, title=title
        ) as window:
            window.resize(width, 614)
            qtbot.waitUntil(lambda: window.head.width() == width)
            name = window.head.county
            assert name.text() == title.en
            assert name.width() >= name.fontMetrics().horizontalAdvance(title.en), width
            assert window.minimumSizeHint().width() <= 1093
