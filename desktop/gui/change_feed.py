"""Changes of the board, signalled on the GUI thread at a pace that screens can follow."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QWindow

from desktop.application.board import Board
from desktop.domain.changes import NOTHING, Changes
from desktop.domain.instant import SECOND

PACE_MS = 200
RESTING_PACE_MS = 5_000
RESTING_SECONDS = 10


class ChangeFeed(QObject):
    """A signal for changes gathered over 200 ms, and a tick at each full second."""

    changed = Signal(object)
    """The `Changes` of the last 200 ms; never nothing."""
    ticked = Signal(object)
    """The corrected time, once a second and near its beginning."""
    _heard = Signal()

    def __init__(self, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._lock = Lock()
        self._gathered = NOTHING
        self._resting = False
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self.tell_now)
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.setTimerType(Qt.TimerType.PreciseTimer)
        self._second.timeout.connect(self._tick)
        self._heard.connect(self._begin, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = board.listeners.subscribe(self._gather)
        self._await_second()

    @property
    def waiting(self) -> bool:
        """Whether a change has not been signalled yet."""
        return not self._gathered.is_nothing

    def tell_now(self) -> None:
        """Signal what was gathered, as when the officer waits to see what he did himself."""
        with self._lock:
            if not self.waiting:
                return
            changed, self._gathered = self._gathered, NOTHING
        # Whatever comes within the pace from now on waits for its end.
        self._pace.start()
        self.changed.emit(changed)

    def rest_with(self, window: QWindow) -> None:
        """Signal seldom while nobody can see the window; at once and as usual again afterwards."""
        window.visibilityChanged.connect(self._rest)

    def _rest(self, seen: QWindow.Visibility) -> None:
        resting = seen in (QWindow.Visibility.Hidden, QWindow.Visibility.Minimized)
        if resting == self._resting:
            return
        self._resting = resting
        self._pace.setInterval(RESTING_PACE_MS if resting else PACE_MS)
        if resting:
            self._await_second()
        else:
            self._pace.stop()
            self.tell_now()
            self._tick()

    def close(self) -> None:
        """Stop listening and signalling."""
        self._unsubscribe()
        with self._lock:
            self._gathered = NOTHING
        self._resting = False
        self._pace.stop()
        self._second.stop()

    def _gather(self, changed: Changes) -> None:
        """Gather a change; runs on the thread that made it."""
        with self._lock:
            was_waiting = self.waiting
            self._gathered = self._gathered.join(changed)
            if was_waiting or not self.waiting:
                return
        self._heard.emit()

    def _begin(self) -> None:
        if not self._pace.isActive():
            self.tell_now()

    def _tick(self) -> None:
        self.ticked.emit(self._board.now())
        self._await_second()

    def _await_second(self) -> None:
        wait_ms = SECOND - self._board.now() % SECOND
        self._second.start(wait_ms + (RESTING_SECONDS - 1) * SECOND * self._resting)
