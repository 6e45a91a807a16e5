"""Whether "none" may be shown: only if the data were received, are recent and were read in full."""

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

    NO_SOURCE = "no_source"  # no source in the profile fills the collections
    NEVER = "never"  # no source has given any rows yet
    PARTIAL = "partial"  # some sources have given none yet, or not all their rows
    UNREAD = "unread"  # some received items could not be read
    OLD = "old"  # empty at the last contact; the source now fails or is silent
    CERTAIN = "certain"  # there is nothing


class Known(msgspec.Struct, frozen=True):
    """How complete the rows of some collections are; every screen asks this one value."""

    certainty: Certainty
    unread: int = 0
    """Items that came and could not be read, whatever the certainty."""
    sources: tuple[SourceStatus, ...] = ()
    """The sources that are the reason, in the profile's order; all sources that fill the
    collections when certain."""

    @property
    def is_certain(self) -> bool:
        """Whether an empty list means that there is nothing."""
        return self.certainty is Certainty.CERTAIN

    @property
    def is_blind(self) -> bool:
        """Whether nothing was ever received: not even a figure may be shown."""
        return self.certainty in (Certainty.NO_SOURCE, Certainty.NEVER)

    def figure(self, number: int) -> str:
        """Format a number of rows for display: `?` for a zero that is not sure, `+` after an
        incomplete count, a dash before any data were received."""
        if self.is_blind:
            return NOT_KNOWN
        if self.certainty in (Certainty.UNREAD, Certainty.PARTIAL):
            return f"{number}+" if number else NOT_SURE
        return str(number)


def judge_certainty(
    statuses: Iterable[SourceStatus], collections: Set[Collection], now: Instant
) -> Known:
    """Judge how complete the stored rows of these collections are at corrected time `now`."""
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
    """Count the items of these collections that were received but could not be read."""
    return sum(
        count
        for status in statuses
        for collection, count in status.unread.items()
        if collection in collections
    )
