"""A picture of the window, taken once nothing is pending in it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from desktop.gui.app import Session
from desktop.gui.opening import Opening
from desktop.gui.qt_application import application

log = logging.getLogger(__name__)

POLL_MS = 100
CALM_POLLS = 3
"""How many polls in a row must find nothing pending before a picture is taken."""


def shoot(
    opening: Opening,
    out: Path,
    width: int,
    height: int,
    settled: Callable[[], bool],
    timeout_s: float,
    arrange: Callable[[QWidget], None] = lambda _window: None,
) -> int:
    """Write a PNG of `width` × `height` pixels once nothing is pending; return 1 if that never
    came.

    A picture is written either way: an unsettled window shows the truth as well. `arrange` may
    select something in the finished window before it settles.
    """
    app = application([])
    session = Session(opening, keep_layout=False)
    window = session.window
    ratio = window.devicePixelRatio()
    window.resize(round(width / ratio), round(height / ratio))
    window.show()
    polls = Polls(session, settled, timeout_s)
    session.completed.connect(lambda: arrange(window))
    app.exec()
    written = write_picture(window.grab(), out)
    calm = polls.calm
    session.close()
    return 0 if calm and written else 1


def write_picture(picture: QPixmap, out: Path) -> bool:
    """Write the PNG and return whether that succeeded; a new file is readable by its user alone."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, "PNG"):
        return False
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(bytes(buffer.data().data()))
    except OSError as error:
        log.warning("the picture was not written", extra={"code": error.errno})
        return False
    return True


class Polls(QObject):
    """A watcher that ends the event loop once the session has been calm for a while, or the time is
    up."""

    def __init__(
        self,
        session: Session,
        settled: Callable[[], bool],
        timeout_s: float,
        every_ms: int = POLL_MS,
    ) -> None:
        super().__init__()
        self._session, self._settled = session, settled
        self._left = max(1, round(timeout_s * 1000 / every_ms))
        self._calm_polls = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        self._timer.start(every_ms)

    @property
    def calm(self) -> bool:
        """Whether the session had settled when the loop ended."""
        return self._calm_polls >= CALM_POLLS

    def _poll(self) -> None:
        quiet = self._session.quiet and self._settled()
        self._calm_polls = self._calm_polls + 1 if quiet else 0
        self._left -= 1
        if self.calm or self._left <= 0:
            self._timer.stop()
            # Not quit(): it closes every window first, and this one is about to be drawn.
            QApplication.exit()
