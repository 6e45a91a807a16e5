"""Work off the GUI thread, with its answers brought back to it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import msgspec
from PySide6.QtCore import QObject, Qt, Signal

from desktop.domain.worker import Worker, WorkerDied

log = logging.getLogger(__name__)

T = TypeVar("T")

CLOSE_WAIT_S = 2.0


class _Ask(msgspec.Struct, frozen=True):
    """One task on its way to the worker and back."""

    work: Callable[[], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], None] | None
    slot: str
    ticket: int


class TaskRunner(QObject):
    """One worker thread; tasks run in order, urgent ones first; answers arrive on the GUI thread.

    The runner is its own relay: it lives on the GUI thread for as long as the program does, so an
    answer can never reach a QObject from the worker.
    """

    _answered = Signal(object, object, object)
    idled = Signal()
    """No task is queued or under way any more."""

    def __init__(self, name: str = "lane", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker(name)
        self._tickets: dict[str, int] = {}
        self._count = 0
        self._closed = self._finishing = False
        self.pending = 0
        """Tasks whose answer has not arrived yet."""
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        slot: str = "",
        *,
        urgent: bool = False,
    ) -> None:
        """Run `work` on the worker, then `then` with its result on the GUI thread.

        What the officer just asked to see is `urgent`: it goes before what only keeps up to date.
        With a `slot`, only the newest task of that slot counts: older ones are not begun, and their
        late answers are dropped. After `close()` nothing is called. `failed` is called as well if
        the worker itself failed: each task has its answer.
        """
        if self._closed:
            return
        self._count += 1
        ask = _Ask(work, then, failed, slot, self._count)
        if slot:
            self._tickets[slot] = ask.ticket
        self.pending += 1
        try:
            done = self._worker.submit(lambda: self._work(ask), urgent=urgent)
        except RuntimeError as no_thread:
            self._answered.emit(ask, None, no_thread)
        else:
            done.add_done_callback(lambda over: self._tell(ask, over))

    def close(self, *, finish: bool = False) -> None:
        """Drop queued tasks, deliver no more answers, wait at most 2 s for the task under way.

        With `finish` queued tasks are run as well, as far as the 2 s suffice.
        """
        if self._closed:
            return
        self._finishing = finish
        self._closed = True
        if not finish:
            self._worker.drop()
        self._worker.close(CLOSE_WAIT_S)
        self._finishing = False
        self._tickets.clear()

    def _is_old(self, ask: _Ask) -> bool:
        return bool(ask.slot) and self._tickets.get(ask.slot) != ask.ticket

    def _work(self, ask: _Ask) -> Any:
        if not (self._finishing or not self._closed) or self._is_old(ask):
            return None
        return ask.work()

    def _tell(self, ask: _Ask, over: Future[Any]) -> None:
        """Pass an answer to the GUI thread; runs on the thread that completed it."""
        if over.cancelled():
            return
        error = over.exception()
        if error is not None and self._finishing:
            log.error("work failed that nobody waits for any more", exc_info=error)
        if self._closed:
            return
        if error is None:
            self._answered.emit(ask, over.result(), None)
        else:
            known = error if isinstance(error, Exception) else WorkerDied(type(error).__name__)
            self._answered.emit(ask, None, known)

    def _deliver(self, ask: _Ask, result: Any, error: Exception | None) -> None:
        if self._closed:
            return
        self.pending -= 1
        try:
            if not self._is_old(ask):
                self._hand_over(ask, result, error)
        finally:
            if not self.pending:
                self.idled.emit()

    def _hand_over(self, ask: _Ask, result: Any, error: Exception | None) -> None:
        if error is None:
            ask.then(result)
        elif ask.failed is not None:
            ask.failed(error)
        else:
            log.error("a question of the screen failed", exc_info=error)
