"""Service queues (服务队列): how many people wait, how long, and the trend."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from desktop.application.reads.read_models import QueueLine
from desktop.domain.asset import TrendKind, trend_key
from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.charts.trend_table import queue_trend_columns, readings_of
from desktop.gui.context import UiContext
from desktop.gui.list_export import ListSnapshot
from desktop.gui.panes.list_pane import ListPane
from desktop.gui.panes.queues.columns import queue_columns
from desktop.gui.panes.queues.model import QueueModel
from desktop.gui.panes.queues.order import StandingOrder
from desktop.gui.panes.queues.painter import Columns, QueuePainter
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.snapshot_list import RowList

translate = QCoreApplication.translate

GROUPS = ("all", QueueKind.COUNTER, QueueKind.HOTLINE, QueueKind.ONLINE)


class QueueHead(QWidget):
    """The heads of the list's columns."""

    def __init__(self, screen: UiContext, view: QListView) -> None:
        super().__init__()
        self._screen, self._view = screen, view
        self.setFixedHeight(24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._screen.theme
        painter.setFont(theme.font("second"))
        painter.setPen(theme.color("second"))
        columns = Columns.across(self._view.viewport().width())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        places = columns.bar, columns.waiting, columns.wait, columns.counters, columns.trend
        aligned = left, right, right, right, left
        for (x, width), text, align in zip(places, self.heads(), aligned, strict=True):
            shown = formatting.elide(text, painter.fontMetrics(), width)
            painter.drawText(QRect(x, 0, width, self.height()), int(align), shown)
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def heads(self) -> tuple[str, ...]:
        """Return the heads in the language in force."""
        return (
            translate("Queues", "vs threshold"),
            translate("Queues", "Waiting"),
            translate("Queues", "Longest"),
            translate("Queues", "Counters"),
            translate("Queues", "Last 4 h"),
        )

    def sizeHint(self) -> QSize:
        return QSize(0, 24)


class QueuesPane(ListPane):
    """Every queue against its own threshold, the congested first; no row moves while it is read."""

    fills = frozenset({Collection.QUEUES})

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self._screen = screen
        self._lines: tuple[QueueLine, ...] | None = None
        self._filling: tuple[SourceStatus, ...] = ()
        self._order = StandingOrder()
        self.table = QueueModel(screen)
        self.list = RowList(self.table, QueuePainter(screen, lambda: self._filling))
        self.columns = QueueHead(screen, self.list)
        self.chips = SegmentedControl(
            tuple(str(group) for group in GROUPS), screen.theme.font("second")
        )
        self.export = self.head.add_export(self.chips)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.columns)
        column.addWidget(self.list, 1)
        self.set_content(content)
        self.setFocusProxy(self.list)
        self.chips.chosen.connect(self._arrange)
        self.export.clicked.connect(self.save)
        screen.theme.changed.connect(self.list.viewport().update)
        screen.feed.changed.connect(self._reload_changed)
        screen.feed.ticked.connect(self._follow)
        self.retranslate()
        self.reload()

    def reload(self) -> None:
        """Read the queues again; what is shown stays until the answer is there."""
        self._screen.reader.ask(self._screen.board.queues, self._show, slot="queues")

    def snapshot(self) -> ListSnapshot[ServiceQueue]:
        rows = [line.queue for line in self.table.rows]
        return self.as_snapshot(queue_columns(self._screen.words), rows, len(rows))

    def tables(self) -> list[ListSnapshot[Any]]:
        """The queues, and how many waited in each over the last hours."""
        text = self._screen.words.text
        lines = self._lines or ()
        rows = [each for x in lines for each in readings_of(text(x.queue.name), x.trend)]
        title = translate("Queues", "Waiting over time")
        return [self.snapshot(), self.as_snapshot(queue_trend_columns(), rows, len(rows), title)]

    def limits(self) -> list[str]:
        return ["" if self.chips.choice == "all" else self.chips.said]

    def describe_picked(self) -> list[str]:
        line = self.list.current
        return [] if line is None else self.table.sentences(line.queue)

    def retranslate(self) -> None:
        self.set_title(translate("Queues", "Service queues"))
        self.list.setAccessibleName(translate("Queues", "Service queues"))
        self.export.setText(translate("Queues", "Export"))
        words = {"all": translate("Queues", "All")}
        words |= {str(k): self._screen.words.term("queue_kind", k) for k in QueueKind}
        self.chips.say({str(group): words[str(group)] for group in GROUPS})
        self._tick(self._screen.board.now())
        self._arrange()
        set_tip(self.columns, " · ".join(self.columns.heads()))
        self.columns.update()

    def _reload_changed(self, changed: Changes) -> None:
        trends = (
            trend_key(line.queue.source, TrendKind.QUEUE, line.queue.id)
            for line in self._lines or ()
        )
        if (
            self.must_say_anew(changed)
            or self.fills & changed
            or any(changed.touches(trend) for trend in trends)
        ):
            self.reload()

    def _show(self, lines: tuple[QueueLine, ...]) -> None:
        self._lines = lines
        self._tick(self._screen.board.now())
        self._arrange()

    def _arrange(self) -> None:
        """Put the chosen group into the list; the current row and the scroll position stay."""
        group = self.chips.choice
        now = self._screen.board.now()
        lines = self._order.arrange(self._lines or (), now, is_held=self._is_held)
        shown = tuple(x for x in lines if group in ("all", x.queue.kind))
        self.list.show_rows(shown)
        self.say_figures()
        self._show_or_say(bool(shown))

    def _show_or_say(self, any_shown: bool) -> None:
        """Show the list, or why there is none."""
        if any_shown:
            self.show_content()
        elif self._lines is None or not self._lines:
            self.say_none(
                Collection.QUEUES,
                self._filling,
                translate("Queues", "No queues"),
                translate("Queues", "The sources answer, but have sent no queues."),
            )
        else:
            count = len(self._lines)
            self.show_empty(
                translate("Queues", "Filtered out"),
                translate("Queues", "None of %n queue(s) is of the group chosen.", "", count),
            )

    def say_figures(self) -> None:
        if not self._lines:
            self.set_summary("")
            return
        queues = [line.queue for line in self._lines]
        congested = sum(q.congested for q in queues)
        figure = partial(self.figure, Collection.QUEUES)
        parts = [figure(len(queues)), f"{translate('Queues', 'Congested')} {figure(congested)}"]
        self.set_summary(" · ".join(parts))

    def _tick(self, now: Instant) -> None:
        self._filling = self.filling(self._screen.board.statuses())
        self.set_age(self._filling, now)
        self.list.tick(now)

    @property
    def _is_held(self) -> bool:
        """Whether the officer is at the list, with the keyboard or the mouse."""
        return self.list.hasFocus() or self.list.underMouse()

    def _follow(self, now: Instant) -> None:
        """Follow the second; a congestion that has lasted moves its row."""
        self._tick(now)
        if self._order.is_due(now) and not self._is_held:
            self._arrange()
