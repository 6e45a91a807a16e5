"""Link sense: what is measured of a line, and what is asked of it for that."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop.application.budget.link_estimator import (
    FALLS_BELOW,
    LONGEST_MEMORY_S,
    PAGE_BYTES,
    PIECE_BYTES,
    RISES_AT,
    LinkEstimator,
    next_tier,
    pull_plan,
)
from desktop.domain.link import LinkState, LinkTier, RequestStats, TrafficClass
from support.builders import FakeClock


def a_body(bits_per_s: float, size: int = 64_000, **changes: Any) -> RequestStats:
    """A long body as a line of that width brings it, on a kept connection."""
    told: dict[str, Any] = {
        "kind": TrafficClass.SNAPSHOT,
        "sent": 200,
        "received": size,
        "delay_ms": 60.0,
        "body_ms": size * 8000 / bits_per_s,
    }
    return RequestStats(**(told | changes))


def a_poll(delay_ms: float | None = 60.0, **changes: Any) -> RequestStats:
    told: dict[str, Any] = {
        "kind": TrafficClass.CHANGES,
        "sent": 120,
        "received": 80 if delay_ms is not None else 0,
        "delay_ms": delay_ms,
        "body_ms": 0.0,
    }
    return RequestStats(**(told | changes))


def sense(*heard: RequestStats) -> LinkEstimator:
    made = LinkEstimator(FakeClock())
    for traffic in heard:
        made.add_request(traffic)
    return made


def test_a_line_nobody_measured_is_unknown_and_carries_text():
    assert sense().state() == LinkState()
    assert not sense().state().weak


@given(st.floats(16_000, 1e9))
def test_a_width_is_read_off_long_bodies_within_a_tenth(bits: float):
    state = sense(*[a_body(bits)] * 3).state()
    assert state.bits_per_s is not None
    assert abs(state.bits_per_s / min(bits, 64_000 * 8000 / 5) - 1) < 0.1


def test_short_answers_tell_the_delay_and_not_the_width():
    state = sense(a_poll(600.0), a_poll(640.0), a_poll(620.0)).state()
    assert (state.bits_per_s, state.delay_ms) == (None, 620.0)


def test_a_new_connections_handshakes_are_not_the_delay():
    assert sense(a_poll(3_000.0, fresh=True)).state().delay_ms is None


def test_a_streams_silence_tells_nothing():
    assert sense(a_poll(45_000.0, kind=TrafficClass.HINTS)).state() == LinkState()


def test_one_measurement_that_went_astray_moves_nothing():
    steady = [a_body(64_000)] * 4
    assert sense(*steady, a_body(50e6), a_poll(9_000.0)).state().tier is LinkTier.TEXT
    assert sense(*steady, a_body(50e6)).state().bits_per_s == 64_000


def test_what_was_measured_long_ago_no_longer_holds():
    clock = FakeClock()
    link = LinkEstimator(clock)
    link.add_request(a_body(10e6))
    assert link.state().tier is LinkTier.ORIGINALS
    clock.advance(round(LONGEST_MEMORY_S * 1000) + 1)
    assert link.state() == LinkState()


def test_two_requests_without_an_answer_end_the_belief_in_a_good_line():
    link = sense(a_body(10e6), a_poll(None))
    assert link.state().tier is LinkTier.ORIGINALS
    link.add_request(a_poll(None))
    assert link.state().tier is LinkTier.TEXT


def test_another_network_begins_with_nothing_known():
    link = sense(a_body(10e6))
    link.forget()
    assert link.state() == LinkState()


@given(st.floats(FALLS_BELOW[LinkTier.ORIGINALS], RISES_AT[LinkTier.ORIGINALS] - 1))
def test_a_line_that_swings_below_the_threshold_keeps_the_tier_it_has(bits: float):
    assert next_tier(LinkTier.ORIGINALS, bits, 50.0) is LinkTier.ORIGINALS
    assert next_tier(LinkTier.THUMBNAILS, bits, 50.0) is LinkTier.THUMBNAILS


TIERS = list(LinkTier)


@given(
    st.sampled_from(TIERS),
    st.floats(1_000, 1e9),
    st.floats(1_000, 1e9),
    st.one_of(st.none(), st.floats(0, 60_000)),
)
def test_a_wider_line_never_has_the_lower_tier(tier, one, other, delay):
    low, high = sorted((one, other))
    assert TIERS.index(next_tier(tier, low, delay)) <= TIERS.index(next_tier(tier, high, delay))


@given(st.sampled_from(TIERS), st.floats(1_000, 1e9), st.floats(0, 60_000))
def test_a_tier_once_taken_is_not_left_on_the_same_line(tier, bits, delay):
    first = next_tier(tier, bits, delay)
    assert next_tier(first, bits, delay) is first


@given(st.one_of(st.none(), st.floats(0, 1e10)), st.one_of(st.none(), st.integers(0, 10**9)))
def test_no_plan_asks_for_less_or_more_than_is_sensible(bits, bulk_left):
    plan = pull_plan(LinkState(bits_per_s=bits), bulk_left=bulk_left)
    assert PAGE_BYTES[0] <= plan.page_bytes <= PAGE_BYTES[1]
    assert PIECE_BYTES[0] <= plan.piece_bytes <= PIECE_BYTES[1]
    assert plan.allow_snapshot is (bulk_left is None or bulk_left >= PIECE_BYTES[0])


def test_a_page_is_two_seconds_and_a_piece_four_of_the_line():
    plan = pull_plan(LinkState(bits_per_s=64_000))
    assert (plan.page_bytes, plan.piece_bytes, plan.lean) == (16_000, 32_000, True)
