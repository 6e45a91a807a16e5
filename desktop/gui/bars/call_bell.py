"""A sound at a desk when something grave newly calls; for the rest a desk is looked at."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.application.board import Board
from desktop.application.ports import IncidentFilter
from desktop.application.reads.calls import URGENT, is_alarm_calling, is_calling
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.gui import formatting
from desktop.gui.context import UiContext

PAUSE_MS = 1_000
"""At most so often it is looked whether something calls, however much changes."""


class CallBell(QObject):
    """Rings once for all that has begun to call since it was looked last; not at the start."""

    def __init__(self, screen: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._screen = screen
        self._known: frozenset[Key] | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.look)
        screen.feed.changed.connect(self._hear)
        self.look()

    def _hear(self, changed: Changes) -> None:
        is_due = Collection.INCIDENTS in changed or Collection.ALARMS in changed
        if is_due and not self._pause.isActive():
            self._pause.start()

    def look(self) -> None:
        """See what calls now."""
        board = self._screen.board
        self._screen.reader.ask(lambda: read_calls(board), self._take_in, slot="call bell")

    def _take_in(self, calling: frozenset[Key]) -> None:
        known, self._known = self._known, calling
        if known is not None and calling - known:
            ring(self._screen, is_grave=True)


def ring(screen: UiContext, *, is_grave: bool) -> None:
    """Have something new heard, where the profile lets it be at this time of day.

    By the system's own signal: its loudness is the system's, too.
    """
    local = f"{formatting.local(screen.board.now()):%H:%M}"
    if screen.sound.lets(local, is_grave=is_grave):
        QApplication.beep()


def read_calls(board: Board) -> frozenset[Key]:
    """Return the grave matters that nobody has acknowledged."""
    rows = board.incident_rows(board.incident_numbers(IncidentFilter(open_only=True), limit=URGENT))
    alarms = (group.alarm for group in filter(is_alarm_calling, board.alarms()))
    return frozenset(
        (
            *(row.key for row in filter(is_calling, rows)),
            *(Key(each.source, Collection.ALARMS, each.id) for each in alarms),
        )
    )
