"""Closing with commands not yet sent says so; one key closes anyway, and no log-off is held up."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandKind
from desktop.gui.desk.window import DeskWindow
from support.builders import FakeClock
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, sample_county


def a_county(commands: int = 0) -> SampleCounty:
    county = sample_county(FakeClock(), 3)
    for number in range(commands):
        county.board.commands.submit(CommandKind.NOTE, incident_key(), {"text": f"note {number}"})
    return county


def asked(desk: DeskWindow) -> bool:
    return desk.isVisible() and desk.closing_sheet.isVisible()


def test_with_nothing_to_send_the_desk_closes_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        assert desk.close()


def test_a_closed_desk_is_let_go_of_whole(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        left = weakref.ref(desk)
    del desk
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert left() is None


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh_CN", ("2 条指令还没发出", "下次打开")), ("en", ("2 commands not sent", "next start"))],
)
def test_closing_with_commands_to_send_says_how_many_and_that_they_stay(
    qtbot: QtBot, tmp_path: Path, language: str, words: tuple[str, str]
) -> None:
    with open_desk(qtbot, a_county(2), tmp_path, language=language) as desk:
        assert not desk.close()
        assert asked(desk)
        assert words[0] in desk.closing_sheet.title.text()
        assert words[1] in desk.closing_sheet.words.text()
        assert desk.closing_sheet.isAncestorOf(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        assert desk.isVisible()
        assert not desk.closing_sheet.isVisible()


def test_one_key_closes_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(1), tmp_path) as desk:
        desk.close()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert not desk.isVisible()


def test_closing_a_second_time_closes(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(1), tmp_path) as desk:
        desk.close()
        assert desk.close()


def test_a_log_off_is_not_held_up_and_the_next_start_tells_what_waited(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, a_county(2), tmp_path) as desk:
        desk.leave_unasked()
        assert desk.close()
        calm(qtbot, desk)
    with open_desk(qtbot, a_county(2), tmp_path) as desk:
        assert "还有 2 条指令没有发出" in desk.notices.words.text()
        calm(qtbot, desk)
    with open_desk(qtbot, a_county(2), tmp_path) as desk:
        assert not desk.notices.isVisible()
