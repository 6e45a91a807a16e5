"""No thread dies without answering those who wait for it, and every wait has an end."""

from __future__ import annotations

import queue
import random
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from desktop.application.ports import SourceError
from desktop.application.sync import hint_listener, poll_backoff
from desktop.application.sync.connectivity_watch import ConnectivityWatch
from desktop.application.sync.source_worker import SourceWorker
from desktop.connectors.county.hints import Hints
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.sockets import Sockets
from desktop.domain.changes import Changes
from desktop.domain.clock import SystemClock
from desktop.domain.source import Problem
from desktop.domain.worker import MOST_DEATHS, Worker, WorkerClosed, WorkerDied
from support.program import until
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores
from support.waits import break_wait

ENDS = (SystemExit, KeyboardInterrupt, MemoryError, ZeroDivisionError)
DIED = "a worker ended before its time"


class Deadly:
    """Stands for a wait or a call that raises the first so many times, and then does its work."""

    def __init__(self, real: Callable[..., Any], error: type[BaseException], times: int) -> None:
        self.real, self.error, self.left = real, error, times

    def __call__(self, *given: Any, **named: Any) -> Any:
        if self.left:
            self.left -= 1
            raise self.error
        return self.real(*given, **named)


def make_deadly(owner: object, name: str, error: type[BaseException]) -> None:
    """Let the next call raise; those after it do what they always did."""
    replace(owner, name, Deadly(getattr(owner, name), error, 1))


def replace(owner: object, name: str, by: object) -> None:
    setattr(owner, name, by)


class DeadlyQueue:
    """A queue of which the first waits end the thread that waits."""

    def __init__(self, error: type[BaseException], times: int) -> None:
        self._real: queue.PriorityQueue[Any] = queue.PriorityQueue()
        self.get = Deadly(self._real.get, error, times)
        self.put, self.empty, self.get_nowait = (
            self._real.put,
            self._real.empty,
            self._real.get_nowait,
        )


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker("tried")
    yield made
    assert made.close(5)


Dying = Callable[[type[BaseException], int], Worker]


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dying]:
    """Makes a worker whose first so many waits for a job end the thread that waits."""
    made: list[Worker] = []

    def make(error: type[BaseException], times: int) -> Worker:
        waits = DeadlyQueue(error, times)
        with monkeypatch.context() as building:
            building.setattr(queue, "PriorityQueue", lambda: waits)
            made.append(Worker("tried"))
        return made[-1]

    yield make
    assert made[0].close(5)


def raising(error: type[BaseException]) -> Callable[[], str]:
    def job() -> str:
        raise error

    return job


@pytest.mark.parametrize("error", ENDS)
def test_a_job_that_would_end_its_thread_is_answered_and_so_are_those_behind_it(
    worker: Worker, error: type[BaseException]
):
    deadly, after = worker.submit(raising(error)), worker.submit(lambda: "well")
    with pytest.raises(error if issubclass(error, Exception) else WorkerDied):
        deadly.result(5)
    assert after.result(5) == "well"


@pytest.mark.expects_log(DIED)
@pytest.mark.parametrize("error", ENDS)
@pytest.mark.parametrize("times", [1, MOST_DEATHS - 1])
def test_a_worker_that_dies_while_it_waits_is_followed_by_another(
    dying: Dying, error: type[BaseException], times: int
):
    worker = dying(error, times)
    assert worker.submit(lambda: "well").result(5) == "well"


@pytest.mark.expects_log(DIED)
def test_where_every_thread_dies_those_who_wait_are_told_and_later_ones_are_tried_anew(
    dying: Dying,
):
    worker = dying(SystemExit, MOST_DEATHS)
    with pytest.raises(WorkerDied):
        worker.submit(lambda: "never").result(5)
    assert worker.submit(lambda: "well").result(5) == "well"


@pytest.mark.expects_log(DIED)
def test_a_job_that_answers_itself_ends_its_thread_and_nobody_elses_answer(worker: Worker):
    given: list[Future[Any]] = []
    ready = threading.Event()
    given.append(worker.submit(lambda: ready.wait(20) and given[0].set_result("its own")))
    behind = worker.submit(lambda: "well")
    ready.set()
    assert given[0].result(20) == "its own"
    assert behind.result(20) == "well"


@pytest.mark.expects_log(DIED)
@pytest.mark.expects_log("no thread is left for those who wait")
def test_where_no_thread_is_left_those_who_wait_behind_a_death_are_told(
    dying: Dying, monkeypatch: pytest.MonkeyPatch
):
    begun = threading.Thread.start

    def once(thread: threading.Thread) -> None:
        monkeypatch.setattr(threading.Thread, "start", no_thread)
        begun(thread)

    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    worker = dying(SystemExit, 1)
    monkeypatch.setattr(threading.Thread, "start", once)
    with pytest.raises(WorkerDied):
        worker.submit(lambda: "never").result(20)


@pytest.mark.expects_log(DIED)
def test_what_dies_at_its_end_has_answered_before():
    def at_end() -> None:
        raise SystemExit

    worker = Worker("tried", at_end)
    assert worker.submit(lambda: "well").result(5) == "well"
    assert worker.close(5)


def test_closing_does_what_was_taken_and_takes_no_more():
    worker = Worker("tried")
    done = [worker.submit(lambda number=number: number) for number in range(9)]
    assert worker.close(5)
    assert [each.result(0) for each in done] == list(range(9))
    with pytest.raises(WorkerClosed):
        worker.submit(lambda: 1)


def test_an_urgent_job_goes_before_those_that_wait_and_what_is_dropped_is_not_begun():
    worker, may_end, begun = Worker("tried"), threading.Event(), []
    first = threading.Event()
    under_way = worker.submit(lambda: (first.set(), may_end.wait(20)))
    assert first.wait(5)
    waiting = [worker.submit(lambda: begun.append("late")) for _ in range(2)]
    urgent = worker.submit(lambda: begun.append("urgent"), urgent=True)
    taken_back = worker.submit(lambda: begun.append("taken back"), urgent=True)
    assert taken_back.cancel()
    may_end.set()
    urgent.result(5)
    assert begun[0] == "urgent"
    assert under_way.result(5) == (None, True)
    assert [each.result(5) for each in waiting] == [None, None]
    hung, may_end = threading.Event(), threading.Event()
    last = worker.submit(lambda: (hung.set(), may_end.wait(20)))
    assert hung.wait(5)
    dropped = worker.submit(lambda: begun.append("dropped"))
    worker.drop()
    assert dropped.cancelled()
    may_end.set()
    assert last.result(5)
    assert worker.close(5)
    assert begun == ["urgent", "late", "late"]


def test_who_waits_behind_a_job_that_never_ends_is_let_go():
    worker, may_end = Worker("tried"), threading.Event()
    hung = worker.submit(lambda: may_end.wait(20))
    behind = worker.submit(lambda: "never")
    assert not worker.close(0.01)
    worker.abandon()
    with pytest.raises(WorkerDied):
        behind.result(5)
    may_end.set()
    assert hung.result(5)
    assert worker.close(5)


class Bench:
    """A lane on threads of its own."""

    def __init__(self, folder: Path) -> None:
        self.stores = Stores(folder, SystemClock())
        self.connector = ScriptedConnector()
        self.breaks: type[BaseException] | None = None
        """What hearing of the next announcement ends with."""
        self.failed: list[Problem] = []
        """What was wrong with the source, each time the lane announced something."""
        self.lane = SourceWorker(
            *(source_of(self.connector), self.stores.cache, self.stores.outbox, SystemClock()),
            *(random.Random(1), self._hear),
        )

    def _hear(self, _changed: Changes) -> None:
        if self.breaks is not None:
            error, self.breaks = self.breaks, None
            raise error
        problem = self.lane.status.problem
        if problem is not None and problem not in self.failed:
            self.failed.append(problem)

    def is_well(self) -> bool:
        return self.lane.tried and self.lane.status.problem is None


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(poll_backoff, "FIRST_RETRY_S", 0.0)
    made = Bench(tmp_path)
    yield made
    made.lane.close()
    made.stores.close()


BROKE = "a worker broke"
UNTOLD = "a broken worker could not be told of"
SILENT = "waiting for a hint broke"


@pytest.mark.expects_log(BROKE)
@pytest.mark.parametrize("error", ENDS)
@pytest.mark.parametrize("place", ["run_once", "due_in_s", "announcing"])
def test_a_lane_that_breaks_says_so_and_goes_on(
    bench: Bench, error: type[BaseException], place: str
):
    if place == "announcing":
        bench.breaks = error
    else:
        make_deadly(bench.lane, place, error)
    bench.lane.start()
    until(lambda: bench.failed and bench.is_well(), 20, "the lane goes on")
    assert bench.failed == [Problem("internal_error", {"what": error.__name__})]


@pytest.mark.expects_log(BROKE)
@pytest.mark.parametrize("error", ENDS)
def test_a_lane_that_dies_in_its_rest_exchanges_again(
    bench: Bench, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
):
    break_wait(monkeypatch, "worker-county", error)
    bench.lane.start()
    until(lambda: len(bench.connector.asked) >= 2, 20, "a second exchange")
    until(bench.is_well, 20, "the source is well")


@pytest.mark.expects_log(BROKE)
@pytest.mark.expects_log(UNTOLD)
def test_a_lane_that_cannot_even_say_what_broke_goes_on(bench: Bench):
    lane = bench.lane
    make_deadly(lane, "run_once", SystemExit)
    make_deadly(bench.stores.cache, "mark_failed", SystemExit)
    lane.start()
    until(bench.is_well, 20, "the lane goes on")


@pytest.mark.expects_log(SILENT)
@pytest.mark.parametrize("error", ENDS)
@pytest.mark.parametrize("place", ["greeted", "hint", "pause"])
def test_whoever_waits_for_hints_outlives_each_of_its_waits(
    bench: Bench, error: type[BaseException], place: str, monkeypatch: pytest.MonkeyPatch
):
    asked: list[float] = []
    replace(bench.connector, "wait_for_hint", lambda wait_s: bool(asked.append(wait_s)))
    monkeypatch.setattr(hint_listener, "HINT_PAUSE_S", 0.001)
    match place:
        case "greeted":
            break_wait(monkeypatch, "hints-county", error)
        case "hint":
            make_deadly(bench.connector, "wait_for_hint", error)
        case "pause":
            break_wait(monkeypatch, "hints-county", error, 2)
    bench.lane.start()
    until(lambda: len(asked) > 1, 20, "it waits on")


@pytest.mark.expects_log("looking for sleep and networks broke")
@pytest.mark.parametrize("error", ENDS)
@pytest.mark.parametrize("place", ["wait", "look"])
def test_the_watch_outlives_each_of_its_waits(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException], place: str
):
    monkeypatch.setattr("desktop.application.sync.connectivity_watch.TICK_S", 0.01)
    looked = threading.Event()
    on_look = Deadly(looked.set, error, int(place == "look"))
    watch = ConnectivityWatch([], SystemClock(), None, on_look)
    if place == "wait":
        break_wait(monkeypatch, "watch", error)
    watch.start()
    assert looked.wait(20)
    watch.close(5)


@pytest.mark.parametrize("error", ENDS)
def test_whoever_takes_over_a_connection_is_told_that_making_it_broke(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
):
    sockets = Sockets()
    monkeypatch.setattr(socket, "getaddrinfo", Deadly(socket.getaddrinfo, error, 1))
    sockets.begin("127.0.0.1", 9, 5)
    with pytest.raises(OSError, match=error.__name__):
        sockets.connect("127.0.0.1", 9, 5)
    sockets.release()


def test_whoever_takes_over_a_connection_waits_no_longer_than_making_it_may_take(
    monkeypatch: pytest.MonkeyPatch,
):
    may_end = threading.Event()

    def looked_up(_host: str, _port: int, *, flags: int, **_how: Any) -> list[Any]:
        if not flags:
            may_end.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    sockets = Sockets()
    sockets.begin("nowhere", 9, 60)
    with pytest.raises(TimeoutError):
        sockets.connect("nowhere", 9, 0.01)
    sockets.begin("nowhere", 9, 60)
    threading.Timer(0.05, sockets.close).start()
    with pytest.raises(OSError, match="closed"):
        sockets.connect("nowhere", 9, 60)
    sockets.release()
    may_end.set()


@pytest.mark.parametrize("error", ENDS)
def test_whoever_looks_a_name_up_is_told_that_it_broke(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
):
    def asked(host: str, *_given: Any, flags: int = 0, **_named: Any) -> list[Any]:
        raise socket.gaierror if flags else error

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    sockets = Sockets()
    with pytest.raises(OSError, match=error.__name__):
        sockets.connect("county.example", 9, 60)
    sockets.release()


def test_where_no_thread_is_left_a_connection_is_made_by_whoever_needs_it(
    monkeypatch: pytest.MonkeyPatch,
):
    def no_thread(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        sockets = Sockets()
        monkeypatch.setattr(threading.Thread, "start", no_thread)
        sockets.begin("127.0.0.1", port, 5)
        own, _ = sockets.connect("127.0.0.1", port, 5)
        own.close()
        line = HttpClient(f"http://127.0.0.1:{port}", SystemClock())
        with pytest.raises(RuntimeError, match="new thread"):
            line.get("x")
        line.close()
    sockets.close()
    sockets.release()


@pytest.mark.expects_log("the stream of hints broke")
@pytest.mark.parametrize("error", [SystemExit, MemoryError, ZeroDivisionError])
def test_a_stream_of_hints_that_breaks_is_begun_anew(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
):
    monkeypatch.setattr("desktop.connectors.county.hints.PAUSE_S", 0.0)
    line, opened = HttpClient("http://127.0.0.1:9", SystemClock()), threading.Event()

    def refuse(*_given: Any, **_named: Any) -> None:
        opened.set()
        raise SourceError(Problem("refused"))

    replace(line, "open", Deadly(refuse, error, 1))
    hints = Hints(line, SystemClock())
    assert not hints.wait(0.01)
    for thread in threading.enumerate():
        if thread.name == "hints":
            thread.join(20)
    assert not hints.wait(0.01)
    assert opened.wait(20)
    hints.close()
