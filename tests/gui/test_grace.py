"""What a keystroke did is taken back while it is held here, and never said to be when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandKind, CommandState
from desktop.gui.bars.grace_bar import GRACE_S
from desktop.gui.desk.window import DeskWindow
from support.builders import NOW, FakeClock, an_alarm
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, sample_county

SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), key, held)


def states(county: SampleCounty) -> list[CommandState]:
    return [record.state for record in county.commands()]


def tick(qtbot: QtBot, desk: DeskWindow, clock: FakeClock, seconds: float) -> None:
    clock.advance(round(seconds * 1000))
    desk.screen_context.feed.ticked.emit(clock.now())
    calm(qtbot, desk)


@pytest.mark.parametrize(
    ("language", "said", "later"),
    [
        ("zh_CN", "已确认 1 项 · 8 秒后发出", "已确认 1 项 · 3 秒后发出"),
        ("en", "1 acknowledged · leaves in 8 s", "1 acknowledged · leaves in 3 s"),
    ],
)
def test_an_acknowledgement_is_taken_back_by_z_within_its_seconds(
    qtbot: QtBot, tmp_path: Path, language: str, said: str, later: str
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 20)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        bar, before = desk.grace_bar, QApplication.focusWidget()
        assert not bar.isVisible()
        press(Qt.Key.Key_A)
        qtbot.waitUntil(bar.isVisible)
        assert bar.said.text() == said
        assert QApplication.focusWidget() is before
        tick(qtbot, desk, clock, 5)
        assert bar.said.text() == later
        press(Qt.Key.Key_Z)
        calm(qtbot, desk)
        assert states(county) == [CommandState.CANCELLED]
        assert not desk.panes["detail"].detail.acknowledged
        assert "8" not in bar.said.text()
        for _ in range(3):
            tick(qtbot, desk, clock, 1)
        assert not bar.isVisible()


def test_after_its_seconds_it_is_sent_and_z_takes_nothing_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock, sent = FakeClock(), []
    county = sample_county(clock, 20)
    county.board.commands.on_command = sent.append
    with open_desk(qtbot, county, tmp_path) as desk:
        press(Qt.Key.Key_A, SHIFT)
        qtbot.waitUntil(desk.grace_bar.isVisible)
        assert sent == []
        tick(qtbot, desk, clock, GRACE_S)
        assert not desk.grace_bar.isVisible()
        assert [record.command.kind for record in sent] == [CommandKind.ACKNOWLEDGE]
        press(Qt.Key.Key_Z)
        calm(qtbot, desk)
        assert states(county) == [CommandState.STORED]


def test_what_may_have_left_is_not_said_to_be_taken_back(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        press(Qt.Key.Key_A, SHIFT)
        qtbot.waitUntil(desk.grace_bar.isVisible)
        county.outbox.offering([county.commands()[0].command.key], NOW)
        press(Qt.Key.Key_Z)
        calm(qtbot, desk)
        assert desk.grace_bar.said.text() == "Too late for 1: it may have reached the county."
        assert states(county) == [CommandState.STORED]


def test_several_are_taken_back_one_action_after_the_other(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    county.tell(an_alarm(source="county"))
    with open_desk(qtbot, county, tmp_path) as desk:
        strip = desk.panes["alarms"]
        for given in range(2):
            top = strip.title.text()
            press(Qt.Key.Key_A, SHIFT)
            qtbot.waitUntil(lambda given=given: len(county.commands()) == given + 1)
            qtbot.waitUntil(lambda top=top: strip.title.text() != top)
        first, second = (record.command.key for record in county.commands())
        press(Qt.Key.Key_Z)
        calm(qtbot, desk)
        assert county.outbox.record(second).state is CommandState.CANCELLED
        assert county.outbox.record(first).state is CommandState.STORED
        press(Qt.Key.Key_Z)
        calm(qtbot, desk)
        assert states(county) == [CommandState.CANCELLED] * 2


def test_closing_the_window_sends_what_was_held(qtbot: QtBot, tmp_path: Path) -> None:
    county, sent = sample_county(FakeClock(), 20), []
    county.board.commands.on_command = sent.append
    with open_desk(qtbot, county, tmp_path) as desk:
        press(Qt.Key.Key_A, SHIFT)
        qtbot.waitUntil(desk.grace_bar.isVisible)
        assert not desk.close()
        qtbot.waitUntil(lambda: len(sent) == 1)
        assert not desk.closing_sheet.isVisible()
        qtbot.waitUntil(desk.closing_sheet.isVisible)  # Its answer is still awaited.
