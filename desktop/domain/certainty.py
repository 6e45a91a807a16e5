"""Whether "none" may be said: only of what was heard, lately, and read to the last item."""

from __future__ import annotations

from collections.abc import Iterable, Set
from enum import StrEnum

import msgspec

from desktop.domain.command import Collection
from desktop.domain.freshness import Freshness
from desktop.domain.instant import Instant
from desktop.domain.source import SourceStatus

NOT_KNOWN, NOT_SURE = "—", "?"


class Certainty(StrEnum):
    """What an empty list means, the worst reason first."""

    NO_SOURCE = "no_source"  # nothing in the profile would tell
    NEVER = "never"  # no source has ever told
    PARTIAL = "partial"  # some have, others never, or not all they have
    UNREAD = "unread"  # what came could not be read in full
    OLD = "old"  # there was nothing when it was last heard: it fails now, or is silent
    CERTAIN = "certain"  # there is nothing


class Known(msgspec.Struct, frozen=True):
    """How far rows of some collections are the whole of it; every surface asks this one value."""

    certainty: Certainty
    unread: int = 0
    """Items that came and could not be read, whatever the certainty."""
    sources: tuple[SourceStatus, ...] = ()
    """The sources that are the reason, in the profile's order; all that fill it when certain."""

    @property
    def is_certain(self) -> bool:
        """Whether an empty list means that there is nothing."""
        return self.certainty is Certainty.CERTAIN

    @property
    def is_blind(self) -> bool:
        """Whether nothing was ever received: not even a figure may be shown."""
        return self.certainty in (Certainty.NO_SOURCE, Certainty.NEVER)

    def figure(self, number: int) -> str:
        """The number of rows of some sort; `?` for a zero that is none, `+` behind what is not
        all, a dash before anything was received."""
        if self.is_blind:
            return NOT_KNOWN
        if self.certainty in (Certainty.UNREAD, Certainty.PARTIAL):
            return f"{number}+" if number else NOT_SURE
        return str(number)


def judge_certainty(
    statuses: Iterable[SourceStatus], collections: Set[Collection], now: Instant
) -> Known:
    """How far what is shown of these collections is all there is, at corrected time `now`."""
    filling = tuple(s for s in statuses if collections & s.fills)
    unread = {s.id: unread_of((s,), collections) for s in filling}
    total = sum(unread.values())
    unheard = tuple(s for s in filling if s.never_seen)
    if not filling:
        return Known(Certainty.NO_SOURCE)
    if len(unheard) == len(filling):
        return Known(Certainty.NEVER, total, unheard)
    if unheard:
        return Known(Certainty.PARTIAL, total, unheard)
    if total:
        return Known(Certainty.UNREAD, total, tuple(s for s in filling if unread[s.id]))
    old = tuple(s for s in filling if s.problem or s.freshness(now) is Freshness.STALE)
    return Known(Certainty.OLD, 0, old) if old else Known(Certainty.CERTAIN, 0, filling)


def unread_of(statuses: Iterable[SourceStatus], collections: Set[Collection]) -> int:
    """How many items of these collections came and could not be read."""
    return sum(
        count
        for status in statuses
        for collection, count in status.unread.items()
        if collection in collections
    )
