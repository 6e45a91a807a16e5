"""The states of assets as the matrix and the list of assets paint them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop.domain.asset import AssetState
from desktop.gui.symbols import paint_sign, state_brush
from desktop.gui.theme import Theme

DOT_PX = 4


def paint_state(
    painter: QPainter, rect: QRectF, state: AssetState, count: int, theme: Theme
) -> None:
    """Paint a state as a filled cell; the failed one is crossed, the degraded one points down.

    What needs nobody is small: a dot when normal, a ring when out of service.
    """
    if state in (AssetState.NORMAL, AssetState.OUT_OF_SERVICE):
        _paint_calm(painter, rect.center(), state is AssetState.NORMAL, theme)
        return
    painter.fillRect(rect, state_brush(theme.tokens, state))
    if state not in (AssetState.FAILED, AssetState.DEGRADED):
        return
    ink = _ink(theme, theme.color("red" if state is AssetState.FAILED else "orange"))
    side = min(7.0, rect.height() - 4)
    numbered = count > 1 and rect.width() >= 28 and rect.height() >= 12
    middle = rect.center().x() - (6 if numbered else 0)
    box = QRectF(middle - side / 2, rect.center().y() - side / 2, side, side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_sign(painter, box, state, ink, 1.6)
    if numbered:
        painter.setPen(ink)
        painter.setFont(theme.font("second"))
        beside = rect.adjusted(rect.width() / 2, -3, 0, 3)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, str(count))


def _paint_calm(painter: QPainter, middle: QPointF, is_normal: bool, theme: Theme) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color, radius = theme.color("second"), DOT_PX / 2
    painter.setPen(Qt.PenStyle.NoPen if is_normal else QPen(color, 1.2))
    painter.setBrush(color if is_normal else Qt.BrushStyle.NoBrush)
    # In the middle of a pixel, so that each dot looks like the next.
    middle = QPointF(math.floor(middle.x()) + 0.5, math.floor(middle.y()) + 0.5)
    painter.drawEllipse(middle, radius, radius)


def _ink(theme: Theme, ground: QColor) -> QColor:
    """Return the theme's lightest or darkest colour, whichever reads better on the ground."""
    inks = (theme.color("raised"), theme.color("text"))
    return max(inks, key=lambda ink: contrast(ink, ground))


def contrast(one: QColor, other: QColor) -> float:
    """Return the WCAG contrast between two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def paint_fold(painter: QPainter, rect: QRect, text: str, opened: bool, theme: Theme) -> None:
    """Paint a row that stands for others: a triangle, which points down when they are shown."""
    painter.setFont(theme.font("second"))
    painter.setPen(theme.color("second"))
    painter.drawText(rect.adjusted(24, -2, -4, 2), Qt.AlignmentFlag.AlignVCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("second"))
    painter.save()
    painter.translate(rect.left() + 14, rect.center().y() + 0.5)
    painter.rotate(90 if opened else 0)
    painter.drawPolygon(QPolygonF([QPointF(-2.5, -4), QPointF(2.5, 0), QPointF(-2.5, 4)]))
    painter.restore()
