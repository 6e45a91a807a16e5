"""What the run before left of a source: its status, and accepted commands not yet confirmed."""

from __future__ import annotations

from desktop.application.ports import Cache, OutboxStore, Source
from desktop.application.proxies import caution_of
from desktop.application.reads.doubts import what_was_unread
from desktop.application.reads.pending_overlay import RECENT
from desktop.domain.command import CommandState
from desktop.domain.source import SourceStatus


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


def last_status(source: Source, cache: Cache) -> SourceStatus:
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
