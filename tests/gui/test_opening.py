"""What the window takes up again, and builds, once it has been painted."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui.desk.window import DeskWindow
from support.builders import FakeClock
from support.open_desk import open_desk
from support.sample_board import sample_county


def test_garbage_is_collected_again_once_the_window_is_painted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    gc.disable()
    try:
        with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path):
            assert gc.isenabled()
    finally:
        gc.enable()


def test_palette_and_key_sheet_wait_for_the_paint_and_not_for_the_officer(
    qtbot: QtBot, tmp_path: Path
) -> None:
    made: list[bool] = []

    def look(window: DeskWindow) -> None:
        made.append("palette_sheet" in vars(window) or "key_sheet" in vars(window))

    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, early=look) as desk:
        assert made == [False]
        qtbot.waitUntil(lambda: {"palette_sheet", "key_sheet"} <= vars(desk).keys())


def test_the_window_is_styled_once_it_is_built_and_not_with_each_part(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on: list[bool] = []
    set_sheet = QApplication.setStyleSheet

    def look(app: QApplication, sheet: str) -> None:
        if sheet:
            windows = [w for w in qapp.topLevelWidgets() if isinstance(w, DeskWindow)]
            put_on.append(any(w.panes for w in windows))
        set_sheet(app, sheet)

    monkeypatch.setattr(QApplication, "setStyleSheet", look)
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path):
        assert put_on == [True]
