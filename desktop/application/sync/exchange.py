"""One exchange with one source: commands out first, then everything new in, then files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import msgspec

from desktop.application.budget.byte_budget import ByteBudget, spent
from desktop.application.budget.link_estimator import LinkEstimator, pull_plan
from desktop.application.commands.belonging import ALL, binding_in_use, files_of_strangers, hold_of
from desktop.application.ports import (
    Cache,
    Connector,
    DiskCopied,
    FileStore,
    OtherServer,
    OutboxStore,
    PullPlan,
    SourceError,
)
from desktop.application.sync.command_sender import CommandSender
from desktop.application.sync.exchange_planner import (
    Exchange,
    ExchangeState,
    Step,
    is_doubtful,
    next_step,
)
from desktop.application.sync.file_keeping import look_after_files
from desktop.application.sync.file_transfer import Chunk, FileTransfer
from desktop.application.sync.misplaced import may_be_a_twins, meet_misplaced
from desktop.application.sync.past import doubt_past, find_doubt, keys_kept_since, meet_past
from desktop.application.sync.rest import good_at
from desktop.application.sync.scope import holds_more
from desktop.application.sync.worker_state import REPAIRS, WorkerState
from desktop.domain.clock import Clock
from desktop.domain.command import Collection, Hold, Receipt
from desktop.domain.link import LinkState
from desktop.domain.source import Batch, Problem

__all__ = ["Exchange", "exchange"]

log = logging.getLogger(__name__)

STATES_AT_ONCE = 20
BUDGET_SPENT = Problem("budget_spent")


def exchange(
    connector: Connector,
    cache: Cache,
    outbox: OutboxStore,
    clock: Clock,
    *,
    offer: bool = True,
    on_time_told: Callable[[], None] = lambda: None,
    on_changed: Callable[[frozenset[Collection]], None] = lambda changed: None,
    memory: WorkerState | None = None,
    link: LinkEstimator | None = None,
    meter: ByteBudget | None = None,
    files: FileStore | None = None,
) -> Exchange:
    """Offer this source's commands, then apply all it has that is new, then move files.

    Commands that come up meanwhile go out between two batches. Downloads go on when
    sending fails. Raises SourceError when the pull fails; whatever was applied before
    stays, and the token never runs ahead of it. Raises StoreError, before it asks anything,
    where nothing can be kept.
    `on_time_told` lets the clock follow the server before the success is dated: dated by
    a clock a day ahead, a source that then died would look fresh for a day.
    `on_changed` hears of every batch and every answer at once, on this thread.
    """
    cache.check_writable()
    turn = ExchangeRun(
        connector, cache, outbox, clock, memory or WorkerState(), link, meter, files, offer=offer
    )
    turn.hear(on_time_told, on_changed)
    return turn.run()


class ExchangeRun:
    """The state of one exchange under way."""

    def __init__(
        self,
        connector: Connector,
        cache: Cache,
        outbox: OutboxStore,
        clock: Clock,
        memory: WorkerState,
        link: LinkEstimator | None,
        meter: ByteBudget | None,
        files: FileStore | None,
        *,
        offer: bool,
    ) -> None:
        self._connector, self._cache, self._outbox = connector, cache, outbox
        self._clock, self._memory, self._link, self._meter = clock, memory, link, meter
        self._files = files
        self._source = connector.settings.id
        self._sending = (
            CommandSender(connector, outbox, cache, clock, memory, files) if offer else None
        )
        self.on_time_told: Callable[[], None] = lambda: None
        self.on_changed: Callable[[frozenset[Collection]], None] = lambda changed: None
        self._state = cache.sync_state(self._source)
        self._account = self._state.account
        self._freight = (
            None
            if files is None
            else FileTransfer(connector, files, cache, memory, clock, self._held_files)
        )
        self._plan = PullPlan()
        self._batches: Iterator[Batch] | None = None
        self._pulled = self._bulky = self._repaired = self._asked = self._again = False
        self._piece: Chunk | None = None
        self._pieces = 0
        self._telling: frozenset[str] = frozenset()
        """Commands whose outcome the pull under way tells, if there is one."""
        self._is_snapshot = self._is_old_news = False
        """Whether it brought a snapshot, which may have been made before their outcome, or what
        anybody on the way may have said."""
        self._changed: set[Collection] = set()
        self._rows = self._bad = 0

    def hear(
        self,
        on_time_told: Callable[[], None],
        on_changed: Callable[[frozenset[Collection]], None],
    ) -> None:
        """See `exchange`."""
        self.on_time_told, self.on_changed = on_time_told, on_changed
        if self._sending is not None:
            self._sending.on_time_told = on_time_told

    def run(self) -> Exchange:
        """Step by step until the planner says it is the end."""
        do = {
            Step.OFFER: self._offer,
            Step.PULL: self._pull,
            Step.BREAK_OFF: self._break_off,
            Step.REPAIR: self._repair,
            Step.RETIRE: self._retire,
            Step.FREIGHT: self._move,
        }
        try:
            while (step := next_step(self._moment())) is not Step.END:
                do[step]()
        except (OtherServer, DiskCopied) as error:
            meet_misplaced(error, self._outbox, self._memory, self._source, self._clock)
            self._tell(frozenset())
            raise
        finally:
            self._end_pull()
        failure = None if self._sending is None else self._sending.failure
        return Exchange(
            changed=frozenset(self._changed),
            rows=self._rows,
            bad_items=self._bad,
            answered=0 if self._sending is None else self._sending.answered,
            unsent=failure.problem if failure else None,
            offer_after_s=failure.retry_after_s if failure else None,
            again=self._again or self._piece is not None,
            held_deletes=self._state.held_deletes,
        )

    def _moment(self) -> ExchangeState:
        group = self._sending.group() if self._sending is not None else []
        left = None if self._meter is None else self._meter.bulk_left()
        over = spent(left)
        quiet = self._pulled and not group
        if quiet and not over:
            self._piece = self._next_piece()
        return ExchangeState(
            offerable=bool(group),
            pulled=self._pulled,
            bulky=self._bulky,
            over=over,
            tight=left is not None and left < self._plan.piece_bytes,
            doubtful=quiet and is_doubtful(self._state),
            repaired=self._repaired,
            retirable=quiet and (self._retirable() or self._was_copied()),
            freight=self._piece is not None,
            pieces=self._pieces,
        )

    def _offer(self) -> None:
        assert self._sending is not None
        group = self._sending.group()
        offered = {record.command.key for record in group}
        self._memory.untold |= offered
        self._telling -= offered
        self._tell(self._sending.offer(group))

    def _pull(self) -> None:
        if self._batches is None:
            bulk_left = None if self._meter is None else self._meter.bulk_left()
            link = LinkState() if self._link is None else self._link.state()
            self._plan = pull_plan(link, bulk_left=bulk_left) if self._link else PullPlan()
            starved = not self._plan.allow_snapshot and self._state.token is not None
            if starved and (epoch := self._connector.epoch()) is not None:
                self._meet_past(epoch)  # No batch tells of another life while none may come.
            # A server that went back may have been met while sending: its token is gone then.
            self._state = self._cache.sync_state(self._source)
            self._batches = self._connector.pull(self._state, self._plan)
            self._telling = self._memory.untold
        batch = next(self._batches, None)
        if batch is not None:
            self._take(batch)
            if self._sending is not None:
                self._sending.may_go_on()
            return
        self._pulled = True
        if (epoch := find_doubt(self._outbox, self._connector)) is not None:
            self._meet_past(epoch)
            self._again = True
            return  # Rows of a life that is over are not called good.
        self._state = self._cache.sync_state(self._source)
        if self._state.token is None and not self._plan.allow_snapshot:
            raise SourceError(BUDGET_SPENT)
        self._check_scope()
        self.on_time_told()
        self._cache.mark_good(
            self._source,
            good_at(self._clock, self._connector.proven_s()),
            self._connector.clock_offset_ms() or 0,
            self._connector.offered(),
        )
        self._go_on_after(snapshot=self._is_snapshot)
        if not self._is_old_news:
            self._memory.untold -= self._telling
        self._memory.other_server = None
        if not is_doubtful(self._state):
            self._memory.in_sync()

    def _go_on_after(self, *, snapshot: bool) -> None:
        """Ask at once for what came since a snapshot was made; not when that brings another."""
        self._again |= snapshot and not self._memory.had_snapshot
        self._memory.had_snapshot = snapshot

    def _take(self, batch: Batch) -> None:
        self._check_scope()
        self._check_account(batch.account)
        if batch.epoch is not None:
            self._meet_past(batch.epoch)
        changed = self._cache.apply(batch)
        if Collection.INCIDENTS in changed:
            self._memory.fetchable = None
            self._memory.refused.clear()
            self._memory.absent.clear()  # A file may have come to the county since.
        self.on_time_told()
        self._bulky = batch.staged is not None
        self._is_snapshot |= self._bulky
        self._is_old_news |= self._bulky or not batch.is_proven
        # A whole list repeats the rows that were shown early from it.
        new = len(batch.puts) + len(batch.deletes) + len(batch.patches) + len(batch.drops)
        self._rows = (0 if batch.complete else self._rows) + new
        self._bad += len(batch.bad_items)
        self._tell(changed)

    def _meet_past(self, epoch: str) -> None:
        went_back = meet_past(
            *(self._outbox, self._cache, self._memory, self._source, epoch, self._clock),
            files=self._files,
        )
        if went_back and self._sending is not None:
            self._sending.start_over()

    def _check_scope(self) -> None:
        """Rows an account may no longer see go at once, not when a new snapshot is whole."""
        townships = self._connector.townships()
        if townships is None or townships == self._memory.townships:
            return
        self._memory.townships = townships
        if holds_more(self._cache, self._source, townships):
            log.info("the scope is narrower", extra={"source": self._source})
            self._purge_files()
            self._tell(self._cache.purge(self._source, townships))
            self._again = True

    def _check_account(self, account: str | None) -> None:
        """Files of another account go before its rows: a crash between leaves what tells us."""
        if account is None or account == self._account:
            return
        if self._account:
            self._purge_files()
        self._memory.uploads_met.clear()  # How far each has come, another account is not told.
        self._account = account

    def _purge_files(self) -> None:
        if self._files is not None:
            self._files.purge(self._source)
            self._memory.fetchable = None

    def _break_off(self) -> None:
        """Go on with smaller pieces, down to the last that the day allows."""
        self._end_pull()
        self._bulky = False
        self._state = self._cache.sync_state(self._source)
        if self._meter is not None and self._meter.over:
            raise SourceError(BUDGET_SPENT)

    def _repair(self) -> None:
        self._repaired = True
        self._memory.repairs += 1
        try:
            for batch in self._connector.repair(self._cache.sums(self._source)):
                self._take(batch)
        except SourceError as error:
            log.info("rows not mended", extra={"code": error.problem.code})
            if error.held or error.retry_after_s is not None:
                self._memory.repairs -= 1  # It told us to wait, not that it cannot.
                return
            if error.problem.code == "no_sums":
                self._memory.repairs = REPAIRS
        self._state = self._cache.sync_state(self._source)
        if not is_doubtful(self._state):
            self._memory.in_sync()
        elif self._memory.repairs >= REPAIRS and self._memory.start_over(self._clock.monotonic_s()):
            self._cache.forget_token(self._source)
            self._again = True

    def _retirable(self) -> bool:
        if self._asked or self._clock.monotonic_s() < self._memory.states_at_s:
            return False
        return bool(self._outbox.to_retire(self._source, 1))

    def _was_copied(self) -> bool:
        return not self._asked and self._outbox.binding(self._source).copied

    def _ask_after_twin(self) -> None:
        """Learn what another computer with a copy of this disk did of what was not sent here."""
        unsent = [
            record.command.key
            for record in self._outbox.recent(ALL)
            if record.command.target.source == self._source and may_be_a_twins(record)
        ]
        for start in range(0, len(unsent), STATES_AT_ONCE):
            keys = unsent[start : start + STATES_AT_ONCE]
            # A conflict is told with the county's row when it is sent after all, not here.
            told = [a for a in self._connector.states(keys) if a.receipt is not Receipt.CONFLICT]
            self._outbox.answer_all(told, self._clock.now())
        binding = self._outbox.binding(self._source)
        self._outbox.bind(self._source, msgspec.structs.replace(binding, copied=False))

    def _retire(self) -> None:
        if self._was_copied():
            try:
                self._ask_after_twin()
            except SourceError as error:
                log.info("no word on what a twin did", extra={"code": error.problem.code})
        self._asked = True
        keys = self._outbox.to_retire(self._source, self._memory.states_from + STATES_AT_ONCE)
        asked = keys[self._memory.states_from :]
        try:
            answers = self._connector.states(asked) if asked else []
        except SourceError as error:
            log.info("no word on older commands", extra={"code": error.problem.code})
            answers, asked = [], []
        forgotten = self._known_there(asked) - {answer.key for answer in answers}
        if forgotten - self._memory.forgotten and self._has_gone_back(forgotten):
            return
        self._memory.forgotten -= {answer.key for answer in answers}
        self._outbox.answer_all(answers, self._clock.now())
        durable = [answer.key for answer in answers if answer.durable]
        self._outbox.retire(durable)
        # Keys the server never heard of must not hide the later ones for ever.
        more = len(asked) == STATES_AT_ONCE
        self._memory.states_from = self._memory.states_from + len(asked) if more else 0
        if durable:
            self._memory.states_from = 0
        self._memory.note_states_asked(self._clock.monotonic_s(), retired=bool(durable))

    def _known_there(self, keys: list[str]) -> set[str]:
        """Those of the answered commands that this server must know under this login.

        A refused one may have been refused unread, and is then in no log.
        """
        binding = binding_in_use(self._outbox, self._connector)
        kept_since = keys_kept_since(binding, self._clock.now())
        found = [record for key in keys if (record := self._outbox.record(key)) is not None]
        return {
            record.command.key
            for record in found
            if record.receipt is Receipt.ACCEPTED
            and hold_of(record.command, binding) is Hold.NONE
            and record.command.at > kept_since
        }

    def _has_gone_back(self, forgotten: set[str]) -> bool:
        """Offer again what a server does not know that it had answered, unless it keeps no keys."""
        epoch = self._connector.epoch()
        if epoch is None:
            return False
        log.info("the source forgot commands", extra={"source": self._source})
        self._memory.forgotten |= forgotten
        doubt_past(self._outbox, self._source)
        self._meet_past(epoch)
        self._again = True
        return True

    def _next_piece(self) -> Chunk | None:
        if self._freight is None or self._files is None or self._link is None:
            return None
        look_after_files(
            *(self._files, self._outbox, self._memory, self._source, self._clock),
            held=self._held_files,
        )
        hours = self._meter.allowance.originals_hours if self._meter else None
        return self._freight.next(
            self._link.state().tier,
            originals_now=self._meter is not None and self._meter.in_original_hours(),
            keep_for_hours=hours is not None,
        )

    def _held_files(self) -> set[str]:
        binding = binding_in_use(self._outbox, self._connector)
        return files_of_strangers(self._outbox, self._source, binding)

    def _move(self) -> None:
        assert self._freight is not None
        assert self._piece is not None
        self._pieces += 1
        left = None if self._meter is None else self._meter.bulk_left()
        most = self._plan.piece_bytes if left is None else min(self._plan.piece_bytes, left)
        if not self._freight.move(self._piece, most):
            self._freight = self._piece = None
        self.on_changed(frozenset())

    def _end_pull(self) -> None:
        batches, self._batches = self._batches, None
        close = getattr(batches, "close", None)
        if close is not None:
            close()

    def _tell(self, changed: frozenset[Collection]) -> None:
        self._changed |= changed
        self.on_changed(changed)
