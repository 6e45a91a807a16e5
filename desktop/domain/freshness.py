"""Freshness (数据时效): how far a value may still be believed."""

from __future__ import annotations

from enum import StrEnum

from desktop.domain.instant import Instant

AGEING_PERIODS = 3
"""Beyond this many expected periods a value is stale rather than ageing."""

MEASURED_PERIODS = 20
"""A single value is measured less often than its source is asked; within this many
expected periods of the source it is still called fresh."""


class Freshness(StrEnum):
    """fresh → ageing → stale, by the source's own expected period; unknown is never seen."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    UNKNOWN = "unknown"


def judge(seen_at: Instant | None, now: Instant, expected_period_ms: int) -> Freshness:
    """Judge how fresh something last seen at `seen_at` is at corrected time `now`.

    A moment ahead of `now` is as doubtful as one as far back: the clock has jumped, and the true
    age cannot be found. Clocks that differ by a little do no harm.
    """
    if seen_at is None:
        return Freshness.UNKNOWN
    age = abs(now - seen_at)
    if age <= expected_period_ms:
        return Freshness.FRESH
    return Freshness.AGEING if age <= AGEING_PERIODS * expected_period_ms else Freshness.STALE
