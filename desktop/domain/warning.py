"""Warnings (预警): what may come, where and until when (art. 64; CAP 1.2)."""

from __future__ import annotations

import msgspec

from desktop.domain.instant import Instant
from desktop.domain.levels import WarningLevel
from desktop.domain.place import Ring
from desktop.domain.text import Text


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
