"""One source and the real stores, for tests of a single exchange."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desktop.application.sync.exchange import Exchange, exchange
from desktop.domain.command import CommandState
from support.builders import FakeClock
from support.contexts import a_context
from support.scripted_connector import ScriptedConnector
from support.stores import Stores


class Bench:
    """Scripted source, real stores and a clock of the test's own; close its `stores`."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.cache, self.outbox = self.stores.cache, self.stores.outbox
        self.connector = ScriptedConnector()

    def exchange(self, **given: Any) -> Exchange:
        """One exchange, without files unless they are `given`."""
        return exchange(a_context(self.connector, self.cache, self.outbox, self.clock, **given))

    def states(self) -> list[CommandState]:
        """What became of each command, the oldest first."""
        return [r.state for r in reversed(self.outbox.recent(100))]
