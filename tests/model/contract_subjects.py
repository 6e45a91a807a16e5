"""The simulation's own parts, put to the same questions as the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from desktop.domain.clock import Clock
from desktop.wire.level1 import Alarm, CommandResult, Commands, Incident
from model.county import County, KeyReused
from model.disk import Disk
from model.memory_cache import MemoryCache
from model.memory_outbox import MemoryOutbox
from support.contract_counties import Refused
from support.county_rows import MOMENT


class ModelCounty:
    """The model county behind the calls of `support.contract_counties.ContractCounty`."""

    def __init__(self) -> None:
        self._now_s = MOMENT.timestamp()
        self._county = County(lambda: self._now_s)
        self._backup = self._county.state.copy()

    def open_session(self, client: str) -> tuple[str, int]:
        return self._county.state.epoch, self._county.new_fence(client)

    def post(self, asked: Commands) -> tuple[CommandResult, ...]:
        if asked.epoch != self._county.state.epoch:
            raise Refused(409, "epoch")
        if (client := self._county.sender(asked)) is None:
            raise Refused(409, "fence")
        try:
            return self._county.post(asked, client)
        except KeyReused:
            raise Refused(422, "key-reused") from None

    def states(self, keys: Sequence[str]) -> tuple[CommandResult, ...]:
        return self._county.results(list(keys))

    def put(self, collection: str, row: msgspec.Struct) -> None:
        assert isinstance(row, Incident | Alarm)
        self._county.put(collection, row)

    def row(self, collection: str, row_id: str) -> msgspec.Struct | None:
        self._county.tidy()
        stored = self._county.state.rows.get((collection, row_id))
        return None if stored is None else stored.row

    def later(self, seconds: float) -> None:
        self._now_s += seconds

    def backup(self) -> None:
        self._backup = self._county.back_up()

    def restore(self) -> None:
        self._county.restore(self._backup)

    def close(self) -> None:
        """There is nothing to let go of."""


def memory_outbox(_folder: Path, _clock: Clock) -> MemoryOutbox:
    """An outbox on a disk of its own."""
    return MemoryOutbox(Disk("desk-1"))


class WaryCache(MemoryCache):
    """Believes as many deletions unasked as the real cache does."""

    def believes(self, deletions: int, stored: int) -> bool:
        return deletions <= max(20, min(500, stored // 20))


def memory_cache() -> MemoryCache:
    """A cache on a disk of its own."""
    return WaryCache(Disk("desk-1"))
