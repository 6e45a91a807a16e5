"""One thread that runs jobs, urgent ones first, and leaves none without an answer."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from itertools import count
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

MOST_DEATHS = 3
"""How often in a row a thread may end early before the waiting jobs are given up."""

URGENT, NORMAL, AT_LAST = range(3)

log = logging.getLogger(__name__)


class _Job(NamedTuple):
    """A place in the queue: what is due first compares least."""

    due: int
    number: int
    work: Callable[[], Any] | None
    """None ends the thread."""
    done: Future[Any]


class WorkerDied(Exception):
    """The thread that ran the job ended in the middle of it: the job may or may not be done."""


class WorkerClosed(Exception):
    """The worker takes no more jobs."""


class Worker:
    """A thread that starts with the first job, and is replaced if it ends early.

    Thread-safe. An exception of a job is its answer; one that would end the thread waiting for it
    (`SystemExit`) is answered as WorkerDied.
    """

    def __init__(self, name: str, at_end: Callable[[], None] = lambda: None) -> None:
        """`at_end` is called on each thread when it ends, however it does."""
        self._name, self._at_end = name, at_end
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._deaths = 0
        self._closed = False

    def submit(self, job: Callable[[], T], *, urgent: bool = False) -> Future[T]:
        """Queue a job to run after those before it; an urgent one, after the urgent ones.

        Raises WorkerClosed; also RuntimeError if the system has no thread left: then the job was
        not queued.
        """
        done: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise WorkerClosed
            if self._thread is None:
                self._begin()
            self._put(URGENT if urgent else NORMAL, job, done)
        return done

    def drop(self) -> None:
        """Cancel the jobs that wait."""
        self._give_up(lambda done: done.cancel())

    def close(self, wait_s: float) -> bool:
        """Take no more jobs, finish those taken and stop; false when that lasts beyond `wait_s`."""
        with self._lock:
            first, self._closed = not self._closed, True
            if first and self._thread is not None:
                self._put(AT_LAST, None, Future())
        ends_s = time.monotonic() + wait_s
        while (thread := self._thread) is not None:
            thread.join(max(0.0, ends_s - time.monotonic()))
            if thread.is_alive():
                return False
        return True

    def abandon(self) -> None:
        """Answer the waiting jobs with WorkerDied, so that no caller waits for them any longer."""
        self._give_up(lambda done: _answer(done, WorkerDied("closed")))

    def _put(self, due: int, work: Callable[[], Any] | None, done: Future[Any]) -> None:
        self._jobs.put(_Job(due, next(self._numbers), work, done))

    def _begin(self) -> None:
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        thread.start()
        self._thread = thread

    def _run(self) -> None:
        under_way: Future[Any] | None = None
        try:
            try:
                while (work := (taken := self._jobs.get()).work) is not None:
                    under_way = taken.done
                    _do(work, under_way)
                    # An answer may release much memory: keep no reference to it while waiting.
                    under_way = None
                    del work, taken
                    self._deaths = 0
            finally:
                self._at_end()
        except BaseException:
            log.critical("a worker ended before its time", exc_info=True)
            self._outlive(under_way)
        else:
            with self._lock:
                self._thread = None

    def _outlive(self, under_way: Future[Any] | None) -> None:
        """Answer all jobs although this thread ends, starting another thread for those that
        wait."""
        if under_way is not None:
            _answer(under_way, WorkerDied("the thread ended"))
        with self._lock:
            self._thread = None
            self._deaths += 1
            if self._jobs.empty():
                return
            if self._deaths < MOST_DEATHS:
                try:
                    self._begin()
                except RuntimeError:
                    log.critical("no thread is left for those who wait")
                else:
                    return
        self.abandon()

    def _give_up(self, answer: Callable[[Future[Any]], object]) -> None:
        ends = False
        while True:
            try:
                taken = self._jobs.get_nowait()
            except queue.Empty:
                break
            if taken.work is None:
                ends = True
            else:
                answer(taken.done)
        if ends:
            self._put(AT_LAST, None, Future())


def _do(job: Callable[[], Any], done: Future[Any]) -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        result = job()
    except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
        died = WorkerDied(type(error).__name__)
        died.__cause__ = error
        _answer(done, died)
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits
        _answer(done, error)
    else:
        done.set_result(result)


def _answer(done: Future[Any], error: BaseException) -> None:
    try:
        done.set_exception(error)
    except InvalidStateError:
        return  # It has its answer already.
