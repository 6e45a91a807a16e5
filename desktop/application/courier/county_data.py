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

    Raises SourceError, with nothing applied, when it cannot be read.
    """
    source = connector.settings.id
    state = cache.sync_state(source)
    is_newer = state.last_good_at is None or data.made_at > state.last_good_at
    follows = bool(data.snapshot) or state.token == data.since
    if not (is_newer and follows) or data.epoch != outbox.binding(source).epoch:
        return None
    return exchange(ExchangeContext(connector, cache, outbox, clock, WorkerState()), offer=False)
