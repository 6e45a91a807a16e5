"""What each paint of a desk's list showed, and how long after the desk first asked."""

from __future__ import annotations

import json
import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

from desktop.gui.panes.incidents.pane import IncidentPane

CRITICAL = 20


class Watch(QObject):
    """Tells what each paint of the list showed, once it has been flushed."""

    def __init__(self, at_work: int) -> None:
        super().__init__()
        self._at_work = at_work
        self._begun_s = 0.0
        self._mark = ""
        self._told: set[str] = set()
        self._pane: IncidentPane | None = None

    def watch(self, pane: IncidentPane) -> None:
        """Look at that list from now on."""
        self._pane = pane
        pane.view.viewport().installEventFilter(self)

    def begin(self, mark: str = "") -> None:
        """Count the seconds from now, and look for the mark."""
        self._begun_s, self._mark = time.monotonic(), mark

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            flushed = QEvent(QEvent.Type.User)
            QCoreApplication.postEvent(self, flushed, Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, _event: QEvent) -> None:
        assert self._pane is not None
        model = self._pane.model
        if model.line(0) is None:
            return
        if model.rowCount() >= CRITICAL:
            self._tell("critical")
        if model.rowCount() >= self._at_work:
            self._tell("list")
        lines = [model.line(row) for row in range(CRITICAL)]
        marked = all(line is not None and line.title.zh == self._mark for line in lines)
        if self._mark and marked:
            self._tell(f"marked {self._mark}")

    def _tell(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            now_s = time.monotonic()
            print(json.dumps({what: now_s - self._begun_s, "at": now_s}), flush=True)
