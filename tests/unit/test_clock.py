"""A clock that follows a server, and whose own computer's clock is set meanwhile."""

from __future__ import annotations

import pytest

from desktop.domain.clock import CorrectedClock
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from fakes.builders import NOW, FakeClock


@pytest.fixture
def inner() -> FakeClock:
    return FakeClock()


@pytest.fixture
def clock(inner: FakeClock) -> CorrectedClock:
    return CorrectedClock(inner)


def test_an_offset_of_an_earlier_run_is_used_but_not_told(clock: CorrectedClock):
    clock.assume(2 * DAY)
    assert (clock.now(), clock.is_told) == (NOW + 2 * DAY, False)
    clock.follow(2 * DAY)
    assert (clock.now(), clock.is_told) == (NOW + 2 * DAY, True)


def test_a_clock_set_back_while_the_program_runs_stops_no_time(
    inner: FakeClock, clock: CorrectedClock
):
    clock.follow(90 * SECOND)
    clock.now()
    inner.advance(HOUR)
    inner.at -= 3650 * DAY
    assert clock.now() == NOW + HOUR + 90 * SECOND
    inner.advance(HOUR)
    assert clock.now() == NOW + 2 * HOUR + 90 * SECOND
    assert (clock.is_told, clock.drifting, clock.jumps) == (True, True, 1)


def test_what_was_never_told_is_not_told_by_a_jump(inner: FakeClock, clock: CorrectedClock):
    clock.now()
    inner.at -= DAY
    assert (clock.now(), clock.is_told) == (NOW, False)


def test_a_jump_forward_may_be_sleep_and_leaves_the_offset_open(
    inner: FakeClock, clock: CorrectedClock
):
    clock.follow(0)
    clock.now()
    inner.at += DAY
    assert (clock.now(), clock.is_told) == (NOW + DAY, False)
    clock.follow(-DAY)
    assert (clock.now(), clock.is_told) == (NOW, True)


def test_hands_read_apart_on_a_busy_computer_are_no_jump(inner: FakeClock, clock: CorrectedClock):
    clock.now()
    told = iter([0.0, 70.0])
    inner.monotonic_s = lambda: next(told)  # type: ignore[method-assign]
    clock.now()
    inner.monotonic_s = lambda: 70.0  # type: ignore[method-assign]
    inner.at += 70 * SECOND
    assert (clock.now(), clock.jumps) == (NOW + 70 * SECOND, 0)


@pytest.mark.parametrize(("offset_ms", "wrong"), [(MINUTE, False), (MINUTE + 1, True)])
def test_more_than_a_minute_off_is_wrong(clock: CorrectedClock, offset_ms: int, wrong: bool):
    clock.follow(-offset_ms)
    assert clock.drifting is wrong
