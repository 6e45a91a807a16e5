"""One exchange with one source: commands out first, then everything new in, then files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial

from desktop.application.budget.byte_budget import BUDGET_SPENT, is_spent
from desktop.application.budget.link_estimator import pull_plan
from desktop.application.ports import DiskCopied, OtherServer, PullPlan, SourceError
from desktop.application.sync.command_sender import CommandSender
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.exchange_planner import (
    Exchange,
    ExchangeState,
    Step,
    is_doubtful,
    next_step,
)
from desktop.application.sync.file_keeping import look_after_files
from desktop.application.sync.file_transfer import Chunk, FileTransfer, digests_held
from desktop.application.sync.misplaced import meet_misplaced
from desktop.application.sync.past import find_doubt, meet_past
from desktop.application.sync.rest import good_at
from desktop.application.sync.retirement import Retirement
from desktop.application.sync.scope import ScopeGuard
from desktop.domain.changes import NOTHING, STATES, Changes
from desktop.domain.command import Collection, CommandRecord
from desktop.domain.instant import SECOND
from desktop.domain.source import Batch

__all__ = ["Exchange", "exchange"]

log = logging.getLogger(__name__)

STORED_EVERY_MS = 5 * SECOND
"""How much older the stored time of the last contact may be than the true one."""


def exchange(context: ExchangeContext, *, offer: bool = True) -> Exchange:
    """Offer this source's commands, then apply all it has that is new, then move files.

    Commands that come up meanwhile go out between two batches; with `offer` false none do.
    Downloads go on when sending fails. Raises SourceError when the pull fails; whatever was
    applied before stays, and the token never runs ahead of it. Raises StoreError, before it
    asks anything, where nothing can be kept.
    """
    context.cache.check_writable()
    return ExchangeRun(context, offer=offer).run()


class ExchangeRun:
    """The state of one exchange under way."""

    def __init__(self, context: ExchangeContext, *, offer: bool) -> None:
        self._context, self._source = context, context.source
        self._connector, self._outbox = context.connector, context.outbox
        self._cache = context.cache
        self._clock, self._memory, self._meter = context.clock, context.memory, context.meter
        self._sending = CommandSender(context) if offer else None
        self._state = self._cache.sync_state(self._source)
        self._scope = ScopeGuard(context, self._state.account)
        self._retirement = Retirement(context)
        files = context.files
        self._freight = None if files is None else FileTransfer(files, context)
        self._plan = PullPlan()
        self._batches: Iterator[Batch] | None = None
        self._group: list[CommandRecord] = []
        """What goes out next, as chosen for the step under way."""
        self._pulled = self._bulky = self._repaired = self._again = False
        self._piece: Chunk | None = None
        self._pieces = 0
        self._telling: frozenset[str] = frozenset()
        """Commands whose outcome the pull under way will confirm, if there is one."""
        self._is_news = False
        """Whether the rows came with the answers to the commands offered last."""
        self._is_snapshot = self._is_old_news = False
        """Whether it brought a snapshot; and whether what it brought may date from before their
        outcome, as a snapshot may, or is unproven."""
        self._changed = NOTHING
        self._rows = self._bad = 0

    def run(self) -> Exchange:
        """Run step by step until the planner ends the exchange; returns what it did."""
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
            meet_misplaced(error, self._context)
            self._tell(STATES)
            raise
        finally:
            self._end_pull()
        failure = None if self._sending is None else self._sending.failure
        return Exchange(
            changed=self._changed,
            rows=self._rows,
            bad_items=self._bad,
            answered=0 if self._sending is None else self._sending.answered,
            unsent=failure.problem if failure else None,
            offer_after_s=failure.retry_after_s if failure else None,
            again=self._again or self._piece is not None,
            quarantined_deletes=self._state.quarantined_deletes,
        )

    def _moment(self) -> ExchangeState:
        group = self._group = self._sending.group() if self._sending is not None else []
        left = None if self._meter is None else self._meter.bulk_left()
        over = is_spent(left)
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
            retirable=quiet and self._retirement.is_due(),
            freight=self._piece is not None,
            pieces=self._pieces,
        )

    def _offer(self) -> None:
        assert self._sending is not None
        offered = {record.command.key for record in self._group}
        self._memory.expect(offered)
        self._telling -= offered
        if self._batches is not None and not self._bulky and self._may_follow():
            self._end_pull()  # Its next page would be after another token than the answer's.
        self._tell(self._sending.offer(self._group, follow=self._batches is None))
        news = self._sending.take_news()
        if news:
            self._plan_pull()
            self._telling = self._memory.unconfirmed
            for batch in news:
                self._take(batch)
            self._finish_pull()
        elif self._is_news:
            self._pulled = False  # What these did is still to come.
        self._is_news = bool(news)

    def _may_follow(self) -> bool:
        return self._connector.may_follow(self._cache.sync_state(self._source))

    def _pull(self) -> None:
        if self._batches is None:
            self._plan_pull()
            starved = not self._plan.allow_snapshot and self._state.token is not None
            if starved and (epoch := self._connector.epoch()) is not None:
                self._meet_past(epoch)  # No batch reports another epoch while none may come.
            # Sending may have found that the server went back: the token is gone then.
            self._state = self._cache.sync_state(self._source)
            self._batches = self._connector.pull(self._state, self._plan)
            self._telling = self._memory.unconfirmed
        batch = next(self._batches, None)
        if batch is not None:
            self._take(batch)
            if self._sending is not None:
                self._sending.may_go_on()
            return
        self._end_pull()
        self._finish_pull()

    def _plan_pull(self) -> None:
        """Choose sizes by the line and what is left of the day's bytes."""
        bulk_left = None if self._meter is None else self._meter.bulk_left()
        link = self._context.link
        self._plan = pull_plan(link.state(), bulk_left=bulk_left) if link else PullPlan()

    def _finish_pull(self) -> None:
        """Note that all that is new is here, and whose outcomes that confirms."""
        self._pulled = True
        if (epoch := find_doubt(self._outbox, self._connector)) is not None:
            self._meet_past(epoch)
            self._again = True
            return  # Rows of a past epoch are not called good.
        self._state = self._cache.sync_state(self._source)
        if self._state.token is None and not self._plan.allow_snapshot:
            raise SourceError(BUDGET_SPENT)
        self._check_scope()
        self._context.on_time_told()
        self._mark_good()
        self._again |= self._memory.note_pull(snapshot=self._is_snapshot)
        if not self._is_old_news:
            self._memory.hear_of(self._telling)
        self._memory.meet_server()
        if not is_doubtful(self._state):
            self._memory.confirm_rows()

    def _mark_good(self) -> None:
        """Store when the source was heard: every time costs a commit, so not that of a moment
        later.

        What is stored may be older than what is true, never fresher.
        """
        at = good_at(self._clock, self._connector.proven_s())
        offset_ms = self._connector.clock_offset_ms() or 0
        offered, known = self._connector.collections_offered(), self._state
        is_stored = (
            known.last_good_at is not None
            and 0 <= at - known.last_good_at < STORED_EVERY_MS
            and abs(offset_ms - known.offset_ms) < STORED_EVERY_MS
            and offered in (None, known.offered)
            and self._cache.failure(self._source) is None
        )
        if not is_stored:
            self._cache.mark_good(self._source, at, offset_ms, offered)

    def _take(self, batch: Batch) -> None:
        self._check_scope()
        self._scope.meet_account(batch.account)
        if batch.epoch is not None:
            self._meet_past(batch.epoch)
        changed = self._cache.apply(batch)
        if Collection.INCIDENTS in changed:
            self._memory.files.note_new_rows()
        self._context.on_time_told()
        self._bulky = batch.staged is not None
        self._is_snapshot |= self._bulky
        self._is_old_news |= self._bulky or batch.lags or not batch.is_proven
        # A whole list repeats the rows that were shown early from it.
        new = len(batch.puts) + len(batch.deletes) + len(batch.patches) + len(batch.drops)
        self._rows = (0 if batch.complete else self._rows) + new
        self._bad += len(batch.bad_items)
        if batch.progress is not None:
            self._context.on_progress(batch.progress)
        self._tell(changed)

    def _meet_past(self, epoch: str) -> None:
        if meet_past(self._context, epoch) and self._sending is not None:
            self._sending.start_over()

    def _check_scope(self) -> None:
        taken = self._scope.narrow()
        if taken is not None:
            self._tell(taken)
            self._again = True

    def _break_off(self) -> None:
        """Go on with smaller pieces, down to the last that the day allows."""
        self._end_pull()
        self._bulky = False
        self._state = self._cache.sync_state(self._source)
        if self._meter is not None and self._meter.over:
            raise SourceError(BUDGET_SPENT)

    def _repair(self) -> None:
        self._repaired = True
        self._memory.begin_repair()
        try:
            for batch in self._connector.repair(self._cache.sums(self._source)):
                self._take(batch)
        except SourceError as error:
            log.info("rows not mended", extra={"code": error.problem.code})
            if error.held or error.retry_after_s is not None:
                self._memory.put_off_repair()
                return
            if error.problem.code == "no_sums":
                self._memory.give_up_repairs()
        self._state = self._cache.sync_state(self._source)
        if not is_doubtful(self._state):
            self._memory.confirm_rows()
        elif self._memory.start_over(self._clock.monotonic_s()):
            self._cache.forget_token(self._source)
            self._again = True

    def _retire(self) -> None:
        self._again |= self._retirement.ask(self._meet_past)

    def _next_piece(self) -> Chunk | None:
        files, link = self._context.files, self._context.link
        only_words = self._meter is not None and self._meter.only_words
        if self._freight is None or files is None or link is None or only_words:
            return None
        look_after_files(files, self._context, partial(digests_held, self._context))
        hours = self._meter.allowance.originals_hours if self._meter else None
        return self._freight.next(
            link.state().tier,
            originals_now=self._meter is not None and self._meter.in_original_hours(),
            keep_for_hours=hours is not None,
        )

    def _move(self) -> None:
        assert self._freight is not None
        assert self._piece is not None
        self._pieces += 1
        left = None if self._meter is None else self._meter.bulk_left()
        most = self._freight.choose_size(self._piece, self._plan.piece_bytes)
        if not self._freight.move(self._piece, most if left is None else min(most, left)):
            self._freight = self._piece = None
        self._context.on_changed(Changes(files=True))

    def _end_pull(self) -> None:
        batches, self._batches = self._batches, None
        close = getattr(batches, "close", None)
        if close is not None:
            close()

    def _tell(self, changed: Changes) -> None:
        self._changed = self._changed.join(changed)
        self._context.on_changed(changed)
