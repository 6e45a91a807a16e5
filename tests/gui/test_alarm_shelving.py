"""Alarms are shelved for a reason and a time, seen to be shelved, and taken back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import HOUR
from desktop.gui.widgets.empty_state import EmptyState
from support.builders import NOW, FakeClock
from support.open_desk import calm, open_desk
from support.sample_board import SampleCounty, a_status, empty_county, sample_county

TOP = Key("county", Collection.ALARMS, "M000")


def shelved(county: SampleCounty) -> None:
    alarm = next(a for a in county.cache.rows(Collection.ALARMS) if a.id == TOP.id)  # type: ignore[union-attr]
    assert isinstance(alarm, Alarm)
    county.tell(
        msgspec.structs.replace(
            alarm,
            state=AlarmState.SHELVED,
            shelved_until=NOW + HOUR,
            shelved_by="值班员 05",
            version=alarm.version + 1,
        )
    )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_shift_s_shelves_the_top_alarm_with_minutes_and_reason(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        top = desk.panes["alarms"].title.text()
        QTest.keyClick(desk, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(desk.form_sheet.isVisible)
        form = desk.form_sheet.form
        assert top in form.title.text()
        form.entries["minutes"].chips[60].click()  # type: ignore[attr-defined]
        form.submit()
        calm(qtbot, desk)
        assert county.commands() == []
        form.entries["text"].put("检修")
        form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        command = county.commands()[0].command
        assert (command.kind, command.target) == (CommandKind.SHELVE, TOP)
        assert command.body == {"minutes": 60, "text": "检修"}
        qtbot.waitUntil(lambda: desk.panes["alarms"].title.text() != top)
        assert "1" in desk.panes["alarms"].others.text()


def test_a_shelved_alarm_says_until_when_and_by_whom_and_can_be_taken_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    shelved(county)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.panes["alarms"].others.click()
        calm(qtbot, desk)
        sheet = desk.panes["alarms"].sheet
        row = next(row for row in sheet.model.rows if row.key == TOP)
        assert "值班员 05" in sheet.model.about(row)
        assert "已搁置" in sheet.model.about(row)
        while sheet.list.current.key != TOP:
            QTest.keyClick(sheet.list, Qt.Key.Key_J)
        assert sheet.buttons["shelve"].text() == "取消搁置"
        QTest.keyClick(sheet.list, Qt.Key.Key_S)
        qtbot.waitUntil(lambda: [r.command.kind for r in county.commands()] == ["unshelve"])
        calm(qtbot, desk)
        assert sheet.buttons["shelve"].text() == "搁置"


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "没有告警。"), ("en", "No alarm stands.")]
)
def test_without_alarms_the_sheet_says_so(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        desk.panes["alarms"].sheet.toggle()
        calm(qtbot, desk)
        assert desk.panes["alarms"].sheet.model.rows == ()
        (empty,) = desk.panes["alarms"].sheet.findChildren(EmptyState)
        assert empty.title.text() == said
