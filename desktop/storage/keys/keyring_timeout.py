"""Questions to the keyring, which may take long: each wait for an answer has an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from typing import Any, TypeVar

T = TypeVar("T")

LOOK_S = 0.1
"""How often a wait looks whether it was cut short."""


class NoAnswer(Exception):
    """The time was up, or the wait was cut short."""


def never() -> bool:
    """Return False: where nothing cuts a wait short."""
    return False


def wait_for(answer: Future[T], wait_s: float, is_cut: Callable[[], bool] = never) -> T:
    """The answer, or what its question raised; NoAnswer after `wait_s` or once it `is_cut`."""
    ends_s = time.monotonic() + wait_s
    while not is_cut() and (left_s := ends_s - time.monotonic()) > 0:
        try:
            return answer.result(min(LOOK_S, left_s))
        except Late:
            if answer.done():
                raise  # The question itself was late.
    raise NoAnswer


class Questions:
    """Runs each question on a thread of its own that delays no exit. Thread-safe.

    A caller who gives up leaves the question running: the next who asks the same waits for the same
    answer, and no person is asked twice at once to unlock the same keyring.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: dict[str, Future[Any]] = {}
        self._began_s: dict[str, float] = {}

    def ask(
        self,
        name: str,
        question: Callable[[], T],
        wait_s: float,
        is_cut: Callable[[], bool] = never,
    ) -> T:
        """The answer, or what the question raised; NoAnswer after `wait_s` or once it `is_cut`."""
        return wait_for(self.begin(name, question), wait_s, is_cut)

    def begin(self, name: str, question: Callable[[], T]) -> Future[T]:
        """Start a question, or join it under way; returns its future, to wait for repeatedly."""
        with self._lock:
            standing = self._standing.get(name)
            if standing is not None:
                return standing
            answer: Future[T] = Future()
            self._standing[name], self._began_s[name] = answer, time.monotonic()
            thread = threading.Thread(
                target=self._run, args=(name, question, answer), name="keyring", daemon=True
            )
            try:
                thread.start()
            except BaseException:
                del self._standing[name], self._began_s[name]
                raise
        return answer

    def longest_s(self, prefix: str) -> float:
        """Return for how long questions of such names have been under way; 0.0 when none is."""
        with self._lock:
            began_s = [at_s for name, at_s in self._began_s.items() if name.startswith(prefix)]
        return time.monotonic() - min(began_s) if began_s else 0.0

    def _run(self, name: str, question: Callable[[], T], answer: Future[T]) -> None:
        try:
            result = question()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            self._forget(name)
            answer.set_exception(error)
        else:
            self._forget(name)
            answer.set_result(result)

    def _forget(self, name: str) -> None:
        with self._lock:
            self._standing.pop(name, None)
            self._began_s.pop(name, None)


QUESTIONS = Questions()
"""One for this process, because it has one session bus."""
