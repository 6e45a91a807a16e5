"""Detection of sleep, and of a change of network."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from desktop.application.ports import SourceSettings
from desktop.application.sync.source_worker import SourceWorker
from desktop.domain.clock import Clock

log = logging.getLogger(__name__)

TICK_S = 8.0
GAP_S = 20.0
"""More than a busy computer makes a thread wait, and less than a connection outlives."""

AddressTowards = Callable[[SourceSettings], str | None]
"""This computer's own address on the way to a source; None when there is no way."""


class SleepDetector:
    """Detector of time that went by while nothing here ran.

    Some systems stop the monotonic clock in sleep and some do not: a jump of either clock counts.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.monotonic_s(), clock.now()

    def has_slept(self, waited_s: float) -> bool:
        """Whether far more time has gone by than the `waited_s` since the last call."""
        before_s, before = self._last
        self._last = now_s, now = self._clock.monotonic_s(), self._clock.now()
        return max(now_s - before_s, (now - before) / 1000) > waited_s + GAP_S


class Addresses:
    """Detector of a change of this computer's own address on the way to a source."""

    def __init__(self, towards: AddressTowards) -> None:
        self._towards = towards
        self._last: dict[str, str] = {}

    def has_moved(self, settings: SourceSettings) -> bool:
        """Whether the address changed; a network that is gone for a while is no change."""
        address = self._towards(settings)
        if address is None:
            return False
        before, self._last[settings.id] = self._last.get(settings.id), address
        return before is not None and before != address


class ConnectivityWatch:
    """A thread that looks every few seconds and resets the workers after sleep or a move."""

    def __init__(
        self,
        workers: list[SourceWorker],
        clock: Clock,
        towards: AddressTowards | None,
        on_look: Callable[[], None] = lambda: None,
    ) -> None:
        """`clock` is this computer's own: one that follows a server jumps when the server sets it.

        `on_look` is called with each look.
        """
        self._workers = workers
        self._on_look = on_look
        self._slumber = SleepDetector(clock)
        self._addresses = Addresses(towards) if towards is not None else None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def look(self, waited_s: float) -> None:
        """Look once."""
        self._on_look()
        slept = self._slumber.has_slept(waited_s)
        if slept:
            log.info("the computer slept")
        for worker in self._workers:
            moved = self._addresses is not None and self._addresses.has_moved(
                worker.source.settings
            )
            if moved:
                log.info("another network", extra={"source": worker.status.id})
            if slept or moved:
                worker.reset()

    def close(self, wait_s: float) -> None:
        """Stop looking; idempotent."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                if not self._closed.wait(TICK_S):
                    self.look(TICK_S)
            except BaseException:
                log.critical("looking for sleep and networks broke", exc_info=True)
