"""A clock that follows a server, and whose own computer's clock is set meanwhile."""

from __future__ import annotations

import pytest

from desktop.domain.clock import CorrectedClock, click_time, clock_problem, is_before_bound, is_told
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from desktop.domain.source import Problem
from support.builders import NOW, FakeClock


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
    assert (clock.is_told, clock.jumps) == (True, 1)


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


def test_a_clock_set_wrong_and_right_again_is_as_if_nobody_had_touched_it(
    inner: FakeClock, clock: CorrectedClock
):
    clock.follow(90 * SECOND)
    clock.now()
    inner.at += 39 * HOUR
    assert clock.now() == NOW + 39 * HOUR + 90 * SECOND
    inner.advance(HOUR)
    clock.now()
    inner.at -= 39 * HOUR - 2 * MINUTE
    assert clock.now() == NOW + HOUR + 2 * MINUTE + 90 * SECOND
    assert not clock.is_told


def test_a_clock_set_back_by_less_than_it_slept_stops_no_time(
    inner: FakeClock, clock: CorrectedClock
):
    clock.follow(0)
    clock.now()
    inner.at += 8 * HOUR
    clock.now()
    inner.at -= HOUR
    assert clock.now() == NOW + 8 * HOUR


def test_what_a_server_told_since_is_not_undone(inner: FakeClock, clock: CorrectedClock):
    clock.now()
    inner.at += 8 * HOUR
    clock.now()
    clock.follow(0)
    inner.at -= 8 * HOUR
    assert (clock.now(), clock.is_told) == (NOW + 8 * HOUR, True)


def test_hands_read_apart_on_a_busy_computer_are_no_jump(inner: FakeClock, clock: CorrectedClock):
    clock.now()
    told = iter([0.0, 70.0])
    inner.monotonic_s = lambda: next(told)  # type: ignore[method-assign]
    clock.now()
    inner.monotonic_s = lambda: 70.0  # type: ignore[method-assign]
    inner.at += 70 * SECOND
    assert (clock.now(), clock.jumps) == (NOW + 70 * SECOND, 0)


@pytest.mark.parametrize(
    ("offset_ms", "problem"),
    [
        (MINUTE, None),
        (-MINUTE, None),
        (2 * DAY + 5 * SECOND, Problem("clock_slow", {"by_ms": str(2 * DAY)})),
        (-90 * SECOND, Problem("clock_fast", {"by_ms": str(MINUTE)})),
    ],
)
def test_more_than_a_minute_off_is_said(
    clock: CorrectedClock, offset_ms: int, problem: Problem | None
):
    clock.follow(offset_ms)
    assert clock_problem(clock, 0) == problem


def test_a_clock_from_before_the_last_contact_is_no_time_to_give_commands_by(
    inner: FakeClock, clock: CorrectedClock
):
    assert clock_problem(clock, NOW + MINUTE) is None
    assert clock_problem(clock, NOW + HOUR) == Problem("clock_set_back", {"by_ms": str(HOUR)})
    assert (click_time(clock, NOW + HOUR), click_time(clock, NOW - HOUR)) == (NOW + HOUR, NOW)
    clock.follow(0)
    assert (click_time(clock, NOW + HOUR), clock_problem(clock, NOW + HOUR)) == (NOW, None)


def test_a_clock_set_back_while_the_program_was_off_goes_on_from_the_bound(
    inner: FakeClock, clock: CorrectedClock
):
    inner.at -= 3650 * DAY
    clock.not_before(NOW)
    assert (clock.now(), clock.behind_ms, clock.bounded_at) == (NOW, 3650 * DAY, NOW)
    inner.advance(HOUR)
    assert (clock.now(), clock.surely_past()) == (NOW + HOUR, NOW + HOUR)
    assert clock_problem(clock, 0) == Problem("clock_set_back", {"by_ms": str(3650 * DAY)})
    assert is_before_bound(clock, NOW)
    assert not is_before_bound(clock, NOW + MINUTE)


def test_a_server_that_tells_the_time_is_believed_over_the_bound(
    inner: FakeClock, clock: CorrectedClock
):
    inner.at -= DAY
    clock.not_before(NOW)
    clock.follow(HOUR)
    assert (clock.now(), clock.behind_ms) == (NOW - DAY + HOUR, 0)
    assert clock.surely_past() == NOW - DAY + HOUR
    assert not is_before_bound(clock, NOW)


def test_a_computer_that_was_off_for_a_while_goes_by_its_own_clock(
    inner: FakeClock, clock: CorrectedClock
):
    clock.not_before(NOW - HOUR)
    assert (clock.now(), clock.behind_ms, clock.bounded_at) == (NOW, 0, None)
    assert clock.surely_past() == NOW - HOUR, "its own clock may be fast"


def test_what_a_server_told_is_a_bound_after_a_jump_too(inner: FakeClock, clock: CorrectedClock):
    clock.follow(HOUR)
    clock.now()
    inner.at += DAY
    clock.now()
    assert not clock.is_told
    inner.advance(MINUTE)
    assert clock.surely_past() == NOW + HOUR + MINUTE


def test_a_clock_that_is_nobodys_to_correct_is_not_told_of(inner: FakeClock):
    assert (is_told(inner), clock_problem(inner, NOW + HOUR)) == (False, None)
