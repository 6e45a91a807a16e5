"""How large writing must be to be read across a room (NUREG-0700 1.3.1: 16 minutes of arc)."""

from __future__ import annotations

import math

import msgspec

LEAST_ARC_MINUTES = 16.0
AIM_ARC_MINUTES = 17.0
"""What sizes are computed for: letters come in whole pixels, some of them rounded down."""


class Viewing(msgspec.Struct, frozen=True):
    """From how far away a wall is read, and how high its picture is."""

    distance_m: float
    height_m: float

    @property
    def letter_share(self) -> float:
        """Return the part of the wall's height that a capital letter must have."""
        arc = math.radians(AIM_ARC_MINUTES / 60)
        return 2 * self.distance_m * math.tan(arc / 2) / self.height_m
