"""A server that went back, announced by another epoch or proven by what it has forgotten."""

from __future__ import annotations

import logging

import msgspec

from desktop.application.ports import Connector, OutboxStore
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.file_keeping import send_files_again
from desktop.domain.instant import DAY, HOUR, SECOND, Instant
from desktop.domain.outbox_state import Again
from desktop.domain.source import Binding, Problem

KEYS_KEPT_MS = 180 * DAY
"""For how long the API asks every server at least to keep keys."""

log = logging.getLogger(__name__)


def meet_past(context: ExchangeContext, epoch: str) -> bool:
    """Queue again what a server in another epoch may have forgotten; whether it is another.

    The commands, and the bytes of the files they name.

    `Binding.epoch` is the epoch for which the outbox was gone through; it is cleared on every proof
    that the server went back. Written last: a crash before only offers twice.
    """
    outbox, cache, source = context.outbox, context.cache, context.source
    binding = outbox.binding(source)
    if binding.epoch == epoch:
        return False
    now = context.clock.now()
    since = binding.set_back_to
    again = Again(
        server=binding.server,
        not_before=keys_kept_since(binding, now),
        retired_since=None if since is None else since - HOUR,
    )
    queued = outbox.offer_again(source, now, again)
    if context.files is not None:
        send_files_again(context.files, context)
    if cache.sync_state(source).epoch == epoch:
        # Rows of an epoch with this very name: nothing else would outdate them in the cache.
        cache.outdate(source)
    outbox.bind(source, msgspec.structs.replace(binding, epoch=epoch))
    if queued:
        log.info("the source went back", extra={"source": source})
        # `at` is not shown: it makes another restore, with as many commands, another notice.
        told = {"count": str(queued), "at": str(now)}
        context.memory.tell(Problem("server_went_back", told))
    return True


def doubt_past(outbox: OutboxStore, source: str) -> None:
    """Have the outbox gone through again: there is proof that the server lost some of its past."""
    binding = outbox.binding(source)
    outbox.bind(source, msgspec.structs.replace(binding, epoch=""))


def find_doubt(outbox: OutboxStore, connector: Connector) -> str | None:
    """Return the server's epoch while the outbox is still to be gone through for it, else None.

    A session may tell of a lost past although no row has changed since.
    """
    if outbox.binding(connector.settings.id).epoch:
        return None
    return connector.epoch() or None


def keys_kept_since(binding: Binding, now: Instant) -> Instant:
    """Return the time before which the server may have forgotten a command's key.

    The server's retention less a day of doubt; of one shorter than two days, half of it.
    """
    kept = binding.keys_kept_s * SECOND or KEYS_KEPT_MS
    return now - max(kept - DAY, kept // 2)
