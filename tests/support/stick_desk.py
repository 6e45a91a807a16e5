"""An office's desk as its window has it, without a line: its courier writes to a real folder."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from desktop.application.courier.stick import StickRead, Written
from desktop.application.sync.engine import Engine
from desktop.bootstrap import Desk
from desktop.commands.courier.desk import CourierDesk
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import CommandState
from desktop.domain.source import Binding
from desktop.wire import courier
from desktop.wire.courier import Pairing
from support.builders import SOURCE, FakeClock
from support.courier_both import note
from support.courier_county import CourierCounty
from support.scripted_connector import ScriptedConnector, source_of
from support.sources import source_settings
from support.stores import Stores


class StickDesk:
    """One PC of an office; `secrets` are the keys that it keeps."""

    def __init__(self, folder: Path, county: CourierCounty, office: str) -> None:
        folder.mkdir()
        self.office, self._county, self._folder = office, county, folder
        self.computer = FakeClock()
        clock = CorrectedClock(self.computer)
        self.stores = stores = Stores(folder, clock)
        stores.outbox.bind(SOURCE, Binding(county.identity, epoch=county.database.epoch, fence=3))
        self.secrets: dict[str, str] = {}
        kept = (stores.cache, stores.outbox, clock)
        listeners = SimpleNamespace(announce=lambda _changed: None)
        desk = SimpleNamespace(
            outbox=stores.outbox, files=stores.files, cache=stores.cache, clock=clock,
            engine=Engine(
                [source_of(ScriptedConnector())], *kept, lambda _changed: None, files=stores.files
            ),
            board=SimpleNamespace(listeners=listeners),
            profile=SimpleNamespace(sources=[source_settings("county")]),
            read_secret=self.secrets.get, keep_secret=self.secrets.__setitem__,
        )  # fmt: skip
        self.courier = CourierDesk(cast(Desk, desk), SOURCE)
        self.pair()

    def pair(self) -> None:
        """Pair with the county, for the first time or anew."""
        file, fingerprint = self.courier.write_pairing(self._folder, self.office)
        told = courier.read_pairing(file.read_text("ascii"))
        assert told.keys.fingerprint == fingerprint
        offices = self._county.offices
        offices.pair(told, "")
        own, answer = offices.own().public, self._folder / "county.cdp"
        names = (told.county, told.office, own.signing, own.agreement, told.keys.id)
        answer.write_text(courier.write_pairing(Pairing("county", *names)), "ascii")
        assert self.courier.read_pairing(answer) == own.fingerprint
        self.courier.end_pairing(answer)

    def append(self, text: str) -> str:
        """Give a command; return its key."""
        command = note(text)
        self.stores.outbox.append(command, self.computer.now())
        return command.key

    def write(self, stick: Path) -> Written:
        """Write to the stick as the window does."""
        self.computer.advance(1_000)
        return self.courier.write(stick)

    def read(self, stick: Path) -> StickRead:
        """Read the stick as the window does."""
        return self.courier.read(stick)

    def state(self, key: str) -> CommandState:
        """How far a command is."""
        record = self.stores.outbox.record(key)
        assert record is not None
        return record.state

    def close(self) -> None:
        """Close its stores."""
        self.stores.close()
