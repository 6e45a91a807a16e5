"""The list model of queues, and their figures in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.reads.read_models import QueueLine
from desktop.domain.command import Collection, Key
from desktop.domain.freshness import MEASURED_PERIODS, Freshness, judge
from desktop.domain.instant import Instant
from desktop.domain.queue import ServiceQueue
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.snapshot_list import SnapshotListModel

translate = QCoreApplication.translate


def queue_key(queue: ServiceQueue) -> Key:
    """Return the identity of a queue across all sources."""
    return Key(queue.source, Collection.QUEUES, queue.id)


def figure(number: int | None) -> str:
    """Format a count; a dash when it was not reported."""
    return formatting.NOTHING if number is None else str(number)


def counters(queue: ServiceQueue) -> str:
    """Format open counters out of all; a dash if the queue has none."""
    if queue.counters_open is None and queue.counters_total is None:
        return formatting.NOTHING
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
    """Return the age of a row in ms if its measurement is too old to be fresh, else None."""
    source = next((s for s in statuses if s.id == queue.source), None)
    if source is None:
        return None
    seen_at = queue.observed_at or source.last_good_at
    fresh = judge(seen_at, now, MEASURED_PERIODS * source.expected_period_ms)
    believed = fresh is Freshness.FRESH and not source.is_older
    return None if believed or seen_at is None else now - seen_at


class QueueModel(SnapshotListModel[QueueLine]):
    """Queues in the board's sort order: congested first."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, lambda line: queue_key(line.queue))

    def name(self, row: QueueLine) -> str:
        return formatting.in_one_line(self._screen.words.text(row.queue.name))

    def sentence(self, row: QueueLine) -> str:
        return "; ".join(self.sentences(row.queue))

    def tip(self, row: QueueLine) -> str:
        return "\n".join(self.sentences(row.queue))

    def sentences(self, queue: ServiceQueue) -> list[str]:
        """Describe a queue in full, a line for each fact."""
        words = self._screen.words
        name = [words.text(queue.name), words.text(queue.site)]
        said = [" · ".join(formatting.in_one_line(part) for part in name if part)]
        if queue.congested:
            said.append(translate("Queues", "Congested"))
        pairs = (
            (translate("Queues", "Waiting"), figure(queue.waiting), figure(queue.waiting_limit)),
            (
                translate("Queues", "Longest wait"),
                formatting.wait(queue.longest_wait_s),
                formatting.wait(queue.wait_limit_s),
            ),
        )
        said += [
            translate("Queues", "{what}: {now}, threshold {limit}").format(
                what=what, now=now, limit=limit
            )
            for what, now, limit in pairs
        ]
        said.append(
            f"{translate('Queues', 'Average wait')}: {formatting.wait(queue.average_wait_s)}"
        )
        said.append(f"{translate('Queues', 'Counters open')}: {counters(queue)}")
        said.append(f"{translate('Queues', 'Served today')}: {figure(queue.served_today)}")
        if queue.observed_at is not None:
            said.append(
                f"{translate('Queues', 'Observed')}: {formatting.clock_time(queue.observed_at)}"
            )
        return said
