"""Clocks: this computer's, and the same corrected by what servers say."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from desktop.domain.instant import MINUTE, SECOND, Instant
from desktop.domain.source import Problem

CLOCK_OFF_MS = MINUTE
"""By more than this a clock is wrong enough to be shown, and to be told with commands."""
BUSY_S = 0.2
"""Reading both hands takes far less; a computer that was busy meanwhile read them apart."""


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

    Thread-safe. Where the inner clock is set back while the program runs, the time goes on:
    no clock goes back by itself. One set forward looks like sleep: it is followed, and the
    offset is not known until a server has told the time again.
    """

    def __init__(self, inner: Clock, offset_ms: int = 0) -> None:
        self.inner = inner
        """This computer's own clock."""
        self.offset_ms = offset_ms
        self.jumps = 0
        """How often the inner clock was seen to jump."""
        self._told_at_jump = -1
        """How often it had jumped when a server last told the time."""
        self._hands: tuple[float, Instant] | None = None
        self._reading = threading.Lock()

    def now(self) -> Instant:
        with self._reading:
            # Read first: a jump changes the offset.
            at = self._read()
            return at + self.offset_ms

    def monotonic_s(self) -> float:
        return self.inner.monotonic_s()

    def assume(self, offset_ms: int) -> None:
        """Go by an offset from an earlier run, until a server tells the time in this one."""
        self.offset_ms = offset_ms

    def follow(self, offset_ms: int) -> None:
        """Follow a server whose clock runs `offset_ms` ahead of this computer's.

        A difference of under a second is left alone, so that the clock does not jitter.
        """
        with self._reading:
            self._read()
            self._told_at_jump = self.jumps
            if abs(offset_ms - self.offset_ms) >= SECOND:
                self.offset_ms = offset_ms

    @property
    def is_told(self) -> bool:
        """Whether a server has told the time since the inner clock last jumped."""
        return self._told_at_jump == self.jumps

    def _read(self) -> Instant:
        """What the inner clock shows, with a look whether it has jumped."""
        before_s = self.inner.monotonic_s()
        at = self.inner.now()
        if self.inner.monotonic_s() - before_s < BUSY_S:
            self._compare(before_s, at)
        return at

    def _compare(self, at_s: float, at: Instant) -> None:
        """Notice a jump of the inner clock by how far both hands went since the last look."""
        before, self._hands = self._hands, (at_s, at)
        if before is None:
            return
        jump_ms = at - before[1] - round((at_s - before[0]) * 1000)
        if abs(jump_ms) <= MINUTE:
            return
        told = self.is_told
        self.jumps += 1
        if jump_ms < 0:
            self.offset_ms -= jump_ms
            self._told_at_jump = self.jumps if told else -1


def is_told(clock: Clock) -> bool:
    """Whether a server has told the time since this computer's clock was last set."""
    return isinstance(clock, CorrectedClock) and clock.is_told


def click_time(clock: Clock, heard_at: Instant) -> Instant:
    """The moment of a click: nothing is given before a contact that was before it.

    `heard_at` is the last contact; what a server tells in this run is believed over it.
    """
    return clock.now() if is_told(clock) else max(clock.now(), heard_at)


def clock_problem(clock: Clock, heard_at: Instant) -> Problem | None:
    """What is wrong with this computer's clock, as far as it can be known."""
    if not isinstance(clock, CorrectedClock):
        return None
    if click_time(clock, heard_at) > clock.now() + CLOCK_OFF_MS:
        return Problem("clock_set_back")
    return offset_problem(clock.offset_ms)


def offset_problem(offset_ms: int) -> Problem | None:
    """What to tell of a clock that a server's is `offset_ms` ahead of; None when it is right."""
    if abs(offset_ms) <= CLOCK_OFF_MS:
        return None
    code = "clock_slow" if offset_ms > 0 else "clock_fast"
    return Problem(code, {"by_ms": str(abs(offset_ms) // MINUTE * MINUTE)})


def computer_now(clock: Clock) -> Instant:
    """This computer's own time, also when the clock given is a corrected one."""
    return int(getattr(clock, "inner", clock).now())
