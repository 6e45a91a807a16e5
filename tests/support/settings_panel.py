"""A desk with its settings laid over it, and what is typed into them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.gui.desk.window import DeskWindow
from desktop.gui.settings.entry_row import EntryRow
from desktop.gui.settings.fields import LineField
from desktop.gui.settings.panel import SettingsPanel
from desktop.gui.settings.sheet import SettingsSheet
from support.builders import FakeClock
from support.open_desk import calm, open_desk
from support.prompt import wait_until
from support.sample_board import sample_county
from support.settings_desk import AnsweringDesk


@contextmanager
def opened(
    qtbot: QtBot, folder: Path, desk: AnsweringDesk | None = None, **changes: Any
) -> Iterator[tuple[DeskWindow, SettingsPanel, AnsweringDesk]]:
    """A desk with its settings laid over it by their key."""
    desk = desk or AnsweringDesk(folder)
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, folder, settings=lambda: desk, **changes) as window:
        QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        calm(qtbot, window)
        [sheet] = window.findChildren(SettingsSheet)
        qtbot.waitUntil(lambda: bool(desk.editor.snapshot.text))
        yield window, sheet.panel, desk


def row_of(panel: SettingsPanel, place: str) -> EntryRow:
    """The row of an entry, once its page has built it."""
    found: list[EntryRow] = []

    def look() -> bool:
        found[:] = [row for row in panel.findChildren(EntryRow) if row.entry.place == place]
        return bool(found)

    wait_until(look)
    return found[0]


def shown_in(panel: SettingsPanel) -> list[str]:
    """The places of the entries on screen."""
    return [row.entry.place for row in panel.findChildren(EntryRow) if row.isVisible()]


def type_line(row: EntryRow, text: str) -> None:
    assert isinstance(row.field, LineField)
    row.field.line.selectAll()
    row.field.line.insert(text)
    QTest.keyClick(row.field.line, Qt.Key.Key_Return)
