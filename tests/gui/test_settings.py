"""The settings window: what it shows is the file, and what is changed is in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.application.settings.entries import ENTRIES, PAGES
from desktop.gui.settings.entries_page import EntriesPage
from desktop.gui.settings.fields import BothField, ChoiceField, LineField, LinesField
from desktop.gui.settings.file_page import FilePage
from desktop.gui.settings.kept_page import KeptPage
from desktop.gui.settings.sheet import SettingsSheet
from desktop.gui.widgets.keys_page import KeysPage
from support.builders import FakeClock
from support.open_desk import calm, open_office
from support.sample_board import sample_county
from support.settings_desk import PROFILE, AnsweringDesk
from support.settings_panel import opened, row_of, shown_in, type_line
from support.spoken import words

PROXY = ["[link] proxy", "[link] proxy_user"]


def test_a_choice_is_in_the_file_at_once_and_in_force_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (window, panel, desk):
        panel.open("look")
        row = row_of(panel, "[desk] theme")
        assert isinstance(row.field, ChoiceField)
        row.field.chips["dark"].click()
        qtbot.waitUntil(lambda: desk.text == PROFILE.replace('"light"', '"dark"'))
        qtbot.waitUntil(lambda: window.screen_context.theme.name == "dark")
        window.screen_context.theme.set_name("light")
        panel.retranslate()
        assert "浅色" in row.note.text()
        row.reset_button.click()
        qtbot.waitUntil(lambda: desk.text == PROFILE)


def test_what_cannot_be_used_is_told_in_its_row_and_kept_out_of_the_file(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        panel.open("wall")
        distance, height = (row_of(panel, f"[wall] {n}") for n in ("distance_m", "height_m"))
        type_line(distance, "far")
        assert distance.fault.text() == "要填数字"
        type_line(distance, "6")
        qtbot.waitUntil(lambda: distance.fault.text() == "距离和高度要一起填")
        assert desk.text == PROFILE
        type_line(height, "1.6")
        qtbot.waitUntil(lambda: "distance_m = 6\nheight_m = 1.6" in desk.text)
        qtbot.waitUntil(lambda: not distance.fault.text())


def test_what_is_refused_holds_up_no_other_and_stays_in_its_row_until_it_can_be_used(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (window, panel, desk):
        panel.open("wall")
        distance, height = (row_of(panel, f"[wall] {n}") for n in ("distance_m", "height_m"))
        type_line(distance, "6")
        qtbot.waitUntil(lambda: bool(distance.fault.text()))
        panel.pages_list.setCurrentRow(2)
        language = row_of(panel, "[desk] language")
        assert isinstance(language.field, ChoiceField)
        language.field.chips["en"].click()
        qtbot.waitUntil(lambda: 'language = "en"' in desk.text)
        qtbot.waitUntil(lambda: window.screen_context.words.language == "en")
        assert not language.fault.text()
        panel.pages_list.setCurrentRow(5)
        assert distance.field.text() == "6"
        assert distance.fault.text()
        assert "wall" not in desk.text
        type_line(height, "1.6")
        qtbot.waitUntil(lambda: "distance_m = 6\nheight_m = 1.6" in desk.text)
        qtbot.waitUntil(lambda: not distance.fault.text() and not height.fault.text())


def test_esc_takes_back_what_is_typed_and_the_next_one_closes(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        panel.open("desk")
        row = row_of(panel, "[desk] officer")
        assert isinstance(row.field, LineField)
        row.field.line.setFocus()
        row.field.line.insert("王")
        QTest.keyClick(row.field.line, Qt.Key.Key_Escape)
        assert row.field.text() == ""
        assert panel.isVisible()
        QTest.keyClick(row.field.line, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        assert desk.text == PROFILE


def test_a_file_changed_beside_is_noticed_and_the_person_decides(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        theirs = PROFILE + "# theirs\n"
        desk.path.write_text(theirs, encoding="utf-8")
        panel.open("desk")
        row = row_of(panel, "[desk] officer")
        qtbot.waitUntil(lambda: desk.editor.snapshot.text == theirs)
        desk.path.write_text(theirs + "# again\n", encoding="utf-8")
        type_line(row, "王")
        qtbot.waitUntil(panel.bar.over_button.isVisible)
        assert "刚被别的程序改过" in panel.bar.said.text()
        assert desk.text.endswith("# again\n")
        panel.bar.over_button.click()
        qtbot.waitUntil(lambda: 'officer = "王"' in desk.text)
        qtbot.waitUntil(lambda: not panel.bar.over_button.isVisible())


def test_a_search_shows_entries_of_every_page_in_both_languages(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path, language="en", words=words("en")) as (_window, panel, _desk):
        for typed in ("proxy", "代理"):
            panel.search.clear()
            panel.search.insert(typed)
            qtbot.waitUntil(lambda: shown_in(panel) == PROXY)
        QTest.keyClick(panel.search, Qt.Key.Key_Down)
        assert panel.pages_list.hasFocus()
        QTest.keyClick(panel.pages_list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert panel.search.hasFocus()
        panel.search.insert("no such")
        assert panel.findChildren(EntriesPage)[-1].nothing.isVisible()


def test_a_text_with_faults_is_written_at_the_second_press_only(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        panel.open("file")
        [page] = panel.findChildren(FilePage)
        qtbot.waitUntil(lambda: page.text.toPlainText() == PROFILE)
        page.text.appendPlainText("[des")
        page.write_button.click()
        assert "不合 TOML 的写法：后面缺少 ]" in page.said.text()
        assert desk.text == PROFILE
        page.write_button.click()
        qtbot.waitUntil(lambda: desk.text == PROFILE + "\n[des")
        qtbot.waitUntil(lambda: "不合 TOML 的写法" in panel.bar.said.text())


def test_a_text_begun_before_a_change_made_here_undoes_it_only_where_that_is_wanted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    [theme] = [entry for entry in ENTRIES if entry.place == "[desk] theme"]
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        panel.open("file")
        [page] = panel.findChildren(FilePage)
        qtbot.waitUntil(lambda: page.text.toPlainText() == PROFILE)
        dark = PROFILE.replace("light", "dark")
        page.text.appendPlainText("# mine")
        panel.writing.put(theme, "dark")
        qtbot.waitUntil(lambda: desk.text == dark)
        page.write_button.click()
        qtbot.waitUntil(panel.bar.over_button.isVisible)
        assert desk.text == dark
        panel.bar.take_button.click()
        qtbot.waitUntil(lambda: page.text.toPlainText() == dark)
        page.text.appendPlainText("# mine")
        panel.writing.put(theme, "light")
        qtbot.waitUntil(lambda: desk.text == PROFILE)
        page.write_button.click()
        qtbot.waitUntil(panel.bar.over_button.isVisible)
        assert desk.text == PROFILE
        panel.bar.over_button.click()
        qtbot.waitUntil(lambda: desk.text.endswith("# mine"))
        assert '"dark"' in desk.text


@pytest.mark.parametrize("place", ["[desk] officer", "[desk] title", "[wall] shifts"])
def test_what_is_being_typed_as_the_window_closes_is_written(
    qtbot: QtBot, tmp_path: Path, place: str
) -> None:
    with opened(qtbot, tmp_path) as (window, panel, desk):
        panel.open("wall" if "wall" in place else "desk")
        field = row_of(panel, place).field
        if isinstance(field, BothField):
            field.lines[0].setText("王庄")
        elif isinstance(field, LinesField):
            field.box.setPlainText("08:30 王庄")
        else:
            assert isinstance(field, LineField)
            field.line.setText("王庄")
        window.close()
        assert "王庄" in desk.text


def test_what_is_being_typed_stays_as_another_change_is_written_and_nothing_else_is(
    qtbot: QtBot, tmp_path: Path
) -> None:
    [theme] = [entry for entry in ENTRIES if entry.place == "[desk] theme"]
    with opened(qtbot, tmp_path) as (window, panel, desk):
        shifts = '[wall]\nshifts = [{ begins = "08:30", title = "白\u00a0班" }]\n'
        desk.path.write_text(PROFILE + shifts, encoding="utf-8")
        panel.open("wall")
        row = row_of(panel, "[wall] shifts")
        qtbot.waitUntil(lambda: "08:30" in row.field.text())
        height = row_of(panel, "[wall] height_m").field
        assert isinstance(height, LineField)
        height.line.insert("1.6")
        with qtbot.waitSignal(panel.writing.changed):
            panel.writing.put(theme, "dark")
        assert height.text() == "1.6"
        height.put("")
        window.close()
        assert shifts in desk.text


def test_what_is_remembered_is_shown_and_forgotten(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (window, panel, _desk):
        remembered = window.screen_context.remembered
        remembered.choose("export_folder", "交班")
        remembered.choose("noted_key_in_file", "x")
        panel.open("kept")
        [page] = panel.findChildren(KeptPage)
        for name in ("export_folder", "noted_"):
            page.buttons[name].click()
        assert (remembered.value("export_folder"), remembered.names("noted_")) == ("", ())
        assert page.buttons == {}


def test_a_restart_closes_the_window_and_is_offered_once_something_waits_for_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    asked: list[bool] = []
    with opened(qtbot, tmp_path, restart=lambda: asked.append(True)) as (window, panel, _desk):
        assert not panel.bar.restart_button.isVisible()
        panel.open("desk")
        type_line(row_of(panel, "[desk] officer"), "王")
        qtbot.waitUntil(panel.bar.restart_button.isVisible)
        panel.bar.restart_button.click()
        assert asked == [True]
        assert not window.isVisible()


def test_an_office_has_its_settings_without_the_words_of_the_file(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = AnsweringDesk(tmp_path)
    county = sample_county(FakeClock(), 5)
    with open_office(qtbot, county, tmp_path, "T01", settings=lambda: desk) as window:
        window.head.settings.click()
        calm(qtbot, window)
        [sheet] = window.findChildren(SettingsSheet)
        row = row_of(sheet.panel, "[desk] theme")
        assert row.isVisible()
        assert "[desk]" not in row.place.text()
        assert sheet.panel.pages_list.count() < len(PAGES)
        QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        assert not sheet.isVisible()


def test_every_page_on_screen_follows_a_change_of_language(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (window, panel, _desk):
        for name, place in (("keys", "[desk] single_keys"), ("look", "[desk] theme")):
            panel.open(name)
            row = row_of(panel, place)
            before = row.title.text()
            window.screen_context.words.language = "en"
            panel.retranslate()
            assert row.title.text() != before
            window.screen_context.words.language = "zh_CN"


def test_a_key_is_changed_among_the_settings_and_in_force_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (window, panel, _desk):
        panel.open("keys")
        page, keymap = panel.findChild(KeysPage), window.screen_context.keymap
        assert isinstance(page, KeysPage)
        while page.current is not None and page.current.name != "next":
            QTest.keyClick(page.table, Qt.Key.Key_Down)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        QTest.keyClick(page.table, Qt.Key.Key_K)
        assert page.said.text() == "K 不能用：上一个事件"
        QTest.keyClick(page.table, Qt.Key.Key_Backspace)
        assert keymap.keys_of("next") == ()
        page.usual.click()
        assert keymap.keys_of("next") == ("J",)
