"""Notes: what an officer has begun to write is never lost, and what was sent is sent once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from support.builders import FakeClock
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import sample_county


def test_letters_typed_into_an_editor_submit_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        QTest.keyClick(desk, Qt.Key.Key_M)
        QTest.keyClicks(desk.panes["detail"].note.text, "a jam / G")
        assert desk.panes["detail"].note.text.toPlainText() == "a jam / G"
        assert county.commands() == []


def test_a_note_is_sent_by_ctrl_enter_and_shown_with_its_state(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        QTest.keyClick(desk, Qt.Key.Key_M)
        desk.panes["detail"].note.text.setPlainText("移动泵车已到场")
        QTest.keyClick(
            desk.panes["detail"].note.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        qtbot.waitUntil(lambda: "本机已存" in _said(desk.panes["detail"]))
        assert county.commands()[0].command.body == {"text": "移动泵车已到场"}
        qtbot.waitUntil(lambda: desk.panes["detail"].note.text.toPlainText() == "")


def test_a_note_begun_survives_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        desk.panes["detail"].begin_note()
        desk.panes["detail"].note.text.setPlainText("写到一半")
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: desk.panes["detail"].note.text.toPlainText() == "写到一半")
        assert desk.panes["detail"].note.isVisible()
        desk.panes["detail"].begin_note()
        QTest.keyClicks(desk.panes["detail"].note.text, " on")
        assert desk.panes["detail"].note.text.toPlainText() == "写到一半 on"
        desk.panes["detail"].note.text.setPlainText("写到一半")
        assert county.commands() == []
    assert not [file for file in tmp_path.rglob("*") if file.name != "layout.ini"]


def test_a_note_begun_is_kept_in_the_outbox_while_typing_and_goes_with_the_command(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 20)
    keep, threads = county.outbox.keep_draft, set()

    def watched(*words: Any) -> None:
        threads.add(threading.current_thread())
        keep(*words)

    monkeypatch.setattr(county.outbox, "keep_draft", watched)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        QTest.keyClick(desk, Qt.Key.Key_M)
        desk.panes["detail"].note.text.setPlainText("写到一半")
        qtbot.waitUntil(lambda: county.outbox.draft(incident_key()) == "写到一半")
        assert threading.main_thread() not in threads
        desk.panes["detail"].note.send()
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, desk)
        assert county.drafts() == {}
        assert not desk.panes["detail"].note.isVisible()
    assert county.drafts() == {}


def test_each_incident_keeps_its_own_note_begun_however_fast_the_lines_change(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        note = desk.panes["detail"].note
        for number in (1, 2):
            desk.show_key(incident_key(number))
            qtbot.waitUntil(lambda number=number: note.target == incident_key(number))
            note.open()
            note.text.setPlainText(f"第 {number} 条")
        county.board.commands.keep_draft(incident_key(1), "早先读到的")
        desk.show_key(incident_key(1))
        qtbot.waitUntil(lambda: note.target == incident_key(1))
        assert note.text.toPlainText() == "第 1 条"
        calm(qtbot, desk)
        assert county.outbox.draft(incident_key(2)) == "第 2 条"


def test_what_is_typed_while_a_note_is_being_stored_is_a_draft_of_its_own(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 5)
    append, gate = county.outbox.append, threading.Event()

    def slow(*words: Any, **more: Any) -> Any:
        gate.wait(5)
        return append(*words, **more)

    monkeypatch.setattr(county.outbox, "append", slow)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        desk.panes["detail"].begin_note()
        desk.panes["detail"].note.text.setPlainText("第一条")
        desk.panes["detail"].note.send()
        desk.panes["detail"].note.text.setPlainText("第一条，还有第二条")
        gate.set()
        qtbot.waitUntil(lambda: county.outbox.draft(incident_key()) == "第一条，还有第二条")
        assert [r.command.body["text"] for r in county.commands()] == ["第一条"]
        assert desk.panes["detail"].note.isVisible()


@pytest.mark.expects_log("a draft could not be kept")
def test_a_draft_that_cannot_be_kept_is_said_and_stays_typed(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 5)

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(county.outbox, "keep_draft", full)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        desk.panes["detail"].begin_note()
        desk.panes["detail"].note.text.setPlainText("不能丢")
        qtbot.waitUntil(lambda: "草稿" in desk.panes["detail"].note.hint.text())
        qtbot.waitUntil(lambda: "无法保存" in desk.panes["detail"].note.hint.text())
        assert desk.panes["detail"].note.text.toPlainText() == "不能丢"
        monkeypatch.undo()


@pytest.mark.expects_log("a command could not be stored")
def test_a_note_that_cannot_be_stored_stays_and_is_said(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 5)

    def full(*_: object) -> None:
        raise OSError("disk full")

    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        desk.panes["detail"].begin_note()
        desk.panes["detail"].note.text.setPlainText("不能丢")
        monkeypatch.setattr(county.outbox, "append", full)
        desk.panes["detail"].note.send()
        qtbot.waitUntil(desk.notices.isVisible)
        assert desk.panes["detail"].note.text.toPlainText() == "不能丢"
        assert desk.panes["detail"].note.send_button.isEnabled()
        calm(qtbot, desk)
        assert county.outbox.draft(incident_key()) == "不能丢"


def test_m_pressed_right_after_j_writes_on_the_line_just_picked_and_keeps_what_was_begun(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_J)
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        second = desk.panes["incidents"].model.line(1)
        county.board.commands.keep_draft(second.key, "早先写的")
        QTest.keyClick(desk, Qt.Key.Key_J)
        QTest.keyClick(desk, Qt.Key.Key_M)
        note = desk.panes["detail"].note
        assert note.target == second.key
        assert desk.panes["detail"].head.title.text() == second.number
        QTest.keyClicks(note.text, "a jam")
        qtbot.waitUntil(lambda: note.text.toPlainText() == "早先写的\na jam")
        QTest.keyClicks(note.text, "s")
        qtbot.waitUntil(lambda: county.outbox.draft(second.key) == "早先写的\na jams")
        assert len(county.drafts()) == 1
        assert county.commands() == []


def test_a_note_left_before_its_incident_was_loaded_is_added_to_what_was_begun(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        first = desk.panes["incidents"].model.line(0)
        county.board.commands.keep_draft(first.key, "早先写的")
        QTest.keyClick(desk, Qt.Key.Key_J)
        QTest.keyClick(desk, Qt.Key.Key_M)
        QTest.keyClicks(desk.panes["detail"].note.text, "a")
        desk.panes["detail"].note.send()
        desk.panes["incidents"].view.step(1)
        QTest.keyClick(desk, Qt.Key.Key_M)
        calm(qtbot, desk)
        assert county.drafts() == {first.key: "早先写的\na"}
        assert county.commands() == []
        desk.panes["incidents"].view.step(-1)
        qtbot.waitUntil(lambda: desk.panes["detail"].note.text.toPlainText() == "早先写的\na")


def _said(widget: object) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))  # type: ignore[attr-defined]
