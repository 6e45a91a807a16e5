"""The seconds in which a command just submitted stays here, so that it can be taken back."""

from __future__ import annotations

import threading

from desktop.domain.clock import Clock


class Grace:
    """Commands kept back a few seconds; may be used from any thread.

    In memory only: they are in the outbox already, and after a restart none of them waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def begin(self, key: str, length_s: float) -> None:
        """Keep a command back for so long; to be called before it is stored."""
        with self._lock:
            self._until_s[key] = self._clock.monotonic_s() + length_s

    def holds(self, key: str) -> bool:
        """Whether the command is kept back now."""
        return self.count_down_s(key) > 0.0

    def end(self, key: str) -> None:
        """Let a command go."""
        with self._lock:
            self._until_s.pop(key, None)

    def count_down_s(self, key: str) -> float:
        """Return how long the command is kept back still; 0 when it is not."""
        with self._lock:
            return max(0.0, self._until_s.get(key, 0.0) - self._clock.monotonic_s())

    def keys(self) -> tuple[str, ...]:
        """Return the commands kept back."""
        with self._lock:
            return tuple(self._until_s)
