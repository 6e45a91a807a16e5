"""The list's order as two numbers, so that an index can give it without any sorting."""

from __future__ import annotations

from typing import NamedTuple

from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel

RANK_BITS = 3
DUE_BITS = 48
NEVER = (1 << DUE_BITS) - 1
"""The deadline of an incident that owes nothing: later than every real one."""

CALM = 1 << (DUE_BITS + RANK_BITS)
"""Set on open incidents below 较大: they follow all that are 较大 or above."""

CALLING = -CALM
"""Added to open ones of 较大 or above that nobody has acknowledged: they are before all others."""

CLOSED = CALM << 1
"""Set on closed incidents: in a list that shows them they follow all open ones."""

WORST_RANKS = EventLevel.LARGER.rank

OPEN_FLAG = 1
UNACKNOWLEDGED_FLAG = 2

_RANKS = {level: level.rank for level in EventLevel}


class SortKey(NamedTuple):
    """Where an incident stands: smaller `urgency` first, then smaller `newest`."""

    urgency: int
    newest: int
    flags: int


def sort_key_of(incident: Incident) -> SortKey:
    """Return where it stands: open before closed, unacknowledged 较大 and above first, then
    acknowledged ones of these levels, then all others; among each, the nearest unmet deadline, then
    the level, then the newest recorded.

    An acknowledgement so never sinks a grave incident below a slight or ungraded one. Closed
    ones stand by level, then newest recorded: when they were closed does not count.
    """
    rank = _RANKS[incident.level]
    waiting = incident.acknowledged_at is None
    if not incident.stage.is_open:
        # What a closed incident still owed is history.
        urgency = CLOSED | CALM | NEVER << RANK_BITS | rank
        return SortKey(urgency, -incident.recorded_at, UNACKNOWLEDGED_FLAG * waiting)
    due = incident.due_at
    urgency = (NEVER if due is None else min(max(due, 0), NEVER - 1)) << RANK_BITS | rank
    if rank > WORST_RANKS:
        urgency |= CALM
    elif waiting:
        urgency += CALLING
    return SortKey(urgency, -incident.recorded_at, OPEN_FLAG | UNACKNOWLEDGED_FLAG * waiting)


def due_before(now: Instant) -> tuple[tuple[int, int], ...]:
    """The three half-open ranges of `urgency` in which an unmet deadline lies before `now`."""
    reach = min(max(now, 0), NEVER) << RANK_BITS
    return tuple((first, first + reach) for first in (CALLING, 0, CALM))
