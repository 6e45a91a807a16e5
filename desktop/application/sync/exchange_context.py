"""What every exchange with one source works with."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from desktop.application.budget.byte_budget import ByteBudget
from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.ports import Cache, Connector, FileStore, OutboxStore
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.changes import Changes
from desktop.domain.clock import Clock
from desktop.domain.source import Progress


def tell_nobody(_changed: Changes) -> None:
    """Do nothing: the default of `on_changed`."""


class ExchangeContext(msgspec.Struct, frozen=True, eq=False):
    """One source, its stores, and the callbacks of its exchanges; made once by its worker."""

    connector: Connector
    cache: Cache
    outbox: OutboxStore
    clock: Clock
    memory: WorkerState
    link: LinkEstimator | None = None
    """Without it rows are pulled by the default plan, and no file moves."""
    meter: ByteBudget | None = None
    files: FileStore | None = None
    on_time_told: Callable[[], None] = lambda: None
    """Lets the clock follow the server before a success is dated: dated by a clock a day ahead,
    a source that then died would look fresh for a day."""
    on_changed: Callable[[Changes], None] = tell_nobody
    """Called for every batch and every answer at once, on the exchange's thread."""

    on_progress: Callable[[Progress], None] = lambda _progress: None
    """Called for a piece of a snapshot, before `on_changed`."""

    @property
    def source(self) -> str:
        """Return the id of the source in the profile."""
        return self.connector.settings.id
