"""A desk without a network and its county, on real encrypted stores, paired for the courier."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec

from desktop.application.courier.export import Exported, export
from desktop.application.courier.receipts import Received, take_receipt
from desktop.application.ports import Connector
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.worker_state import WorkerState
from desktop.connectors.county.carried import CarriedSource
from desktop.connectors.county.courier import (
    CourierBox,
    OfficePairing,
    begin_pairing,
    county_fingerprint,
    end_pairing,
    office_line,
)
from desktop.county_server.scope import Accounts
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import Collection, Command, CommandKind, CommandState, Key
from desktop.domain.courier import CarriedData
from desktop.domain.incident import FileRef
from desktop.domain.source import Binding
from desktop.wire import courier
from desktop.wire.courier import Pairing
from support.builders import SOURCE, FakeClock, a_command
from support.contexts import a_context
from support.courier_county import CourierCounty
from support.sources import services, source_settings
from support.stores import Stores


def note(text: str = "已到现场", target: str = "i1", **changes: Any) -> Command:
    key = Key(SOURCE, Collection.INCIDENTS, target)
    return a_command(kind=CommandKind.NOTE, target=key, base=None, body={"text": text}, **changes)


class Both:
    """A desk without a network and its county, paired."""

    def __init__(self, folder: Path, accounts: Accounts) -> None:
        self.computer = FakeClock()
        self.clock = CorrectedClock(self.computer)
        self.stores = Stores(folder, self.clock)
        self.outbox, self.files = self.stores.outbox, self.stores.files
        path = folder / "county.db"
        self._county = CourierCounty(path, accounts, time_s=lambda: self.clock.now() / 1000)
        self.county, self.attachments = self._county.database, self._county.attachments
        self.deliveries, self.offices = self._county.deliveries, self._county.offices
        self.timeline = self._county.timeline
        self.binding = Binding(
            *(self._county.identity, self._county.account), epoch=self.county.epoch, fence=3
        )
        self.outbox.bind(SOURCE, self.binding)
        begun = begin_pairing(None, "东桥", self.binding.server)
        self.pairing = self.finish(begun)
        self.stick: list[bytes] = []
        self.memory = WorkerState()

    def finish(self, begun: OfficePairing) -> OfficePairing:
        """Bring the pairing lines to and fro."""
        line, fingerprint = office_line(begun)
        told = courier.read_pairing(line)
        assert told.keys.fingerprint == fingerprint
        self.offices.pair(told, self._county.account)
        own = self.offices.own().public
        keys = (own.signing, own.agreement)
        names = (begun.county, begun.office)
        back = courier.write_pairing(Pairing("county", *names, *keys, told.keys.id))
        assert county_fingerprint(begun, back) == own.fingerprint
        return end_pairing(begun, back)

    def box(self) -> CourierBox:
        return CourierBox(self.pairing, self.outbox.binding(SOURCE), self.outbox.client_id())

    def append(self, *commands: Command) -> None:
        for command in commands:
            self.outbox.append(command, self.clock.now())

    def attach(self, body: bytes) -> FileRef:
        ref = FileRef(hashlib.sha256(body).hexdigest(), "a.bin", "text/plain", len(body))
        named = ("digest", "name", "media_type", "size")
        told = {"file": {name: getattr(ref, name) for name in named}}
        self.append(msgspec.structs.replace(note(), kind=CommandKind.ATTACH, body=told))
        self.files.keep(SOURCE, ref, body)
        return ref

    def export(self, token: str | None = None) -> Exported:
        self.stick.clear()

        def write(place: int, content: bytes) -> None:
            assert place == len(self.stick)
            self.stick.append(content)

        desk = (self.outbox, self.files, self.clock)
        return export(*desk, SOURCE, self.box(), write, token=token)

    def deliver(self) -> list[bytes]:
        return [self.deliveries.take(each).receipt for each in self.stick]

    def context(self, source: str = SOURCE) -> ExchangeContext:
        """What the source's worker has for a job; its own connector is never asked."""
        settings = msgspec.structs.replace(source_settings("county"), id=source)
        nobody = cast(Connector, SimpleNamespace(settings=settings))
        stores = (nobody, self.stores.cache, self.outbox, self.clock)
        return a_context(*stores, memory=self.memory, files=self.files)

    def carry(self, data: CarriedData) -> CarriedSource:
        """County data of a receipt as a source."""
        return CarriedSource(source_settings("county"), services(clock=self.clock), data)

    def keep(self, receipt: bytes) -> Received:
        return take_receipt(self.context(), self.box(), receipt, self.carry)

    def data_of(self, receipt: bytes) -> CarriedData | None:
        """The county data of a receipt, of which nothing is taken."""
        return self.box().open_receipt(receipt, lambda _key: None).data

    def states(self) -> list[CommandState]:
        return [each.state for each in sorted(self.outbox.recent(100), key=lambda r: r.seq)]

    def close(self) -> None:
        """Close the desk's stores and the county."""
        self.stores.close()
        self._county.close()
