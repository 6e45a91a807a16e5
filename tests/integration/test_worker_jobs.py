"""Jobs for a worker: never beside an exchange, done once, and the status follows them."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desktop.application.ports import Cancelled, PullPlan, SourceError
from desktop.application.sync import source_worker
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.source_worker import SourceWorker
from desktop.application.sync.worker_jobs import WorkerBusy
from desktop.domain.changes import Changes
from desktop.domain.clock import SystemClock
from desktop.domain.source import Batch, Problem, SyncState
from support.builders import an_incident
from support.program import until
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores


class SlowConnector(ScriptedConnector):
    """Each pull lasts until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.pulling, self.go = threading.Event(), threading.Event()

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        self.pulling.set()
        assert self.go.wait(20)
        self.pulling.clear()
        return super().pull(state, plan)


class Bench:
    """A worker on threads of its own, and an officer who asks for work on another."""

    def __init__(self, folder: Path) -> None:
        self.stores = Stores(folder, SystemClock())
        self.connector = SlowConnector()
        self.told: list[Changes] = []
        self.worker = SourceWorker(
            *(source_of(self.connector), self.stores.cache, self.stores.outbox, SystemClock()),
            *(random.Random(1), self.told.append),
        )
        self.officer = ThreadPoolExecutor(1)
        self.begun: list[tuple[str, bool]] = []
        """The thread of each piece of work, and whether a pull was under way."""

    def start(self) -> None:
        """Start, and wait until the first exchange is under way."""
        self.worker.start()
        assert self.connector.pulling.wait(20)

    def ask(self, result: int = 7) -> Future[int]:
        def work(_context: ExchangeContext) -> int:
            self.begun.append((threading.current_thread().name, self.connector.pulling.is_set()))
            return result

        return self.officer.submit(self.worker.run_between_exchanges, work)

    def close(self) -> None:
        self.connector.go.set()
        self.worker.close()
        self.officer.shutdown()
        self.stores.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_work_waits_for_the_exchange_under_way_and_is_the_workers_own(bench: Bench) -> None:
    bench.start()
    asked = bench.ask()
    assert bench.begun == []
    bench.connector.go.set()
    assert asked.result(20) == 7
    assert bench.begun == [("worker-county", False)]


def test_work_does_not_wait_for_the_workers_rest_to_end(bench: Bench) -> None:
    bench.connector.go.set()
    bench.start()
    until(lambda: bench.worker.tried, 20, "the first exchange is over")
    exchanges = len(bench.connector.asked)
    assert [bench.ask(each).result(5) for each in (1, 2)] == [1, 2]
    assert len(bench.connector.asked) == exchanges


def test_work_that_an_exchange_keeps_waiting_is_given_up_and_never_done(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_worker, "JOB_WAIT_S", 0.01)
    bench.start()
    with pytest.raises(WorkerBusy):
        bench.ask().result(20)
    monkeypatch.setattr(source_worker, "JOB_WAIT_S", 20.0)
    later = bench.ask(8)
    bench.connector.go.set()
    assert later.result(20) == 8
    assert len(bench.begun) == 1


def test_closing_gives_up_the_work_that_waits(bench: Bench) -> None:
    bench.start()
    asked = bench.ask()
    bench.worker.close(0.0)
    with pytest.raises(Cancelled):
        asked.result(20)
    with pytest.raises(Cancelled):
        bench.ask().result(20)
    assert bench.begun == []


def test_what_work_raises_is_its_askers_alone(bench: Bench) -> None:
    def fail(_context: ExchangeContext) -> Any:
        raise OSError("no stick")

    bench.connector.go.set()
    bench.start()
    with pytest.raises(OSError, match="no stick"):
        bench.officer.submit(bench.worker.run_between_exchanges, fail).result(20)
    assert bench.ask().result(20) == 7
    assert bench.worker.status.problem is None


def test_before_the_start_work_is_done_on_the_askers_thread(bench: Bench) -> None:
    assert bench.ask().result(20) == 7
    assert bench.begun[0][0] != "worker-county"


def test_the_status_tells_of_what_work_has_stored_and_still_of_the_failure(bench: Bench) -> None:
    problem = Problem("refused")
    bench.connector.pulls = [[SourceError(problem)] for _ in range(1_000)]
    bench.connector.go.set()
    bench.start()
    until(lambda: bench.worker.status.problem == problem, 20, "the source fails")

    def carry(context: ExchangeContext) -> None:
        context.cache.apply(Batch("county", puts=(an_incident(),), token="t1"))
        context.cache.mark_good("county", 5_000, 0, None)

    assert bench.worker.status.never_seen
    bench.officer.submit(bench.worker.run_between_exchanges, carry).result(20)
    status = bench.worker.status
    assert (status.last_good_at, status.problem) == (5_000, problem)
    kept = bench.stores.cache.failure("county")
    assert kept is not None
    assert kept[1] == problem
    assert any(changed.sources for changed in bench.told)
