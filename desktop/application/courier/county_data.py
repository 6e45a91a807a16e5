"""County data from a receipt, applied by the network's own exchange if it is newer than ours."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from desktop.application.ports import Connector
from desktop.application.sync.exchange import Exchange, exchange
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.courier import CarriedData
from desktop.domain.instant import Instant
from desktop.domain.source import Problem


class Unfit(StrEnum):
    """Why county data is left alone."""

    ACCOUNT = "account"  # another login's
    EPOCH = "epoch"  # from before or after a restore of the county
    OLDER = "older"  # rows here are as new, or newer
    GAP = "gap"  # it follows rows that are not those here


class DataTaken(msgspec.Struct, frozen=True):
    """What became of a receipt's county data."""

    made_at: Instant
    rows: int = 0
    """How many it changed."""
    unfit: Unfit | None = None
    """Why nothing of it was taken, if it was not."""
    problem: Problem | None = None
    """Why it could not be read; then nothing of it was taken either."""


def apply_data(
    context: ExchangeContext, connector: Connector, data: CarriedData
) -> Exchange | Unfit:
    """Apply the data to the context's stores, or say why it does not fit what is there.

    It is newer than the rows whose token it names. No clock says so: that of a desk may be wrong by
    a year. Only where nothing changed since, so that just the rows' age is told, is time compared.

    Raises SourceError, with nothing applied, when it cannot be read.
    """
    source = context.source
    state, binding = context.cache.sync_state(source), context.outbox.binding(source)
    if data.account != binding.account:
        return Unfit.ACCOUNT
    if data.epoch != binding.epoch:
        return Unfit.EPOCH
    is_older = state.last_good_at is not None and data.made_at <= state.last_good_at
    if data.since != (state.token or ""):
        return Unfit.OLDER if is_older else Unfit.GAP
    if is_older and not (data.snapshot or data.pages):
        return Unfit.OLDER
    carried = msgspec.structs.replace(
        context,
        connector=connector,
        # What the worker knows of its connection is not this one's.
        memory=WorkerState(),
        link=None,
        meter=None,
        on_time_told=lambda: None,
    )
    done = exchange(carried, offer=False)
    context.memory.files.note_new_rows()
    return done
