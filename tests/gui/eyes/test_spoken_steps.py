"""What a reader of the screen is told of an officer's steps: each once, and none in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop.application.ports import IncidentFilter
from desktop.domain.incident import Stage
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.gui import formatting
from desktop.gui.app import application
from desktop.gui.desk.window import DeskWindow
from desktop.gui.panes.detail.parts import ClockTable, DeadlineLine
from desktop.gui.widgets.accessible import ReadingArea, announce
from desktop.gui.widgets.label import FieldLabel, PlainLabel
from support.builders import NOW, FakeClock, a_deadline
from support.open_desk import calm, open_desk
from support.sample_board import empty_county, sample_county
from support.scoring import ActiveAccessibility
from support.spoken import words
from support.stage import a_stage


def announced(desk: DeskWindow) -> list[str]:
    """What was announced last."""
    parts = desk.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [
        part.accessibleName()
        for part in parts
        if getattr(part, "accessible_role", None) is QAccessible.Role.Notification
    ]


def name_of(thing: QWidget) -> str:
    """What a reader is told that a thing is called."""
    return QAccessible.queryAccessibleInterface(thing).text(QAccessible.Text.Name)


def test_a_step_is_told_where_qt_tells_none_and_enter_leads_to_the_detail(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with ActiveAccessibility(), open_desk(qtbot, county, tmp_path, language="en") as desk:
        pane = desk.panes["incidents"]
        desk.run_action("go_incidents")
        desk.run_action("next")
        pane.view.clearSelection()  # As when the list has just got the keyboard.
        before = announced(desk)
        desk.run_action("next")
        current = pane.view.currentIndex()
        aloud = current.data(Qt.ItemDataRole.AccessibleTextRole)
        assert announced(desk)[len(before) :] == [aloud], "it was current and not picked"
        desk.run_action("next")
        assert announced(desk)[len(before) :] == [aloud], "Qt itself tells this one"
        row = pane.view.currentIndex().siblingAtColumn
        assert [row(n).data(Qt.ItemDataRole.AccessibleTextRole).strip() for n in (0, 2, 3)] == [
            ""
        ] * 3
        QTest.keyClick(pane.view, Qt.Key.Key_Return)
        calm(qtbot, desk)
        area = desk.focusWidget()
        assert isinstance(area, ReadingArea)
        told = {each.accessibleName() for each in area.findChildren(PlainLabel)}
        assert any(re.fullmatch(r"(overdue for )?\d+ (min|h|s)( left)?", each) for each in told)
        assert desk.panes["detail"].detail.incident.title.en in name_of(area)
        desk.run_action("next")
        assert announced(desk)[len(before) :] == [aloud], "the detail's own name tells it"
        desk.run_action("go_map")
        desk.run_action("next")
        assert len(announced(desk)) == len(before) + 2


def test_what_cannot_be_done_is_told_too(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with ActiveAccessibility(), open_desk(qtbot, county, tmp_path, language="en") as desk:
        desk.run_action("next")
        calm(qtbot, desk)
        for _ in range(2):
            desk.run_action("acknowledge")
        assert "Acknowledged already" in announced(desk)
        filed = next(
            row.key
            for row in county.board.incident_rows(county.board.incident_numbers(IncidentFilter()))
            if row.stage is Stage.FILED
        )
        desk.show_key(filed)
        calm(qtbot, desk)
        desk.run_action("close")
        assert any("is not possible now" in said for said in announced(desk))


def test_what_was_told_is_not_told_again_by_a_window_that_is_shown_again(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with ActiveAccessibility():
        window.show()
        announce(window, "said once")
        (part,) = window.findChildren(QWidget)
        assert part.isVisible()
        window.hide()
        window.show()
        assert not part.isVisible()
        announce(window, "said now")
        seen = [part for part in window.findChildren(QWidget) if part.isVisible()]
        assert [part.accessibleName() for part in seen] == ["said now"]


def test_the_label_of_a_field_is_told_with_the_field_alone(qtbot: QtBot) -> None:
    application([])
    with a_stage(empty_county(FakeClock())) as screen:
        label = FieldLabel(screen, elide=False)
        qtbot.addWidget(label)
        label.set_text("Address")
        face = QAccessible.queryAccessibleInterface(label)
        assert face.role() is QAccessible.Role.Paragraph
        assert name_of(label) == "Address"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (12 * MINUTE, "12 min left"),
        (-8 * MINUTE, "overdue for 8 min"),
        (-3 * HOUR, "overdue for 3 h"),
    ],
)
def test_a_time_left_is_told_in_words(left: int, said: str) -> None:
    assert formatting.say_left(NOW + left, NOW, words("en")) == said


def test_a_running_deadline_is_told_anew_once_a_minute(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def take(label: QWidget, name: str) -> None:
        told.append(name)
        QWidget.setAccessibleName(label, name)

    with a_stage(empty_county(FakeClock())) as screen:
        table = ClockTable(screen)
        qtbot.addWidget(table)
        table.tell([DeadlineLine(a_deadline(due_at=NOW + 12 * MINUTE))])
        monkeypatch.setattr(PlainLabel, "setAccessibleName", take)
        for second in range(1, 121):
            table.tick(NOW + second * SECOND)
    assert told == ["11 min left", "10 min left"]


def test_a_secret_is_a_field_for_a_password_whose_letters_no_reader_gets(qtbot: QtBot) -> None:
    application([])
    field, stack = QLineEdit(), QStackedWidget()
    for widget in (field, stack):
        qtbot.addWidget(widget)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setText("secret")
    with ActiveAccessibility():
        face = QAccessible.queryAccessibleInterface(field)
        assert face.role() is QAccessible.Role.EditableText
        assert face.state().passwordEdit
        assert face.textInterface() is None
        told = QAccessible.queryAccessibleInterface(stack)
        assert told.role() is QAccessible.Role.Client


def test_a_row_that_was_not_loaded_when_it_was_stepped_to_is_told_once_it_is(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 400)
    with ActiveAccessibility(), open_desk(qtbot, county, tmp_path, language="en") as desk:
        pane = desk.panes["incidents"]
        desk.run_action("go_incidents")
        last = pane.model.rowCount() - 1
        assert pane.model.line(last) is None
        pane.view.pick_row(last)
        qtbot.waitUntil(lambda: pane.model.line(last) is not None)
        assert pane.model.say_aloud(pane.model.line(last)) in announced(desk)
