"""A desk's clock, as wrong as it may be, over the one true time."""

from __future__ import annotations

from simulation.scheduler import Scheduler


class DeskClock:
    """See `domain.clock.Clock`: the computer's own clock of one desk."""

    def __init__(self, time: Scheduler) -> None:
        self._time = time
        self.off_s = 0.0
        """How far it is ahead of true time."""
        self.slept_s = 0.0
        """What its monotonic hand has missed: on some systems it stands still in sleep."""

    def now(self) -> int:
        """The present instant, as this computer has it."""
        return int((self._time.now_s + self.off_s) * 1000)

    def monotonic_s(self) -> float:
        """Seconds since the computer was started."""
        return self._time.now_s - self._time.start_s + 1000.0 - self.slept_s
