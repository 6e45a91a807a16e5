"""Changes of the board, signalled on the GUI thread at a pace that screens can follow."""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.application.board import Board
from desktop.domain.command import Collection
from desktop.domain.instant import SECOND

PACE_MS = 200


class ChangeFeed(QObject):
    """A signal for changes gathered over 200 ms, and a tick at each full second."""

    changed = Signal(object)
    """A frozenset of the collections that changed; empty when only states or statuses did."""
    ticked = Signal(object)
    """The corrected time, once a second and near its beginning."""
    _heard = Signal()

    def __init__(self, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._lock = Lock()
        self._gathered: set[Collection] = set()
        self._waiting = False
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._tell)
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
        return self._waiting

    def close(self) -> None:
        """Stop listening and signalling."""
        self._unsubscribe()
        with self._lock:
            self._waiting = False
        self._pace.stop()
        self._second.stop()

    def _gather(self, changed: frozenset[Collection]) -> None:
        """Gather a change; runs on the thread that made it."""
        with self._lock:
            self._gathered |= changed
            if self._waiting:
                return
            self._waiting = True
        self._heard.emit()

    def _begin(self) -> None:
        if not self._pace.isActive():
            self._tell()

    def _tell(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            changed, self._gathered, self._waiting = frozenset(self._gathered), set(), False
        # Whatever comes within the pace from now on waits for its end.
        self._pace.start()
        self.changed.emit(changed)

    def _tick(self) -> None:
        self.ticked.emit(self._board.now())
        self._await_second()

    def _await_second(self) -> None:
        self._second.start(SECOND - self._board.now() % SECOND)
