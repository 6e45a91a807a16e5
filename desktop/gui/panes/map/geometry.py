"""The county on a plane: everything the map draws, in kilometres, y downwards as on screen.

Built off the GUI thread from one `MapLayer`; holds plain numbers and polygons only.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from desktop.application.reads.read_models import MapLayer
from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.freshness import Freshness
from desktop.domain.geo import Ring, Township
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import SourceStatus
from desktop.domain.warning import Warning

KM_PER_DEGREE = 111.32
ASSET_RANK = {
    AssetState.FAILED: 40,
    AssetState.DEGRADED: 50,
    AssetState.UNKNOWN: 80,
    AssetState.OUT_OF_SERVICE: 90,
    AssetState.NORMAL: 95,
}
"""An asset's rank among incidents (0–30) when marks compete for a click or a label."""


@dataclass(frozen=True)
class Projection:
    """Degrees to kilometres around one parallel: a county is small enough to be flat."""

    lon: float
    lat: float

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Convert to kilometres east and south of the county's middle."""
        shrink = math.cos(math.radians(self.lat))
        return (lon - self.lon) * KM_PER_DEGREE * shrink, (self.lat - lat) * KM_PER_DEGREE

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Convert kilometres to longitude and latitude, the inverse of `point`."""
        shrink = math.cos(math.radians(self.lat))
        return self.lon + x / (KM_PER_DEGREE * shrink), self.lat - y / KM_PER_DEGREE

    def polygon(self, ring: Ring) -> QPolygonF:
        """Convert a line or outline to kilometres."""
        return QPolygonF([QPointF(*self.point(lon, lat)) for lon, lat in ring])


@dataclass(frozen=True)
class Mark:
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

    @property
    def is_asset(self) -> bool:
        """Whether it is drawn as a small dot."""
        return self.key.collection is Collection.ASSETS


@dataclass(frozen=True)
class Area:
    """A township on the plane."""

    id: str
    name: Text
    outline: QPolygonF
    centre: QPointF
    in_doubt: bool
    """Half of its devices or more are unknown, or its source is stale: it is hatched."""


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


@dataclass(frozen=True)
class County:
    """Everything the map draws at one moment."""

    projection: Projection
    areas: tuple[Area, ...] = ()
    lines: tuple[Line, ...] = ()
    dangers: tuple[Danger, ...] = ()
    marks: tuple[Mark, ...] = ()
    """Marks, worst last, so that it is drawn on top."""
    unplaced: int = 0
    unmapped: int = 0
    """Warnings in force without an area here: the list has them."""
    extent: QRectF = field(default_factory=QRectF)

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


def lay_out(layer: MapLayer, statuses: Sequence[SourceStatus], now: Instant) -> County:
    """Project one `MapLayer` on a plane around its own middle."""
    projection = _projection(layer)
    doubtful = _doubtful_sources(statuses, now)
    unknown = _unknown_townships(layer.assets)
    areas = tuple(
        _area(t, projection, t.id in unknown or t.source in doubtful)
        for t in layer.townships
        if len(t.outline) >= 3
    )
    lines = tuple(
        Line(line.kind, line.name, projection.polygon(line.line))
        for line in layer.lines
        if len(line.line) >= 2
    )
    dangers = tuple(_dangers(layer.warnings, {area.id: area for area in areas}, projection))
    marks = tuple(sorted(_marks(layer, projection), key=lambda mark: -mark.rank))
    unmapped = len(layer.warnings) - len(dangers)
    extent = _extent(areas, lines, marks)
    return County(projection, areas, lines, dangers, marks, layer.unplaced, unmapped, extent)


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


def _projection(layer: MapLayer) -> Projection:
    """Build a projection centred on the outlines, or on all places if there are none."""
    points = [point for t in layer.townships for point in t.outline]
    points = points or [(mark.lon, mark.lat) for mark in layer.incidents]
    points = points or [(a.place.lon, a.place.lat) for a in layer.assets if a.place]
    if not points:
        return Projection(0.0, 0.0)
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return Projection((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)


def _doubtful_sources(statuses: Sequence[SourceStatus], now: Instant) -> set[str]:
    """Return the sources whose assets are stale or were never received."""
    return {
        status.id
        for status in statuses
        if Collection.ASSETS in status.fills
        and status.freshness(now) in (Freshness.STALE, Freshness.UNKNOWN)
    }


def _unknown_townships(assets: Iterable[Asset]) -> set[str]:
    """Return the townships of which at least half of the devices are unknown."""
    balance: defaultdict[str, int] = defaultdict(int)
    for asset in assets:
        balance[asset.township] += 1 if asset.state == AssetState.UNKNOWN else -1
    return {township for township, more_unknown in balance.items() if more_unknown >= 0}


def _area(township: Township, projection: Projection, in_doubt: bool) -> Area:
    outline = projection.polygon(township.outline)
    return Area(township.id, township.name, outline, _centroid(outline), in_doubt)


def _centroid(outline: QPolygonF) -> QPointF:
    """Return the centre of the area, or of the box when the outline encloses none."""
    points = [(p.x(), p.y()) for p in outline.toList()]
    area = east = south = 0.0
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        area += cross
        east += (x0 + x1) * cross
        south += (y0 + y1) * cross
    if abs(area) < 1e-9:
        return outline.boundingRect().center()
    return QPointF(east / (3 * area), south / (3 * area))


def _dangers(
    warnings: Iterable[Warning], areas: dict[str, Area], projection: Projection
) -> Iterable[Danger]:
    """Project the warnings' areas, gravest last, so that it is drawn on top."""
    for warning in sorted(warnings, key=lambda w: -w.level.rank):
        rings = tuple(projection.polygon(ring) for ring in warning.rings if len(ring) >= 3)
        rings = rings or tuple(areas[t].outline for t in warning.townships if t in areas)
        if rings:
            yield Danger(
                Key(warning.source, Collection.WARNINGS, warning.id),
                warning.level,
                warning.level_is_ours,
                warning.headline,
                warning.starts_at or warning.issued_at,
                warning.status,
                rings,
            )


def _marks(layer: MapLayer, projection: Projection) -> Iterable[Mark]:
    for asset in layer.assets:
        if asset.place is not None:
            x, y = projection.point(asset.place.lon, asset.place.lat)
            key = Key(asset.source, Collection.ASSETS, asset.id)
            yield Mark(key, x, y, asset.state, ASSET_RANK[asset.state], asset.name)
    for incident in layer.incidents:
        x, y = projection.point(incident.lon, incident.lat)
        rank = EventLevel(incident.level).rank * 5 + (0 if incident.overdue else 2)
        yield Mark(incident.key, x, y, incident.level, rank, incident.title, incident.overdue)


def _extent(areas: Sequence[Area], lines: Sequence[Line], marks: Sequence[Mark]) -> QRectF:
    """Return the extent of "the whole county": the outlines, or the marks if there are none."""
    extent = QRectF()
    for area in areas:
        extent = extent.united(area.outline.boundingRect())
    if extent.isEmpty():
        for line in lines:
            extent = extent.united(line.line.boundingRect())
    if extent.isEmpty() and marks:
        xs, ys = [mark.x for mark in marks], [mark.y for mark in marks]
        extent = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
    return extent.adjusted(-1, -1, 1, 1)
