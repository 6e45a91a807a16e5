"""Threads of the product that take turns: one of all runs, until it waits and hands back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.application.ports import StoreError
from simulation.disk import Crash

if TYPE_CHECKING:
    from simulation.network import SimSocket
    from simulation.scheduler import Scheduler

_parked: dict[int, HandedThread] = {}
"""Those that live, by the system's number of their thread."""
_begun: list[HandedThread] = []


class HandedThread:
    """See `threading.Thread`. It runs within `start`, `resume` and `join`, and at no other time."""

    made_for: Scheduler
    """Whose time the next ones go by."""

    def __init__(self, target: Callable[[], None], name: str, daemon: bool) -> None:
        self._target, self._time = target, self.made_for
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, name=name, daemon=daemon)
        self._until_s = 0.0
        self._on: SimSocket | None = None
        self.is_over = False

    def start(self) -> None:
        """Begin, and run until it waits for the first time."""
        _begun.append(self)
        self._thread.start()
        self.resume()

    def is_alive(self) -> bool:
        """Whether it has not come to its end."""
        return not self.is_over

    def join(self, timeout_s: float | None = None) -> None:
        """Let it run as far as it can without time going by."""
        while not self.is_over and self.due_s() <= self._time.now_s:
            self.resume()
        if self.is_over:
            self._thread.join()

    def due_s(self) -> float:
        """When it has waited long enough."""
        return self._until_s if self._on is None else min(self._until_s, self._on.wakes_s)

    def resume(self) -> None:
        """Let it run until it waits again, or to its end."""
        self._go.release()
        self._back.acquire()

    def park(self, until_s: float, on: SimSocket | None) -> None:
        """Wait, on its own thread, and let the others run meanwhile."""
        self._until_s, self._on = until_s, on
        self._back.release()
        self._go.acquire()

    def _run(self) -> None:
        self._go.acquire()
        _parked[threading.get_ident()] = self
        try:
            self._target()
        except Crash:
            return  # Whoever resumed it finds the desk dead.
        except StoreError as error:
            # It outlived its desk, as it may: what it counts finds the files closed.
            if error.problem.code != "store_closed":
                raise
        finally:
            del _parked[threading.get_ident()]
            self.is_over = True
            self._back.release()


def end_all() -> None:
    """Let those whose desk is gone come to their end, whatever they still wait for."""
    for thread in _begun:
        while not thread.is_over:
            thread.resume()
        thread.join()
    _begun.clear()


def running() -> HandedThread | None:
    """The one that runs now, when it is one of these that runs."""
    return _parked.get(threading.get_ident()) if _parked else None
