"""After a change of language all of the desk speaks it, and nothing is written over anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.queue import QueueKind
from desktop.gui.charts.table_sheet import TableSheet
from desktop.gui.desk.window import DeskWindow
from desktop.gui.forms.field_widgets import LevelEntry
from desktop.gui.panes.queues.pane import QueuesPane
from desktop.gui.widgets.key_button import KeyButton
from support.builders import FakeClock, an_alarm
from support.open_desk import calm, incident_key, open_desk, open_office
from support.sample_board import sample_county


def cramped(desk: DeskWindow) -> list[str]:
    """The buttons on which the key stands over the text, or which are cut."""
    return [
        button.text()
        for button in desk.findChildren(KeyButton)
        if button.isVisible() and button.width() < max(button.least_px, button.sizeHint().width())
    ]


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_no_key_stands_over_a_text_after_the_language_changed(
    qtbot: QtBot, tmp_path: Path, size: tuple[int, int]
) -> None:
    county = sample_county(FakeClock(), 20)
    county.tell(an_alarm(source="county"))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.resize(*size)
        desk.show_key(incident_key())
        calm(qtbot, desk)
        for open_it in ("go_alarms", "new_incident", "outbox", "back", "note"):
            desk.run_action(open_it)
            calm(qtbot, desk)
            for _ in range(2):
                desk.run_action("language")
                calm(qtbot, desk)
                qtbot.waitUntil(lambda: cramped(desk) == [])


def test_the_window_and_its_docks_are_renamed(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:

        def titles() -> list[str]:
            docks = [dock.windowTitle() for dock in desk.arrangement.docks.values()]
            return [desk.windowTitle(), *docks]

        chinese = titles()
        desk.run_action("language")
        qtbot.waitUntil(lambda: titles() != chinese)
        english = titles()
        assert all(zh != en for zh, en in zip(chinese, english, strict=True))
        assert "Yunxi" in english[0]
        desk.run_action("language")
        qtbot.waitUntil(lambda: titles() == chinese)


@pytest.mark.parametrize(("language", "said"), [("zh_CN", "取消"), ("en", "Cancel")])
def test_a_dialog_of_files_speaks_the_language_in_force(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    other = {"zh_CN": "en", "en": "zh_CN"}[language]
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, language=other) as desk:
        desk.run_action("language")
        desk.run_action("export")
        (dialog,) = desk.findChildren(QFileDialog)
        assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
        texts = {button.text().replace("&", "") for button in dialog.findChildren(QPushButton)}
        assert said in texts
        dialog.reject()


def test_the_strip_leaves_the_officers_name_its_room_after_a_switch(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        strip = desk.status
        strip.officer.set_text("An officer whose name takes a third of the strip " * 2)
        calm(qtbot, desk)
        for width in (1366, 1280, 1200):
            desk.resize(width, 768)
            desk.run_action("language")
            calm(qtbot, desk)
            said = [b for b in strip.findChildren(QPushButton) if "source" in b.objectName()]
            assert said
            for button in said:
                assert button.width() >= button.sizeHint().width(), button.text()


def test_an_open_table_is_named_and_told_in_the_new_language(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.run_action("go_queues")
        queues = desk.panes["queues"]
        assert isinstance(queues, QueuesPane)
        queues.chips.choose(str(QueueKind.COUNTER))
        desk.run_action("as_table")
        sheet = desk.findChild(TableSheet)
        assert sheet is not None
        assert sheet.choices is not None
        sheet.choices.choose("1")
        desk.run_action("language")
        qtbot.waitUntil(lambda: sheet.title.text() == "Waiting over time as a table")
        calm(qtbot, desk)
        assert sheet.choices.said == "Waiting over time"
        assert sheet.accessibleName() == sheet.title.text()
        assert re.search("[\u4e00-\u9fff]", sheet.said.text()) is None
        sheet.choices.choose("0")
        calm(qtbot, desk)
        assert queues.chips.said in sheet.said.text()
        assert re.search("[\u4e00-\u9fff]", sheet.said.text()) is None


def test_a_form_and_its_choices_are_named_in_the_new_language(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.run_action("new_incident")
        sheet = desk.form_sheet
        qtbot.waitUntil(lambda: sheet.isVisible() and not sheet.form.is_reading)
        level = sheet.form.entries["level"]
        assert isinstance(level, LevelEntry)
        assert level.chips["major"].accessibleName() == "等级 重大"
        desk.run_action("language")
        calm(qtbot, desk)
        assert level.chips["major"].accessibleName() == "Level Major"
        assert sheet.title.text() == sheet.form.title.text()


def test_an_office_is_called_by_its_name_in_the_new_language(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, sample_county(FakeClock(), 5), tmp_path, "T01") as office:
        office.head.language.click()
        qtbot.waitUntil(lambda: "Qingshi" in office.head.title)
        assert office.windowTitle() == office.head.title
