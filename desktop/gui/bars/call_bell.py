"""A sound at a desk when something grave newly calls; for the rest a desk is looked at."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.application.board import Board
from desktop.application.reads.read_models import AlarmGroup
from desktop.domain.alarm import Alarm, AlarmPriority
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.gui import formatting
from desktop.gui.context import UiContext

PAUSE_MS = 1_000
"""At most so often it is looked whether something calls, however much changes."""


class Matter(NamedTuple):
    """A grave matter that nobody has acknowledged."""

    keys: frozenset[Key]
    """Its row, and earlier ones of the same condition."""
    source: str
    calls: bool
    """Whether it is heard: an alarm that has returned is not."""
    is_led: bool = False
    """Whether it follows from what calls itself: a cascade is heard once."""


class Reading(NamedTuple):
    """What waited at one moment, and the sources that had given all they have before it."""

    matters: tuple[Matter, ...]
    heard: frozenset[str]


class CallBell(QObject):
    """Rings once for all that has begun to call since it was looked last.

    Not for what a source gives at first, nor again for what returns unacknowledged.
    """

    def __init__(self, screen: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._screen = screen
        self._known: frozenset[Key] = frozenset()
        self._heard: frozenset[str] = frozenset()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.look)
        screen.feed.changed.connect(self._hear)
        self.look()

    def _hear(self, changed: Changes) -> None:
        is_due = changed.sources or changed & {Collection.INCIDENTS, Collection.ALARMS}
        if is_due and not self._pause.isActive():
            self._pause.start()

    def look(self) -> None:
        """See what calls now."""
        board = self._screen.board
        self._screen.reader.ask(lambda: read_matters(board), self._take_in, slot="call bell")

    def _take_in(self, found: Reading) -> None:
        known, heard, self._heard = self._known, self._heard, found.heard
        calling = (each for each in found.matters if each.calls and not each.is_led)
        new = [each for each in calling if not each.keys & known]
        kept = (each.keys for each in found.matters if each.calls or each.keys & known)
        self._known = frozenset().union(*kept)
        if any(each.source in heard for each in new):
            ring(self._screen, is_grave=True)


def ring(screen: UiContext, *, is_grave: bool) -> None:
    """Have something new heard, where the profile lets it be at this time of day.

    By the system's own signal: its loudness is the system's, too.
    """
    local = f"{formatting.local(screen.board.now()):%H:%M}"
    if screen.sound.lets(local, is_grave=is_grave):
        QApplication.beep()


def read_matters(board: Board) -> Reading:
    """Return the grave matters that nobody has acknowledged."""
    heard = frozenset(each.id for each in board.statuses() if not each.never_seen)
    incidents = (
        Matter(frozenset({row.key}), row.key.source, True) for row in board.calling_incidents()
    )
    alarms = (
        _matter(each, is_led=each is not group and _is_grave(group) and group.stands)
        for group in board.alarms()
        for each in (group, *group.followers)
        if _is_grave(each)
    )
    return Reading((*incidents, *alarms), heard)


def _is_grave(alarm: AlarmGroup) -> bool:
    """Whether an alarm is of high priority, and nobody has acknowledged it."""
    return alarm.calls and alarm.alarm.priority is AlarmPriority.HIGH


def _matter(alarm: AlarmGroup, *, is_led: bool) -> Matter:
    keys = frozenset(map(_key, (alarm.alarm, *alarm.repeats)))
    return Matter(keys, alarm.alarm.source, alarm.stands, is_led)


def _key(alarm: Alarm) -> Key:
    return Key(alarm.source, Collection.ALARMS, alarm.id)
