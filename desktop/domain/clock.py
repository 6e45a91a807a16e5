"""Clocks: this computer's own, and one corrected by servers' time."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from desktop.domain.instant import MINUTE, SECOND, Instant
from desktop.domain.source import Problem

CLOCK_OFF_MS = MINUTE
"""Beyond this difference a clock is shown as wrong, and its reading is sent with commands."""
SET_RIGHT_MS = 5 * MINUTE
"""How exactly a person sets a clock back to where it was before it was set wrong."""
BUSY_S = 0.2
"""Longest time that reading both clocks may take; beyond it the computer was busy in between and
the pair is not compared."""


class Clock(Protocol):
    """A source of time; tests bring their own."""

    def now(self) -> Instant:
        """Return the present instant."""

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

    Thread-safe. If the inner clock is set back while the program runs, the time goes on: no clock
    goes back by itself. If it is set forward, that looks like sleep: the jump is followed, and the
    offset is not known until a server has given the time again. If it then goes back by as much,
    it was no sleep but a wrong setting, and the time is as if neither had been. If it was set back
    while the program was off, the time goes on from the bound of an earlier run.
    """

    def __init__(self, inner: Clock, offset_ms: int = 0) -> None:
        self.inner = inner
        """This computer's own clock."""
        self.offset_ms = offset_ms
        self.jumps = 0
        """How often the inner clock was seen to jump."""
        self._told_at_jump = -1
        """The value of `jumps` when a server last gave the time."""
        self._ahead_ms = 0
        """How far the inner clock last jumped forward, while no server has given the time since."""
        self._hands: tuple[float, Instant] | None = None
        self._since: tuple[float, Instant] | None = None
        """The monotonic time and the instant it corresponds to, from which the lower bound
        counts."""
        self._reading = threading.Lock()

    def now(self) -> Instant:
        with self._reading:
            # Read first: a jump changes the offset.
            at = self._read() + self.offset_ms
            return at if self.is_told else max(at, self._lower_bound())

    def monotonic_s(self) -> float:
        return self.inner.monotonic_s()

    def not_before(self, at: Instant) -> None:
        """Show no time before `at` from now on, until a server gives the time in this run."""
        with self._reading:
            if at > self._lower_bound():
                self._since = self.inner.monotonic_s(), at

    def surely_past(self) -> Instant:
        """Return the latest moment that has surely passed, to be the bound of the next run; 0 when
        there is none."""
        if self.is_told:
            return self.now()
        with self._reading:
            return self._lower_bound()

    @property
    def behind_ms(self) -> int:
        """How far, at least, this computer's clock is behind a moment that has passed; else 0.

        While it is positive, `now()` is a lower bound: the true time is that or later.
        """
        with self._reading:
            if self.is_told:
                return 0
            behind = self._lower_bound() - (self._read() + self.offset_ms)
            return behind if behind > CLOCK_OFF_MS else 0

    @property
    def bounded_at(self) -> Instant | None:
        """The moment of an earlier run from which time is counted now; None when it is not.

        The age of anything seen up to then is only a minimum.
        """
        return self._since[1] if self._since is not None and self.behind_ms else None

    def _lower_bound(self) -> Instant:
        if self._since is None:
            return 0
        since_s, at = self._since
        return at + round((self.inner.monotonic_s() - since_s) * 1000)

    def assume(self, offset_ms: int) -> None:
        """Use an offset from an earlier run until a server gives the time in this one."""
        self.offset_ms = offset_ms

    def follow(self, offset_ms: int) -> None:
        """Follow a server whose clock runs `offset_ms` ahead of this computer's.

        A difference of under a second is left alone, so that the clock does not jitter.
        """
        with self._reading:
            self._read()
            self._told_at_jump, self._ahead_ms = self.jumps, 0
            if abs(offset_ms - self.offset_ms) >= SECOND:
                self.offset_ms = offset_ms

    @property
    def is_told(self) -> bool:
        """Whether a server has given the time since the inner clock last jumped."""
        return self._told_at_jump == self.jumps

    def _read(self) -> Instant:
        """Read the inner clock, checking whether it has jumped."""
        before_s = self.inner.monotonic_s()
        at = self.inner.now()
        if self.inner.monotonic_s() - before_s < BUSY_S:
            self._compare(before_s, at)
        return at

    def _compare(self, at_s: float, at: Instant) -> None:
        """Detect a jump of the inner clock by comparing how far both clocks went since the last
        look."""
        before, self._hands = self._hands, (at_s, at)
        if before is None:
            return
        jump_ms = at - before[1] - round((at_s - before[0]) * 1000)
        if abs(jump_ms) <= MINUTE:
            return
        told = self.is_told
        if told:
            self._since = before[0], before[1] + self.offset_ms
        self.jumps += 1
        if jump_ms > 0:
            self._ahead_ms = jump_ms
            return
        was_wrong = self._ahead_ms and abs(self._ahead_ms + jump_ms) <= SET_RIGHT_MS
        self._ahead_ms = 0
        if not was_wrong:
            self.offset_ms -= jump_ms
        self._told_at_jump = self.jumps if told else -1


def is_told(clock: Clock) -> bool:
    """Whether a server has given the time since this computer's clock was last set."""
    return isinstance(clock, CorrectedClock) and clock.is_told


def click_time(clock: Clock, heard_at: Instant) -> Instant:
    """Return the moment of a click, never earlier than the last contact with the server.

    `heard_at` is that contact; once a server has given the time in this run, that time is used
    alone.
    """
    return clock.now() if is_told(clock) else max(clock.now(), heard_at)


def is_before_bound(clock: Clock, at: Instant | None) -> bool:
    """Whether the age of something seen at `at` is only a minimum, because the clock was set
    back."""
    bounded_at = clock.bounded_at if isinstance(clock, CorrectedClock) else None
    return at is not None and bounded_at is not None and at <= bounded_at


def clock_problem(clock: Clock, heard_at: Instant) -> Problem | None:
    """Return what is wrong with this computer's clock, as far as the program can tell; else
    None."""
    if not isinstance(clock, CorrectedClock):
        return None
    behind_ms = max(clock.behind_ms, click_time(clock, heard_at) - clock.now())
    if behind_ms > CLOCK_OFF_MS:
        return Problem("clock_set_back", {"by_ms": str(behind_ms // MINUTE * MINUTE)})
    return offset_problem(clock.offset_ms)


def offset_problem(offset_ms: int) -> Problem | None:
    """Return the problem of a clock that is `offset_ms` behind the server's; None when it is
    right."""
    if abs(offset_ms) <= CLOCK_OFF_MS:
        return None
    code = "clock_slow" if offset_ms > 0 else "clock_fast"
    return Problem(code, {"by_ms": str(abs(offset_ms) // MINUTE * MINUTE)})


def computer_now(clock: Clock) -> Instant:
    """Return this computer's own time, even if `clock` is a corrected one."""
    return int(getattr(clock, "inner", clock).now())
