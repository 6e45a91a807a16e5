"""A held command says what it waits for, and offers what may be decided about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding
from desktop.gui.outbox.hold_panel import HoldPanel
from desktop.gui.outbox.table import Column
from support.builders import NOW, FakeClock
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, sample_county

WHY = Text("这台电脑的磁盘被复制过", "This computer's disk was copied")


def held(county: SampleCounty, hold: Hold, *, left: bool = True) -> CommandRecord:
    record = county.board.commands.note(incident_key(), "已到场")
    if left:
        county.outbox.offering([record.command.key], NOW)
    county.outbox.hold([record.command.key], hold, WHY, NOW)
    return record


def state_of(county: SampleCounty, record: CommandRecord) -> CommandState:
    known = county.outbox.record(record.command.key)
    assert known is not None
    return known.state


@pytest.mark.parametrize(
    ("hold", "left", "seen"),
    [
        (Hold.LOGIN, False, set()),
        (Hold.LOGIN, True, {"give_up"}),
        (Hold.COPY, True, {"send", "give_up"}),
        (Hold.EXPIRED, True, {"send", "give_up"}),
        (Hold.ANSWER, True, {"send", "give_up"}),
        (Hold.SERVER, False, {"renew"}),
        (Hold.REPORT, False, {"report"}),
        (Hold.SOURCE, True, {"give_up"}),
    ],
)
def test_only_what_makes_sense_is_offered(
    qtbot: QtBot, tmp_path: Path, hold: Hold, left: bool, seen: set[str]
) -> None:
    county = sample_county(FakeClock(), 5)
    held(county, hold, left=left)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.outbox_sheet.toggle()
        calm(qtbot, desk)
        panel = desk.outbox_sheet.hold
        names = ("send", "renew", "report", "give_up")
        visible = {n for n in names if getattr(panel, f"{n}_button").isVisible()}
        assert visible == seen


@pytest.mark.parametrize(
    ("language", "word", "why"),
    [("zh_CN", "□ 待您决定", WHY.zh), ("en", "□ Held: decide", WHY.en)],
)
def test_the_list_says_what_it_waits_for_and_the_foot_says_why(
    qtbot: QtBot, tmp_path: Path, language: str, word: str, why: str
) -> None:
    county = sample_county(FakeClock(), 5)
    held(county, Hold.COPY)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        sheet = desk.outbox_sheet
        sheet.toggle()
        calm(qtbot, desk)
        assert sheet.model.index(0, Column.RECEIPT).data() == word
        assert why in sheet.state.text()


def press(qtbot: QtBot, panel: HoldPanel, name: str) -> None:
    getattr(panel, f"{name}_button").click()


def test_what_may_be_done_twice_is_sent_only_at_the_second_press(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    record = held(county, Hold.EXPIRED)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.outbox_sheet.toggle()
        calm(qtbot, desk)
        panel = desk.outbox_sheet.hold
        press(qtbot, panel, "send")
        calm(qtbot, desk)
        assert state_of(county, record) is CommandState.HELD
        assert "两次" in panel.warning.text()
        press(qtbot, panel, "send")
        calm(qtbot, desk)
        assert state_of(county, record) is CommandState.STORED


def test_giving_up_asks_for_a_second_press_and_keeps_the_text(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    record = held(county, Hold.COPY)
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = desk.outbox_sheet
        sheet.toggle()
        calm(qtbot, desk)
        press(qtbot, sheet.hold, "give_up")
        calm(qtbot, desk)
        assert state_of(county, record) is CommandState.HELD
        press(qtbot, sheet.hold, "give_up")
        calm(qtbot, desk)
        assert state_of(county, record) is CommandState.GIVEN_UP
        sheet.chips.choose("all")
        assert "已到场" in sheet.model.index(0, Column.WORDS).data()


def test_another_picked_line_takes_the_finger_off_the_trigger(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    records = [held(county, Hold.EXPIRED), held(county, Hold.EXPIRED)]
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = desk.outbox_sheet
        sheet.toggle()
        calm(qtbot, desk)
        press(qtbot, sheet.hold, "send")
        sheet.table.selectRow(1 - sheet.table.currentIndex().row())
        press(qtbot, sheet.hold, "send")
        calm(qtbot, desk)
        assert {state_of(county, record) for record in records} == {CommandState.HELD}


def test_a_file_that_is_gone_is_not_given_to_the_new_server(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    record = county.board.commands.attach(incident_key(), "a.jpg", "image/jpeg", b"photo")
    source, digest = record.command.target.source, record.command.body["file"]["digest"]
    county.outbox.hold([record.command.key], Hold.SERVER, Text(), NOW)
    county.outbox.bind(source, Binding(server="new"))
    county.stores.files.take_back(source, digest)
    county.stores.files.purge(source)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.outbox_sheet.toggle()
        calm(qtbot, desk)
        panel = desk.outbox_sheet.hold
        press(qtbot, panel, "renew")
        calm(qtbot, desk)
        assert "a.jpg" in panel.warning.text()
        assert "已不在本机" in panel.warning.text()
        assert len(county.commands()) == 1


def test_a_new_server_is_accepted_before_it_is_given_anything(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    record = held(county, Hold.SERVER, left=False)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.outbox_sheet.toggle()
        calm(qtbot, desk)
        panel = desk.outbox_sheet.hold
        press(qtbot, panel, "renew")
        calm(qtbot, desk)
        assert "改用这个平台" in panel.warning.text()
        assert len(county.commands()) == 1
        county.outbox.bind("county", Binding(server="new"))
        press(qtbot, panel, "renew")
        calm(qtbot, desk)
        assert county.commands()[-1].replaces == record.command.key
        assert state_of(county, record) is CommandState.CANCELLED
