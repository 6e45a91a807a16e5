"""Time that does not run backwards between two runs of the program."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from desktop.application.ports import OutboxStore, StoreError
from desktop.domain.clock import CLOCK_OFF_MS, CorrectedClock, computer_now
from desktop.domain.instant import DAY, MINUTE, Instant
from desktop.domain.source import SyncState

log = logging.getLogger(__name__)

KEPT_EVERY_MS = 5 * MINUTE
"""How much of the time a killed program may lose; each write waits for the disk."""


LONGEST_OFF_MS = 30 * DAY
"""A clock that was behind by more was put right since, rather than the computer off for so long."""


class Timekeeper:
    """Keeps a lower bound of the time from run to run.

    A computer whose battery is dead starts years back; without a network nobody tells it the
    time, and old rows would look new and nothing overdue.
    """

    def __init__(self, clock: CorrectedClock, outbox: OutboxStore) -> None:
        self._clock, self._outbox = clock, outbox
        self._kept_at: Instant = 0

    def go_on_from(self, states: Sequence[SyncState]) -> None:
        """Start the clock from earlier runs' bound, until a server gives the time."""
        contacts = (state.last_good_at or 0 for state in states)
        bound = max(self._outbox.last_time(), *contacts, 0)
        offset_ms = next((state.offset_ms for state in states if state.offset_ms), 0)
        if _is_still_off(computer_now(self._clock), offset_ms, bound):
            self._clock.assume(offset_ms)
        self._clock.not_before(bound)

    def look(self) -> None:
        """Store the time when it has gone on for long enough."""
        if abs(self._clock.surely_past() - self._kept_at) >= KEPT_EVERY_MS:
            self.keep()

    def keep(self) -> None:
        """Store the time; a disk that takes nothing now costs the next run a weaker bound."""
        at = self._clock.surely_past()
        if at in (0, self._kept_at):
            return
        try:
            self._outbox.keep_time(at)
        except StoreError as error:
            log.info("the time was not kept", extra={"code": error.problem.code})
            return
        self._kept_at = at


def _is_still_off(own: Instant, offset_ms: int, bound: Instant) -> bool:
    """Whether a computer's clock that was off in an earlier run most likely still is.

    Not when it would have to be earlier than the bound although the clock itself is past it, nor
    when it was ahead and is now behind.
    """
    if own < bound:
        return offset_ms > 0
    # The offset is known to a few seconds, and the program may be started again at once.
    return own + offset_ms >= bound - CLOCK_OFF_MS and 0 != offset_ms <= LONGEST_OFF_MS
