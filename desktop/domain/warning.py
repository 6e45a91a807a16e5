"""Warnings (预警): the danger, where and until when (art. 64; CAP 1.2)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.domain.geo import Ring
from desktop.domain.instant import Instant
from desktop.domain.levels import WarningLevel
from desktop.domain.localized_text import Text


class Warning(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One warning in force or past; severity, urgency and certainty are kept as CAP gives them."""

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
    """`actual`, `exercise`, `test`, `system` or `draft`; the screen names any but `actual`."""
    version: int = 0
    lifted_by: Text = Text()
    """The issuer that ended it; empty if the source does not name one."""
    signed: bool = False
    """Whether it came with a signature; this program does not verify it."""

    def in_force(self, now: Instant) -> bool:
        """Whether it has been issued, not lifted and not run out at corrected time `now`."""
        return self.lifted_at is None and (self.ends_at is None or now < self.ends_at)

    @property
    def is_actual(self) -> bool:
        """Whether it warns of a danger: every status does that CAP does not call harmless, such as
        an exercise. An unrecognised status does too."""
        return self.status.strip().casefold() not in HARMLESS

    @property
    def is_plain(self) -> bool:
        """Whether its status is `actual` and need not be shown."""
        return self.status.strip().casefold() == "actual"

    def over_at(self) -> Instant | None:
        """Return when it was lifted or ran out, whichever came first; None if it has no end yet."""
        ends = [at for at in (self.lifted_at, self.ends_at) if at is not None]
        return min(ends, default=None)


HARMLESS = frozenset({"exercise", "test", "system", "draft"})
"""Statuses of CAP 1.2 for messages that nobody is to act upon."""


class Alertness(msgspec.Struct, frozen=True):
    """Summary of the warnings in force: one mark for the status strip and the wall."""

    level: WarningLevel | None = None
    """The gravest level of the actual warnings; None if there is none."""
    count: int = 0
    """Actual warnings in force."""
    at_level: int = 0
    """How many actual warnings have that level."""
    level_is_ours: bool = False
    """Whether that level is this county's own reading for all warnings that have it, not an
    issuer's."""
    others: int = 0
    """Exercises, tests and the like in force: listed, but they never raise the level."""


def sort_warnings(warnings: Iterable[Warning]) -> tuple[Warning, ...]:
    """Sort actual warnings before exercises, then the gravest first, then the newest."""
    return tuple(
        sorted(warnings, key=lambda w: (not w.is_actual, w.level.rank, -w.issued_at, w.id))
    )


def alertness(in_force: Iterable[Warning]) -> Alertness:
    """Summarize these warnings in force."""
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
