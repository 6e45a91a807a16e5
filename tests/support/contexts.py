"""What one exchange works with, made of whatever a test has."""

from __future__ import annotations

from typing import Any

from desktop.application.ports import Cache, Connector, OutboxStore
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.clock import Clock


def a_context(
    connector: Connector,
    cache: Cache,
    outbox: OutboxStore,
    clock: Clock,
    *,
    memory: WorkerState | None = None,
    **given: Any,
) -> ExchangeContext:
    """One that remembers nothing of before, unless `memory` is given."""
    remembered = WorkerState() if memory is None else memory
    return ExchangeContext(connector, cache, outbox, clock, remembered, **given)
