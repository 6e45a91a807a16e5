"""The county on a plane: everything the map draws, in kilometres, y downwards as on screen.

Plain numbers and polygons only, made off the GUI thread by `layout`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from desktop.application.reads.read_models import MapLayer
from desktop.domain.asset import AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.geo import Ring
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.localized_text import Text

KM_PER_DEGREE = 111.32
ASSET_RANK = {
    AssetState.FAILED: 40,
    AssetState.DEGRADED: 50,
    AssetState.UNKNOWN: 80,
    AssetState.OUT_OF_SERVICE: 90,
    AssetState.NORMAL: 95,
}
"""An asset's rank among incidents (0–30) when marks compete for a click or a label."""
GRAVE = (EventLevel.ESPECIALLY_MAJOR, EventLevel.MAJOR, EventLevel.LARGER)
BROKEN = (AssetState.FAILED, AssetState.DEGRADED)


@dataclass(frozen=True)
class Projection:
    """Degrees to kilometres around one parallel: a county is small enough to be flat."""

    lon: float
    lat: float

    @cached_property
    def shrink(self) -> float:
        """How much shorter a degree of longitude is than one of latitude."""
        return math.cos(math.radians(self.lat))

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Convert to kilometres east and south of the county's middle."""
        return (lon - self.lon) * KM_PER_DEGREE * self.shrink, (self.lat - lat) * KM_PER_DEGREE

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Convert kilometres to longitude and latitude, the inverse of `point`."""
        return self.lon + x / (KM_PER_DEGREE * self.shrink), self.lat - y / KM_PER_DEGREE

    def polygon(self, ring: Ring) -> QPolygonF:
        """Convert a line or outline to kilometres."""
        return QPolygonF([QPointF(*self.point(lon, lat)) for lon, lat in ring])


class Mark(msgspec.Struct, frozen=True):
    """One incident or asset on the map."""

    key: Key
    x: float
    y: float
    shape: str
    """An `EventLevel` or, for an asset, an `AssetState`."""
    rank: int
    """0 is worst; decides what is on top, what is labelled and what a click selects."""
    title: Text
    overdue: bool = False
    township: str = ""
    """Of an incident: the id of its township, or empty."""

    is_asset: bool = False
    """Whether it is an asset and not an incident; this and what follows is found out by itself."""
    has_failed: bool = False
    """Whether it is an asset that has failed, which is drawn above all incidents."""
    stands_out: bool = False
    """Whether it is always a mark of its own, with room kept for it: a graver incident, an overdue
    one, an asset that is not as it should be."""

    def __post_init__(self) -> None:
        # Each picture asks it of every mark, most of which stay for days.
        is_asset = self.key.collection is Collection.ASSETS
        grave = self.shape in BROKEN if is_asset else self.overdue or self.shape in GRAVE
        msgspec.structs.force_setattr(self, "is_asset", is_asset)
        failed = is_asset and self.shape == AssetState.FAILED
        msgspec.structs.force_setattr(self, "has_failed", failed)
        msgspec.structs.force_setattr(self, "stands_out", grave)


@dataclass(frozen=True)
class Area:
    """A township on the plane."""

    id: str
    name: Text
    outline: QPolygonF
    centre: QPointF
    in_doubt: bool
    """Half of its devices or more are unknown, or its source is stale: it is hatched."""
    source: str = ""


@dataclass(frozen=True)
class Line:
    """A road, river or rail on the plane."""

    kind: str
    name: Text
    line: QPolygonF


@dataclass(frozen=True)
class Danger:
    """A warning in force with the area it covers."""

    key: Key
    level: WarningLevel
    level_is_ours: bool
    """Whether the level is our own reading, which its label states."""
    headline: Text
    starts_at: Instant
    status: str
    rings: tuple[QPolygonF, ...]


@dataclass(frozen=True, eq=False)
class County:
    """Everything the map draws at one moment."""

    projection: Projection
    areas: tuple[Area, ...] = ()
    lines: tuple[Line, ...] = ()
    dangers: tuple[Danger, ...] = ()
    marks: tuple[Mark, ...] = ()
    """Marks in the order they are drawn: worst last, and failed assets above all incidents."""
    unplaced: int = 0
    unmapped: int = 0
    """Warnings in force without an area here: the list has them."""
    extent: QRectF = field(default_factory=QRectF)
    layer: MapLayer | None = None
    """The data it was laid out from."""
    changes_at: Instant | None = None
    """When the clock alone changes it next."""
    unknown: frozenset[str] = frozenset()
    """Townships of which at least half of the devices are unknown."""

    def looks_like(self, other: County) -> bool:
        """Whether both are drawn alike: parts that did not change are taken over, not made anew."""
        return (
            self.areas is other.areas
            and self.lines is other.lines
            and self.dangers is other.dangers
            and self.marks is other.marks
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to draw."""
        return not (self.areas or self.lines or self.dangers or self.marks)

    def mark(self, key: Key) -> Mark | None:
        """Return the mark of that incident or asset, if it is on the map."""
        return next((mark for mark in self.marks if mark.key == key), None)

    def danger(self, key: Key) -> Danger | None:
        """Return the area of that warning, if it is on the map."""
        return next((danger for danger in self.dangers if danger.key == key), None)

    def area(self, id: str) -> Area | None:
        """Return that township, if it has an outline here."""
        return next((area for area in self.areas if area.id == id), None)


def nearest(marks: Iterable[Mark], x: float, y: float, reach: float) -> Mark | None:
    """Find the mark for a point: within reach, the nearest; of two equally near, the worse."""
    best: tuple[float, int] | None = None
    found: Mark | None = None
    for mark in marks:
        dx, dy = mark.x - x, mark.y - y
        if abs(dx) > reach or abs(dy) > reach:
            continue
        distance = math.hypot(dx, dy)
        if distance <= reach and (best is None or (distance, mark.rank) < best):
            best, found = (distance, mark.rank), mark
    return found
