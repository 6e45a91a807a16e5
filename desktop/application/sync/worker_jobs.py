"""Jobs from other threads, done by a source's worker and never beside an exchange."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from desktop.application.ports import Cancelled

T = TypeVar("T")


class WorkerBusy(Exception):
    """The work was not begun: an exchange that is under way has lasted for too long."""


class WorkerJobs:
    """What waits to be done between two exchanges; each piece is done once, in order."""

    def __init__(self, on_asked: Callable[[], None]) -> None:
        """`on_asked` wakes the worker, which then calls `work_off`."""
        self._on_asked = on_asked
        self._waiting: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._lock, self._closed = threading.Lock(), False

    def run(self, work: Callable[[], T], wait_s: float) -> T:
        """Have the work done and return its result, from any thread but the worker's.

        Raises what the work raises; WorkerBusy when it was not begun in time, and Cancelled when
        the worker was closed before.
        """
        done: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise Cancelled
            self._waiting.append((work, done))
        self._on_asked()
        try:
            return done.result(wait_s)
        except CancelledError:
            raise Cancelled from None
        except TimeoutError:
            if done.cancel():
                raise WorkerBusy from None
            return done.result()

    def work_off(self) -> None:
        """Do what waits, on the worker's thread."""
        while (waiting := self._take_next()) is not None:
            work, done = waiting
            if not done.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - it is the answer to who asked
                done.set_exception(error)
            else:
                done.set_result(result)

    def _take_next(self) -> tuple[Callable[[], Any], Future[Any]] | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Give up what waits; idempotent, from any thread."""
        with self._lock:
            self._closed = True
            given_up = list(self._waiting)
            self._waiting.clear()
        for _, done in given_up:
            done.cancel()
