"""Warnings (预警): what may come, where and until when (art. 64; CAP 1.2)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.domain.geo import Ring
from desktop.domain.instant import Instant
from desktop.domain.levels import WarningLevel
from desktop.domain.localized_text import Text


class Warning(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One warning in force or past; severity, urgency and certainty stand as CAP gives them."""

    source: str
    id: str
    headline: Text
    category: str
    level: WarningLevel
    """The legal colour, or a county's own mapping from CAP when `level_is_ours`."""
    level_is_ours: bool
    issuer: Text
    issued_at: Instant
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    """When it stops by itself; None means until lifted."""
    lifted_at: Instant | None = None
    severity: str = ""
    urgency: str = ""
    certainty: str = ""
    area: Text = Text()
    rings: tuple[Ring, ...] = ()
    townships: tuple[str, ...] = ()
    description: Text = Text()
    instruction: Text = Text()
    status: str = "actual"
    """`actual`, `exercise`, `test`, `system` or `draft`; anything but actual says so on screen."""
    version: int = 0
    lifted_by: Text = Text()
    """Who said that it is over; empty where the source does not tell."""
    signed: bool = False
    """Whether it came with a signature; nobody here has checked it."""

    def in_force(self, now: Instant) -> bool:
        """Whether it has been issued, not lifted and not run out at corrected time `now`."""
        return self.lifted_at is None and (self.ends_at is None or now < self.ends_at)

    @property
    def is_actual(self) -> bool:
        """Whether it warns of something: all does but what says that it is no warning, such as
        an exercise. A word nobody knows says no such thing."""
        return self.status.strip().casefold() not in HARMLESS

    @property
    def is_plain(self) -> bool:
        """Whether its status need not be said."""
        return self.status.strip().casefold() == "actual"

    def over_at(self) -> Instant | None:
        """When it was lifted or ran out, whichever came first; None while nobody said."""
        ends = [at for at in (self.lifted_at, self.ends_at) if at is not None]
        return min(ends, default=None)


HARMLESS = frozenset({"exercise", "test", "system", "draft"})
"""What CAP 1.2 says of messages that nobody is to act upon."""


class Alertness(msgspec.Struct, frozen=True):
    """What the warnings in force come to: one mark for strip and wall."""

    level: WarningLevel | None = None
    """The gravest of the actual ones; None where there is none."""
    count: int = 0
    """Actual warnings in force."""
    at_level: int = 0
    """How many of them are of that level."""
    level_is_ours: bool = False
    """Whether no issuer said that level: all that are of it are our own reading."""
    others: int = 0
    """Exercises, tests and the like in force: they are listed and never raise the level."""


def sort_warnings(warnings: Iterable[Warning]) -> tuple[Warning, ...]:
    """Actual ones before exercises, the gravest first, then the newest."""
    return tuple(
        sorted(warnings, key=lambda w: (not w.is_actual, w.level.rank, -w.issued_at, w.id))
    )


def alertness(in_force: Iterable[Warning]) -> Alertness:
    """What these warnings come to."""
    found = tuple(in_force)
    actual = [warning for warning in found if warning.is_actual]
    worst = min((each.level for each in actual), key=lambda level: level.rank, default=None)
    gravest = [each for each in actual if each.level is worst]
    return Alertness(
        level=worst,
        count=len(actual),
        at_level=len(gravest),
        level_is_ours=bool(gravest) and all(each.level_is_ours for each in gravest),
        others=len(found) - len(actual),
    )
