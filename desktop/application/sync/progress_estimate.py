"""How long the rest of a download takes, by its rate so far."""

from __future__ import annotations

import msgspec

from desktop.domain.clock import Clock
from desktop.domain.source import Progress

LEAST_S = 1.0
"""Over a shorter time a rate says nothing."""


class ProgressEstimate:
    """The seconds to go of one download after another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_s, self._first, self._last = 0.0, 0.0, 2.0

    def reckon(self, progress: Progress) -> Progress:
        """Return it with the seconds to go, once there is a rate."""
        now_s, share = self._clock.monotonic_s(), progress.share
        if share < self._last:
            self._began_s, self._first = now_s, share
        self._last = share
        passed_s, gained = now_s - self._began_s, share - self._first
        if passed_s < LEAST_S or gained <= 0.0:
            return progress
        left_s = (1.0 - share) * passed_s / gained
        return msgspec.structs.replace(progress, left_s=max(1, round(left_s)))
