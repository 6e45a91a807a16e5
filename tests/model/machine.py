"""One computer of an officer: a disk that outlives its processes, and the product on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from desktop.application.board import Board
from desktop.application.ports import SourceError, SourceSettings
from desktop.application.sync.exchange import exchange
from desktop.application.sync.status_keeper import find_unconfirmed
from desktop.application.sync.worker_state import WorkerState
from desktop.connectors.county.client import CountyConnector
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import CommandKind, CommandRecord, Key
from desktop.domain.localized_text import Text
from desktop.domain.source import SourceStatus
from model.disk import Disk
from model.line import SimLine
from model.memory_cache import MemoryCache
from model.memory_outbox import MemoryOutbox
from model.network import Weather
from support.contexts import a_context
from support.sources import services

SOURCE = "county"
SETTINGS = SourceSettings(SOURCE, "county", Text("县"), 30.0, {}, "http://county.sim/")


class Hand:
    """A computer's clock: virtual, and sometimes wrong."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self.wrong_by_ms = 0

    def now(self) -> int:
        return int(self._now_s() * 1000) + self.wrong_by_ms

    def monotonic_s(self) -> float:
        return self._now_s()


class Given(msgspec.Struct, frozen=True):
    """A command as its officer remembers it."""

    key: str
    mark: str
    target: str


class SimConnector(CountyConnector):
    """The product's county connector with a line in memory in place of its HTTP client."""

    def __init__(self, weather: Weather, clock: CorrectedClock, client: str) -> None:
        self._weather = weather
        super().__init__(SETTINGS, services(clock=clock, client=client))

    def new_client(self, url: str, *, lean: bool = False) -> Any:
        made = SimLine(self._weather, self._services.clock)
        self.clients.append(made)
        return made


class Parts(msgspec.Struct, frozen=True):
    """What a machine is made of; a mutant changes one of them."""

    outbox: type[MemoryOutbox] = MemoryOutbox
    cache: type[MemoryCache] = MemoryCache
    connector: type[SimConnector] = SimConnector


class Machine:
    """Off until `start`; a Crash anywhere leaves it off, its disk as it then stood."""

    def __init__(
        self, name: str, disk: Disk, weather: Weather, now_s: Callable[[], float], parts: Parts
    ) -> None:
        self.name, self.disk = name, disk
        self.hand = Hand(now_s)
        self.owed: dict[str, Given] = {}
        """Commands whose officer was told that they are kept, as far as this disk goes."""
        self.clicks: list[Given] = []
        """Every command given here, in order, whatever became of the disk since."""
        self.unordered: set[str] = set()
        """Clicks that a copied disk, or an officer who thought long, took out of their order."""
        self.dismissed: dict[str, str] = {}
        self.tampered = False
        """Whether the disk was ever an older copy, or another machine has one of it."""
        self.problem = ""
        self.retry_after_s: float | None = None
        self._weather, self._parts = weather, parts
        self.start()

    def start(self) -> None:
        """Open the files and connect, as after the power button."""
        self.outbox = self._parts.outbox(self.disk)
        self.cache = self._parts.cache(self.disk)
        self.clock = CorrectedClock(self.hand)
        self.connector = self._parts.connector(self._weather, self.clock, self.outbox.client_id())
        self.memory = WorkerState()
        self.memory.expect(find_unconfirmed(self.status(), self.outbox))
        self._context = a_context(
            self.connector, self.cache, self.outbox, self.clock, memory=self.memory
        )
        self.board = Board(
            self.cache, self.outbox, self.clock, "officer",
            statuses=lambda: (self.status(),), day_began_at=lambda now: now - 1,
            accepts=lambda *_: True,
        )  # fmt: skip

    def status(self) -> SourceStatus:
        """How the source is, as its lane would say it."""
        return SourceStatus(
            SOURCE, "county", SETTINGS.title, 30_000, self.disk.cache.last_good_at, None, None,
            fills=frozenset(), unconfirmed=self.memory.unconfirmed,
        )  # fmt: skip

    def give(self, kind: CommandKind, target: Key, body: dict[str, str], given: Given) -> None:
        """The officer clicks; once told that it is kept, the officer relies on it."""
        self.clicks.append(given)
        if kind is CommandKind.CREATE:
            self.board.commands.create(SOURCE, body, key=given.key)
        else:
            self.board.commands.submit(kind, target, body, key=given.key)
        self.owed[given.key] = given

    def exchange(self) -> bool:
        """One exchange with the county, as a lane makes it; whether it went through."""
        return self._exchange() or (self.retry_after_s == 0.0 and self._exchange())

    def _exchange(self) -> bool:
        self.retry_after_s = None
        try:
            done = exchange(self._context)
        except SourceError as error:
            self.problem, self.retry_after_s = error.problem.code, error.retry_after_s
            return False
        finally:
            offset = self.connector.clock_offset_ms()
            if offset is not None:
                self.clock.follow(offset)
        self.problem = "" if done.unsent is None else done.unsent.code
        self.retry_after_s = done.offer_after_s
        return done.unsent is None

    def records(self) -> list[CommandRecord]:
        """Every command on the disk, in the order of the clicks."""
        return [entry.record for entry in self.disk.outbox.entries.values()]
