"""The sheets behind the status strip."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop.gui.desk.window import DeskWindow
from support.builders import FakeClock
from support.open_desk import incident_key, open_desk
from support.sample_board import sample_county


def a_line_with_the_keyboard(desk: DeskWindow) -> QLineEdit:
    line = QLineEdit(desk)
    line.show()
    line.setFocus()
    assert line.hasFocus()
    return line


def test_a_sheet_takes_the_place_of_another(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.outbox_sheet.toggle()
        desk.sources_sheet.toggle()
        assert not desk.outbox_sheet.isVisible()
        assert desk.sources_sheet.isVisible()


def test_a_sheet_gives_the_keyboard_to_the_window_if_what_had_it_is_gone_or_hidden(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        for end in (delete, QLineEdit.hide):
            line = a_line_with_the_keyboard(desk)
            desk.sources_sheet.toggle()
            end(line)
            desk.sources_sheet.put_away()
            assert desk.hasFocus()


def test_a_note_gives_the_keyboard_to_the_detail_if_what_had_it_is_gone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        detail = desk.panes["detail"]
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not detail.is_empty)
        line = a_line_with_the_keyboard(desk)
        detail.begin_note()
        assert detail.note.text.hasFocus()
        delete(line)
        QTest.keyClick(detail.note.text, Qt.Key.Key_Escape)
        assert detail.area.hasFocus()
