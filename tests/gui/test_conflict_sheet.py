"""A command that came back: both versions side by side, and three ways on."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandKind, CommandRecord, CommandState
from desktop.domain.incident import Stage
from desktop.domain.localized_text import Text
from desktop.gui.desk.window import DeskWindow
from support.builders import NOW, FakeClock, a_form, a_report
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, sample_county

CTRL = Qt.KeyboardModifier.ControlModifier


def said(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def a_conflict(county: SampleCounty, state: CommandState = CommandState.CONFLICT) -> CommandRecord:
    """Feedback on a case that was returned in between, and handed to another unit."""
    key = incident_key()
    incident = county.cache.incident(key)
    assert incident is not None
    record = county.board.commands.submit(
        CommandKind.FEEDBACK, key, {"text": "已处置"}, base=incident.version
    )
    theirs = msgspec.structs.replace(
        incident, version=7, stage=Stage.RETURNED, lead_unit=Text("县应急局", "Emergency Bureau")
    )
    county.outbox.set_state(record.command.key, state, Text("版本不同", "Stale"), NOW, theirs)
    return record


def decide(qtbot: QtBot, desk: DeskWindow) -> None:
    """Open the outbox and press Enter on what needs deciding."""
    desk.outbox_sheet.toggle()
    calm(qtbot, desk)
    QTest.keyClick(desk.outbox_sheet.table, Qt.Key.Key_Return)
    qtbot.waitUntil(desk.conflict_sheet.isVisible)
    calm(qtbot, desk)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_differs_is_marked_by_shape_and_word_beside_both_versions(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    a_conflict(county)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        decide(qtbot, desk)
        lines = said(desk.conflict_sheet)
        words = desk.screen_context.words
        mark = {"zh_CN": "≠ 不同", "en": "≠ differs"}[language]
        assert lines.count(mark) >= 2
        assert words.term("stage", Stage.FED_BACK) in lines
        assert words.term("stage", Stage.RETURNED) in lines
        assert words.text(Text("县应急局", "Emergency Bureau")) in lines
        assert words.text(Text("版本不同", "Stale")) in lines
        assert all(button.isVisible() for button in desk.conflict_sheet.buttons)
        assert desk.conflict_sheet.width() <= desk.width() - 32
        assert desk.conflict_sheet.geometry().bottom() <= desk.height()


def test_a_report_table_stands_beside_the_one_that_came_first(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    county.tell(a_form())
    reports = county.board.reports
    draft = reports.start(reports.forms()[0], "T01", "2026-11-22")
    record = reports.submit(draft.with_value("people", "910").with_value("leader", "周建国"))
    theirs = a_report({"people": "900"}, version=3)
    state, reason = CommandState.CONFLICT, Text("版本不同", "Stale")
    county.outbox.set_state(record.command.key, state, reason, NOW, theirs)
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        lines = said(desk.conflict_sheet)
        assert "在家人口 900" in lines
        assert "在家人口 910; 带班领导 周建国" in lines
        shown = {button for button in desk.conflict_sheet.buttons if button.isVisible()}
        assert desk.conflict_sheet.edit_button not in shown
        assert desk.conflict_sheet.resend_button in shown


@pytest.mark.parametrize(
    "state, language, title",
    [
        (CommandState.CONFLICT, "zh_CN", "县里的数据已有变化"),
        (CommandState.CONFLICT, "en", "The county's data had changed"),
        (CommandState.REJECTED, "zh_CN", "县里没有接受"),
        (CommandState.REJECTED, "en", "The county refused it"),
    ],
)
def test_the_title_says_what_became_of_the_command(
    qtbot: QtBot, tmp_path: Path, state: CommandState, language: str, title: str
) -> None:
    county = sample_county(FakeClock(), 5)
    a_conflict(county, state)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        decide(qtbot, desk)
        assert desk.conflict_sheet.title.text() == title
        assert desk.conflict_sheet.accessibleName() == title


def test_1_gives_the_same_intent_again_on_what_the_county_has_now(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    old = a_conflict(county)
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        QTest.keyClick(desk.conflict_sheet, Qt.Key.Key_1)
        QTest.keyClick(desk.conflict_sheet, Qt.Key.Key_1)
        qtbot.waitUntil(lambda: not desk.conflict_sheet.isVisible())
        calm(qtbot, desk)
        again = county.commands()[-1]
        assert len(county.commands()) == 2
        assert again.replaces == old.command.key
        assert (again.command.body, again.command.base) == ({"text": "已处置"}, 7)
        assert again.command.key != old.command.key


def test_2_opens_the_form_with_what_was_entered_and_submits_the_edited_command(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    old = a_conflict(county)
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        QTest.keyClick(desk.conflict_sheet, Qt.Key.Key_2)
        assert not desk.conflict_sheet.isVisible()
        assert desk.form_sheet.isVisible()
        form = desk.form_sheet.form
        assert form.entries["text"].value() == "已处置"
        form.entries["text"].text.setPlainText("已处置，转应急局")  # type: ignore[attr-defined]
        QTest.keyClick(form.entries["text"].text, Qt.Key.Key_Return, CTRL)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        again = county.commands()[-1]
        assert again.replaces == old.command.key
        assert again.command.body == {"text": "已处置，转应急局"}


def test_leaving_the_form_of_2_keeps_the_conflict_open(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    a_conflict(county)
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        QTest.keyClick(desk.conflict_sheet, Qt.Key.Key_2)
        QTest.keyClick(desk.form_sheet.form.entries["text"].text, Qt.Key.Key_Escape)  # type: ignore[attr-defined]
        calm(qtbot, desk)
        assert not desk.form_sheet.isVisible()
        assert len(county.commands()) == 1
        assert len(county.outbox.attention()) == 1


def test_3_drops_mine_and_submits_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    a_conflict(county)
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        QTest.keyClick(desk.conflict_sheet, Qt.Key.Key_3)
        qtbot.waitUntil(lambda: not desk.conflict_sheet.isVisible())
        assert county.outbox.attention() == []
        assert len(county.commands()) == 1


def test_esc_decides_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    a_conflict(county)
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        QTest.keyClick(desk.conflict_sheet, Qt.Key.Key_Escape)
        assert not desk.conflict_sheet.isVisible()
        assert len(county.outbox.attention()) == 1


def test_a_refused_command_says_so_and_can_be_edited(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    a_conflict(county, CommandState.REJECTED)
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        assert any("没有接受" in line for line in said(desk.conflict_sheet))
        assert desk.conflict_sheet.edit_button.isVisible()


@pytest.mark.parametrize(
    "language, words, title",
    [
        ("zh_CN", "已不在本机", "县里没有接受，文件也已不在本机"),
        ("en", "no longer on this", "The county did not take it, and its file is gone"),
    ],
)
def test_a_refused_file_that_is_gone_says_so_and_cannot_be_submitted_again(
    qtbot: QtBot, tmp_path: Path, language: str, words: str, title: str
) -> None:
    county = sample_county(FakeClock(), 5)
    record = county.board.commands.attach(incident_key(), "a.jpg", "image/jpeg", b"photo")
    county.outbox.set_state(record.command.key, CommandState.REJECTED, Text("不行"), NOW)
    source, digest = record.command.target.source, record.command.body["file"]["digest"]
    county.stores.files.take_back(source, digest)
    county.stores.files.purge(source)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        decide(qtbot, desk)
        sheet = desk.conflict_sheet
        assert any(words in line and "a.jpg" in line for line in said(sheet))
        assert sheet.title.text() == title
        assert [button.isVisible() for button in sheet.buttons] == [False, False, True]
        QTest.keyClick(sheet, Qt.Key.Key_1)
        calm(qtbot, desk)
        assert len(county.commands()) == 1
        QTest.keyClick(sheet, Qt.Key.Key_3)
        qtbot.waitUntil(lambda: not sheet.isVisible())


def test_one_that_was_answered_meanwhile_has_nothing_to_decide(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.conflict_sheet.ask("0" * 32)
        calm(qtbot, desk)
        assert not any(button.isVisible() for button in desk.conflict_sheet.buttons)
        assert desk.conflict_sheet.title.text() == "县里的答复"
        QTest.keyClick(desk.conflict_sheet, Qt.Key.Key_1)
        assert county.commands() == []


def test_the_countys_text_is_shown_as_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    record = a_conflict(county)
    del record
    with open_desk(qtbot, county, tmp_path) as desk:
        decide(qtbot, desk)
        labels = desk.conflict_sheet.findChildren(QLabel)
        assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
