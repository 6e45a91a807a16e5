"""County data from a receipt as a source: it answers one pull, and can be asked nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop.application.ports import PullPlan, SourceError, SourceSettings
from desktop.connectors.county import MANIFEST
from desktop.connectors.county.changes import Asked, read_compact_changes
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.connectors.services import Services
from desktop.connectors.shared.read_only_source import ReadOnlySource
from desktop.domain.command import Collection, CommandRecord
from desktop.domain.courier import CarriedData
from desktop.domain.source import Batch, CommandResult, ProbeResult, Problem, SyncState
from desktop.wire.level2 import Frames

STICK = "courier"
"""Stands for the address in problems."""


class CarriedSource(ReadOnlySource):
    """The county as it was when it wrote the receipt."""

    def __init__(self, settings: SourceSettings, services: Services, data: CarriedData) -> None:
        super().__init__(settings, MANIFEST, services)
        self._data, self._clock = data, services.clock

    def probe(self) -> ProbeResult:
        raise _unreachable()

    def send(self, records: Sequence[CommandRecord]) -> list[CommandResult]:  # noqa: ARG002
        raise _unreachable()

    def states(self, keys: Sequence[str]) -> list[CommandResult]:  # noqa: ARG002
        """Raise: silence would say that the county has forgotten them."""
        raise _unreachable()

    def epoch(self) -> str | None:
        """Return the epoch of the data."""
        return self._data.epoch

    def account(self) -> str:
        """Return the account of the data."""
        return self._data.account

    def townships(self) -> frozenset[str] | None:
        """Return the townships of the data; None for all."""
        return frozenset(self._data.townships) or None

    def collections_offered(self) -> frozenset[Collection] | None:
        """Return the collections of the data."""
        return Snapshot.complete(self._data.collections)

    def proven_s(self) -> float | None:
        """Return when the data was true, on the monotonic clock: it is no fresher than that."""
        age_ms = max(0, self._clock.now() - self._data.made_at)
        return self._clock.monotonic_s() - age_ms / 1000

    def clock_offset_ms(self) -> int | None:
        """Return the offset known before: a stick tells no time."""
        return self._data.offset_ms

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:  # noqa: ARG002
        """Yield the data; SourceError before any of it when it cannot be read."""
        return iter(self._whole() if self._data.snapshot else self._pages())

    def _whole(self) -> list[Batch]:
        snapshot = Snapshot(self.settings.id, STICK)
        for _ in snapshot.feed(self._data.snapshot):
            pass
        snapshot.end()
        return [snapshot.batch(self._data.collections, self._data.account)]

    def _pages(self) -> list[Batch]:
        token, batches = self._data.since, []
        for page in self._data.pages:
            asked = Asked(self.settings.id, STICK, token, self._data.epoch, self._data.account)
            read = read_compact_changes(page, Frames(), asked)
            token = read.token
            batches.append(read.batch)
        return batches or [Batch(self.settings.id)]


def _unreachable() -> SourceError:
    details = {"address": STICK, "reason": ""}
    return SourceError(Problem("unreachable", details), may_have_left=False)
