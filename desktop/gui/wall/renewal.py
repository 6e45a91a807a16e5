"""A wall takes the county's new settings by itself: it begins anew in a quiet minute."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop.domain.instant import DAY, Instant
from desktop.domain.source import Problem
from desktop.gui.bulletin_watch import CAME
from desktop.gui.wall.state import WallState

LOOK_MS = 30_000
QUIET_LOOKS = 3
"""So many in succession at which nothing grave is on the wall make a quiet minute."""
PATIENCE_MS = DAY
"""A grave incident may be open for weeks; then it is enough that nothing calls."""


class Renewal(QObject):
    """Nobody presses anything on a wall, and it runs for months; costs nothing until then.

    Once for each number of settings: those with which it does not come up it leaves by itself.
    """

    def __init__(
        self,
        read_state: Callable[[], WallState | None],
        now: Callable[[], Instant],
        restart: Callable[[], None],
        parent: QObject,
        can_return: Callable[[], bool] = lambda: True,
    ) -> None:
        """`can_return` says whether the wall would come up again with nobody there."""
        super().__init__(parent)
        self._read_state, self._now, self._restart = read_state, now, restart
        self._can_return = can_return
        self._since: Instant = 0
        self._quiet = 0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a quiet minute."""
        return self._timer.isActive()

    def hear(self, problem: Problem) -> None:
        """Wait for a quiet minute once the county has sent settings that change the wall."""
        if problem.code == CAME and not self.is_waiting:
            self._since, self._quiet = self._now(), 0
            self._timer.start()

    def look(self) -> None:
        """See whether it is quiet now, and begin anew where it has been for a while."""
        self._quiet = self._quiet + 1 if self._is_quiet() else 0
        if self._quiet >= QUIET_LOOKS and self._can_return():
            self.close()
            self._restart()

    def close(self) -> None:
        """Wait no more; idempotent."""
        self._timer.stop()

    def _is_quiet(self) -> bool:
        state = self._read_state()
        if state is None or state.matters:
            return False
        return not state.is_grave or abs(self._now() - self._since) >= PATIENCE_MS
