"""A desk is heard when something grave begins to call, and only then."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application.profile import Sound
from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.levels import EventLevel
from desktop.gui.bars import call_bell
from desktop.gui.bars.call_bell import CallBell
from support.builders import NOW, FakeClock, an_alarm, an_incident
from support.sample_board import empty_county
from support.stage import a_stage, settle

GRAVE = an_incident(id="grave", level=EventLevel.MAJOR)
ALARM = an_alarm(id="high", priority=AlarmPriority.HIGH)


def test_a_desk_is_heard_once_for_each_grave_matter_that_newly_calls(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append("beep"))
    county = empty_county(FakeClock())
    county.tell(an_incident(id="before", level=EventLevel.MAJOR))
    with a_stage(county) as stage:
        screen = msgspec.structs.replace(stage, sound=Sound("grave", ("00:00", "23:59")))
        parent = QObject()
        bell = CallBell(screen, parent)
        settle(screen)
        assert heard == [], "what called before the start is on the screen"
        for row, count in (
            (an_incident(id="lesser", level=EventLevel.LARGER), 0),
            (an_incident(id="seen", level=EventLevel.MAJOR, acknowledged_at=NOW), 0),
            (GRAVE, 1),
            (ALARM, 2),
            (an_alarm(id="high", priority=AlarmPriority.HIGH, state=AlarmState.ACKNOWLEDGED), 2),
            (an_alarm(id="low", priority=AlarmPriority.LOW), 2),
        ):
            county.tell(row)
            bell.look()
            settle(screen)
            assert len(heard) == count, row


def test_it_looks_by_itself_when_something_changed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append("beep"))
    monkeypatch.setattr(call_bell, "PAUSE_MS", 0)
    county = empty_county(FakeClock())
    with a_stage(county) as screen:
        parent = QObject()
        CallBell(screen, parent)
        settle(screen)
        county.tell(GRAVE)
        qtbot.waitUntil(lambda: heard == ["beep"])
