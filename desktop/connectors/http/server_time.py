"""How far a server's clock is from this computer's, from what its answers say."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.connectors.http.errors import http_date_at
from desktop.domain.clock import Clock, computer_now
from desktop.domain.instant import SECOND, Instant

HALF_A_SECOND_MS = 500


class ServerTime:
    """Told when a request leaves, when it is answered, and what time the answer says."""

    def __init__(self, clock: Clock) -> None:
        self.offset_ms: int | None = None
        """Server time minus this computer's."""
        self._clock = clock
        self._asked_at = self._heard_at = 0

    def ask(self) -> None:
        """A request leaves now."""
        self._asked_at = computer_now(self._clock)

    def hear(self) -> None:
        """The head of its answer is here now."""
        self._heard_at = computer_now(self._clock)

    def note(self, server_at: Instant) -> None:
        """Take the offset from the time of an answer.

        An answer that was long under way tells it no better than by half of that: what is
        known already and agrees with it stays.
        """
        offset_ms = server_at - (self._asked_at + self._heard_at) // 2
        doubt_ms = max(0, self._heard_at - self._asked_at) // 2
        if self.offset_ms is None or abs(offset_ms - self.offset_ms) > doubt_ms:
            self.offset_ms = offset_ms

    def note_date(self, headers: Mapping[str, str]) -> None:
        """Take it from the `Date` of an answer; one out of a cache tells how old it is, too."""
        said_at = http_date_at(headers.get("Date", ""))
        if said_at is not None:
            age = headers.get("Age", "")
            age_s = int(age[:9]) if age.isascii() and age.isdigit() else 0
            self.note(said_at + age_s * SECOND + HALF_A_SECOND_MS)
