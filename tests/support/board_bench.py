"""A board over real stores, with nothing running."""

from __future__ import annotations

from pathlib import Path

from desktop.application.board import Board
from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import Collection, Key
from desktop.domain.instant import DAY
from desktop.domain.source import Row, SourceStatus
from support.builders import FakeClock, a_batch
from support.stores import Stores

INCIDENT = Key("county", Collection.INCIDENTS, "I0001")


class BoardBench:
    """What a test of the board acts on."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.corrected = CorrectedClock(self.clock)
        self.stores = Stores(folder, self.clock)
        self.cache, self.outbox = self.stores.cache, self.stores.outbox
        self.files = self.stores.files
        self.limit: int | None = None
        self.login = ""
        """Fingerprint of the login in use."""
        self.statuses: tuple[SourceStatus, ...] = ()
        self.board = Board(
            cache=self.cache,
            outbox=self.outbox,
            clock=self.corrected,
            officer="李明",
            statuses=lambda: self.statuses,
            day_began_at=lambda now: now - now % DAY,
            accepts=lambda target, kind: True,
            files=self.files,
            file_limit=lambda source: self.limit,
            login=lambda source: self.login,
        )

    def put(self, *rows: Row) -> None:
        for source in {row.source for row in rows}:
            self.cache.apply(a_batch(*(r for r in rows if r.source == source), source=source))

    def line(self) -> IncidentRow:
        return self.board.incident_rows(self.board.incident_numbers(IncidentFilter()))[0]
