"""The engine: every source's worker, the shared corrected clock, and nothing on screen."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from desktop.application.budget.byte_budget import ByteBudget
from desktop.application.ports import Cache, FileStore, OutboxStore, Source, SourceError
from desktop.application.sync.connectivity_watch import AddressTowards, ConnectivityWatch
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.exchange_planner import Exchange
from desktop.application.sync.source_worker import SourceWorker
from desktop.application.sync.timekeeper import Timekeeper
from desktop.domain.changes import Changes
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import CommandKind, CommandRecord, Key
from desktop.domain.source import SourceStatus

T = TypeVar("T")

CLOSE_WITHIN_S = 2.0
MOST_EXCHANGES = 1_000
"""With one source in one `exchange_once`; the next call does what is left then."""


class Engine:
    """Keeps all sources in step until closed.

    `announce` is called on a worker's thread with what changed.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        cache: Cache,
        outbox: OutboxStore,
        clock: CorrectedClock,
        announce: Callable[[Changes], None],
        rng: random.Random | None = None,
        *,
        meter: ByteBudget | None = None,
        files: FileStore | None = None,
        address_towards: AddressTowards | None = None,
    ) -> None:
        rng = rng or random.Random()
        self._cache = cache
        self._clock, self._meter = clock, meter
        self._workers = [
            SourceWorker(
                *(source, cache, outbox, clock, random.Random(rng.random())),
                *(announce, self._follow, meter, files),
            )
            for source in sources
        ]
        self._timekeeper = Timekeeper(clock, outbox)
        self._watch = ConnectivityWatch(
            self._workers, clock.inner, address_towards, self._timekeeper.look
        )
        self._closing = threading.Lock()
        self._timekeeper.go_on_from([cache.sync_state(source.settings.id) for source in sources])

    def start(self) -> None:
        """Start every worker."""
        for worker in self._workers:
            worker.start()
        self._watch.start()

    def keep_back(self, is_kept_back: Callable[[str], bool]) -> None:
        """Let commands of which this is true stay here; to be called before the start."""
        for worker in self._workers:
            worker.keep_back(is_kept_back)

    def is_loaded(self) -> bool:
        """Whether every source has its connector: from then on it mostly waits for answers."""
        return all(worker.tried or worker.connector.built for worker in self._workers)

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Every source in the profile's order."""
        return tuple(worker.status for worker in self._workers)

    def accepts(self, target: Key, kind: CommandKind) -> bool:
        """Whether the target's source takes such a command."""
        return any(
            worker.status.id == target.source
            and (target.collection, kind) in worker.source.manifest.accepts
            for worker in self._workers
        )

    def file_limit(self, source: str) -> int | None:
        """Return the size in bytes of the largest file a source takes; None before it gave it."""
        return next(
            (worker.file_limit() for worker in self._workers if worker.status.id == source), None
        )

    def accept_server(self, source: str) -> bool:
        """Go on with the server that now answers for a source; false when no other does."""
        return any(worker.accept_server() for worker in self._workers if worker.status.id == source)

    def run_between_exchanges(self, source: str, work: Callable[[ExchangeContext], T]) -> T:
        """Do work on a source's stores while no exchange with it is under way; see SourceWorker."""
        worker = next(each for each in self._workers if each.status.id == source)
        return worker.run_between_exchanges(work)

    def wait_for_rest(self, source: str, wait_s: float) -> bool:
        """Wait until no exchange with a source is under way or due; whether that is so now."""
        worker = next(each for each in self._workers if each.status.id == source)
        return worker.at_rest.wait(wait_s)

    def sync_now(self, record: CommandRecord | None = None) -> None:
        """Exchange now: with the command's source, or with all."""
        for worker in self._workers:
            if record is None or worker.status.id == record.command.target.source:
                worker.sync_now()

    def exchange_once(self) -> dict[str, Exchange | SourceError]:
        """One exchange with each source in turn, on the calling thread (no workers running)."""
        results: dict[str, Exchange | SourceError] = {}
        for worker in self._workers:
            try:
                results[worker.status.id] = _all_of(worker)
            except SourceError as error:
                results[worker.status.id] = error
        return results

    def is_settled(self) -> bool:
        """Whether every source has either answered or failed since the start."""
        return all(worker.tried for worker in self._workers)

    def close(self) -> None:
        """Break off every exchange and end all threads within about 2 s; idempotent."""
        with self._closing:
            ends_at_s = time.monotonic() + CLOSE_WITHIN_S
            for worker in self._workers:
                worker.break_off()
            for worker in self._workers:
                worker.close(max(0.0, ends_at_s - time.monotonic()))
            self._watch.close(max(0.0, ends_at_s - time.monotonic()))
            self._timekeeper.keep()
            if self._meter is not None:
                self._meter.write(at_once=True)

    def _follow(self, worker: SourceWorker) -> None:
        """Set the clock by the first source that gives the time, no other: two servers may differ.

        Until one has set it, any may: the first may fail each time after giving its time.
        """
        leader = next((x for x in self._workers if x.clock_offset_ms() is not None), None)
        if leader is worker or not self._clock.is_told:
            offset_ms = worker.clock_offset_ms()
            if offset_ms is not None:
                self._clock.follow(offset_ms)


def _all_of(worker: SourceWorker) -> Exchange:
    """Run exchanges until nothing is left to do at once; returns them as one."""
    done = worker.exchange_once()
    for _ in range(MOST_EXCHANGES):
        if not done.again:
            break
        more = worker.exchange_once()
        done = msgspec.structs.replace(
            more,
            changed=done.changed.join(more.changed),
            rows=done.rows + more.rows,
            bad_items=done.bad_items + more.bad_items,
            answered=done.answered + more.answered,
        )
    return done
