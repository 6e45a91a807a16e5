"""After a change of language all of the desk speaks it, and nothing is written over anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.gui.desk.window import DeskWindow
from desktop.gui.widgets.key_button import KeyButton
from support.builders import FakeClock, an_alarm
from support.open_desk import calm, incident_key, open_desk
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
