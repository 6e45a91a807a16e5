"""County data from a receipt, applied by the network's own exchange if it is newer than ours."""

from __future__ import annotations

from desktop.application.ports import Cache, Connector, OutboxStore
from desktop.application.sync.exchange import Exchange, exchange
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.clock import Clock
from desktop.domain.courier import CarriedData


def apply_data(
    cache: Cache, outbox: OutboxStore, clock: Clock, connector: Connector, data: CarriedData
) -> Exchange | None:
    """Apply the data; None when it does not fit what is here: rows have gone on, or are others'.

    It is newer than the rows whose token it names. No clock says so: that of a desk may be wrong by
    a year. Only where nothing changed since, so that just the rows' age is told, is time compared.

    Raises SourceError, with nothing applied, when it cannot be read.
    """
    source = connector.settings.id
    state = cache.sync_state(source)
    binding = outbox.binding(source)
    if (data.epoch, data.account) != (binding.epoch, binding.account):
        return None
    if data.since != (state.token or ""):
        return None
    has_rows = bool(data.snapshot or data.pages)
    if not has_rows and state.last_good_at is not None and data.made_at <= state.last_good_at:
        return None
    return exchange(ExchangeContext(connector, cache, outbox, clock, WorkerState()), offer=False)
