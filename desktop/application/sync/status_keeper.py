"""The status of one source: kept by its worker, in the store too, and read by every screen."""

from __future__ import annotations

import logging

import msgspec

from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.ports import Cache, OutboxStore, Source, StoreError
from desktop.application.proxies import caution_of
from desktop.application.reads.doubts import what_was_unread
from desktop.application.reads.pending_overlay import RECENT
from desktop.application.sync.late_connector import LateConnector
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.clock import Clock, is_before_bound
from desktop.domain.command import CommandState
from desktop.domain.source import Problem, SourceStatus

log = logging.getLogger(__name__)


class StatusKeeper:
    """Changed on the worker's thread alone."""

    def __init__(
        self,
        source: Source,
        cache: Cache,
        outbox: OutboxStore,
        clock: Clock,
        memory: WorkerState,
        connector: LateConnector,
        link: LinkEstimator,
    ) -> None:
        self._fills = source.manifest.fills
        self._cache, self._clock = cache, clock
        self._memory, self._connector, self._link = memory, connector, link
        self.own = _last_status(source, cache)
        """Without what the worker remembers besides; the same object until it differs."""
        memory.expect(find_unconfirmed(self.own, outbox))

    def complete(self, *, awaited: bool) -> SourceStatus:
        """Return the status, all of one moment, the same object until it differs; from any
        thread."""
        own = self.own
        is_older = is_before_bound(self._clock, own.last_good_at)
        return self._memory.complete(own, awaited=awaited, is_older=is_older)

    def note(self, **changes: object) -> None:
        """Change these fields, and those that the connector and the line tell."""
        changes["link"] = self._link.state()
        if (connector := self._connector.built) is not None:
            if (offered := connector.collections_offered()) is not None:
                changes["fills"] = self._fills & offered
            changes["account"] = connector.account() or self.own.account
        self.own = msgspec.structs.replace(self.own, **changes)

    def note_failure(self, problem: Problem) -> None:
        """Show and store that the source fails, and since when."""
        if self.own.problem is None:
            log.info("source fails", extra={"source": self.own.id, "code": problem.code})
        since = self.own.failing_since or self._clock.now()
        self.note(failing_since=since, problem=problem, progress=None)
        self._keep_failure()

    def note_carried(self) -> None:
        """Take over what a job has stored of the source; whether it answers stays."""
        state = self._cache.sync_state(self.own.id)
        times = [at for at in (self.own.last_good_at, state.last_good_at) if at is not None]
        self.note(
            last_good_at=max(times, default=None),
            partial=self.own.partial and state.last_good_at is None,
            quarantined_deletes=state.quarantined_deletes,
            **what_was_unread(self._cache, self.own.id),
        )
        if self._cache.failure(self.own.id) is None:
            self._keep_failure()

    def _keep_failure(self) -> None:
        since, problem = self.own.failing_since, self.own.problem
        if since is None or problem is None:
            return
        try:
            self._cache.mark_failed(self.own.id, since, problem)
        except StoreError as error:
            # Only the next start will not know of it; this one shows it and goes on trying.
            log.info("a failure was not kept", extra={"code": error.problem.code})


def find_unconfirmed(status: SourceStatus, outbox: OutboxStore) -> frozenset[str]:
    """Return the commands accepted in earlier runs that no pull has confirmed.

    Until the first pull this compares the times of two clocks.
    """
    heard_at = status.last_good_at
    return frozenset(
        record.command.key
        for record in outbox.recent(RECENT)
        if record.command.target.source == status.id
        and record.state is CommandState.ACCEPTED
        and (heard_at is None or record.changed_at >= heard_at)
    )


def _last_status(source: Source, cache: Cache) -> SourceStatus:
    """Return the source's status as the run before left it."""
    settings = source.settings
    state, failure = cache.sync_state(settings.id), cache.failure(settings.id)
    possible = source.manifest.fills
    return SourceStatus(
        id=settings.id,
        kind=settings.kind,
        title=settings.title,
        expected_period_ms=round(settings.expected_period_s * 1000),
        last_good_at=state.last_good_at,
        failing_since=failure[0] if failure else None,
        problem=failure[1] if failure else None,
        **what_was_unread(cache, settings.id),
        fills=possible if state.offered is None else possible & state.offered,
        quarantined_deletes=state.quarantined_deletes,
        partial=state.last_good_at is None and state.has_some,
        account=state.account,
        caution=caution_of(settings),
    )
