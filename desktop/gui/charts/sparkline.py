"""Sparklines, painted with plain QPainter inside rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop.domain.instant import Instant


def runs(
    at: Sequence[Instant], values: Sequence[float | None], longest_step_ms: int | None = None
) -> list[list[tuple[Instant, float]]]:
    """The readings between the gaps: a None ends a run, and so does too long a silence."""
    found: list[list[tuple[Instant, float]]] = [[]]
    for moment, value in zip(at, values, strict=False):
        last = found[-1]
        silent = longest_step_ms is not None and last and moment - last[-1][0] > longest_step_ms
        if (value is None or silent) and last:
            found.append([])
        if value is not None:
            found[-1].append((moment, value))
    return [run for run in found if run]


def usual_gap_ms(at: Sequence[Instant]) -> int | None:
    """Beyond which silence readings count as missing: three times the usual step."""
    steps = sorted(b - a for a, b in pairwise(at) if b > a)
    return 3 * steps[len(steps) // 2] if steps else None


def paint_sparkline(
    painter: QPainter,
    rect: QRectF,
    at: Sequence[Instant],
    values: Sequence[float | None],
    color: QColor,
    span: tuple[Instant, Instant],
    limit: float | None = None,
    limit_color: QColor | None = None,
) -> None:
    """The readings of `span` across the rectangle, from zero or their least value up.

    A limit is drawn as a hairline when it is within reach of the readings.
    """
    begin, end = span
    kept = [(t, v) for t, v in zip(at, values, strict=False) if begin <= t <= end]
    if not any(v is not None for _, v in kept):
        return
    present = [v for _, v in kept if v is not None]
    low, high = min(0.0, *present), max(present)
    if limit is not None and limit <= high * 1.5:
        high = max(high, limit)
    height = (high - low) or 1.0

    def spot(moment: Instant, value: float) -> QPointF:
        x = rect.left() + rect.width() * (moment - begin) / max(1, end - begin)
        return QPointF(x, rect.bottom() - rect.height() * (value - low) / height)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if limit is not None and limit_color is not None and low <= limit <= high:
        painter.setPen(QPen(limit_color, 1.0))
        painter.drawLine(spot(begin, limit), spot(end, limit))
    painter.setPen(QPen(color, 1.3))
    moments = [t for t, _ in kept]
    for run in runs(moments, [v for _, v in kept], usual_gap_ms(moments)):
        if len(run) == 1:
            painter.drawPoint(spot(*run[0]))
        else:
            painter.drawPolyline(QPolygonF([spot(*reading) for reading in run]))
    painter.restore()
