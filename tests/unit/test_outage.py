"""What is said of sources that fail: who, since when, and of what time their data is."""

from __future__ import annotations

import msgspec

from desktop.application.sync.progress_estimate import ProgressEstimate
from desktop.domain.outage import find_outage
from desktop.domain.source import Problem, Progress
from support.builders import NOW, FakeClock
from support.sample_board import a_status

GONE = Problem("unreachable", {"address": "a", "reason": "b"})
WORKS = a_status(id="works", last_good_at=NOW)
FAILS = a_status(id="fails", last_good_at=NOW - 9, failing_since=NOW - 5, problem=GONE)
LOCKED = a_status(
    id="locked", last_good_at=NOW - 7, failing_since=NOW, problem=Problem("password_refused")
)


def test_while_all_work_or_their_first_answer_is_due_nothing_is_said():
    assert find_outage([]) is None
    assert find_outage([WORKS]) is None
    assert find_outage([msgspec.structs.replace(FAILS, awaited=True)]) is None


def test_the_first_failure_and_the_oldest_data_count():
    found = find_outage([FAILS, LOCKED])
    assert found is not None
    assert (found.since, found.data_at) == (NOW - 5, NOW - 9)
    assert found.is_total
    assert not found.is_silent, "one of them answered, but gave no data"


def test_one_that_works_makes_it_partial_and_one_never_heard_leaves_no_time():
    found = find_outage([WORKS, FAILS])
    assert found is not None
    assert (found.sources, found.is_total, found.is_silent) == ((FAILS,), False, True)
    never = a_status(id="never", last_good_at=None, failing_since=NOW, problem=GONE)
    found = find_outage([FAILS, never])
    assert found is not None
    assert found.data_at is None


def test_the_seconds_to_go_follow_the_rate_and_begin_anew_with_another_download():
    clock = FakeClock()
    estimate = ProgressEstimate(clock)
    begun = Progress(0, 100, 0.0)
    assert estimate.reckon(begun) == begun
    clock.advance(500)
    assert estimate.reckon(Progress(5, 100, 0.05)).left_s is None, "too short for a rate"
    clock.advance(1_500)
    assert estimate.reckon(Progress(20, 100, 0.2)).left_s == 8
    assert estimate.reckon(begun).left_s is None
    clock.advance(4_000)
    assert estimate.reckon(Progress(50, 100, 0.5)).left_s == 4
