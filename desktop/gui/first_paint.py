"""Record when cached rows were first on screen, for measurements of the start."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

VARIABLE = "COUNTY_DESK_FIRST_PAINT"
"""The environment variable that names the file for the monotonic time; unset, nothing is
recorded."""


class FirstPaint(QObject):
    """A filter that waits for the first paint of a widget with rows, which owns it."""

    def __init__(self, widget: QWidget, has_rows: Callable[[], object], file: Path) -> None:
        super().__init__(widget)
        self._has_rows, self._file = has_rows, file
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._has_rows():
            watched.removeEventFilter(self)
            # Delivered once this paint has been flushed, and before anything put off until then.
            painted = QEvent(QEvent.Type.User)
            QCoreApplication.postEvent(self, painted, Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, _event: QEvent) -> None:
        self._file.write_text(f"{time.monotonic():.6f}", encoding="ascii")


def watch(widget: QWidget, has_rows: Callable[[], object]) -> None:
    """Record the first paint of a widget with rows, if the variable is set."""
    file = os.environ.get(VARIABLE)
    if file:
        FirstPaint(widget, has_rows, Path(file))
