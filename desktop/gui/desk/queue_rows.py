"""Rows of the queue list: the model, and how one row is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.application.views import QueueLine
from desktop.domain.command import Collection, Key
from desktop.domain.freshness import MEASURED_PERIODS, Freshness, judge
from desktop.domain.instant import HOUR, Instant
from desktop.domain.queue import ServiceQueue
from desktop.domain.source import SourceStatus
from desktop.gui import phrases
from desktop.gui.charts.sparkline import paint_sparkline
from desktop.gui.context import Screen
from desktop.gui.desk.row_list import RowModel, RowPainter

translate = QCoreApplication.translate

ROW_PX = 32
TREND_MS = 4 * HOUR
LIMIT_AT = 0.8
"""Where on its bar every queue's own threshold stands."""
NOTHING = "—"


def queue_key(queue: ServiceQueue) -> Key:
    """The identity of a queue across all sources."""
    return Key(queue.source, Collection.QUEUES, queue.id)


def wait_words(seconds: int | None) -> str:
    """A wait as people say it: `47 min`, `1 h 50 min`; a dash when it was not told."""
    if seconds is None:
        return NOTHING
    minutes = max(0, seconds) // 60
    if minutes < 60:
        return translate("Queues", "{minutes} min").format(minutes=minutes)
    return translate("Queues", "{hours} h {minutes} min").format(
        hours=minutes // 60, minutes=minutes % 60
    )


def figure(number: int | None) -> str:
    """A count; a dash when it was not told."""
    return NOTHING if number is None else str(number)


def counters(queue: ServiceQueue) -> str:
    """Counters open of those there are; a dash where there are none to speak of."""
    if queue.counters_open is None and queue.counters_total is None:
        return NOTHING
    return f"{figure(queue.counters_open)}/{figure(queue.counters_total)}"


def over_wait(queue: ServiceQueue) -> bool:
    """Whether the longest wait has passed the queue's own threshold."""
    return (
        queue.longest_wait_s is not None
        and queue.wait_limit_s is not None
        and queue.longest_wait_s >= queue.wait_limit_s
    )


def over_count(queue: ServiceQueue) -> bool:
    """Whether the number waiting has passed the queue's own threshold."""
    return (
        queue.waiting is not None
        and queue.waiting_limit is not None
        and queue.waiting >= queue.waiting_limit
    )


def ageing(queue: ServiceQueue, statuses: tuple[SourceStatus, ...], now: Instant) -> int | None:
    """How old a row is in ms when it was measured too long ago to be believed, else None."""
    source = next((s for s in statuses if s.id == queue.source), None)
    if source is None:
        return None
    seen_at = queue.observed_at or source.last_good_at
    fresh = judge(seen_at, now, MEASURED_PERIODS * source.expected_period_ms)
    believed = fresh is Freshness.FRESH and not source.is_older
    return None if believed or seen_at is None else now - seen_at


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
        """Columns for a pane that wide; narrow ones give up the trend, then the rest."""
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


class QueueModel(RowModel[QueueLine]):
    """Queues in the board's order: congested first."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen, lambda line: queue_key(line.queue))

    def name(self, row: QueueLine) -> str:
        return phrases.in_one_line(self._screen.words.text(row.queue.name))

    def sentence(self, row: QueueLine) -> str:
        return "; ".join(self.sentences(row.queue))

    def tip(self, row: QueueLine) -> str:
        return "\n".join(self.sentences(row.queue))

    def sentences(self, queue: ServiceQueue) -> list[str]:
        """Everything known of a queue, a line each."""
        words = self._screen.words
        name = [words.text(queue.name), words.text(queue.site)]
        said = [" · ".join(phrases.in_one_line(part) for part in name if part)]
        if queue.congested:
            said.append(translate("Queues", "Congested"))
        pairs = (
            (translate("Queues", "Waiting"), figure(queue.waiting), figure(queue.waiting_limit)),
            (
                translate("Queues", "Longest wait"),
                wait_words(queue.longest_wait_s),
                wait_words(queue.wait_limit_s),
            ),
        )
        said += [
            translate("Queues", "{what}: {now}, threshold {limit}").format(
                what=what, now=now, limit=limit
            )
            for what, now, limit in pairs
        ]
        said.append(f"{translate('Queues', 'Average wait')}: {wait_words(queue.average_wait_s)}")
        said.append(f"{translate('Queues', 'Counters open')}: {counters(queue)}")
        said.append(f"{translate('Queues', 'Served today')}: {figure(queue.served_today)}")
        if queue.observed_at is not None:
            said.append(
                f"{translate('Queues', 'Observed')}: {phrases.clock_time(queue.observed_at)}"
            )
        return said


class QueuePainter(RowPainter[QueueLine]):
    """One row: name, bar against its own threshold, figures, counters and trend."""

    def __init__(self, screen: Screen, statuses: Callable[[], tuple[SourceStatus, ...]]) -> None:
        super().__init__(screen, ROW_PX)
        self._statuses = statuses

    def paint_row(self, painter: QPainter, rect: QRect, row: QueueLine) -> None:
        queue = row.queue
        columns = Columns.across(rect.width())
        now = self._screen.board.now()
        age = ageing(queue, self._statuses(), now)
        self._paint_name(painter, _cell(rect, columns.name), queue, age)
        paint_bar(painter, QRectF(_cell(rect, columns.bar)), queue, self._screen)
        plain = "text" if age is None else "second"
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
            wait_words(queue.longest_wait_s),
            "body",
            "orange_text" if over_wait(queue) else "second",
        )
        self._figure(painter, _cell(rect, columns.counters), counters(queue), "body", "second")
        self._paint_trend(painter, _cell(rect, columns.trend), row, now)

    def _paint_name(
        self, painter: QPainter, rect: QRect, queue: ServiceQueue, age: int | None
    ) -> None:
        """The name, then its state or its age in words."""
        theme, words = self._screen.theme, self._screen.words
        after = words.age(age) if age is not None else ""
        if queue.congested:
            word = translate("Queues", "Congested")
            after = f"{word} · {after}" if after else word
        painter.setFont(theme.font("second"))
        width = painter.fontMetrics().horizontalAdvance(after)
        painter.setPen(theme.color("orange_text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, after)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text"))
        room = rect.width() - (width + 8 if after else 0)
        shown = phrases.elided(words.text(queue.name), painter.fontMetrics(), room)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)

    def _figure(self, painter: QPainter, rect: QRect, text: str, role: str, ink: str) -> None:
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_trend(self, painter: QPainter, rect: QRect, line: QueueLine, now: Instant) -> None:
        if line.trend is None or rect.width() < 40:
            return
        theme = self._screen.theme
        paint_sparkline(
            painter,
            QRectF(rect).adjusted(0, 6, 0, -6),
            line.trend.at,
            line.trend.values,
            theme.color("orange" if line.queue.congested else "second"),
            (now - TREND_MS, now),
        )


def paint_bar(painter: QPainter, rect: QRectF, queue: ServiceQueue, screen: Screen) -> None:
    """How many wait against the queue's own threshold, which is the tick on every bar."""
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
