"""The detail's timeline: one line for each thing done, with its state."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandState
from desktop.domain.incident import Incident, TimelineEntry
from desktop.domain.instant import DAY
from desktop.domain.localized_text import Text
from desktop.gui.panes.detail.timeline import Timeline, timeline_lines
from support.builders import NOW, FakeClock
from support.open_desk import incident_key, open_desk
from support.sample_board import SampleCounty, sample_county
from support.stage import a_stage


def accepted_note() -> SampleCounty:
    county = sample_county(FakeClock(), 5)
    record = county.board.commands.note(incident_key(), "移动泵车已到场")
    county.outbox.set_state(record.command.key, CommandState.ACCEPTED, Text(), NOW)
    return county


def lines(county: SampleCounty) -> list[str]:
    detail = county.board.incident(incident_key())
    assert detail is not None
    with a_stage(county, "zh_CN") as screen:
        timeline = Timeline(screen)
        timeline.tell(timeline_lines(screen, detail))
        said = [label.text() for label in timeline.findChildren(QLabel)]
        timeline.deleteLater()
    return said


def test_an_accepted_note_stays_until_the_county_tells_it_back(qtbot: QtBot, tmp_path: Path):
    said = lines(accepted_note())
    assert said.count("备注 · 移动泵车已到场") == 1
    assert "✓ 县级已签收" in said


def tell_too(county: SampleCounty, incident: Incident, entry: TimelineEntry) -> None:
    """Have the county tell one entry more of a case."""
    told = (*incident.timeline, entry)
    county.tell(msgspec.structs.replace(incident, version=incident.version + 1, timeline=told))


def test_a_note_the_county_tells_back_is_one_line_with_its_state(qtbot: QtBot, tmp_path: Path):
    county = accepted_note()
    detail = county.board.incident(incident_key())
    assert detail is not None
    command = detail.commands[0].command
    entry = TimelineEntry("note", Text("移动泵车已到场"), command.at, NOW + 900, command.by)
    tell_too(county, detail.incident, entry)
    said = lines(county)
    assert said.count("备注 · 移动泵车已到场") == 1
    assert f"✓ 县级已签收 · {command.by}" in said
    assert command.by not in said


def test_a_note_the_county_dated_anew_is_one_line_with_its_state(qtbot: QtBot, tmp_path: Path):
    county = sample_county(FakeClock(NOW - 2 * DAY), 5)
    record = county.board.commands.note(incident_key(), "移动泵车已到场")
    county.outbox.offering([record.command.key], NOW)
    county.outbox.set_state(record.command.key, CommandState.ACCEPTED, Text(), NOW + 100)
    detail = county.board.incident(incident_key())
    assert detail is not None
    said_by_county = Text("移动泵车已到场（席位时钟示 2026-11-21 08:00，已按县平台时间校正）")
    entry = TimelineEntry("note", said_by_county, NOW, NOW + 50, record.command.by)
    tell_too(county, detail.incident, entry)
    said = lines(county)
    notes = [each for each in said if each.startswith("备注 · 移动泵车")]
    assert notes == [f"备注 · {said_by_county.zh}"]
    assert f"✓ 县级已签收 · {record.command.by}" in said


def test_a_kind_of_entry_is_not_said_again_as_its_text(qtbot: QtBot, tmp_path: Path):
    county = sample_county(FakeClock(), 5)
    detail = county.board.incident(incident_key())
    assert detail is not None
    tell_too(county, detail.incident, TimelineEntry("intake", Text("接报"), NOW, NOW, "county"))
    said = lines(county)
    assert "接报" in said
    assert "接报 · 接报" not in said


def test_what_was_taken_back_is_in_the_timeline_but_not_the_last_that_was_done(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    record = county.board.commands.note(incident_key(), "已电话核实")
    assert county.board.commands.cancel(record.command.key)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())

        def said(word: str) -> list[str]:
            labels = desk.panes["detail"].findChildren(QLabel)
            return [label.text() for label in labels if word in label.text()]

        qtbot.waitUntil(lambda: said("已撤回") == ["– 已撤回"])
        assert len(said("已电话核实")) == 1
