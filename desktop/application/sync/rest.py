"""A worker's rest between two turns: how long it is, and what ends it sooner."""

from __future__ import annotations

import msgspec

from desktop.domain.clock import Clock
from desktop.domain.instant import Instant

QUIET_POLL_S = 600.0
"""A live stream does not spare the poll for longer than this."""
HINT_GAP_S = 0.5
"""From the beginning of an exchange that a hint called for until a further hint calls for one: a
server may hint at every single row, and each exchange costs more than the row."""


class Rest(msgspec.Struct, frozen=True):
    """The wait after a turn, on the monotonic clock."""

    began_s: float
    wait_s: float
    patient: bool = False
    """Whether the server asked for it: then hints do not end it. Fifty desks that come back
    at each click of one officer are what such a server cannot bear."""
    hints_from_s: float = 0.0
    """From when on a hint ends it."""


class Calls(msgspec.Struct):
    """What has called for a turn since the last one began; set from any thread."""

    at_s: float | None = None
    """From when on an officer, or sleep or another network, wants one: this ends any rest."""
    hinted: bool = False
    """Whether the source said that there is something new."""


class Contact(msgspec.Struct, frozen=True):
    """The latest contact with the server, on the monotonic clock."""

    polled_s: float | None = None
    """When an exchange last went well."""
    heard_s: float | None = None
    """When the stream of hints last delivered anything; None without a proven stream."""
    failing: bool = False


def due_in_s(rest: Rest, calls: Calls, contact: Contact, now_s: float) -> float:
    """Seconds until the next turn is due; 0.0 when it is now.

    A heartbeat received meanwhile begins the rest anew: hints come before it on the same
    connection, so the rows here are those the server had when it sent it.
    """
    over_s = rest.began_s + rest.wait_s
    if not rest.patient:
        if calls.hinted:
            over_s = min(over_s, rest.hints_from_s)
        elif now_s >= over_s and (spared_s := _no_poll_before_s(rest, contact, now_s)):
            over_s = spared_s
    if calls.at_s is not None:
        over_s = min(over_s, calls.at_s)
    return max(0.0, over_s - now_s)


def _no_poll_before_s(rest: Rest, contact: Contact, now_s: float) -> float | None:
    """Until when the stream, heard since the last poll, spares another; None if not."""
    heard_s, polled_s = contact.heard_s, contact.polled_s
    if heard_s is None or polled_s is None or contact.failing:
        return None
    if now_s - polled_s > QUIET_POLL_S or heard_s <= polled_s:
        return None
    return heard_s + rest.wait_s


def good_at(clock: Clock, proven_s: float | None) -> Instant:
    """Return up to when rows may be called fresh after a good exchange or a heartbeat.

    That is now, but no later than the last proven answer where not every answer is proven.
    """
    if proven_s is None:
        return clock.now()
    return clock.now() - round(max(0.0, clock.monotonic_s() - proven_s) * 1000)
