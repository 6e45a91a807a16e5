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
    """Split the readings at gaps: a None ends a run, and so does too long a silence."""
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
    """Return the silence beyond which readings count as missing: three times the usual step."""
    steps = sorted(b - a for a, b in pairwise(at) if b > a)
    return 3 * steps[len(steps) // 2] if steps else None


def sparkline_range(values: Sequence[float]) -> tuple[float, float]:
    """Return least and greatest value of the drawing.

    At least a third of the greatest reading is spanned, so that a flicker by one does not look like
    a mountain.
    """
    low, high = min(values), max(values)
    span = max(high - low, abs(high) / 3, 1e-9)
    middle = (low + high) / 2
    return middle - span / 2, middle + span / 2


def paint_sparkline(
    painter: QPainter,
    rect: QRectF,
    at: Sequence[Instant],
    values: Sequence[float | None],
    color: QColor,
    span: tuple[Instant, Instant],
    width_px: float = 1.3,
) -> None:
    """Paint the readings of `span` across the rectangle; a lone reading is a dot."""
    begin, end = span
    kept = [(t, v) for t, v in zip(at, values, strict=False) if begin <= t <= end]
    present = [v for _, v in kept if v is not None]
    if not present:
        return
    low, high = sparkline_range(present)

    def spot(moment: Instant, value: float) -> QPointF:
        x = rect.left() + rect.width() * (moment - begin) / max(1, end - begin)
        return QPointF(x, rect.bottom() - rect.height() * (value - low) / (high - low))

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, width_px))
    moments = [t for t, _ in kept]
    for run in runs(moments, [v for _, v in kept], usual_gap_ms(moments)):
        if len(run) == 1:
            painter.drawPoint(spot(*run[0]))
        else:
            painter.drawPolyline(QPolygonF([spot(*reading) for reading in run]))
    painter.restore()
