"""The engine of a desk whose county no line reaches."""

from __future__ import annotations

from desktop.application.ports import SourceError
from desktop.application.sync.engine import Engine
from desktop.domain.changes import Changes
from desktop.domain.clock import CorrectedClock
from desktop.domain.source import Problem
from support.sample_board import SampleCounty
from support.scripted_connector import ScriptedConnector, source_of


def engine_of(county: SampleCounty) -> Engine:
    """An engine whose county cannot be reached by any line."""
    gone = ScriptedConnector()
    gone.send_error = SourceError(Problem("unreachable"))
    gone.pulls = [[SourceError(Problem("unreachable"))] for _ in range(1_000)]
    clock = county.clock
    assert isinstance(clock, CorrectedClock)
    stores = (county.cache, county.outbox, clock)

    def announce(changed: Changes) -> None:
        county.sources[:] = made.statuses()
        county.board.listeners.announce(changed)

    made = Engine([source_of(gone)], *stores, announce, files=county.stores.files)
    return made
