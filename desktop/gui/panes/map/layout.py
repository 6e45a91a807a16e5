"""The county laid out on a plane from one `MapLayer`, and again only where its data differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from desktop.application.reads.read_models import MapLayer
from desktop.domain.asset import Asset, AssetState, are_mere_readings
from desktop.domain.command import Collection, Key
from desktop.domain.freshness import Freshness
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.domain.source import SourceStatus
from desktop.domain.warning import Warning
from desktop.gui.panes.map.geometry import (
    ASSET_RANK,
    Area,
    County,
    Danger,
    Line,
    Mark,
    Projection,
)


def lay_out(
    layer: MapLayer,
    statuses: Sequence[SourceStatus],
    now: Instant,
    before: County | None = None,
) -> County:
    """Project one `MapLayer` on a plane around its own middle.

    What is as it was in the county before is taken over from it, the same objects.
    """
    old = before.layer if before is not None else None
    outlined = old is not None and old.townships == layer.townships
    kept = outlined and bool(layer.townships) and before is not None
    projection = before.projection if kept and before is not None else _projection(layer)
    if before is None or before.projection != projection:
        before, old, outlined = County(projection), None, False
    is_as_before = old is not None and are_mere_readings(old.assets, layer.assets)
    unknown = before.unknown if is_as_before else _unknown_townships(layer.assets)
    doubtful = _doubtful_sources(statuses, now) | unknown
    marks = before.marks
    if old is None or old.incidents != layer.incidents or not is_as_before:
        marks = tuple(sorted(_marks(layer, before), key=lambda m: (m.has_failed, -m.rank)))
        marks = before.marks if marks == before.marks else marks
    areas = _again(before, doubtful) if outlined else _areas(layer.townships, projection, doubtful)
    lines, dangers = before.lines, before.dangers
    if old is None or old.lines != layer.lines:
        lines = tuple(
            Line(line.kind, line.name, projection.polygon(line.line))
            for line in layer.lines
            if len(line.line) >= 2
        )
    if old is None or not outlined or old.warnings != layer.warnings:
        dangers = tuple(_dangers(layer.warnings, {a.id: a for a in areas}, projection))
    return County(
        projection,
        areas,
        lines,
        dangers,
        marks,
        layer.unplaced,
        len(layer.warnings) - len(dangers),
        _extent(areas, lines, marks, before),
        layer,
        _changes_at(layer, now, before),
        unknown,
    )


def _changes_at(layer: MapLayer, now: Instant, before: County) -> Instant | None:
    """Return when the clock alone changes it next; of the same rows, what it was before."""
    old, at = before.layer, before.changes_at
    if old is None or old.incidents is not layer.incidents or old.warnings != layer.warnings:
        return layer.changes_at(now)
    return at if at is None or at > now else layer.changes_at(now)


def _areas(
    townships: Iterable[Township], projection: Projection, doubtful: set[str]
) -> tuple[Area, ...]:
    found = []
    for township in townships:
        if len(township.outline) >= 3:
            outline = projection.polygon(township.outline)
            in_doubt = township.id in doubtful or township.source in doubtful
            centre = _centroid(outline)
            found.append(
                Area(township.id, township.name, outline, centre, in_doubt, township.source)
            )
    return tuple(found)


def _again(before: County, doubtful: set[str]) -> tuple[Area, ...]:
    """Return the townships as they were, except for what is in doubt now."""
    doubts = [area.id in doubtful or area.source in doubtful for area in before.areas]
    if doubts == [area.in_doubt for area in before.areas]:
        return before.areas
    return tuple(
        area if area.in_doubt == doubt else replace(area, in_doubt=doubt)
        for area, doubt in zip(before.areas, doubts, strict=True)
    )


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


def _unknown_townships(assets: Iterable[Asset]) -> frozenset[str]:
    """Return the townships of which at least half of the devices are unknown."""
    balance: defaultdict[str, int] = defaultdict(int)
    for asset in assets:
        balance[asset.township] += 1 if asset.state == AssetState.UNKNOWN else -1
    return frozenset(township for township, more in balance.items() if more >= 0)


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


def _marks(layer: MapLayer, before: County) -> Iterable[Mark]:
    """Return a mark for everything that has a place; what is as it was before has the same one."""
    old, projection = before.layer, before.projection
    known = {mark.key: mark for mark in before.marks}
    assets = {(a.source, a.id): a for a in old.assets} if old is not None else {}
    incidents = {mark.key: mark for mark in old.incidents} if old is not None else {}
    for asset in layer.assets:
        if asset.place is not None:
            key = Key(asset.source, Collection.ASSETS, asset.id)
            if assets.get((asset.source, asset.id)) is asset:
                yield known[key]
                continue
            x, y = projection.point(asset.place.lon, asset.place.lat)
            yield Mark(key, x, y, asset.state, ASSET_RANK[asset.state], asset.name)
    for incident in layer.incidents:
        if incidents.get(incident.key) == incident:
            yield known[incident.key]
            continue
        x, y = projection.point(incident.lon, incident.lat)
        rank = EventLevel(incident.level).rank * 5 + (0 if incident.overdue else 2)
        yield Mark(
            incident.key,
            x,
            y,
            incident.level,
            rank,
            incident.title,
            incident.overdue,
            incident.township,
        )


def _extent(
    areas: Sequence[Area], lines: Sequence[Line], marks: Sequence[Mark], before: County
) -> QRectF:
    """Return the extent of "the whole county": the outlines, or the marks if there are none; of
    the same shapes, what it was before."""
    if before.layer and (areas, lines, marks) == (before.areas, before.lines, before.marks):
        return before.extent
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
