"""A source's worker: one thread that keeps one source in step, and one that listens for hints."""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from desktop.application.budget.byte_budget import BUDGET_SPENT, ByteBudget
from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.ports import (
    Cache,
    Cancelled,
    FileStore,
    OutboxStore,
    Source,
    SourceError,
    StoreError,
)
from desktop.application.reads.doubts import what_was_unread
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.exchange_planner import Exchange
from desktop.application.sync.late_connector import LateConnector
from desktop.application.sync.news import News
from desktop.application.sync.poll_backoff import FIRST_RETRY_S, LONGEST_RETRY_S, PollBackoff
from desktop.application.sync.progress_estimate import ProgressEstimate
from desktop.application.sync.rest import HINT_GAP_S, Calls, Contact, Rest, due_in_s, good_at
from desktop.application.sync.status_keeper import StatusKeeper
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.changes import NOTHING, Changes
from desktop.domain.clock import Clock
from desktop.domain.link import RequestStats
from desktop.domain.source import Problem, SourceStatus

if TYPE_CHECKING:
    from desktop.application.sync.worker_jobs import WorkerJobs

T = TypeVar("T")

log = logging.getLogger(__name__)

SPREAD_S = 3.0
"""Within so long after a sleep or a change of network an office's desks come back to a server
that had asked for patience."""
JOB_WAIT_S = 60.0
"""How long a job waits for an exchange to end."""
SPENT_PAUSE_S = 900.0
"""Until a snapshot is tried again on a day whose bytes are spent."""


class SourceWorker:
    """Owner of one connector: its threads, its pace and its status.

    `announce` is called on the worker's thread with what changed, never with nothing;
    `status` may be read from any thread. `at_rest` is set while no exchange is under way or due.

    `start()` runs it on threads of its own. A caller with a clock of its own instead
    calls what those threads call, and nothing waits:

        rest = worker.run_once()
        ...                                # as time passes, or after sync_now(), reset(), hint()
        if worker.due_in_s(rest) <= 0.0:
            rest = worker.run_once()
    """

    def __init__(
        self,
        source: Source,
        cache: Cache,
        outbox: OutboxStore,
        clock: Clock,
        rng: random.Random,
        announce: Callable[[Changes], None],
        follow: Callable[[SourceWorker], None] = lambda worker: None,
        meter: ByteBudget | None = None,
        files: FileStore | None = None,
    ) -> None:
        """`follow` lets the shared clock take this source's time."""
        self.source = source
        self.connector = LateConnector(source.build, self._hear)
        self._cache, self._outbox, self._clock = cache, outbox, clock
        self._announce, self._follow = announce, follow
        self._meter, self._files = meter, files
        self._memory = WorkerState()
        self.link = LinkEstimator(clock)
        self._rng = rng
        self._pace = PollBackoff(source.settings.expected_period_s, rng)
        self._calls = Calls()
        self._calling = threading.Lock()
        self._rest = Rest(0.0, 0.0)
        self._wake = threading.Event()
        """Set when the next turn may have become due sooner."""
        self._closed = threading.Event()
        self._greeted = threading.Event()
        """Whether the first exchange is over, however it went."""
        self.at_rest = threading.Event()
        self._offer_at_s = 0.0
        """Commands are kept back until then, because the server asked for it."""
        self._threads: list[threading.Thread] = []
        self._polled_s: float | None = None
        self._estimate = ProgressEstimate(clock)
        self.tried = False
        """Whether one exchange has ended, well or badly, since the start."""
        self._status = StatusKeeper(
            *(source, cache, outbox, clock, self._memory, self.connector, self.link)
        )
        self._jobs: WorkerJobs | None = None
        """None before the start."""
        self._news = News(source.settings.id, outbox, clock)

    @property
    def status(self) -> SourceStatus:
        """Return the source's status, all of one moment; the same object until it differs."""
        return self._status.complete(awaited=not self.tried)

    def keep_back(self, is_kept_back: Callable[[str], bool]) -> None:
        """Offer no command of which this is true; to be called before the start."""
        self._memory.keep_back(is_kept_back)

    def clock_offset_ms(self) -> int | None:
        """Return server time minus this computer's; None before the server gave its time."""
        connector = self.connector.built
        return None if connector is None else connector.clock_offset_ms()

    def file_limit(self) -> int | None:
        """Return the size in bytes of the largest file the server takes; None before it gave it."""
        connector = self.connector.built
        return None if connector is None else connector.file_limit()

    def start(self) -> None:
        """Begin to keep the source in step."""
        from desktop.application.sync.hint_listener import HintListener  # No window waits for
        from desktop.application.sync.worker_jobs import WorkerJobs  # these.

        hints = HintListener(self.connector, self._clock, self.hint, self._greeted, self._closed)
        self._jobs = jobs = WorkerJobs(self._wake.set)
        for name, work in (("worker", partial(self._run, jobs)), ("hints", hints.listen)):
            thread = threading.Thread(target=work, name=f"{name}-{self.status.id}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def sync_now(self) -> None:
        """Exchange now rather than at the next turn: a command was submitted, or news is asked for.

        This ends any wait, also one the server asked for.
        """
        self._call(0.0)

    def reset(self) -> None:
        """Begin with new connections, now: the computer slept, or is on another network.

        A wait that the server asked for on the other network does not bind on this one; but after
        such a wait the desks of an office do not return in step.
        """
        self.link.forget()
        if (connector := self.connector.built) is not None:
            connector.reset()
        self._call(self._rng.uniform(0.0, SPREAD_S) if self._rest.patient else 0.0)

    def accept_server(self) -> bool:
        """Go on with the server that answers now, as the officer decided; false when no other does.

        The rows of the one before are deleted; commands submitted for it stay held.
        """
        from desktop.application.sync.misplaced import go_on_with  # No window waits for it.

        other = self._memory.other_server
        if other is None:
            return False
        self._memory.meet_server()
        go_on_with(other, self.source.settings.id, self._cache, self._outbox, self._files)
        self._status.note(last_good_at=None)
        self.sync_now()
        return True

    def hint(self) -> None:
        """Exchange, for the source hinted at something new, unless it asked for patience."""
        with self._calling:
            self._calls.hinted = True
        self._wake.set()

    def _call(self, in_s: float) -> None:
        at_s = self._clock.monotonic_s() + in_s
        self.at_rest.clear()
        with self._calling:
            self._calls.at_s = min(at_s, math.inf if self._calls.at_s is None else self._calls.at_s)
        self._wake.set()

    def exchange_once(self) -> Exchange:
        """Run one exchange on the calling thread; raises SourceError after noting the failure.

        A source never seen before is probed first, so that a wrong address is reported as such
        before anything is asked of it; one that greets, once its rows are here.
        """
        try:
            return self._exchange()
        finally:
            self.tried = True
            self._greeted.set()
            if self._meter is not None:
                self._meter.write()

    def _exchange(self) -> Exchange:
        offered = self._clock.monotonic_s() >= self._offer_at_s
        try:
            done = self._talk(offer=offered)
            unread = what_was_unread(self._cache, self.status.id)
        except SourceError as error:
            self._status.note_failure(error.problem)
            raise
        except Cancelled:
            self._status.note()
            raise
        except Exception as error:
            if self._closed.is_set():
                raise Cancelled from error  # The files were closed under it.
            problem = _problem_of(error)
            self._status.note_failure(problem)
            raise SourceError(problem) from error
        self._polled_s = self._clock.monotonic_s()
        if done.offer_after_s:
            self._offer_at_s = self._polled_s + self._pace.after_refusal(done.offer_after_s)
        elif offered and done.unsent is None:
            self._pace.note_accepted()
        self._memory.tell_of_clock(self.clock_offset_ms() or 0)
        if self.status.problem is not None:
            log.info("source is back", extra={"source": self.status.id})
        self._status.note(
            partial=False,
            progress=None,
            last_good_at=good_at(self._clock, self.connector.get().proven_s()),
            failing_since=None,
            problem=None,
            **unread,
            quarantined_deletes=done.quarantined_deletes,
        )
        return done

    def _talk(self, *, offer: bool) -> Exchange:
        from desktop.application.sync.exchange import exchange  # No window waits for it.

        first, connector = self.status.never_seen, self.connector.get()
        greets = self.source.manifest.greets
        if first and not greets:
            self._status.note(found=connector.probe())
        done = exchange(self._context, offer=offer)
        if first and greets:
            self._status.note(found=connector.probe())
        return done

    @cached_property
    def _context(self) -> ExchangeContext:
        """What each exchange works with; its connector is not built before the first."""
        return ExchangeContext(
            *(self.connector.get(), self._cache, self._outbox, self._clock, self._memory),
            link=self.link,
            meter=self._meter,
            files=self._files,
            on_time_told=lambda: self._follow(self),
            on_changed=self._hear_of,
            on_progress=lambda progress: self._status.note(
                progress=self._estimate.reckon(progress)
            ),
        )

    def run_between_exchanges(self, work: Callable[[ExchangeContext], T]) -> T:
        """Do work on this source's stores while no exchange is under way; returns its result.

        From any thread: the worker does it between two exchanges. Before the start it is done
        here. Raises what the work raises, and WorkerBusy or Cancelled when it was not begun.
        """
        if self._jobs is None:
            return self._carry_out(work)
        return self._jobs.run(lambda: self._carry_out(work), JOB_WAIT_S)

    def _carry_out(self, work: Callable[[ExchangeContext], T]) -> T:
        try:
            return work(self._context)
        finally:
            if not self._closed.is_set():
                self._status.note_carried()
                self._tell()

    def break_off(self) -> None:
        """End what is under way with the source; waits for nothing."""
        self.connector.close()

    def close(self, wait_s: float = 2.0) -> None:
        """Break off and wait at most `wait_s` for the threads together; idempotent."""
        self._closed.set()
        self._wake.set()
        self._greeted.set()
        if self._jobs is not None:
            self._jobs.close()
        self.connector.close()
        ends_at_s = time.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, ends_at_s - time.monotonic()))
        self._threads.clear()

    def run_once(self) -> Rest:
        """Run one exchange and announce it on the calling thread; returns the rest that follows.

        A failure is noted in `status`, not raised.
        """
        self.at_rest.clear()
        with self._calling:
            calls, self._calls = self._calls, Calls()
        if calls.at_s is not None:
            self._offer_at_s = 0.0
        hints_from_s = self._clock.monotonic_s() + HINT_GAP_S if calls.hinted else 0.0
        wait_s, patient = self._take_turn(hinted=calls.hinted)
        self._rest = Rest(self._clock.monotonic_s(), wait_s, patient, hints_from_s)
        return self._rest

    def due_in_s(self, rest: Rest) -> float:
        """Return the seconds until the next turn is due, as it stands; 0.0 when it is due now.

        To be asked again at the latest when they are over, and after `sync_now`, `reset`, `hint`
        and `close`. Heartbeats of the stream of hints put the turn off and keep rows fresh.
        """
        if self._closed.is_set():
            return 0.0
        connector, now_s = self.connector.built, self._clock.monotonic_s()
        heard_s = None if connector is None else connector.stream_heard_s()
        contact = Contact(self._polled_s, heard_s, failing=self._status.own.problem is not None)
        left_s = due_in_s(rest, self._calls, contact, now_s)
        if left_s > 0.0 and heard_s is not None and now_s >= rest.began_s + rest.wait_s:
            self._note_heard(heard_s)
        return left_s

    def _run(self, jobs: WorkerJobs) -> None:
        while not self._closed.is_set():
            try:
                rest = self.run_once()
                while True:
                    self._wake.clear()
                    jobs.work_off()
                    if (left_s := self.due_in_s(rest)) <= 0.0:
                        break
                    self.at_rest.set()
                    self._wake.wait(left_s)
            except BaseException as error:  # noqa: BLE001 - a source is never left for good
                self._outlive(error)

    def _outlive(self, error: BaseException) -> None:
        """Show at the source what broke, and go on after a while."""
        log.critical("a worker broke", exc_info=error)
        self.tried = True
        self._greeted.set()
        try:
            self._status.note_failure(Problem("internal_error", {"what": type(error).__name__}))
            self._tell()
            self._closed.wait(self._pace.after_failure(None))
        except BaseException:
            log.critical("a broken worker could not be told of", exc_info=True)

    def _take_turn(self, *, hinted: bool) -> tuple[float, bool]:
        """Run one exchange; returns how long to wait then, and whether the server asked for it."""
        self._tell()
        began_s = self._clock.monotonic_s()
        try:
            done = self.exchange_once()
            heard_s = self.connector.get().stream_heard_s()
            is_live = hinted or (heard_s is not None and heard_s > began_s)
            wait_s, patient = self._after(done, is_live=is_live), False
        except Cancelled:
            return 0.0, False
        except SourceError as error:
            wait_s = self._pace.after_failure(error.retry_after_s)
            if error.problem == BUDGET_SPENT:
                wait_s = SPENT_PAUSE_S
            patient = bool(error.retry_after_s)
        self._tell()
        return wait_s, patient

    def _after(self, done: Exchange, *, is_live: bool) -> float:
        """Return how long to wait after an exchange that went well.

        One that a hint called for, or came into, proves that hints come: the next change needs no
        hasty poll.
        """
        spent = self._meter is not None and self._meter.over
        changed = bool(done.answered or done.rows) and not is_live
        wait_s = self._pace.after_success(changed=changed, spent=spent)
        if done.again:
            return 0.0
        if done.offer_after_s:
            return min(wait_s, max(0.0, self._offer_at_s - self._clock.monotonic_s()))
        if done.unsent is not None:
            failures = min(self._memory.send_failures, 10)
            return min(wait_s, LONGEST_RETRY_S, math.ldexp(FIRST_RETRY_S, failures))
        return wait_s

    def _note_heard(self, heard_s: float) -> None:
        """Count a heartbeat of the stream of hints as contact, as far as it is proven."""
        proven_s = self.connector.get().proven_s()
        heard_at = good_at(self._clock, heard_s if proven_s is None else min(heard_s, proven_s))
        if self.status.last_good_at is None or heard_at > self.status.last_good_at:
            self._status.note(last_good_at=heard_at)
            self._tell()

    def _hear_of(self, changed: Changes) -> None:
        """Tell of rows or answers as they come, in the midst of an exchange."""
        if not self._closed.is_set():
            self._status.note(
                partial=self.status.partial or (self.status.never_seen and bool(changed))
            )
            self._tell(changed)

    def _tell(self, changed: Changes = NOTHING) -> None:
        """Announce this and what is new at the source besides, if there is anything to tell."""
        changed = changed.join(self._news.of(self.status))
        if not (changed.is_nothing or self._closed.is_set()):
            self._announce(changed)

    def _hear(self, traffic: RequestStats) -> None:
        self.link.add_request(traffic)
        if self._meter is not None:
            self._meter.count_request(traffic)


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, StoreError):
        return error.problem
    log.error("an exchange broke", exc_info=error)
    return Problem("internal_error", {"what": type(error).__name__})
