"""Errors nobody caught: in the log, on standard error, and as a word to the window."""

from __future__ import annotations

import sys
import threading

import pytest
from pytestqt.qtbot import QtBot

from desktop.gui.exception_hooks import ExceptionHooks


@pytest.mark.expects_log("uncaught error")
def test_an_uncaught_error_is_logged_and_said_without_its_words(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = ExceptionHooks()
    told: list[str] = []
    faults.struck.connect(told.append)
    faults.install()
    try:
        error = ValueError("张三 13800000000")
        sys.excepthook(ValueError, error, None)
    finally:
        faults.remove()
    assert told == ["ValueError"]
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "张三" not in said


def test_the_hooks_are_given_back(qtbot: QtBot) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    faults = ExceptionHooks()
    faults.install()
    assert sys.excepthook != before[0]
    faults.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
