"""Forms of commands: drawn from the table of fields, kept while typed, given once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.application.ports import StoreError
from desktop.domain.command import CommandKind, Key
from desktop.domain.incident import Stage
from desktop.domain.instant import HOUR, MINUTE
from desktop.domain.levels import EventLevel
from desktop.domain.source import Problem
from desktop.gui.desk.window import DeskWindow
from desktop.gui.forms import drafts
from desktop.gui.forms.choices import Choice, matching
from desktop.gui.forms.datetime_field import InstantEntry
from desktop.gui.forms.field_widgets import LevelEntry
from desktop.gui.forms.lookup import LookupEntry
from desktop.protocol.fields import FieldKind
from support.builders import NOW, FakeClock
from support.open_desk import calm, incident_key, offered, open_desk
from support.sample_board import SampleCounty, sample_county
from support.stage import a_stage

CTRL = Qt.KeyboardModifier.ControlModifier


def said(widget: QWidget) -> str:
    labels = [label for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(label.text() for label in labels)


def at_stage(county: SampleCounty, stage: Stage) -> Key:
    incident = county.cache.incident(incident_key())
    assert incident is not None
    county.tell(msgspec.structs.replace(incident, stage=stage, version=incident.version + 1))
    return incident_key()


def show(qtbot: QtBot, desk: DeskWindow, key: Key) -> None:
    desk.show_key(key)
    qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
    calm(qtbot, desk)


@pytest.mark.parametrize(
    ("stage", "main"),
    [
        (Stage.FILED, CommandKind.DISPATCH),
        (Stage.HANDLING, CommandKind.FEEDBACK),
        (Stage.FED_BACK, CommandKind.VERIFY),
        (Stage.VERIFYING, CommandKind.CLOSE),
    ],
)
def test_only_possible_steps_have_buttons_and_the_next_one_stands_first(
    qtbot: QtBot, tmp_path: Path, stage: Stage, main: CommandKind
) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, stage)
    county.board.commands.acknowledge(key)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        bar = desk.panes["detail"].bar
        steps = set(county.board.commands.steps(key))
        shown = {kind for kind, button in bar.buttons.items() if button.isVisible()}
        assert shown == set(bar.buttons) & steps
        marked = [kind for kind, button in bar.buttons.items() if button.property("main")]
        assert marked == [main]
        first = min(
            (b for b in bar.buttons.values() if b.isVisible()), key=lambda b: (b.y(), b.x())
        )
        assert first is bar.buttons[main]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_form_opens_in_both_languages_with_an_entry_for_each_field(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    from desktop.gui.forms.command_request import CommandRequest

    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        tables = {CommandKind.REPORT}  # Its fields are the county's: no form of ours.
        for kind in (k for k in CommandKind if k.row.fields and k not in tables):
            desk.form_sheet.ask(CommandRequest(kind, incident_key(), "SJ-1", 3))
            form = desk.form_sheet.form
            fields = [f.name for f in kind.row.fields if f.kind is not FieldKind.FILE]
            assert list(form.entries) == fields, kind
            verb = desk.screen_context.words.term("command", kind)
            assert verb in form.title.text()
            assert form.submit_button.text() == verb
            labels = [form.labels[name].text() for name in form.entries]
            assert all(labels), kind
            assert len(set(labels)) == len(labels), kind


def test_d_dispatches_with_a_unit_found_by_its_initials_and_ctrl_enter_gives_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 60)
    key = at_stage(county, Stage.FILED)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.panes["incidents"].view.setFocus()
        QTest.keyClick(desk.panes["incidents"].view, Qt.Key.Key_D)
        form = desk.panes["detail"].form
        assert form.isVisible()
        unit = form.entries["unit"]
        assert isinstance(unit, LookupEntry)
        qtbot.waitUntil(lambda: "县水务局" in offered(unit.line))
        QTest.keyClicks(unit.line, "xsw")
        assert offered(unit.line) == ["县水务局"]
        form.entries["text"].text.setPlainText("带两台泵车")  # type: ignore[attr-defined]
        QTest.keyClick(unit.line, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        command = county.commands()[0].command
        assert (command.kind, command.target) == (CommandKind.DISPATCH, key)
        assert command.body == {"unit": "县水务局", "text": "带两台泵车"}
        assert command.base == 4
        qtbot.waitUntil(lambda: not form.isVisible())
        calm(qtbot, desk)
        assert (
            "已派遣" in said(desk.panes["detail"])
            or desk.panes["detail"].detail.incident.stage is Stage.DISPATCHED
        )


def test_a_step_that_is_not_possible_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.FILED)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("close")
        assert not desk.panes["detail"].form.isVisible()
        assert "待派遣" in desk.panes["detail"].refusal.text()
        desk.run_action("language")
        refusal = desk.panes["detail"].refusal
        qtbot.waitUntil(lambda: "is not possible now" in refusal.text())


def test_a_grave_command_without_its_reason_is_not_given(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.FILED)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("void")
        form = desk.panes["detail"].form
        assert form.warning.isVisible()
        form.submit()
        calm(qtbot, desk)
        assert county.commands() == []
        assert form.isVisible()
        assert form.entries["text"].text.property("wrong")  # type: ignore[attr-defined]
        form.entries["text"].text.setPlainText("重复")  # type: ignore[attr-defined]
        form.submit()
        qtbot.waitUntil(lambda: [r.command.body for r in county.commands()] == [{"text": "重复"}])


def test_esc_keeps_what_was_entered_and_the_form_has_it_again_after_a_restart(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.HANDLING)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("feedback")
        text = desk.panes["detail"].form.entries["text"].text  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: not desk.panes["detail"].form.is_reading)
        text.setPlainText("写到一半")
        QTest.keyClick(text, Qt.Key.Key_Escape)
        assert not desk.panes["detail"].form.isVisible()
        assert county.commands() == []
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("feedback")
        qtbot.waitUntil(lambda: desk.panes["detail"].form.entries["text"].value() == "写到一半")
        desk.panes["detail"].form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, desk)
        assert county.board.commands.draft(drafts.draft_key(CommandKind.FEEDBACK, key)) == ""


def test_what_was_typed_and_left_before_the_draft_was_read_is_there_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.HANDLING)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("feedback")
        form = desk.panes["detail"].form
        form.entries["text"].text.setPlainText("快手")  # type: ignore[attr-defined]
        assert form.is_reading
        form.leave()
        calm(qtbot, desk)
        desk.run_action("feedback")
        qtbot.waitUntil(lambda: form.entries["text"].value() == "快手")
        assert form.entries["text"].text.textCursor().atEnd()  # type: ignore[attr-defined]


def test_pressed_twice_it_is_one_command(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.HANDLING)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("feedback")
        form = desk.panes["detail"].form
        qtbot.waitUntil(lambda: not form.is_reading)
        form.entries["text"].put("已处置")
        form.submit()
        form.submit()
        QTest.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
        calm(qtbot, desk)
        assert len(county.commands()) == 1


def test_a_draft_that_outlived_the_crash_after_its_command_is_not_submitted_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.HANDLING)
    where = drafts.draft_key(CommandKind.FEEDBACK, key)
    draft = drafts.Draft("ab" * 16, {"text": "已处置"})
    county.board.commands.submit(CommandKind.FEEDBACK, key, draft.values, key=draft.key)
    county.board.commands.keep_draft(where, msgspec.json.encode(draft).decode())
    assert drafts.read(county.board, where) is None
    assert county.board.commands.draft(where) == ""


@pytest.mark.expects_log("a command could not be stored")
def test_what_could_not_be_stored_stays_in_the_form(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.HANDLING)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("feedback")
        form = desk.panes["detail"].form
        qtbot.waitUntil(lambda: not form.is_reading)
        form.entries["text"].text.setPlainText("不能丢")  # type: ignore[attr-defined]
        monkeypatch.setattr(county.outbox, "append", full)
        form.submit()
        qtbot.waitUntil(desk.notices.isVisible)
        assert form.isVisible()
        assert form.submit_button.isEnabled()
        assert form.entries["text"].value() == "不能丢"


@pytest.mark.expects_log("a command could not be stored")
@pytest.mark.expects_log("a draft could not be kept")
@pytest.mark.parametrize(
    ("code", "notice", "language", "said"),
    [
        ("disk_full", "command_not_stored_full", "zh_CN", "磁盘已满"),
        ("disk_full", "command_not_stored_full", "en", "The disk is full"),
        ("read_only", "command_not_stored_read_only", "zh_CN", "只能读"),
        ("read_only", "command_not_stored_read_only", "en", "can only be read"),
    ],
)
def test_what_was_entered_where_nothing_can_be_written_is_there_again(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, notice: str,
    language: str, said: str,
) -> None:  # fmt: skip
    """L: nothing typed is lost while its window is open, and each place says why."""
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.HANDLING)

    def refuse(*_: Any, **__: Any) -> None:
        raise StoreError(Problem(code, {"file": "outbox.db"}))

    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        show(qtbot, desk, key)
        with monkeypatch.context() as broken:
            broken.setattr(county.outbox, "append", refuse)
            broken.setattr(county.outbox, "keep_draft", refuse)
            desk.run_action("feedback")
            form = desk.panes["detail"].form
            qtbot.waitUntil(lambda: not form.is_reading)
            form.entries["text"].text.setPlainText("不能丢")  # type: ignore[attr-defined]
            qtbot.waitUntil(lambda: said in form.hint.text())
            form.submit()
            qtbot.waitUntil(desk.notices.isVisible)
            told = desk.notices.words.text()
            assert told == str(desk.screen_context.words.problem(Problem(notice)))
            form.leave()
        desk.run_action("feedback")
        qtbot.waitUntil(lambda: form.entries["text"].value() == "不能丢")
        form.entries["text"].text.setPlainText("不能丢。")  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: "不能丢。" in county.outbox.draft(form.task.draft_key))
        qtbot.waitUntil(lambda: not form.drafts.unstored)
        form.submit()
        qtbot.waitUntil(
            lambda: [r.command.body["text"] for r in county.outbox.recent(1)] == ["不能丢。"]
        )
        qtbot.waitUntil(form.isHidden)


@pytest.mark.expects_log("a draft could not be kept")
def test_a_command_given_although_its_draft_could_not_be_kept_is_not_offered_again(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.HANDLING)
    keep = county.outbox.keep_draft

    def refuse(target: Key, text: str, now: int) -> None:
        if text:
            raise StoreError(Problem("disk_full", {"file": "outbox.db"}))
        keep(target, text, now)

    monkeypatch.setattr(county.outbox, "keep_draft", refuse)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        desk.run_action("feedback")
        form = desk.panes["detail"].form
        qtbot.waitUntil(lambda: not form.is_reading)
        form.entries["text"].text.setPlainText("已处置")  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: "磁盘已满" in form.hint.text())
        form.submit()
        qtbot.waitUntil(form.isHidden)
        # Whether the step is possible once more is the row's to say; the form offers nothing.
        assert not form.drafts.unstored
        desk.run_action("feedback")
        qtbot.waitUntil(lambda: not form.is_reading)
        assert form.isHidden() or form.entries["text"].value() is None


def test_letters_on_a_chip_of_a_form_submit_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, incident_key())
        desk.run_action("escalate")
        level = desk.panes["detail"].form.entries["level"]
        assert isinstance(level, LevelEntry)
        chip = next(iter(level.chips.values()))
        chip.setFocus()
        QTest.keyClick(chip, Qt.Key.Key_A)
        QTest.keyClick(chip, Qt.Key.Key_C)
        calm(qtbot, desk)
        assert county.commands() == []
        assert desk.panes["detail"].form.task.kind is CommandKind.ESCALATE


def test_a_deadline_is_entered_on_the_countys_clocks_and_must_lie_ahead(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path, timezone="Asia/Shanghai") as desk:
        show(qtbot, desk, incident_key())
        desk.run_action("extend")
        entry = desk.panes["detail"].form.entries["due_at"]
        assert isinstance(entry, InstantEntry)
        due = county.cache.incident(incident_key()).due_at
        assert due is not None
        assert entry.value() == (due + HOUR) // MINUTE * MINUTE
        entry.put(NOW - HOUR)
        desk.panes["detail"].form.entries["text"].put("等配件")
        qtbot.waitUntil(lambda: not desk.panes["detail"].form.is_reading)
        desk.panes["detail"].form.submit()
        assert county.commands() == []
        assert "已过去" in desk.panes["detail"].form.hint.text()


def test_one_press_of_tab_leaves_a_moment(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        show(qtbot, desk, incident_key())
        desk.run_action("extend")
        entry = desk.panes["detail"].form.entries["due_at"]
        entry.edit.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(entry.edit, Qt.Key.Key_Tab)
        assert entry.chips[0].hasFocus()
        qtbot.keyClick(entry.chips[0], Qt.Key.Key_Backtab)
        assert entry.edit.hasFocus()


def test_picking_another_line_leaves_the_keyboard_in_the_list(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, incident_key())
        desk.run_action("escalate")
        desk.panes["incidents"].view.setFocus()
        desk.show_key(incident_key(2))
        calm(qtbot, desk)
        assert not desk.panes["detail"].form.isVisible()
        assert desk.panes["detail"].bar.isVisible()
        assert QApplication.focusWidget() is desk.panes["incidents"].view


def test_the_window_opens_with_nothing_drawn_as_focused(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert not isinstance(QApplication.focusWidget(), QPushButton)
        QTest.keyClick(QApplication.focusWidget() or desk, Qt.Key.Key_J)
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)


def test_choices_that_begin_with_what_was_typed_come_first() -> None:
    choices = (Choice("b", "北石", "bs 北石"), Choice("s", "石门", "sm 石门"))
    assert [c.code for c in matching(choices, "石")] == ["s", "b"]
    assert matching(choices, "无") == []


def test_arrows_choose_a_level_also_where_none_was_chosen(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock(), 5)) as screen:
        entry = LevelEntry(screen, (EventLevel.MAJOR, EventLevel.LARGER, EventLevel.ORDINARY))
        qtbot.addWidget(entry)
        entry.resize(800, 40)
        entry.show()
        entry.setFocus()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        assert entry.value() is None
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
        assert entry.value() == "larger"
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
        assert entry.value() == "ordinary"
