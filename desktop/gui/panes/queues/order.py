"""The order of the queues, which stays as it is while an officer reads."""

from __future__ import annotations

from desktop.application.reads.read_models import QueueLine
from desktop.domain.command import Key
from desktop.domain.instant import MINUTE, Instant
from desktop.gui.panes.queues.model import queue_key

LASTING_MS = MINUTE
"""How long a queue must have become congested, or free, before the rows are sorted anew."""


class StandingOrder:
    """The board's order at the last sorting; new queues follow at the end.

    Rows are sorted anew only when the congestion of one has been another for a minute, and never
    while the officer is at the list.
    """

    def __init__(self) -> None:
        self._places: dict[Key, int] = {}
        self._congested: dict[Key, bool] = {}
        self._since: dict[Key, Instant] = {}
        """Since when a queue's congestion differs from that at the last sorting."""

    def is_due(self, now: Instant) -> bool:
        """Whether a congestion has been another for long enough to move its row."""
        return any(now - since >= LASTING_MS for since in self._since.values())

    def arrange(
        self, lines: tuple[QueueLine, ...], now: Instant, *, is_held: bool
    ) -> tuple[QueueLine, ...]:
        """Return these lines, given in the board's order, in the order in which they are shown."""
        present = {queue_key(line.queue): line.queue.congested for line in lines}
        changed = {k for k in present if present[k] != self._congested.get(k, present[k])}
        self._since = {k: self._since.get(k, now) for k in changed}
        if not self._places.keys() & present.keys() or (self.is_due(now) and not is_held):
            self._places = {key: place for place, key in enumerate(present)}
            self._congested, self._since = present, {}
        for key, congested in present.items():
            self._places.setdefault(key, len(self._places))
            self._congested.setdefault(key, congested)
        return tuple(sorted(lines, key=lambda line: self._places[queue_key(line.queue)]))
