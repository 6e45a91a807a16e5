"""A screen to act on: a theme, a feed and three lanes around a sample county."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer, QTranslator
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.gui.change_feed import ChangeFeed
from desktop.gui.context import UiContext
from desktop.gui.formatting import in_one_line
from desktop.gui.task_runner import TaskRunner
from desktop.gui.theme import Theme
from desktop.gui.wall import canvas
from support.checkout import ROOT
from support.sample_board import SampleCounty
from support.spoken import words

LIMIT_MS = 10_000

W = TypeVar("W", bound=QWidget)


@contextmanager
def a_stage(
    county: SampleCounty, language: str = "en", theme: str = "light"
) -> Iterator[UiContext]:
    """A `UiContext` on this county in this language, closed at the end with all shown on it."""
    feed = ChangeFeed(county.board)
    lanes = [TaskRunner(name) for name in ("reader", "writer", "pictures")]
    reader, writer, pictures = lanes
    screen = UiContext(
        *(county.board, words(language), Theme(theme), feed, reader, writer, pictures)
    )
    spoken = QTranslator()
    assert spoken.load(language, str(ROOT / "resources" / "i18n"))
    QCoreApplication.installTranslator(spoken)
    try:
        yield screen
    finally:
        QCoreApplication.removeTranslator(spoken)
        feed.close()
        for lane in lanes:
            lane.close()


@contextmanager
def shown(widget: W, screen: UiContext, width: int = 960, height: int = 540) -> Iterator[W]:
    """The widget at this size with its first answers in, deleted at the end."""
    widget.resize(width, height)
    widget.show()
    settle(screen)
    try:
        yield widget
    finally:
        widget.hide()
        widget.close()
        widget.deleteLater()


def settle(screen: UiContext) -> None:
    """Wait until nothing is asked or under way on the reader lane."""
    while screen.reader.pending:
        if not _came_to_rest(screen):
            raise TimeoutError("the reader lane did not come to rest")


def taken_in(qtbot: QtBot, screen: UiContext) -> None:
    """Wait until a change that was just told has been taken in."""
    qtbot.waitUntil(lambda: not screen.feed.waiting)
    settle(screen)


def painted_lines(widget: QWidget) -> list[str]:
    """Every line that a part of the wall writes when it is painted now, in its order."""
    written: list[str] = []

    def keep(text: str) -> str:
        written.append(text)
        return in_one_line(text)

    with patch.object(canvas, "in_one_line", keep):
        widget.grab()
    return written


def _came_to_rest(screen: UiContext) -> bool:
    loop, limit = QEventLoop(), QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(lambda: loop.exit(1))
    screen.reader.idled.connect(loop.quit)
    limit.start(LIMIT_MS)
    late = loop.exec()
    limit.stop()
    screen.reader.idled.disconnect(loop.quit)
    return not late
