"""The marks of incidents and assets: pictures painted once, then only copied."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from desktop.domain.asset import AssetState
from desktop.domain.levels import EventLevel
from desktop.gui.panes.map.drawing import Look, View
from desktop.gui.panes.map.geometry import Mark
from desktop.gui.symbols import HOLLOW, paint_level, paint_sign
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
    AssetState.FAILED: 14,
    AssetState.DEGRADED: 12,
    AssetState.UNKNOWN: 8,
    AssetState.OUT_OF_SERVICE: 6,
    AssetState.NORMAL: 4,
}
OVERDUE_PX = 8
"""How much larger a mark is that is overdue."""
LARGEST_PX = max(*INCIDENT_PX.values(), *ASSET_PX.values()) + OVERDUE_PX

Kind = tuple[bool, str, bool]


class Stamps:
    """Pictures of the marks in one look, copied to wherever marks are."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pictures: dict[Kind, tuple[QImage, float]] = {}
        self._sizes: dict[Kind, float] = {}

    def size_px(self, mark: Mark) -> float:
        """Return the side of the square a mark covers."""
        kind = (mark.is_asset, mark.shape, mark.overdue)
        size = self._sizes.get(kind)
        if size is None:
            table = ASSET_PX if mark.is_asset else INCIDENT_PX
            px = next(px for shape, px in table.items() if shape == mark.shape)
            size = self._sizes[kind] = (px + OVERDUE_PX * mark.overdue) * self._look.scale
        return size

    def rect(self, mark: Mark, view: View) -> QRectF:
        """Return what a mark covers of the surface, edges included."""
        x, y = view.pixel(mark.x, mark.y)
        half = self.size_px(mark) / 2 + 2
        return QRectF(x - half, y - half, 2 * half, 2 * half)

    def near(self, marks: Iterable[Mark], part: QRectF, view: View) -> list[Mark]:
        """Return the marks that may cover any of a part of the surface."""
        half = (LARGEST_PX * self._look.scale) / 2 + 2
        left, top = view.plane(part.left() - half, part.top() - half)
        right, bottom = view.plane(part.right() + half, part.bottom() + half)
        return [mark for mark in marks if left < mark.x < right and top < mark.y < bottom]

    def draw(self, painter: QPainter, marks: Iterable[Mark], view: View) -> None:
        """Draw every mark on the surface, in the order given, each on whole pixels."""
        left, top, scale, ratio = view.left_km, view.top_km, view.px_per_km, self._look.ratio
        width, height = view.width_px + 20, view.height_px + 20
        for mark in marks:
            x, y = (mark.x - left) * scale, (mark.y - top) * scale
            if -20 < x < width and -20 < y < height:
                picture, half = self._picture(mark)
                x, y = round((x - half) * ratio) / ratio, round((y - half) * ratio) / ratio
                painter.drawImage(QPointF(x, y), picture)

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
    """Paint a plate, as in the matrix: crossed when failed, pointing down when degraded.

    An empty one is unknown, a struck one out of service; what is normal is only a dot.
    """
    tokens, stroke = look.tokens, look.scale
    if state is AssetState.NORMAL:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.faint))
        painter.drawEllipse(rect)
        return
    if state not in (AssetState.FAILED, AssetState.DEGRADED):
        painter.setPen(QPen(QColor(tokens.second), 1.2 * stroke))
        painter.setBrush(QColor(tokens.panel))
        inner = rect.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRect(inner)
        if state is AssetState.OUT_OF_SERVICE:
            painter.drawLine(inner.bottomLeft(), inner.topRight())
        return
    color = tokens.red if state is AssetState.FAILED else tokens.orange
    painter.setPen(QPen(QColor(tokens.panel), 1.5 * stroke))
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(rect, 2 * stroke, 2 * stroke)
    sign = rect.adjusted(*(rect.width() * k for k in (0.28, 0.28, -0.28, -0.28)))
    paint_sign(painter, sign, state, QColor(tokens.raised), 1.8 * stroke)


def _paint_incident(painter: QPainter, rect: QRectF, mark: Mark, look: Look) -> None:
    """Paint the level's shape, edged with the ground so that neighbours stay apart."""
    tokens = look.tokens
    if mark.overdue:
        painter.setPen(QPen(QColor(tokens.red), 1.4 * look.scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        inset = 4 * look.scale
        rect = rect.adjusted(inset, inset, -inset, -inset)
    paint_shape(painter, rect, EventLevel(mark.shape), tokens)


def paint_shape(painter: QPainter, rect: QRectF, level: EventLevel, tokens: Tokens) -> None:
    """Paint a level's shape; a hollow one is filled with the ground, so that lines end at it."""
    if level in HOLLOW:
        hole = rect.width() * 0.18
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawEllipse(rect.adjusted(hole, hole, -hole, -hole))
    paint_level(painter, rect, level, tokens)
