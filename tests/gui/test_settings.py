"""The settings window: what it shows is the file, and what is changed is in the file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.application.settings.desk import Probed
from desktop.application.settings.entries import ENTRIES, PAGES
from desktop.domain.source import Problem
from desktop.gui.desk.window import DeskWindow
from desktop.gui.settings.entries_page import EntriesPage
from desktop.gui.settings.entry_row import EntryRow
from desktop.gui.settings.fields import BothField, ChoiceField, LineField, LinesField
from desktop.gui.settings.file_page import FilePage
from desktop.gui.settings.kept_page import KeptPage
from desktop.gui.settings.panel import SettingsPanel
from desktop.gui.settings.sheet import SettingsSheet
from desktop.gui.widgets.keys_page import KeysPage
from desktop.gui.widgets.label import PlainLabel
from support.builders import FakeClock
from support.open_desk import calm, open_desk, open_office
from support.prompt import wait_until
from support.sample_board import sample_county
from support.settings_desk import PROFILE, AnsweringDesk
from support.spoken import words

PROXY = ["[link] proxy", "[link] proxy_user"]


@contextmanager
def opened(
    qtbot: QtBot, folder: Path, **changes: Any
) -> Iterator[tuple[DeskWindow, SettingsPanel, AnsweringDesk]]:
    """A desk with its settings laid over it by their key."""
    desk = AnsweringDesk(folder)
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, folder, settings=lambda: desk, **changes) as window:
        qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        calm(qtbot, window)
        [sheet] = window.findChildren(SettingsSheet)
        qtbot.waitUntil(lambda: bool(desk.editor.snapshot.text))
        yield window, sheet.panel, desk


def row_of(panel: SettingsPanel, place: str) -> EntryRow:
    """The row of an entry, once its page has built it."""
    found: list[EntryRow] = []

    def look() -> bool:
        found[:] = [row for row in panel.findChildren(EntryRow) if row.entry.place == place]
        return bool(found)

    wait_until(look)
    return found[0]


def shown_in(panel: SettingsPanel) -> list[str]:
    """The places of the entries on screen."""
    return [row.entry.place for row in panel.findChildren(EntryRow) if row.isVisible()]


def type_line(row: EntryRow, text: str) -> None:
    assert isinstance(row.field, LineField)
    row.field.line.selectAll()
    row.field.line.insert(text)
    QTest.keyClick(row.field.line, Qt.Key.Key_Return)


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


@pytest.mark.parametrize("passes", [True, False])
def test_a_source_is_added_probed_and_saved_and_its_token_is_not_in_the_file(
    qtbot: QtBot, tmp_path: Path, passes: bool
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        if not passes:
            desk.answer = Probed(problem=Problem("unreachable", {"address": "b"}))
        panel.open("sources")
        panel.sources.buttons["add"].click()
        form = panel.sources.form
        assert form.fields is not None
        form.save_button.click()
        assert "必填" in [label.text().strip() for label in form.fields.findChildren(PlainLabel)]
        url = form.fields.fields["url"]
        assert isinstance(url, LineField)
        url.line.insert("http://b.example")
        form.fields.secrets["login"].line.insert("s3cret")
        form.probe_button.click()
        qtbot.waitUntil(lambda: bool(desk.asked) and form.said.text() not in ("", "正在试连…"))
        assert desk.asked == [("http://b.example", {"county-2": "s3cret"})]
        assert threading.main_thread() not in desk.threads
        form.save_button.click()
        if not passes:
            assert "county-2" not in desk.text
            form.save_button.click()
        qtbot.waitUntil(lambda: 'id = "county-2"\nkind = "county"' in desk.text)
        qtbot.waitUntil(lambda: desk.kept == {"county-2": "s3cret"})
        assert "s3cret" not in desk.text
        qtbot.waitUntil(lambda: "remove county-2" in panel.sources.buttons)
        panel.sources.buttons["remove county-2"].click()
        assert "county-2" in desk.text
        panel.sources.buttons["remove county-2"].click()
        qtbot.waitUntil(lambda: desk.text == PROFILE)


def test_a_token_is_kept_with_its_source_though_the_window_closes_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (window, panel, desk):
        panel.open("sources")
        panel.sources.buttons["add"].click()
        form = panel.sources.form
        assert form.fields is not None
        url = form.fields.fields["url"]
        assert isinstance(url, LineField)
        url.line.insert("http://b.example")
        form.fields.secrets["login"].line.insert("s3cret")
        for _press in range(2):
            form.save_button.click()
        window.close()
        assert "county-2" in desk.text
        assert desk.kept == {"county-2": "s3cret"}


def test_a_new_source_never_takes_the_place_of_another_and_its_form_goes_with_its_file(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        panel.open("sources")
        panel.sources.buttons["add"].click()
        form = panel.sources.form
        assert form.fields is not None
        for name, typed in (("id", "county"), ("url", "http://b.example")):
            field = form.fields.fields[name]
            assert isinstance(field, LineField)
            field.line.setText(typed)
        form.probe_button.click()
        qtbot.waitUntil(lambda: form.said.text() == "代号 county 已经用过了")
        for _press in range(2):
            form.save_button.click()
        qtbot.waitUntil(lambda: form.said.text() == "代号 county 已经用过了")
        assert desk.text == PROFILE
        assert form.isVisible()
        panel.writing.replace(PROFILE + "# brought\n")
        qtbot.waitUntil(lambda: not form.isVisible())


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


def test_an_answer_of_a_form_left_meanwhile_is_dropped_and_the_next_can_ask(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        qtbot.waitUntil(lambda: "edit county" in panel.sources.buttons)
        held = threading.Event()
        answer = desk.probe
        desk.probe = lambda *asked: (held.wait(5), answer(*asked))[1]  # type: ignore[method-assign]
        form = panel.sources.form
        panel.sources.edit("county")
        form.probe_button.click()
        form.back_button.click()
        panel.sources.edit("county")
        assert not form.said.text()
        form.probe_button.click()
        held.set()
        qtbot.waitUntil(lambda: len(desk.asked) == 2)
        qtbot.waitUntil(lambda: form.said.text() not in ("", "正在试连…"))


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


def test_a_remove_button_pressed_once_is_let_go_as_its_page_is_left(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        for leave in (lambda: panel.pages_list.setCurrentRow(1), panel.sources.add):
            panel.open("sources")
            qtbot.waitUntil(lambda: "remove county" in panel.sources.buttons)
            panel.sources.buttons["remove county"].click()
            armed = panel.sources.buttons["remove county"].text()
            leave()
            panel.sources.form.leave()
            panel.pages_list.setCurrentRow(0)
            assert panel.sources.buttons["remove county"].text() != armed
        assert desk.text == PROFILE
