"""Painting the county onto any surface: the desk's viewport and the wall share this.

Everything is painted in pixels of the surface; a `View` says where the kilometres
lie. No pyqtgraph and no numpy here, so a wall never loads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from desktop.domain.asset import AssetState
from desktop.domain.command import Key
from desktop.domain.levels import EventLevel
from desktop.gui.panes.map.geometry import Area, County, Danger, Line, Mark
from desktop.gui.symbols import paint_level, warning_color
from desktop.gui.theme import Tokens

INCIDENT_PX = {
    EventLevel.ESPECIALLY_MAJOR: 20,
    EventLevel.MAJOR: 20,
    EventLevel.LARGER: 18,
    EventLevel.ORDINARY: 12,
    EventLevel.NONE: 11,
    EventLevel.UNKNOWN: 13,
}
ASSET_PX = {
    AssetState.FAILED: 9,
    AssetState.DEGRADED: 8,
    AssetState.UNKNOWN: 7,
    AssetState.OUT_OF_SERVICE: 6,
    AssetState.NORMAL: 5,
}
RIVER_PX, ROAD_PX, RAIL_PX = 8.0, 2.4, 1.6


@dataclass(frozen=True)
class View:
    """The part of the plane that a surface shows."""

    left_km: float
    top_km: float
    px_per_km: float
    width_px: float
    height_px: float

    @classmethod
    def fitting(cls, extent: QRectF, width_px: float, height_px: float) -> View:
        """Return the view that shows the whole extent, in the middle of the surface."""
        scale = min(width_px / max(extent.width(), 1e-6), height_px / max(extent.height(), 1e-6))
        return cls(
            extent.center().x() - width_px / scale / 2,
            extent.center().y() - height_px / scale / 2,
            scale,
            width_px,
            height_px,
        )

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point of the plane to a pixel of the surface."""
        return (x - self.left_km) * self.px_per_km, (y - self.top_km) * self.px_per_km

    def plane(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Convert a pixel of the surface to a point of the plane."""
        return x_px / self.px_per_km + self.left_km, y_px / self.px_per_km + self.top_km

    @property
    def bounds(self) -> QRectF:
        """Return the surface in pixels."""
        return QRectF(0, 0, self.width_px, self.height_px)

    @property
    def transform(self) -> QTransform:
        """Return the transform from kilometres to pixels."""
        scale = self.px_per_km
        return QTransform(scale, 0, 0, scale, -self.left_km * scale, -self.top_km * scale)

    def wider(self, margin_px: float) -> View:
        """Return the same view with a margin on every side."""
        margin_km = margin_px / self.px_per_km
        return View(
            self.left_km - margin_km,
            self.top_km - margin_km,
            self.px_per_km,
            self.width_px + 2 * margin_px,
            self.height_px + 2 * margin_px,
        )


@dataclass(frozen=True)
class Look:
    """Colours and sizes of one surface."""

    tokens: Tokens
    ratio: float = 1.0
    """Device pixels to a pixel."""
    scale: float = 1.0
    """Factor for marks and strokes on a wall."""
    text_px: int = 13
    name_px: int = 12


@dataclass(frozen=True)
class Layers:
    """Which layers are drawn."""

    incidents: bool = True
    assets: bool = True
    warnings: bool = True
    labels: bool = True


def draw_ground(painter: QPainter, county: County, view: View, look: Look) -> None:
    """Draw townships, then water, rails and roads."""
    painter.fillRect(view.bounds, QColor(look.tokens.land))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    transform = view.transform
    painter.setPen(QPen(QColor(look.tokens.edge), look.scale))
    for area in county.areas:
        _draw_area(painter, transform.map(area.outline), area, look)
    for line in sorted(county.lines, key=lambda line: _line_order(line.kind)):
        painter.setPen(_line_pen(line, look))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(transform.map(line.line))


def _draw_area(painter: QPainter, outline: QPolygonF, area: Area, look: Look) -> None:
    painter.setBrush(QColor(look.tokens.panel))
    painter.drawPolygon(outline)
    if area.in_doubt:
        painter.setBrush(hatching(look))
        painter.drawPolygon(outline)


def hatching(look: Look) -> QBrush:
    """Return wide diagonal lines for "unknown"; wide enough not to disturb text on them."""
    side = round(9 * look.scale)
    pixels = round(side * look.ratio)
    tile = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    tile.setDevicePixelRatio(look.ratio)
    tile.fill(Qt.GlobalColor.transparent)
    with QPainter(tile) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(look.tokens.edge)
        ink.setAlphaF(0.75)
        painter.setPen(QPen(ink, 1.2 * look.scale))
        for shift in (-side, 0, side):
            painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    return QBrush(tile)


def _line_order(kind: str) -> int:
    return {"river": 0, "rail": 1}.get(kind, 2)


def _line_pen(line: Line, look: Look) -> QPen:
    tokens = look.tokens
    color, width = {
        "river": (tokens.water, RIVER_PX),
        "rail": (tokens.edge, RAIL_PX),
    }.get(line.kind, (tokens.road, ROAD_PX))
    pen = QPen(QColor(color), width * look.scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if line.kind == "rail":
        pen.setDashPattern([6, 3])
    return pen


def draw_dangers(
    painter: QPainter,
    dangers: Iterable[Danger],
    view: View,
    look: Look,
    picked: Key | None = None,
) -> None:
    """Draw warning areas: a thin wash of the legal colour inside a dashed edge; full if picked."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for danger in sorted(dangers, key=lambda each: each.key == picked):
        color = warning_color(look.tokens, danger.level)
        is_picked = danger.key == picked
        pen = QPen(color, (3 if is_picked else 1.5) * look.scale)
        if not is_picked:
            pen.setDashPattern([5, 3])
        painter.setPen(pen)
        wash = QColor(color)
        wash.setAlphaF(0.22 if is_picked else 0.10)
        painter.setBrush(wash)
        for ring in danger.rings:
            painter.drawPolygon(view.transform.map(ring))


class Stamps:
    """Pictures of the marks, painted once per look and then only copied."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pictures: dict[tuple[bool, str, bool], tuple[QImage, float]] = {}
        self._sizes: dict[tuple[bool, str, bool], float] = {}

    def size_px(self, mark: Mark) -> float:
        """Return the side of the square a mark covers."""
        kind = (mark.is_asset, mark.shape, mark.overdue)
        size = self._sizes.get(kind)
        if size is None:
            table = ASSET_PX if mark.is_asset else INCIDENT_PX
            px = next(px for shape, px in table.items() if shape == mark.shape)
            size = self._sizes[kind] = (px + (8 if mark.overdue else 0)) * self._look.scale
        return size

    def draw(self, painter: QPainter, marks: Sequence[Mark], view: View) -> None:
        """Draw every mark on the surface, in the order given."""
        left, top, scale = view.left_km, view.top_km, view.px_per_km
        width, height = view.width_px + 20, view.height_px + 20
        for mark in marks:
            x, y = (mark.x - left) * scale, (mark.y - top) * scale
            if -20 < x < width and -20 < y < height:
                picture, half = self._picture(mark)
                painter.drawImage(QPointF(x - half, y - half), picture)

    def _picture(self, mark: Mark) -> tuple[QImage, float]:
        kind = (mark.is_asset, mark.shape, mark.overdue)
        found = self._pictures.get(kind)
        if found is None:
            picture = self._paint(mark)
            half = picture.width() / picture.devicePixelRatio() / 2
            found = self._pictures[kind] = picture, half
        return found

    def _paint(self, mark: Mark) -> QImage:
        look, size = self._look, self.size_px(mark)
        side = size + 2
        pixels = round(side * look.ratio)
        picture = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(look.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rect = QRectF(1, 1, size, size)
            if mark.is_asset:
                _paint_asset(painter, rect, AssetState(mark.shape), look)
            else:
                _paint_incident(painter, rect, mark, look)
        return picture


def _paint_asset(painter: QPainter, rect: QRectF, state: AssetState, look: Look) -> None:
    """Paint a dot: filled and crossed when failed, filled when degraded, hollow when unknown."""
    tokens, stroke = look.tokens, look.scale
    inner = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    if state in (AssetState.UNKNOWN, AssetState.OUT_OF_SERVICE):
        color = tokens.second if state == AssetState.UNKNOWN else tokens.edge
        painter.setPen(QPen(QColor(color), 1.2 * stroke))
        painter.setBrush(QColor(tokens.panel))
        painter.drawEllipse(inner)
        return
    color = {AssetState.FAILED: tokens.red, AssetState.DEGRADED: tokens.orange}.get(
        state, tokens.faint
    )
    painter.setPen(QPen(QColor(tokens.panel), stroke))
    painter.setBrush(QColor(color))
    painter.drawEllipse(rect)
    if state is AssetState.FAILED:
        painter.setPen(QPen(QColor(tokens.panel), 1.4 * stroke))
        cross = rect.adjusted(*(rect.width() * k for k in (0.3, 0.3, -0.3, -0.3)))
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())


def _paint_incident(painter: QPainter, rect: QRectF, mark: Mark, look: Look) -> None:
    """Paint the level's shape, edged with the ground so that neighbours stay apart."""
    tokens, level = look.tokens, EventLevel(mark.shape)
    if mark.overdue:
        painter.setPen(QPen(QColor(tokens.red), 1.4 * look.scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        inset = 4 * look.scale
        rect = rect.adjusted(inset, inset, -inset, -inset)
    if level in (EventLevel.NONE, EventLevel.UNKNOWN):
        hole = rect.width() * 0.18
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawEllipse(rect.adjusted(hole, hole, -hole, -hole))
    paint_level(painter, rect, level, tokens)


def draw_ring(painter: QPainter, x: float, y: float, look: Look, dashed: bool = False) -> None:
    """Draw a ring around the picked mark, dashed around the mark with the keyboard cursor."""
    radius = 16 * look.scale
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(look.tokens.pick), 2 * look.scale)
    if dashed:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(x, y), radius, radius)


def marks_to_show(county: County, layers: Layers, picked: Key | None = None) -> list[Mark]:
    """Return the marks of the visible layers; the picked one is always among them."""
    return [
        mark
        for mark in county.marks
        if (layers.assets if mark.is_asset else layers.incidents) or mark.key == picked
    ]
