"""Record when cached incidents were first on screen, for measurements of the start."""

from __future__ import annotations

import os
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QTableView

VARIABLE = "COUNTY_DESK_FIRST_PAINT"
"""The environment variable that names the file for the monotonic time; unset, nothing is
recorded."""


class FirstPaint(QObject):
    """A filter that waits for the first paint of a list with rows; the list owns it."""

    def __init__(self, view: QTableView, file: Path) -> None:
        super().__init__(view)
        self._view, self._file = view, file
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._view.model().rowCount():
            watched.removeEventFilter(self)
            # Delivered once this paint has been flushed, and before anything put off until then.
            painted = QEvent(QEvent.Type.User)
            QCoreApplication.postEvent(self, painted, Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, _event: QEvent) -> None:
        self._file.write_text(f"{time.monotonic():.6f}", encoding="ascii")


def watch(view: QTableView) -> None:
    """Record the first paint of a list with rows, if the variable is set."""
    file = os.environ.get(VARIABLE)
    if file:
        FirstPaint(view, Path(file))
