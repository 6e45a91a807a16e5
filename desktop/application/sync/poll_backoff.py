"""How often to ask a source: sooner while things change, later while they fail."""

from __future__ import annotations

import random

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 120.0
LEAST_INTERVAL_S = 1.0
LATER = 1.1
"""Waits may be so many times longer than a server asked for: it asked every desk for the same."""


class PollBackoff:
    """The wait before a source's next pull. One thread uses it."""

    def __init__(self, expected_period_s: float, rng: random.Random) -> None:
        self._rng = rng
        # Asked within its expected period, a quiet source still reads as fresh; no sooner than
        # that, because every poll of an idle day is paid for.
        self._longest_s = max(LEAST_INTERVAL_S, expected_period_s * 0.9)
        self._shortest_s = min(self._longest_s, max(LEAST_INTERVAL_S, expected_period_s / 8))
        self._interval_s = self._shortest_s
        self._failures = 0
        self._refusals = 0

    def after_success(self, *, changed: bool, spent: bool = False) -> float:
        """Seconds to wait: short after a change, doubling up to the expected period while quiet.

        On a day whose bytes are `spent` it is the longest at once.
        """
        self._failures = 0
        wait_s = self._shortest_s if changed else min(self._longest_s, self._interval_s * 2)
        self._interval_s = self._longest_s if spent else wait_s
        return self._interval_s * self._rng.uniform(0.95, 1.0)

    def after_failure(self, retry_after_s: float | None = None) -> float:
        """Seconds to wait: doubling with jitter, so that fifty desks do not return at once.

        Never sooner than the server asked for. A wait cut short counts as a failure like another:
        the next one is longer.
        """
        self._failures += 1
        return self._longer(self._failures, retry_after_s)

    def after_refusal(self, retry_after_s: float) -> float:
        """Seconds to keep commands back that a server, asked for rows, would still give."""
        self._refusals += 1
        return self._longer(self._refusals, retry_after_s)

    def note_accepted(self) -> None:
        """Reset the count of refusals: commands were taken, or there were none."""
        self._refusals = 0

    def _longer(self, times: int, asked_s: float | None) -> float:
        ceiling: float = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(times - 1, 10))
        own_s = ceiling * self._rng.uniform(0.5, 1.0)
        return max(own_s, (asked_s or 0.0) * self._rng.uniform(1.0, LATER))
