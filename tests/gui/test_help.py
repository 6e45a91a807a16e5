"""The help opens at the page of what has the keyboard, in the language of the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application.help_pages import read_contents
from desktop.gui import printing
from desktop.gui.help.page_view import PageView
from desktop.gui.help.topics import START, TOPICS
from desktop.gui.help.window import HelpWindow
from desktop.gui.panes.registry import pane_specs
from desktop.gui.printing import Printed
from desktop.gui.tour.pane import TourPane
from support.builders import FakeClock
from support.checkout import ROOT
from support.open_desk import RESOURCES, calm, incident_key, open_desk, open_office
from support.open_help import shown_help
from support.sample_board import sample_county
from support.scoring import ActiveAccessibility, Scores, score

CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
SHOWN = re.compile(r"^class (\w+)\((?:\w+, )*(?:Sheet|StatusSheet|Page)\):", re.MULTILINE)
BASE = {"StatusSheet"}
"""What sheets of the sources are made of, itself never seen."""


def press(key: Qt.Key) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget(), key)


def test_every_pane_sheet_and_page_has_a_place_in_the_help_and_it_is_there() -> None:
    places = {f"{page.name}.html" for page in read_contents(RESOURCES / "help" / "en")} | {
        f"{page.name}.html#{section.anchor}"
        for page in read_contents(RESOURCES / "help" / "en")
        for section in page.sections
    }
    assert {START, *TOPICS.values()} <= places
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "desktop" / "gui").rglob("*.py")]
    shown = {name for text in sources for name in SHOWN.findall(text)}
    panes = {spec.factory.__annotations__["return"] for spec in pane_specs()}
    assert {"SourcesSheet", "LinkSheet"} <= shown
    assert (shown - BASE) | panes <= TOPICS.keys()
    assert len(shown) > 15
    assert TOPICS.keys() <= {name for text in sources for name in CLASS.findall(text)}


def test_f1_opens_the_page_of_the_pane_or_sheet_and_esc_gives_the_keyboard_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        for action, place in (
            ("go_incidents", "duty.html#incidents"),
            ("search", "duty.html#search"),
            ("go_map", "duty.html#map"),
            ("note", "duty.html#note"),
            ("sources", "duty.html#sources"),
        ):
            desk.run_action(action)
            held = QApplication.focusWidget()
            press(Qt.Key.Key_F1)
            shown = shown_help()
            assert shown.view.place == place
            assert shown.view.toPlainText().startswith("值班员手册")
            qtbot.waitUntil(shown.view.hasFocus)
            press(Qt.Key.Key_Escape)
            assert not shown.isVisible()
            qtbot.waitUntil(held.hasFocus)


def test_a_clerk_reads_his_own_page_in_his_language(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, sample_county(FakeClock(), 20), tmp_path, "T01") as office:
        office.show_task("sending")
        office.head.help.click()
        shown = shown_help()
        assert shown.view.place == "township.html#sending"
        assert shown.view.font().pixelSize() > 16
        office.head.language.click()
        qtbot.waitUntil(lambda: shown.view.toPlainText().startswith("The township clerk"))
        assert shown.view.place == "township.html#sending"
        qtbot.waitUntil(shown.view.hasFocus)
        press(Qt.Key.Key_Escape)
        assert not shown.isVisible()
        office.show_county()
        calm(qtbot, office)
        with qtbot.waitActive(office):
            office.activateWindow()
        QTest.keyClick(
            QApplication.focusWidget(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier
        )
        assert office.screen_context.words.chinese
        press(Qt.Key.Key_F1)
        assert shown.isVisible()
        assert shown.view.place.startswith("duty.html")


def test_a_word_or_its_initials_are_found_and_enter_opens_the_place(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.screen_context.show_help()
        shown = shown_help()
        calm(qtbot, desk)
        for typed, title in (("dfx", "待发箱"), ("qqqq", "没有找到"), ("冲突", "冲突由您决定")):
            shown.field.clear()
            shown.field.insert(typed)
            assert shown.listed.item(0).text().partition("\n")[0] == title
        QTest.keyClick(shown.field, Qt.Key.Key_Return)
        assert shown.view.place == "duty.html#conflict"
        shown.field.clear()
        assert shown.listed.currentItem().text().strip() == "冲突由您决定"


@pytest.mark.parametrize("place", ["https://example.org/x.html", "file:///etc/hostname", "../a"])
def test_nothing_from_elsewhere_is_shown(qtbot: QtBot, tmp_path: Path, place: str) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 1), tmp_path) as desk:
        desk.screen_context.show_help()
        view: PageView = shown_help().view
        view.show_place(place)
        assert view.place == "duty.html#incidents"


def test_a_long_line_of_code_makes_no_page_wider_than_its_window(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 3), tmp_path, language="en") as desk:
        desk.run_action("help")
        view = shown_help().view
        view.show_place("admin.html")
        assert view.document().size().width() <= view.viewport().width()


def test_a_small_help_leaves_most_of_its_width_to_the_page(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.run_action("go_incidents")
        press(Qt.Key.Key_F1)
        shown = shown_help()
        shown.resize(614, 345)
        assert shown.view.width() > shown.width() * 0.55
        for page in read_contents(RESOURCES / "help" / "zh_CN"):
            shown.view.show_place(f"{page.name}.html")
            assert shown.view.horizontalScrollBar().maximum() == 0, page.name


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_clerks_page_goes_on_one_sheet_of_paper(
    qtbot: QtBot, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[Printed] = []
    monkeypatch.setattr(printing, "offer_to_print", lambda *asked: printed.append(asked[3]))
    with open_desk(qtbot, sample_county(FakeClock(), 1), tmp_path, language=language) as desk:
        desk.screen_context.show_help()
        shown = shown_help()
        shown.view.show_place("township.html#photos")
        shown.print_button.click()
        [page] = printed
        assert page.title == shown.view.toPlainText().partition("\n")[0]
        file = tmp_path / "page.pdf"
        assert len(list(printing.pdf_steps(str(file), page, pytest.fail))) == 1
        assert file.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("theme", "language"), [("light", "zh_CN"), ("dark", "en")])
def test_the_help_keeps_the_rules_of_every_screen(
    qtbot: QtBot, tmp_path: Path, theme: str, language: str
) -> None:
    scores: Scores = {}
    county, changes = sample_county(FakeClock(), 20), {"theme": theme, "language": language}
    with ActiveAccessibility(), open_desk(qtbot, county, tmp_path, **changes) as desk:
        desk.screen_context.show_help()
        shown = shown_help()
        for place, typed in (("start.html", ""), ("duty.html#outbox", ""), ("keys.html", "outbox")):
            shown.view.show_place(place)
            shown.field.setText(typed)
            calm(qtbot, desk)
            score("desk", place + typed, shown, scores)
        shown.close()
        desk.run_action("tour")
        calm(qtbot, desk)
        score("desk", "tour", desk.findChildren(TourPane)[0], scores)
    assert scores == {}


def test_the_first_help_comes_by_steps_and_the_next_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 1), tmp_path) as desk:
        desk.screen_context.show_help()
        assert desk.findChildren(HelpWindow) == [], "no step has run yet"
        shown = shown_help()
        shown.close()
        desk.screen_context.show_help()
        assert shown.isVisible()
