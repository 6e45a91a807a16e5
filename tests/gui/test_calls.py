"""The duty officer takes a report by telephone: typed, read back in words, confirmed, answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.application.courier.calls import Dictation, Heard
from desktop.application.errors import StoreError
from desktop.bootstrap import Desk
from desktop.commands.courier.spoken_words import show_sheet
from desktop.commands.courier.switchboard import CountySwitchboard
from desktop.county_server.frames.hearing import hear_report
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.source import Problem
from desktop.gui.carrying.call_sheet import CallSheet
from desktop.gui.carrying.take_down import TakeDown
from desktop.gui.desk.window import DeskWindow
from desktop.wire.frames.command_bits import Message, encode_message
from desktop.wire.frames.spoken import speak
from support.builders import FakeClock
from support.frame_messages import KEY, TABLES, head_of
from support.frames_county import County, note
from support.open_desk import open_desk
from support.sample_board import sample_county
from support.two_ends import a_desk
from support.typed_calls import digits, press_places, take_down, type_groups


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with closing(County(tmp_path)) as found:
        yield found


@pytest.fixture
def server(county: County) -> Iterator[CountyServer]:
    with CountyServer(county.database, Settings(county="云麓县")) as found:
        found.api.spoken.hear = partial(hear_report, county.receiver, county.database)
        yield found


def dictate(told: Message, key: bytes = KEY) -> Dictation:
    return show_sheet(speak(head_of(told), encode_message(told, TABLES), key))


class SlowSwitchboard(CountySwitchboard):
    """Answers only once it may, and with two receipts."""

    def __init__(self, server: CountyServer) -> None:
        desk = SimpleNamespace(connect_beside=lambda _source: a_desk(server.base_url))
        super().__init__(cast(Desk, desk), "county")
        self.gate = threading.Event()
        self.failure: Exception | None = None

    def check(self, groups: Sequence[str], check: str) -> Heard:
        assert self.gate.wait(10)
        return super().check(groups, check)

    def execute(self, groups: Sequence[str], check: str) -> Heard:
        assert self.gate.wait(10)
        if self.failure is not None:
            raise self.failure
        done = super().execute(groups, check)
        return msgspec.structs.replace(done, receipts=done.receipts * 2)


def switchboard(server: CountyServer) -> CountySwitchboard:
    desk = SimpleNamespace(connect_beside=lambda _source: a_desk(server.base_url))
    return CountySwitchboard(cast(Desk, desk), "county")


def open_sheet(qtbot: QtBot, desk: DeskWindow) -> tuple[CallSheet, TakeDown]:
    """The sheet, by its key."""
    QTest.keyClick(desk, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    sheet = desk.findChild(CallSheet)
    assert sheet is not None
    assert sheet.isVisible()
    assert sheet.take_down is not None
    return sheet, sheet.take_down


def settle(qtbot: QtBot, sheet: CallSheet) -> None:
    qtbot.waitUntil(lambda: not sheet.runner.pending)


def press(qtbot: QtBot, sheet: CallSheet, button: Any) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, sheet)


def test_a_report_is_typed_read_confirmed_and_its_receipt_read_back(
    qtbot: QtBot, tmp_path: Path, county: County, server: CountyServer
) -> None:
    with open_desk(
        qtbot,
        sample_county(FakeClock(), 5),
        tmp_path,
        switchboard=partial(switchboard, server),
    ) as desk:
        sheet, down = open_sheet(qtbot, desk)
        take_down(down, dictate(note(3, "桥已断")))
        settle(qtbot, sheet)
        assert "7 号单位" in sheet.whose.text()
        assert "桥已断" in sheet.says.text()
        assert county.notes() == [], "nothing is done before it is confirmed"
        press(qtbot, sheet, sheet.confirm)
        assert county.notes() == ["桥已断"]
        assert "已签收" in sheet.became.text()
        assert sheet.read_back.isVisible()
        assert not sheet.confirm.isVisible()
        for _ in range(sheet.read_back.last_step):
            QTest.keyClick(sheet.read_back, Qt.Key.Key_Space)
        QTest.keyClick(sheet.read_back, Qt.Key.Key_Space)
        assert down.isVisible()
        assert down.groups == []


def test_a_report_that_is_not_meant_is_not_done(
    qtbot: QtBot, tmp_path: Path, county: County, server: CountyServer
) -> None:
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=partial(switchboard, server)
    ) as desk:
        sheet, down = open_sheet(qtbot, desk)
        take_down(down, dictate(note(3, "桥已断")))
        settle(qtbot, sheet)
        press(qtbot, sheet, sheet.again)
        assert county.notes() == []
        assert down.isVisible()


def test_a_misheard_group_is_asked_for_again_by_its_number(
    qtbot: QtBot, tmp_path: Path, server: CountyServer
) -> None:
    told = dictate(note(3))
    groups = digits(told)
    wrong = groups[2][:-1] + str((int(groups[2][-1]) + 1) % 10)
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=partial(switchboard, server)
    ) as desk:
        _sheet, down = open_sheet(qtbot, desk)
        type_groups(down, [*groups[:2], wrong])
        assert down.groups == groups[:2]
        assert "第 3 组没有听对" in down.told.text()
        assert down.field.selectedText() == wrong, "typed over by what is read again"
        type_groups(down, groups[2:4])
        assert down.groups == groups[:4]
        down.change(1)
        type_groups(down, [groups[1]])
        assert down.groups == groups[:4]
        assert "第 5 组" in down.ask.text()


def test_a_wrong_check_word_is_refused_and_nothing_done(
    qtbot: QtBot, tmp_path: Path, county: County, server: CountyServer
) -> None:
    told = dictate(note(3))
    wrong = "A" * 4 if told.check != "AAAA" else "BBBB"
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=partial(switchboard, server)
    ) as desk:
        sheet, down = open_sheet(qtbot, desk)
        type_groups(down, digits(told))
        QTest.keyClick(down.field, Qt.Key.Key_Return)
        press_places(down, wrong)
        settle(qtbot, sheet)
        assert "核对不上" in down.told.text()
        assert not sheet.confirm.isVisible()
        press_places(down, told.check)
        settle(qtbot, sheet)
        assert sheet.confirm.isVisible()
        assert county.notes() == []


def test_a_text_message_is_taken_in_one_piece(
    qtbot: QtBot, tmp_path: Path, server: CountyServer
) -> None:
    told = dictate(note(3))
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=partial(switchboard, server)
    ) as desk:
        sheet, down = open_sheet(qtbot, desk)
        QTest.keyClicks(down.field, "1/2 " + " ".join(digits(told)[:5]))
        assert down.groups == digits(told)[:5]
        down.field.insert("2/2 " + " ".join(digits(told)[5:]) + " " + told.check)
        down.field.textEdited.emit(down.field.text())
        QTest.keyClick(down.check.field, Qt.Key.Key_Return)
        settle(qtbot, sheet)
        assert sheet.confirm.isVisible()


def test_an_answer_that_comes_late_takes_the_keyboard_from_nobody(
    qtbot: QtBot, tmp_path: Path, county: County, server: CountyServer
) -> None:
    slow = SlowSwitchboard(server)
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: slow
    ) as desk:
        sheet, down = open_sheet(qtbot, desk)
        take_down(down, dictate(note(3)))
        assert "正在问县平台" in down.told.text()
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        assert not sheet.isVisible()
        field = next(each for each in desk.findChildren(QLineEdit) if each.isVisible())
        field.setFocus()
        slow.gate.set()
        settle(qtbot, sheet)
        assert QApplication.focusWidget() is field
        QTest.keyClick(desk.focusWidget(), Qt.Key.Key_Space)
        settle(qtbot, sheet)
        assert county.notes() == []
        sheet.lay()
        press(qtbot, sheet, sheet.confirm)
        assert len(county.notes()) == 1


def test_a_report_that_is_being_done_is_not_called_off_and_every_receipt_is_read(
    qtbot: QtBot, tmp_path: Path, county: County, server: CountyServer
) -> None:
    slow = SlowSwitchboard(server)
    slow.gate.set()
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: slow
    ) as desk:
        sheet, down = open_sheet(qtbot, desk)
        take_down(down, dictate(note(3)))
        settle(qtbot, sheet)
        assert sheet.confirm.hasFocus()
        slow.gate.clear()
        slow.failure = StoreError(Problem("disk_full", {"file": "outbox.db"}))
        QTest.keyClick(sheet.confirm, Qt.Key.Key_Space)
        assert not sheet.again.isEnabled()
        assert not sheet.close_button.hasFocus()
        assert "正在办" in sheet.became.text()
        sheet.refresh()
        assert not sheet.confirm.isEnabled()
        slow.gate.set()
        settle(qtbot, sheet)
        assert sheet.confirm.hasFocus()
        assert "磁盘" in sheet.became.text()
        slow.failure = None
        press(qtbot, sheet, sheet.confirm)
        assert len(county.notes()) == 1
        reading = sheet.read_back
        for _ in range(reading.last_step + 1):
            QTest.keyClick(reading, Qt.Key.Key_Space)
        assert reading.isVisible()
        assert "还有一份回执" in reading.said.text()
        for _ in range(reading.last_step + 1):
            QTest.keyClick(reading, Qt.Key.Key_Space)
        assert down.isVisible()


def test_a_key_held_down_reads_one_line_only(
    qtbot: QtBot, tmp_path: Path, server: CountyServer
) -> None:
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=partial(switchboard, server)
    ) as desk:
        sheet, _down = open_sheet(qtbot, desk)
        reading = sheet.read_back
        reading.begin(dictate(note(3)), "first", "last")
        for is_held in (False, True, True):
            QApplication.sendEvent(
                reading,
                QKeyEvent(
                    QEvent.Type.KeyPress,
                    Qt.Key.Key_Space,
                    Qt.KeyboardModifier.NoModifier,
                    " ",
                    is_held,
                ),
            )
        assert reading.step == 1


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "此配置没有县平台"), ("en", "This profile has no county")]
)
def test_a_desk_without_a_county_says_so(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, language=language) as desk:
        QTest.keyClick(desk, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
        sheet = desk.findChild(CallSheet)
        assert sheet is not None
        assert said in sheet.intro.text()
