"""Listening for a source's hints that it has something new, on a thread beside its worker's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from desktop.application.ports import Cancelled, SourceError
from desktop.application.sync.late_connector import LateConnector
from desktop.domain.clock import Clock

HINT_WAIT_S = 60.0
HINT_PAUSE_S = 5.0

log = logging.getLogger(__name__)


class HintListener:
    """Waits for hints until closed; `listen()` is what its thread runs."""

    def __init__(
        self,
        connector: LateConnector,
        clock: Clock,
        on_hint: Callable[[], None],
        ready: threading.Event,
        closed: threading.Event,
    ) -> None:
        """Nothing is asked before `ready`: on a thin line a second handshake would take its bytes
        from the first rows."""
        self._connector, self._clock, self._on_hint = connector, clock, on_hint
        self._ready, self._closed = ready, closed

    def listen(self) -> None:
        """Wait for one hint after another until closed."""
        while not self._closed.is_set():
            try:
                if self._ready.wait(HINT_WAIT_S):
                    self._await_hint()
            except BaseException:
                log.critical("waiting for a hint broke", exc_info=True)

    def _await_hint(self) -> None:
        began_s, hinted = self._clock.monotonic_s(), False
        try:
            hinted = self._connector.get().wait_for_hint(HINT_WAIT_S)
        except (SourceError, Cancelled):
            pass
        except Exception:
            log.exception("waiting for a hint broke")
        if hinted:
            self._on_hint()
        elif self._clock.monotonic_s() - began_s < HINT_PAUSE_S:
            self._closed.wait(HINT_PAUSE_S)
