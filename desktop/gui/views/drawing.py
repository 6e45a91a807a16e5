"""Going through the views of a window, each painted once nothing is pending in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from desktop.gui.app import Session
from desktop.gui.shoot import Polls, write_picture
from desktop.gui.slices import Slices
from desktop.gui.task_runner import TaskRunner
from desktop.gui.views.view import View

SETTLE_S = 20.0
EVERY_MS = 25
"""How often a view is asked whether it is at rest: there are a hundred of them."""
SHOW_MS = 100

Keep = Callable[[str, QPixmap], None]
"""Takes a view's name and its picture."""


def keep_in(folder: Path | None, first: str, last: str) -> Keep:
    """Return what writes each picture into a folder, its name between these words; without a
    folder they are only painted."""
    if folder is None:
        return lambda _name, _picture: None
    return lambda name, picture: _write(picture, folder / f"{first}-{name}-{last}.png")


def _write(picture: QPixmap, to: Path) -> None:
    if not write_picture(picture, to):
        raise OSError(f"not written: {to}")


class Drawer:
    """Paints what a session's window shows; `faults` says what went wrong, in which view."""

    def __init__(self, session: Session, settled: Callable[[], bool], keep: Keep) -> None:
        self._session, self._settled, self._keep = session, settled, keep
        self._at = "the window"
        self.faults: list[str] = []
        self.drawn = 0
        session.faults.struck.connect(lambda kind: self.faults.append(f"{self._at}: {kind}"))

    def open(self, width: int, height: int) -> None:
        """Show the window in so many pixels of the picture, and wait until it is whole."""
        window = self._session.window
        ratio = window.devicePixelRatio()
        window.resize(round(width / ratio), round(height / ratio))
        window.show()
        self._settle()

    def draw(self, views: Iterable[View]) -> None:
        """Paint each view that has a name."""
        for name, arrange in views:
            self._at = name or self._at
            shown = arrange()
            self._settle()
            if name:
                window = shown if isinstance(shown, QWidget) else self._session.window
                self._paint(name, window)

    def _settle(self) -> None:
        polls = Polls(self._session, self._is_settled, SETTLE_S, EVERY_MS)
        QApplication.exec()
        if not polls.calm:
            self.faults.append(f"{self._at}: not at rest within {SETTLE_S:.0f} s")

    def _is_settled(self) -> bool:
        """Whether nothing is under way, in the sheets either."""
        window = self._session.window
        return (
            self._settled()
            and not any(runner.pending for runner in window.findChildren(TaskRunner))
            and not any(slices.is_running for slices in window.findChildren(Slices))
        )

    def _paint(self, name: str, window: QWidget) -> None:
        picture = window.grab()
        if picture.isNull():
            self.faults.append(f"{name}: not painted")
        self.drawn += 1
        self._keep(name, picture)


def draw_windows(windows: Iterable[tuple[str, QWidget]], keep: Keep) -> int:
    """Paint windows that have no desk yet, one after the other; returns how many."""
    drawn = 0
    for name, window in windows:
        window.show()
        QTimer.singleShot(SHOW_MS, QApplication.exit)
        QApplication.exec()
        keep(name, window.grab())
        window.close()
        drawn += 1
    return drawn
