"""Something several checks need, found out once by the first that asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """The result of one call, for any number of threads; an exception is each caller's."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._done: tuple[T] | None = None
        self._error: Exception | None = None

    def __call__(self) -> T:
        """Return the result, waiting for whoever is at work on it."""
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._done is None:
                try:
                    self._done = (self._work(),)
                except Exception as error:
                    self._error = error
                    raise
            return self._done[0]

    def peek(self) -> T | None:
        """Return the result if there is one by now."""
        return None if self._done is None else self._done[0]
