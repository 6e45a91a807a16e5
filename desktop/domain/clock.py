"""Clocks: this computer's, and the same corrected by what servers say."""

from __future__ import annotations

import time
from typing import Protocol

from desktop.domain.instant import SECOND, Instant


class Clock(Protocol):
    """Where the time comes from; tests bring their own."""

    def now(self) -> Instant:
        """The present instant."""

    def monotonic_s(self) -> float:
        """Seconds that never run backwards, for waits and rates."""


class SystemClock:
    """This computer's clock, right or wrong."""

    def now(self) -> Instant:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()


class CorrectedClock:
    """A clock that follows a server's time, so that ages and deadlines stay true.

    Thread-safe: the offset is one integer, replaced whole.
    """

    DRIFT_WORTH_SAYING_MS = 30 * SECOND

    def __init__(self, inner: Clock, offset_ms: int = 0) -> None:
        self.inner = inner
        """This computer's own clock."""
        self.offset_ms = offset_ms

    def now(self) -> Instant:
        return self.inner.now() + self.offset_ms

    def monotonic_s(self) -> float:
        return self.inner.monotonic_s()

    def follow(self, offset_ms: int) -> None:
        """Follow a server whose clock runs `offset_ms` ahead of this computer's.

        A difference of under a second is left alone, so that the clock does not jitter.
        """
        if abs(offset_ms - self.offset_ms) >= SECOND:
            self.offset_ms = offset_ms

    @property
    def drifting(self) -> bool:
        """Whether this computer's clock is wrong enough to be shown."""
        return abs(self.offset_ms) > self.DRIFT_WORTH_SAYING_MS
