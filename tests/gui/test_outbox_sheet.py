"""The outbox sheet: every command with its state, and what can still be done to it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from desktop.application.commands.waiting import BEHIND, reasons, why
from desktop.domain.changes import STATES
from desktop.domain.command import CommandKind, CommandRecord, CommandState
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult, Problem
from desktop.gui.desk.window import DeskWindow
from desktop.gui.list_export import write
from desktop.gui.outbox.sheet import OutboxSheet
from desktop.gui.outbox.table import Column
from support.builders import NOW, FakeClock
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, sample_county

CTRL = Qt.KeyboardModifier.ControlModifier


def open_sheet(qtbot: QtBot, desk: DeskWindow, name: str = "") -> OutboxSheet:
    desk.outbox_sheet.toggle()
    calm(qtbot, desk)
    if name:
        desk.outbox_sheet.chips.choose(name)
    return desk.outbox_sheet


def lines(sheet: OutboxSheet) -> list[list[str]]:
    model = sheet.model
    return [
        [str(model.index(row, column).data()) for column in Column]
        for row in range(model.rowCount())
    ]


def noted(county: SampleCounty, number: int, text: str = "已到场") -> CommandRecord:
    return county.board.commands.note(incident_key(number), text)


@pytest.mark.parametrize(("language", "stored"), [("zh_CN", "○ 本机已存"), ("en", "○ Stored here")])
def test_a_stored_command_never_reads_as_sent(
    qtbot: QtBot, tmp_path: Path, language: str, stored: str
) -> None:
    county = sample_county(FakeClock(), 5)
    noted(county, 1)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        sheet = open_sheet(qtbot, desk)
        QAbstractItemModelTester(sheet.model)
        assert lines(sheet)[0][Column.RECEIPT] == stored
        detail = county.board.incident(incident_key())
        assert detail is not None
        assert detail.incident.number in lines(sheet)[0][Column.TARGET]


def test_every_receipt_has_a_shape_and_a_word_of_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    from desktop.gui import formatting

    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        for _language in ("zh_CN", "en"):
            said = [
                formatting.command_state(state, desk.screen_context.words) for state in CommandState
            ]
            assert len({words.split(" ", 1)[0] for words in said}) == len(CommandState)
            assert len({words.split(" ", 1)[1] for words in said}) == len(CommandState)
            desk.run_action("language")


def test_the_filters_part_what_waits_what_needs_the_officer_and_what_was_answered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 9)
    for number, state in enumerate(
        (
            CommandState.STORED,
            CommandState.HELD,
            CommandState.ACCEPTED,
            CommandState.CONFLICT,
            CommandState.REJECTED,
        ),
        1,
    ):
        record = noted(county, number)
        if state is not CommandState.STORED:
            county.outbox.set_state(record.command.key, state, Text("因为"), NOW)
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk)
        assert sheet.filter == "needs"
        counted = {}
        for name in ("waiting", "needs", "answered", "all"):
            sheet.chips.choose(name)
            counted[name] = len(lines(sheet))
        assert counted == {"waiting": 2, "needs": 3, "answered": 3, "all": 5}


def test_receipts_change_under_the_eyes_and_the_picked_line_stays(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 9)
    records = [noted(county, number) for number in (1, 2, 3)]
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk, "all")
        sheet.table.selectRow(1)
        picked = sheet.current()
        assert picked is not None
        noted(county, 4)
        county.outbox.set_state(records[1].command.key, CommandState.ACCEPTED, Text(), NOW)
        county.board.listeners.announce(STATES)
        qtbot.waitUntil(lambda: sheet.model.rowCount() == 4)
        calm(qtbot, desk)
        now = sheet.current()
        assert now is not None
        assert now.command.key == picked.command.key
        assert now.state is CommandState.ACCEPTED


def test_delete_withdraws_what_has_not_left_and_ctrl_z_gives_it_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 9)
    record = county.board.commands.submit(
        CommandKind.ESCALATE, incident_key(), {"level": "major", "text": "x"}
    )
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk, "waiting")
        QTest.keyClick(sheet.table, Qt.Key.Key_Delete)
        calm(qtbot, desk)
        assert county.outbox.record(record.command.key).state is CommandState.CANCELLED
        assert sheet.undo.button.isVisible()
        assert "已撤回" in sheet.undo.said.text()
        QTest.keyClick(sheet, Qt.Key.Key_Z, CTRL)
        calm(qtbot, desk)
        again = county.commands()[-1].command
        assert (again.kind, again.body) == (record.command.kind, record.command.body)
        assert again.key != record.command.key
        assert not sheet.undo.button.isVisible()


def test_what_may_have_left_cannot_be_withdrawn_and_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 9)
    record = noted(county, 1)
    county.outbox.offering([record.command.key], NOW)
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk, "waiting")
        assert not sheet.buttons["withdraw"].isVisible()
        assert "撤不回来" in sheet.state.text()
        QTest.keyClick(sheet.table, Qt.Key.Key_Delete)
        calm(qtbot, desk)
        assert county.outbox.record(record.command.key).state is CommandState.STORED


def test_ctrl_up_sends_first_and_ctrl_down_last(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 9)
    keys = [noted(county, number).command.key for number in (1, 2, 3)]

    def listed() -> list[str]:
        return [record.command.key for record in county.outbox.list_unfinished()]

    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk, "waiting")
        sheet.table.selectRow(2)
        QTest.keyClick(sheet.table, Qt.Key.Key_Up, CTRL)
        qtbot.waitUntil(lambda: listed() == [keys[2], keys[0], keys[1]])
        calm(qtbot, desk)
        assert sheet.current().command.key == keys[2]
        QTest.keyClick(sheet.table, Qt.Key.Key_Down, CTRL)
        qtbot.waitUntil(lambda: listed() == keys)


def test_enter_shows_the_case_and_space_dismisses_an_answer(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 9)
    record = noted(county, 2)
    county.outbox.set_state(record.command.key, CommandState.ACCEPTED, Text(), NOW)
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk)
        assert sheet.filter == "answered"
        QTest.keyClick(sheet.table, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: not county.outbox.attention())
        calm(qtbot, desk)
        assert not sheet.empty.isHidden()
        sheet.chips.choose("all")
        sheet.table.setFocus()
        QTest.keyClick(sheet.table, Qt.Key.Key_Return)
        assert not sheet.isVisible()
        assert desk.panes["detail"].key == incident_key(2)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_empty_outbox_says_so(qtbot: QtBot, tmp_path: Path, language: str) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, language=language) as desk:
        sheet = open_sheet(qtbot, desk)
        assert sheet.empty.isVisible()
        assert sheet.empty.title.text()
        assert not sheet.table.isVisible()
        assert not sheet.buttons["withdraw"].isVisible()


def test_the_outbox_is_exported_as_csv_in_words_and_as_json_with_every_field(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 9)
    record = noted(county, 1, "=cmd()")
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk, "all")
        for name in ("a.csv", "a.json"):
            write(desk.screen_context, tmp_path / name, sheet.snapshot(), sheet.failed.emit)
        calm(qtbot, desk)
    rows = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert rows[1][0] == "时间"
    assert "本机已存" in rows[2]
    assert "'=cmd()" in rows[2]
    told = json.loads((tmp_path / "a.json").read_bytes())
    assert told[0]["command"]["key"] == record.command.key
    assert told[0]["command"]["body"] == {"text": "=cmd()"}


def test_a_file_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    noted(county, 1)
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk, "all")
        absent = tmp_path / "no" / "a.csv"
        write(desk.screen_context, absent, sheet.snapshot(), sheet.failed.emit)
        qtbot.waitUntil(desk.notices.isVisible)


def test_an_accepted_attach_whose_file_was_refused_needs_the_officer_and_names_the_limit(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    command = county.board.commands.attach(
        incident_key(), "现场.jpg", "image/jpeg", b"photo"
    ).command
    county.outbox.answer_all([CommandResult(command.key, CommandState.ACCEPTED)], NOW)
    refused = Problem("file_refused", {"name": "现场.jpg", "limit": "5 MB"})
    county.stores.files.refuse(command.target.source, command.body["file"]["digest"], refused)
    with open_desk(qtbot, county, tmp_path) as desk:
        sheet = open_sheet(qtbot, desk, "needs")
        (line,) = lines(sheet)
        assert line[Column.WORDS].startswith("平台拒收附件 现场.jpg：单个文件的上限是 5 MB")
        sheet.table.selectRow(0)
        assert "请缩小或拆分" in sheet.state.text()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_why_a_command_waits_stands_on_its_line_and_below_the_list(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    first, second = noted(county, 1, "前"), noted(county, 1, "后")
    page = Problem("forbidden", {"status": "403", "reason": "Blocked by policy"})
    told = reasons([first, second], {first.command.key: page}, None)
    county.outbox.answer_all(told, NOW)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        sheet = open_sheet(qtbot, desk)
        for text in (why(page), BEHIND):
            said = text.in_language(language)
            (row,) = (n for n, line in enumerate(lines(sheet)) if said in line[Column.WORDS])
            sheet.table.selectRow(row)
            assert said in sheet.state.text()
