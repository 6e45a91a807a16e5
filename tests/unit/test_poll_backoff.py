"""How often a source is asked."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from desktop.application.sync.poll_backoff import FIRST_RETRY_S, LONGEST_RETRY_S, PollBackoff


def pace(period_s: float = 40.0) -> PollBackoff:
    return PollBackoff(period_s, random.Random(7))


def test_a_quiet_source_is_asked_ever_later_but_still_within_its_expected_period():
    quiet = pace(40.0)
    waits = [quiet.after_success(changed=False) for _ in range(10)]
    assert waits[0] < waits[1] < waits[2]
    assert min(waits[2:]) >= 40.0 * 0.9 * 0.95
    assert max(waits) <= 40.0 * 0.9


def test_a_change_brings_the_next_pull_nearer():
    source = pace(40.0)
    for _ in range(6):
        long_wait = source.after_success(changed=False)
    assert source.after_success(changed=True) < long_wait / 3


def test_failures_wait_longer_each_time_up_to_the_ceiling():
    source = pace()
    waits = [source.after_failure() for _ in range(14)]
    assert waits[0] <= FIRST_RETRY_S
    assert waits[4] > waits[0]
    assert max(waits) <= LONGEST_RETRY_S
    assert waits[-1] >= LONGEST_RETRY_S / 2


def test_two_desks_do_not_come_back_in_step():
    waits = {PollBackoff(40, random.Random(seed)).after_failure() for seed in range(20)}
    assert len(waits) == 20


@given(st.floats(0, 10_000), st.integers(1, 20))
def test_a_server_that_names_a_time_is_never_asked_sooner(retry_after_s: float, failures: int):
    source = pace()
    for _ in range(failures):
        wait_s = source.after_failure(retry_after_s)
    assert wait_s >= retry_after_s


def test_a_success_ends_the_back_off():
    source = pace()
    for _ in range(10):
        source.after_failure()
    source.after_success(changed=True)
    assert source.after_failure() <= FIRST_RETRY_S


def test_an_idle_hour_of_a_county_costs_at_most_25_kb_without_any_hints():
    poll_bytes, period_s = 160, 30.0
    quiet = pace(period_s)
    for _ in range(10):
        quiet.after_success(changed=False)
    waited_s, polls = 0.0, 0
    while waited_s < 3600:
        waited_s += quiet.after_success(changed=False)
        polls += 1
    assert polls * poll_bytes <= 25_000


def test_a_spent_day_is_asked_at_the_longest_pace_whatever_changes():
    source = pace(40.0)
    assert source.after_success(changed=True, spent=True) >= 40.0 * 0.9 * 0.95
