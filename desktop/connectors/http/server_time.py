"""The offset of a server's clock from this computer's, measured from its answers."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.connectors.http.errors import http_date_at
from desktop.domain.clock import Clock, computer_now
from desktop.domain.instant import SECOND, Instant

HALF_A_SECOND_MS = 500


class ServerTime:
    """Estimate of a server's clock offset, from the times of request and answer and its `Date`."""

    def __init__(self, clock: Clock) -> None:
        self.offset_ms: int | None = None
        """Server time minus this computer's."""
        self._clock = clock
        self._asked_at = self._heard_at = 0

    def ask(self) -> None:
        """Note that a request leaves now."""
        self._asked_at = computer_now(self._clock)

    def hear(self) -> None:
        """Note that the head of its answer has arrived now."""
        self._heard_at = computer_now(self._clock)

    def note(self, server_at: Instant) -> None:
        """Take the offset from the time of an answer.

        Its error is at most half the round trip: an earlier offset within that error is kept.
        """
        offset_ms = server_at - (self._asked_at + self._heard_at) // 2
        doubt_ms = max(0, self._heard_at - self._asked_at) // 2
        if self.offset_ms is None or abs(offset_ms - self.offset_ms) > doubt_ms:
            self.offset_ms = offset_ms

    def note_date(self, headers: Mapping[str, str]) -> None:
        """Take the offset from the `Date` of an answer, and its `Age` if it came out of a cache."""
        said_at = http_date_at(headers.get("Date", ""))
        if said_at is not None:
            age = headers.get("Age", "")
            age_s = int(age[:9]) if age.isascii() and age.isdigit() else 0
            self.note(said_at + age_s * SECOND + HALF_A_SECOND_MS)
