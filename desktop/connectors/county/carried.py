"""County data from a receipt as a source: it answers one pull, and can be asked nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop.application.ports import PullPlan, SourceError, SourceSettings
from desktop.connectors.county.level2 import read_patch
from desktop.connectors.county.manifest import MANIFEST
from desktop.connectors.county.session import MOST_UNPACKED, undecodable
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.connectors.services import Services
from desktop.connectors.shared.read_only_source import ReadOnlySource
from desktop.domain.command import Collection, CommandRecord
from desktop.domain.courier import CarriedData
from desktop.domain.instant import from_datetime
from desktop.domain.source import Batch, CommandResult, ProbeResult, Problem, SyncState
from desktop.wire.level2 import Frames, WireError, decode_patch, name_asked

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
        assert snapshot.head is not None
        return [
            Batch(
                source=self.settings.id,
                puts=snapshot.rows,
                row_keys=snapshot.row_keys,
                complete=snapshot.complete(self._data.collections),
                token=snapshot.head.token,
                epoch=snapshot.head.epoch,
                bad_items=snapshot.bad_items,
                more_bad=snapshot.more_bad,
                sum=snapshot.sum,
                account=self._data.account,
            )
        ]

    def _pages(self) -> list[Batch]:
        asked, batches = self._data.since, []
        for page in self._data.pages:
            try:
                patch = decode_patch(page, Frames(), MOST_UNPACKED)
                if patch.asked not in (None, name_asked(asked)):
                    raise WireError("a page that does not follow")
            except WireError as error:
                raise undecodable(STICK, error) from None
            read = read_patch(self.settings.id, patch)
            asked = patch.token
            batches.append(
                Batch(
                    source=self.settings.id,
                    puts=read.rows,
                    row_keys=read.keys,
                    patches=read.patches,
                    drops=patch.drops,
                    token=patch.token,
                    epoch=self._data.epoch,
                    bad_items=read.bad_items,
                    more_bad=read.more_bad,
                    reading_at=from_datetime(patch.server_time),
                    sum=patch.sum,
                    account=self._data.account,
                )
            )
        return batches or [Batch(self.settings.id)]


def _unreachable() -> SourceError:
    details = {"address": STICK, "reason": ""}
    return SourceError(Problem("unreachable", details), may_have_left=False)
