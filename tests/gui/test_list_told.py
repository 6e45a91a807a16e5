"""Of the list of incidents a reader of the screen is told whole rows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.gui.panes.incidents.model import Column
from support.builders import FakeClock
from support.open_desk import open_desk
from support.sample_board import sample_county


def test_a_reader_is_told_the_row_whichever_cell_was_clicked_or_gone_to(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        view = desk.panes["incidents"].view
        model, shift = view.model(), Qt.KeyboardModifier.ShiftModifier
        for column in Column:
            at = view.visualRect(model.index(2, column)).center()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
            QTest.keyClick(view, Qt.Key.Key_Right)
            QTest.keyClick(view, Qt.Key.Key_Down)
            assert view.rows_picked() == [3]
            assert view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole).strip()
            QTest.keyClick(view, Qt.Key.Key_Down, shift)
            assert view.rows_picked() == [3, 4]
            assert view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole).strip()
        QTest.keyRelease(view, Qt.Key.Key_Shift)  # Else Qt holds it down in the next test.
