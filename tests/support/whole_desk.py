"""A whole desk below its screens: the real stores and connector, with one exchange at a time."""

from __future__ import annotations

from pathlib import Path

from desktop.application.board import Board
from desktop.application.commands.belonging import fingerprint
from desktop.application.ports import SourceError
from desktop.application.sync.exchange import exchange
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.exchange_planner import Exchange
from desktop.application.sync.worker_state import WorkerState
from desktop.connectors.county.client import CountyConnector
from desktop.domain.clock import Clock, SystemClock
from desktop.domain.command import Collection, CommandState, Hold, Key
from support.contexts import a_context
from support.sources import services, source_settings
from support.stores import Stores

I1 = Key("county", Collection.INCIDENTS, "i1")


class Desk:
    """The real stores and connector, with one exchange at a time."""

    def __init__(
        self,
        folder: Path,
        url: str,
        token: str | None = None,
        ca_file: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.folder, self.token, self._ca_file = folder, token, ca_file
        folder.mkdir(exist_ok=True)
        self.clock, self.memory = clock or SystemClock(), WorkerState()
        self.stores = Stores(folder, self.clock)
        self.outbox = self.stores.outbox
        self.board = Board(
            self.stores.cache, self.outbox, self.clock, "officer",
            statuses=lambda: (), day_began_at=lambda now: now - 1, accepts=lambda *_: True,
            login=lambda _source: self.login(),
        )  # fmt: skip
        self.last: Exchange | None = None
        self.connector = self._connector_to(url)

    def turn_to(self, url: str) -> None:
        """From now on the source is found at this address."""
        self.connector.close()
        self.connector = self._connector_to(url)

    def _connector_to(self, url: str) -> CountyConnector:
        given = services(
            lambda _source: self.token, self.clock, installation=self.outbox, login=self.login
        )
        trusted = {} if self._ca_file is None else {"ca_file": str(self._ca_file)}
        return CountyConnector(source_settings("county", url=url, **trusted), given)

    def login(self) -> str:
        return fingerprint(self.token, self.outbox.client_id())

    @property
    def context(self) -> ExchangeContext:
        """What the next exchange works with."""
        return a_context(
            *(self.connector, self.stores.cache, self.outbox, self.clock), memory=self.memory
        )

    def exchange(self) -> SourceError | None:
        """One exchange; what stopped it. What stopped the sending alone is `unsent`."""
        try:
            self.last = exchange(self.context)
        except SourceError as error:
            return error
        return None

    @property
    def unsent(self) -> str:
        """Why commands of the last whole exchange did not go."""
        return "" if self.last is None or self.last.unsent is None else self.last.unsent.code

    def note(self, text: str) -> str:
        return self.board.commands.note(I1, text).command.key

    def state(self, key: str) -> tuple[CommandState, Hold]:
        record = self.outbox.record(key)
        assert record is not None
        return record.state, record.hold

    def close(self) -> None:
        self.connector.close()
        self.stores.close()
