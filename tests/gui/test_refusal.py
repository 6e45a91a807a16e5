"""A start that opens nothing says why in a window, where nobody reads its output."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import bootstrap
from desktop.commands import screen
from desktop.commands.opening import CannotOpen
from desktop.domain.source import Problem
from desktop.gui.refusal import CLOSE, RefusalWindow

NEWER = Problem("data_newer", {"folder": "<b>/home</b>", "program": "9.1", "own": "0.1.0"})


def shown() -> list[RefusalWindow]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, RefusalWindow)]


def start(
    monkeypatch: pytest.MonkeyPatch, folder: Path, problem: Problem, language: str, platform: str
) -> int:
    """Start a desk that cannot be opened; returns its exit status."""
    file = folder / "desk.toml"
    file.write_text('[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n')

    def no_desk(*_given: Any, **_named: Any) -> None:
        raise CannotOpen(problem)

    monkeypatch.setattr(screen, "open_desk", no_desk)
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    options = argparse.Namespace(
        command="desk",
        demo=False,
        profile=file,
        lang=language,
        theme=None,
        key="auto",
        profile_dir=folder,
    )
    return screen.main(options)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_window_says_it_in_the_language_and_ends_with_its_button(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
):
    said: list[str] = []

    def look() -> None:
        (window,) = shown()
        said.extend(label.text() for label in window.labels)
        said.append(window.close_button.text())
        qtbot.mouseClick(window.close_button, Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, look)
    assert start(monkeypatch, tmp_path, NEWER, language, "xcb") == 4
    text = bootstrap.words_in(language).problem(NEWER)
    assert said == [text.happened, text.meaning, text.todo, CLOSE[language == "en"]]
    assert "<b>/home</b>" in said[0]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_the_keyboard_alone_ends_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: Qt.Key
):
    icons: list[bool] = []

    def press() -> None:
        (window,) = shown()
        icons.append(window.windowIcon().isNull())
        qtbot.keyClick(window, key)
        QTimer.singleShot(0, window.close)  # A window that did not hear ends nevertheless.
        assert not window.isVisible()

    QTimer.singleShot(0, press)
    assert start(monkeypatch, tmp_path, NEWER, "en", "xcb") == 4
    assert icons == [False]


@pytest.mark.parametrize(
    ("problem", "platform"), [(NEWER, "offscreen"), (Problem("passphrase_not_given"), "xcb")]
)
def test_there_is_none_where_nobody_sees_it_or_the_person_gave_up(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    problem: Problem,
    platform: str,
    capsys: pytest.CaptureFixture[str],
):
    seen: list[object] = []
    monkeypatch.setattr("desktop.gui.refusal.show_refusal", lambda *_, **__: seen.append(1))
    assert start(monkeypatch, tmp_path, problem, "zh_CN", platform) in (2, 4)
    assert seen == []
    assert capsys.readouterr().err
