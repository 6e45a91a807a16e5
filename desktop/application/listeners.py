"""The listeners that are called when rows or statuses change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

from desktop.application.ports import Listener
from desktop.domain.changes import Changes

log = logging.getLogger(__name__)


class Listeners:
    """Registry of the listeners to changes; may be used from any thread."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change; returns a function that ends the subscription."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def announce(self, changed: Changes) -> None:
        """Tell every listener what changed."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(changed)
            except Exception:
                # The command is durable and the rows are kept: one broken screen undoes neither.
                log.exception("a listener broke")
