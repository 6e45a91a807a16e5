"""The shapes and fills that carry meaning: the same in list, map, matrix, wall and print."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from desktop.domain.asset import AssetState
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.gui.theme import Tokens

HOLLOW = (EventLevel.NONE, EventLevel.UNKNOWN)
"""Levels drawn as an outline; the others are filled."""


@cache
def level_path(level: EventLevel) -> QPainterPath:
    """Return the shape of a level within the unit box 0…1; do not change it, it is shared."""
    path = QPainterPath()
    match level:
        case EventLevel.ESPECIALLY_MAJOR:
            path.setFillRule(Qt.FillRule.OddEvenFill)
            path.addPath(_polygon(0.5, 0.50))
            path.addPath(_polygon(0.5, 0.38))
            path.addPath(_polygon(0.5, 0.26))
        case EventLevel.MAJOR:
            path.addPath(_polygon(0.5, 0.48))
        case EventLevel.LARGER:
            path.addPolygon(
                QPolygonF([QPointF(0.5, 0.06), QPointF(0.98, 0.92), QPointF(0.02, 0.92)])
            )
            path.closeSubpath()
        case EventLevel.ORDINARY:
            path.addRect(QRectF(0.1, 0.1, 0.8, 0.8))
        case _:
            path.addEllipse(QRectF(0.16, 0.16, 0.68, 0.68))
    return path


def _polygon(center: float, radius: float) -> QPainterPath:
    """Return a diamond around the middle of the unit box."""
    path = QPainterPath()
    points = [
        QPointF(
            center + radius * math.sin(math.pi / 2 * k),
            center - radius * math.cos(math.pi / 2 * k),
        )
        for k in range(4)
    ]
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def level_color(tokens: Tokens, level: EventLevel) -> QColor:
    """Return the colour of a level's shape: only larger events and worse have one."""
    if level in (EventLevel.ESPECIALLY_MAJOR, EventLevel.MAJOR):
        return QColor(tokens.red)
    if level is EventLevel.LARGER:
        return QColor(tokens.orange)
    return QColor(tokens.text if level is EventLevel.ORDINARY else tokens.second)


def paint_level(painter: QPainter, rect: QRectF, level: EventLevel, tokens: Tokens) -> None:
    """Paint a level's shape into a square; an unknown level is a dashed ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width(), rect.height())
    color = level_color(tokens, level)
    if level in HOLLOW:
        pen = QPen(color, 0.14)
        if level == EventLevel.UNKNOWN:
            pen.setDashPattern([1.3, 1.3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
    painter.drawPath(level_path(level))
    painter.restore()


BLUE = {True: "#2F6FB2", False: "#6EA8E6"}
"""The legal blue of a fourth-level warning on a light and on a dark ground; used nowhere else."""


def warning_color(tokens: Tokens, level: WarningLevel) -> QColor:
    """Return the legal colour of a warning level; None for an unknown level."""
    is_light = QColor(tokens.panel).lightness() > QColor(tokens.text).lightness()
    return QColor(
        {
            WarningLevel.RED: tokens.red,
            WarningLevel.ORANGE: tokens.orange,
            WarningLevel.YELLOW: tokens.yellow,
            WarningLevel.BLUE: BLUE[is_light],
        }.get(level, tokens.second)
    )


WARNING_SHAPES = {
    WarningLevel.RED: EventLevel.MAJOR,
    WarningLevel.ORANGE: EventLevel.LARGER,
    WarningLevel.YELLOW: EventLevel.ORDINARY,
    WarningLevel.BLUE: EventLevel.NONE,
    WarningLevel.UNKNOWN: EventLevel.UNKNOWN,
}
"""Four steps, four shapes, as for incidents; the plate around them says that it is a warning."""
WARNING_SIGNS = {
    WarningLevel.RED: "◆",
    WarningLevel.ORANGE: "▲",
    WarningLevel.YELLOW: "■",
    WarningLevel.BLUE: "●",
    WarningLevel.UNKNOWN: "○",
}
"""The same shapes where there is only text."""


def paint_warning(painter: QPainter, rect: QRectF, level: WarningLevel, tokens: Tokens) -> None:
    """Paint a warning's level as a plate of its legal colour with its shape cut out of it.

    An unknown level is an empty dashed plate.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color, side = warning_color(tokens, level), rect.width()
    if level is WarningLevel.UNKNOWN:
        pen = QPen(color, max(1.0, side * 0.09))
        pen.setDashPattern([2, 1.6])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = side * 0.08
        painter.drawRoundedRect(rect.adjusted(edge, edge, -edge, -edge), side * 0.14, side * 0.14)
        painter.restore()
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(rect, side * 0.16, side * 0.16)
    painter.translate(rect.topLeft())
    painter.scale(side, side)
    painter.translate(0.2, 0.2)
    painter.scale(0.6, 0.6)
    painter.setBrush(QColor(tokens.raised))
    painter.drawPath(level_path(WARNING_SHAPES[level]))
    painter.restore()


def paint_sign(
    painter: QPainter, box: QRectF, state: AssetState, ink: QColor, stroke: float
) -> None:
    """Paint the sign of what is broken: a cross when failed, else pointing down."""
    if state is AssetState.FAILED:
        painter.setPen(QPen(ink, stroke))
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomLeft())
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    tip = QPointF(box.center().x(), box.bottom())
    painter.drawPolygon(QPolygonF([box.topLeft(), box.topRight(), tip]))


def state_brush(tokens: Tokens, state: AssetState) -> QBrush:
    """Return the fill of an asset state that needs eyes: unknown is hatched."""
    match state:
        case AssetState.FAILED:
            return QBrush(QColor(tokens.red))
        case AssetState.DEGRADED:
            return QBrush(QColor(tokens.orange))
        case AssetState.UNKNOWN:
            return QBrush(_hatching(tokens.second, 2))
        case _:
            return QBrush(QColor(tokens.ground))


def hatch(tokens: Tokens) -> QBrush:
    """Return the ground of what is shown although its source fails."""
    return QBrush(_hatching(tokens.line, 2))


@cache
def _hatching(color: str, width: int) -> QImage:
    """Return a seamless tile of diagonal lines; Qt's own patterns are hair-thin at any scale."""
    side = 6
    tile = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(Qt.GlobalColor.transparent)
    ink = QColor(color)
    for y in range(side):
        for x in range(side):
            if (x + y) % side < width:
                tile.setPixelColor(x, y, ink)
    return tile
