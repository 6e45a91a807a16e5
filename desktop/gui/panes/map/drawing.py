"""Painting the county onto any surface: the desk's viewport and the wall share this.

Everything is painted in pixels of the surface; a `View` says where the kilometres
lie. The desk's map and the wall's are drawn by it alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from desktop.domain.command import Key
from desktop.gui.panes.map.geometry import Area, County, Danger, Line
from desktop.gui.symbols import warning_color
from desktop.gui.theme import Tokens

RIVER_PX, ROAD_PX, RAIL_PX = 8.0, 2.4, 1.6
WASH, PICKED_WASH = 0.10, 0.16
"""How much of its legal colour lies on a warning's area, and on the picked one's: of more, names of
places in it would be faint."""


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
    text_px: int = 12
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
        wash.setAlphaF(PICKED_WASH if is_picked else WASH)
        painter.setBrush(wash)
        for ring in danger.rings:
            painter.drawPolygon(view.transform.map(ring))


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
