"""A window says calmly, once, that the program ended by itself before."""

from __future__ import annotations

import faulthandler
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.diagnostics.crashes import FAULT_FILE, CrashWatch, read_reports
from support.open_desk import open_desk
from support.sample_board import empty_county


@pytest.mark.expects_log("uncaught error")
def test_the_next_start_tells_when_the_program_ended_by_itself_and_keeps_new_errors(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faulthandler, "enable", lambda _file: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)
    crashes = tmp_path / "crashes"
    crashes.mkdir()
    (crashes / FAULT_FILE).write_text("Fatal Python error: Aborted\n\n")

    def make() -> CrashWatch:
        return CrashWatch(crashes, lambda: "1")

    with open_desk(qtbot, empty_county(), tmp_path, crashes=make, language="en") as desk:
        qtbot.waitUntil(desk.notices.isVisible)
        assert desk.notices.words.text().startswith("The program ended by itself (")
        sys.excepthook(ValueError, ValueError("王小明"), None)
    with open_desk(qtbot, empty_county(), tmp_path, crashes=make) as desk:
        assert not desk.notices.isVisible()
    kept = [(each.error, each.is_fatal) for each in read_reports(crashes)]
    assert kept == [("Aborted", True), ("ValueError", False)]


@pytest.mark.expects_log("uncaught error")
def test_an_error_of_before_the_first_paint_is_kept_beside_those_known(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faulthandler, "enable", lambda _file: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)
    crashes = tmp_path / "crashes"
    crashes.mkdir()
    (crashes / FAULT_FILE).write_text("Fatal Python error: Aborted\n\n")

    def fail(_window: object) -> None:
        sys.excepthook(ValueError, ValueError("王小明"), None)

    def make() -> CrashWatch:
        return CrashWatch(crashes, lambda: "1")

    with open_desk(qtbot, empty_county(), tmp_path, crashes=make, early=fail) as desk:
        kept = [(each.error, each.is_fatal) for each in read_reports(crashes)]
        assert kept == [("Aborted", True), ("ValueError", False)]
        qtbot.waitUntil(desk.notices.isVisible)
