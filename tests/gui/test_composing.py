"""Text composed with an input method: its keys come first, and nothing of it is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.domain.localized_text import Text
from desktop.gui.desk.window import DeskWindow
from desktop.gui.widgets.composing import is_composing
from support.builders import FakeClock
from support.open_desk import calm, incident_key, open_desk, renamed
from support.sample_board import SampleCounty, sample_county

CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
PX = 1
"""The spin boxes' own fields stand this far from where Qt says they do."""


@pytest.fixture
def county() -> SampleCounty:
    return sample_county(FakeClock(), 20)


@contextmanager
def desk_on_an_incident(qtbot: QtBot, county: SampleCounty, folder: Path) -> Iterator[DeskWindow]:
    with open_desk(qtbot, county, folder) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        calm(qtbot, desk)
        yield desk


def compose(field: QWidget, text: str) -> None:
    """Show text as an input method does before it is committed."""
    QCoreApplication.sendEvent(field, QInputMethodEvent(text, []))


def commit(field: QWidget, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QCoreApplication.sendEvent(field, event)


def text_of(field: QWidget) -> str:
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.property("text")


def open_report(qtbot: QtBot, desk: DeskWindow) -> dict[str, QWidget]:
    """Open the form of a new incident; its fields that take text."""
    desk.panes["incidents"].view.setFocus()
    QTest.keyClick(desk.panes["incidents"].view, Qt.Key.Key_N)
    qtbot.waitUntil(desk.form_sheet.isVisible)
    qtbot.waitUntil(lambda: not desk.form_sheet.form.is_reading)
    calm(qtbot, desk)
    kinds = (QLineEdit, QPlainTextEdit, QAbstractSpinBox)
    entries = desk.form_sheet.form.entries
    return {
        name: entry.focusProxy()
        for name, entry in entries.items()
        if isinstance(entry.focusProxy(), kinds)
    }


def test_enter_and_tab_end_the_composition_and_do_nothing_else(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    keys = [(key, held) for key in (Qt.Key.Key_Return, Qt.Key.Key_Tab) for held in (NONE, CTRL)]
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        note, search = desk.panes["detail"].note.text, desk.panes["incidents"].search
        title = open_report(qtbot, desk)["title"]
        for field in (title, note, search):
            field.setFocus()
            for done, (key, held) in enumerate(keys, 1):
                compose(field, "塌")
                QTest.keyClick(field, key, held)
                assert text_of(field) == "塌" * done
                assert field.hasFocus()
        assert county.commands() == []


def test_a_second_ctrl_enter_submits_what_was_composed(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        note = desk.panes["detail"].note.text
        compose(note, "到场")
        QTest.keyClick(note, Qt.Key.Key_Return, CTRL)
        QTest.keyClick(note, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        assert county.commands()[0].command.body == {"text": "到场"}


def test_a_button_pressed_without_a_click_takes_what_is_composed_along(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        editor = desk.panes["detail"].note
        editor.open()
        compose(editor.text, "到场")
        editor.send_button.click()
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        assert county.commands()[0].command.body == {"text": "到场"}
        form = desk.form_sheet.form
        for button in (form.leave_button, form.submit_button):
            fields = open_report(qtbot, desk)
            form.entries["level"].put("ordinary")
            form.entries["township"].put("T01")
            fields["title"].setFocus()
            compose(fields["title"], "塌方")
            button.click()
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        assert county.commands()[1].command.body["title"] == "塌方塌方"


def test_esc_drops_the_composition_before_it_closes_anything(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        note = desk.panes["detail"].note.text
        compose(note, "到场")
        QTest.keyClick(note, Qt.Key.Key_Escape)
        assert note.isVisible()
        assert note.toPlainText() == ""
        assert note.document().firstBlock().layout().preeditAreaText() == ""
        QTest.keyClick(note, Qt.Key.Key_Escape)
        assert not note.isVisible()
        title = open_report(qtbot, desk)["title"]
        compose(title, "塌方")
        QTest.keyClick(title, Qt.Key.Key_Escape)
        assert desk.form_sheet.isVisible()
        QTest.keyClick(title, Qt.Key.Key_Escape)
        assert not desk.form_sheet.isVisible()


def test_a_key_that_the_input_method_leaves_alone_ends_the_composition_first(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        note = desk.panes["detail"].note.text
        compose(note, "到场")
        QTest.keyClick(note, Qt.Key.Key_Control, CTRL)
        assert note.toPlainText() == ""
        QTest.keyClick(note, Qt.Key.Key_K, CTRL)
        assert note.toPlainText() == "到场"
        assert desk.palette_sheet.isVisible()


def test_a_click_elsewhere_loses_nothing_that_is_being_composed(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        note = desk.panes["detail"].note.text
        compose(note, "到场")
        view = desk.panes["incidents"].view.viewport()
        place = view.mapTo(desk, QPoint(60, view.height() - 10))
        QTest.mouseClick(desk.windowHandle(), Qt.MouseButton.LeftButton, NONE, place)
        assert not note.hasFocus()
    assert county.outbox.draft(incident_key()) == "到场"


def test_a_refresh_and_a_change_of_language_or_theme_leave_the_composition_alone(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        fields = [desk.panes["detail"].note.text, desk.panes["incidents"].search]
        for field in fields:
            field.setFocus()
            compose(field, "到场")
            renamed(county, Text("另一个题目", "Another title"))
            calm(qtbot, desk)
            for _ in range(2):
                desk.run_action("language")
                desk.run_action("theme")
                calm(qtbot, desk)
            assert field.hasFocus()
            commit(field, "到场了")
        assert fields[0].toPlainText() == "到场了"
        assert fields[1].text() == "到场了"


def test_what_is_composed_in_a_report_outlives_the_reading_of_names_and_of_its_draft(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        fields = open_report(qtbot, desk)
        form = desk.form_sheet.form
        form.fields.show_values({"township": "T01"})
        for name in ("title", "category", "township", "address", "summary"):
            field = fields[name]
            field.setFocus()
            compose(field, "塌")
            desk.run_action("language")
            calm(qtbot, desk)
            form.fields.show_values({name: "T02" if name == "township" else "旧稿"})
            assert is_composing(field)
            commit(field, "塌方")
            assert text_of(field).endswith("塌方")
            assert "旧稿" not in text_of(field)


def test_a_draft_read_late_joins_what_is_being_composed(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        editor = desk.panes["detail"].note
        editor.turn_to(incident_key(2), None)
        editor.open()
        compose(editor.text, "到场")
        editor.turn_to(incident_key(2), "泵车")
        assert editor.text.toPlainText() == "泵车\n到场"


def test_another_incident_and_the_end_keep_what_is_being_composed_as_a_draft(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        editor = desk.panes["detail"].note
        editor.open()
        compose(editor.text, "到场")
        editor.turn_to(incident_key(2), "")
        editor.open()
        compose(editor.text, "返回")
    drafts = [county.outbox.draft(incident_key(number)) for number in (1, 2)]
    assert drafts == ["到场", "返回"]


def test_a_note_composed_while_the_last_one_is_being_stored_stays(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        editor = desk.panes["detail"].note
        editor.open()
        QTest.keyClicks(editor.text, "a")
        editor.send()
        compose(editor.text, "到场")
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, desk)
        assert editor.text.toPlainText() == "到场"
        assert editor.text.isVisible()


def test_a_change_of_language_keeps_what_was_typed_into_the_palette(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.run_action("palette")
        QTest.keyClicks(desk.palette_sheet.field, "qsz")
        desk.run_action("language")
        calm(qtbot, desk)
        assert desk.palette_sheet.field.text() == "qsz"
        desk.run_action("palette")
        desk.run_action("palette")
        assert desk.palette_sheet.field.text() == ""


def test_only_what_takes_text_takes_an_input_method(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    """Else it would swallow the letters that are commands there."""
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        fields = open_report(qtbot, desk)
        takes_text = (QLineEdit, QPlainTextEdit, QAbstractSpinBox)
        wrong = []
        for widget in desk.findChildren(QWidget):
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
                continue
            widget.setFocus()
            focused = QApplication.focusWidget()
            if focused is None or isinstance(focused, takes_text):
                continue
            if focused.inputMethodQuery(Qt.InputMethodQuery.ImEnabled):
                wrong.append(type(focused).__name__)
        assert fields
        assert wrong == []


def caret(field: QWidget) -> QRect:
    """Where a field's caret is in its window, by the field's own account."""
    if isinstance(field, QPlainTextEdit):
        rect, within = field.cursorRect(), field.viewport()
    else:
        line = field.lineEdit() if isinstance(field, QAbstractSpinBox) else field
        rect, within = line.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle), line
    return QRect(within.mapTo(field.window(), rect.topLeft()), rect.size())


def is_told(field: QWidget) -> bool:
    """Whether an input method is told that place: there it shows its candidates."""
    told = QGuiApplication.inputMethod().cursorRectangle().toRect()
    apart = told.topLeft() - caret(field).topLeft()
    return field.hasFocus() and apart.manhattanLength() <= PX


def test_candidates_appear_at_the_caret_of_every_field(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.panes["detail"].begin_note()
        note, search = desk.panes["detail"].note.text, desk.panes["incidents"].search
        for field in (note, search):
            field.setFocus()
            QTest.keyClicks(field, "abc")
            assert is_told(field)
        note.setFocus()
        note.insertPlainText("\n" * 20 + "abc")
        assert is_told(note)
        note.verticalScrollBar().setValue(note.verticalScrollBar().maximum() - 2)
        assert is_told(note)
        desk.resize(1300, 700)
        calm(qtbot, desk)
        assert is_told(note)
        desk.run_action("palette")
        assert is_told(desk.palette_sheet.field)
        for field in open_report(qtbot, desk).values():
            field.setFocus()
            assert is_told(field), field


def test_candidates_follow_a_field_that_is_scrolled(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    with desk_on_an_incident(qtbot, county, tmp_path) as desk:
        desk.resize(900, 480)
        calm(qtbot, desk)
        title = open_report(qtbot, desk)["title"]
        title.setFocus()
        compose(title, "塌")
        area = desk.form_sheet.findChild(QScrollArea)
        assert isinstance(area, QScrollArea)
        before = caret(title)
        area.verticalScrollBar().setValue(20)
        qtbot.waitUntil(lambda: caret(title).y() == before.y() - 20)
        assert is_told(title)
