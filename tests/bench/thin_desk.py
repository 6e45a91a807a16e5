"""The desk at the near end of a thin line: `thin_desk.py PROFILE FOLDER OPEN`.

Prints seconds since it first asked, as JSON lines with the time of it (`at`): `critical` when
the 20 most critical incidents were painted, `list` when all OPEN ones were. Its input says
`ask MARK`: it then asks the county at once and prints `marked MARK` when its first 20 lines
carry the mark on screen; `top` is answered with their ids.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from own_desk import obey_input, opened  # noqa: E402 - needs the paths above
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt  # noqa: E402

from desktop.gui.app import application  # noqa: E402
from desktop.gui.desk.window import DeskWindow  # noqa: E402
from desktop.gui.panes.incidents.pane import IncidentPane  # noqa: E402

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


def main(profile_file: Path, folder: Path, at_work: int) -> None:
    """Open the desk and obey until the input ends."""
    app = application([])
    watch = Watch(at_work)
    desk, session = opened(profile_file, folder, on_start=watch.begin)
    assert isinstance(session.window, DeskWindow)
    watched = session.window.panes["incidents"]
    watch.watch(watched)

    def obey(word: str, mark: str) -> bool:
        if word == "ask":
            watch.begin(mark)
            desk.engine.sync_now()
        elif word == "top":
            keys = [watched.model.key_at(row) for row in range(CRITICAL)]
            print(json.dumps([key.id for key in keys if key is not None]), flush=True)
        else:
            return False
        return True

    obey_input(app, session, obey)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
