"""The program's log in the window: filtered, and growing while it is looked at."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.gui.upkeep.log_sheet import LogSheet
from support.open_desk import open_desk
from support.sample_board import sample_county


def write(folder: Path, says: str, level: str = "INFO", **more: str) -> None:
    line = {"at": "2026-11-27T08:00:00+0800", "level": level, "says": says, **more}
    with (folder / "desk.log").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def test_the_newest_line_comes_first_and_the_next_by_itself(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    for n in range(250):
        write(folder, f"line {n}", source="county")
    write(folder, "<b>broke</b>", "ERROR", source="warnings", code="timeout")
    upkeep: Any = SimpleNamespace(log_folder=folder)
    with open_desk(qtbot, sample_county(), tmp_path, language="en", upkeep=lambda: upkeep) as desk:
        desk.run_action("log")
        sheet = desk.findChild(LogSheet)
        assert sheet is not None
        table = sheet.table
        qtbot.waitUntil(lambda: table.rowCount() == 200)
        assert table.texts(0)[1:] == ["error", "warnings", "<b>broke</b> · timeout"]
        assert "older ones are there" in sheet.said.text()
        sheet.older.click()
        qtbot.waitUntil(lambda: table.rowCount() == 251)
        assert "all of it" in sheet.said.text()
        write(folder, "the next", "WARNING")
        qtbot.waitUntil(lambda: table.texts(0)[3] == "the next")
        sheet.levels.choose("ERROR")
        qtbot.waitUntil(lambda: table.rowCount() == 1)
        write(folder, "not wanted")
        write(folder, "wanted", "ERROR")
        qtbot.waitUntil(lambda: table.rowCount() == 2)
        sheet.field.setText("timeout")
        qtbot.waitUntil(lambda: table.rowCount() == 1)
        table.selectRow(0)
        qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert "timeout" in QGuiApplication.clipboard().text()
        sheet.field.setText("nowhere")
        qtbot.waitUntil(sheet.empty.isVisible)
        assert sheet.empty.title.text() == "Nothing fits"
        assert not table.isVisible()
        sheet.field.clear()
        sheet.levels.choose("INFO")
        qtbot.waitUntil(table.isVisible)
        assert not sheet.empty.isVisible()
        sheet.put_away()
        assert sheet.runner.pending == 0
