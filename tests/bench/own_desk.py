"""The real desk inside a bench's own process, told what to do on its input."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from begun_desk import begun
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop import bootstrap, paths
from desktop.gui.app import Session
from desktop.gui.opening import Opening


class InputLines(QObject):
    """Hands each line of the input to the GUI thread; `close` when it ends."""

    came = Signal(str)

    def listen(self) -> None:
        """Begin to read, on a thread of its own."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.strip())
        self.came.emit("close")


def opened(
    profile_file: Path, folder: Path, posture: str = "desk"
) -> tuple[bootstrap.Desk, Session]:
    """The desk of a profile on a store folder, shown at 1920×1080."""
    desk = begun(profile_file, folder)
    return desk, shown(desk, posture=posture)


def shown(
    desk: bootstrap.Desk, on_start: Callable[[], None] = lambda: None, posture: str = "desk"
) -> Session:
    """A window of the desk at 1920×1080; `on_start` is called as it first asks the county."""

    def start() -> None:
        on_start()
        desk.start()

    opening = Opening(
        board=desk.board,
        words=desk.words,
        resources=paths.resources(),
        title=desk.profile.title,
        layout_file=desk.folder / "layout.ini",
        posture=posture,
        township=desk.profile.township,
        language="zh_CN",
        theme="light",
        demo=False,
        start=start,
        is_loaded=desk.is_asking,
        close=desk.close,
    )
    session = Session(opening, keep_layout=False)
    session.window.resize(1920, 1080)
    session.window.show()
    return session


def obey_input(app: QApplication, session: Session, obey: Callable[[str, str], bool]) -> None:
    """Answer the input until it ends; `obey` has a line's first word and the rest.

    It returns false for a word it does not know, which ends the desk as well.
    """
    heard = InputLines()

    def hear(line: str) -> None:
        word, _, rest = line.partition(" ")
        if not obey(word, rest):
            app.quit()

    heard.came.connect(hear)
    heard.listen()
    app.exec()
    session.close()
