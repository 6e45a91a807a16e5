"""Where things are: WGS-84 points, townships and the county's drawn lines."""

from __future__ import annotations

import msgspec

from desktop.domain.localized_text import Text

Ring = tuple[tuple[float, float], ...]
"""A line of (longitude, latitude) pairs in degrees; an outline repeats its first point."""


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A point in degrees, longitude first as in GeoJSON."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(f"coordinates outside the world: {self.lon}, {self.lat}")


class Township(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A township of the county with its outline (乡镇)."""

    source: str
    id: str
    name: Text
    outline: Ring = ()
    seat: Place | None = None
    version: int = 0


class MapLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A road, river or other named line drawn under the marks."""

    source: str
    id: str
    kind: str
    """`road`, `river`, `rail` or a word the county added."""
    name: Text
    line: Ring
    version: int = 0
