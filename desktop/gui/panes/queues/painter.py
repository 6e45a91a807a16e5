"""How one row of the queue list is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from desktop.application.reads.read_models import QueueLine
from desktop.domain.asset import Trend
from desktop.domain.instant import HOUR, MINUTE, Instant
from desktop.domain.queue import ServiceQueue
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.charts.sparkline import paint_sparkline
from desktop.gui.context import UiContext
from desktop.gui.panes.queues.model import (
    ageing,
    counters,
    figure,
    over_count,
    over_wait,
)
from desktop.gui.widgets.snapshot_list import RowPainter

translate = QCoreApplication.translate

ROW_PX = 32
TREND_MS = 4 * HOUR
TREND_STEP_MS = MINUTE
"""How often a trend moves on by itself: four hours take less than a pixel in it."""
CONGESTED = "!"
LIMIT_AT = 0.8
"""Position of the queue's own threshold on its bar, the same for all queues."""


@dataclass(frozen=True)
class Columns:
    """Left edge and width of each column of a row."""

    name: tuple[int, int]
    bar: tuple[int, int]
    waiting: tuple[int, int]
    wait: tuple[int, int]
    counters: tuple[int, int]
    trend: tuple[int, int]

    @classmethod
    def across(cls, width: int) -> Columns:
        """Compute the columns for a pane's width; narrow ones drop the trend first, then others."""
        trend = 120 if width >= 700 else 72 if width >= 480 else 0
        fixed = [48, 88, 56 if width >= 640 else 0, trend]
        room = width - 24 - sum(fixed) - 12 * (1 + sum(each > 0 for each in fixed))
        name = max(0, min(240, max(132, room * 62 // 100), room))
        widths = [name, room - name, *fixed]
        lefts, x = [], 12
        for each in widths:
            lefts.append(x)
            x += each + (12 if each else 0)
        return cls(*zip(lefts, widths, strict=True))


class QueuePainter(RowPainter[QueueLine]):
    """One row: name, bar against its own threshold, figures, counters and trend."""

    def __init__(self, screen: UiContext, statuses: Callable[[], tuple[SourceStatus, ...]]) -> None:
        super().__init__(screen, ROW_PX)
        self._statuses = statuses
        self._trends: dict[tuple[str, str], tuple[object, QPixmap]] = {}
        """By queue its trend as drawn last, with what it was drawn from."""

    def passing(self, row: QueueLine, now: Instant) -> object:
        age = ageing(row.queue, self._statuses(), now)
        step = None if age is None else formatting.step_of_age(now - age, now)
        return step, now // TREND_STEP_MS

    def _age(self, queue: ServiceQueue, now: Instant) -> str:
        """Say how old a measurement is that is too old to be fresh."""
        age = ageing(queue, self._statuses(), now)
        return "" if age is None else self._screen.words.age(age)

    def paint_row(self, painter: QPainter, rect: QRect, row: QueueLine) -> None:
        queue = row.queue
        columns = Columns.across(rect.width())
        now = self._screen.board.now()
        age = self._age(queue, now)
        self._paint_name(painter, _cell(rect, columns.name), queue, age)
        paint_bar(painter, QRectF(_cell(rect, columns.bar)), queue, self._screen)
        plain = "second" if age else "text"
        self._figure(
            painter,
            _cell(rect, columns.waiting),
            figure(queue.waiting),
            "strong",
            "orange_text" if over_count(queue) else plain,
        )
        self._figure(
            painter,
            _cell(rect, columns.wait),
            formatting.wait(queue.longest_wait_s),
            "body",
            "orange_text" if over_wait(queue) else "second",
        )
        self._figure(painter, _cell(rect, columns.counters), counters(queue), "body", "second")
        self._paint_trend(painter, _cell(rect, columns.trend), row, now)

    def _paint_name(self, painter: QPainter, rect: QRect, queue: ServiceQueue, aged: str) -> None:
        """Paint the name, then the state or age in words; the state as a mark if the name needs the
        room."""
        theme, name = self._screen.theme, self._screen.words.text(queue.name)
        painter.setFont(theme.font("body"))
        wanted = painter.fontMetrics().horizontalAdvance(formatting.in_one_line(name))
        painter.setFont(theme.font("second"))
        after, width = aged, painter.fontMetrics().horizontalAdvance(aged)
        for state in (translate("Queues", "Congested"), CONGESTED) if queue.congested else ():
            after = f"{state} · {aged}" if aged else state
            width = painter.fontMetrics().horizontalAdvance(after)
            if wanted + width + 8 <= rect.width():
                break
        painter.setPen(theme.color("orange_text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, after)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text"))
        room = rect.width() - (width + 8 if after else 0)
        shown = formatting.elide(name, painter.fontMetrics(), room)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)

    def _figure(self, painter: QPainter, rect: QRect, text: str, role: str, ink: str) -> None:
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_trend(self, painter: QPainter, rect: QRect, line: QueueLine, now: Instant) -> None:
        if line.trend is None or rect.width() < 40:
            return
        ratio = painter.device().devicePixelRatioF()
        color = self._screen.theme.color("orange" if line.queue.congested else "second")
        stamp = (line.trend, rect.size(), ratio, color, now // TREND_STEP_MS)
        key = (line.queue.source, line.queue.id)
        known = self._trends.get(key)
        if known is None or known[0] != stamp:
            known = self._trends[key] = (
                stamp,
                _draw_trend(line.trend, rect.size(), ratio, color, now),
            )
        painter.drawPixmap(rect.topLeft(), known[1])


def _draw_trend(trend: Trend, size: QSize, ratio: float, color: QColor, now: Instant) -> QPixmap:
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        room = QRectF(0, 6, size.width(), size.height() - 12)
        paint_sparkline(painter, room, trend.at, trend.values, color, (now - TREND_MS, now))
    return picture


def paint_bar(painter: QPainter, rect: QRectF, queue: ServiceQueue, screen: UiContext) -> None:
    """Paint how many wait against the queue's own threshold, which is the tick on every bar."""
    theme = screen.theme
    if rect.width() < 24:
        return
    thick = max(8.0, rect.height() / 4)
    bar = QRectF(rect.left(), rect.center().y() - thick / 2, rect.width(), thick)
    painter.fillRect(bar, theme.color("ground"))
    if queue.waiting is None or not queue.waiting_limit:
        return
    share = min(1.0, queue.waiting / queue.waiting_limit * LIMIT_AT)
    color = theme.color("orange" if over_count(queue) else "faint")
    painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * share, thick), color)
    tick = bar.left() + bar.width() * LIMIT_AT
    painter.fillRect(
        QRectF(tick, bar.top() - 3, max(1.0, thick / 8), thick + 6), theme.color("text")
    )


def _cell(row: QRect, column: tuple[int, int]) -> QRect:
    return QRect(row.left() + column[0], row.top(), column[1], row.height())
