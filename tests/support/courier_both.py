"""A desk without a network and its county, on real encrypted stores, paired for the courier."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from desktop.application.courier.export import Exported, export
from desktop.application.courier.receipts import Received, keep_receipt
from desktop.connectors.county.courier import (
    CourierBox,
    OfficePairing,
    begin_pairing,
    county_fingerprint,
    end_pairing,
    office_line,
)
from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Attachments
from desktop.county_server.scope import Accounts
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import Collection, Command, CommandKind, CommandState, Key
from desktop.domain.incident import FileRef
from desktop.domain.source import Binding
from desktop.wire import courier
from desktop.wire.courier import Pairing
from desktop.wire.level1 import Incident, Phrase
from support.builders import SOURCE, FakeClock, a_command
from support.county_rows import incident
from support.stores import Stores

LIMIT = 10_000_000
RULES = Rules(file_limit=LIMIT)


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
        self.accounts = dict(accounts)
        self.county = Database(path, time_s=lambda: self.clock.now() / 1000)
        self.county.put("incidents", [incident("i1")])
        self.attachments = Attachments(self.county, LIMIT)
        self.deliveries = Deliveries(self.county, self.attachments, RULES, lambda: self.accounts)
        self.offices = Offices(path)
        self.account = next((each.name for each in accounts.values()), "")
        self.binding = Binding(
            server=identity_of(path), account=self.account, epoch=self.county.epoch, fence=3
        )
        self.outbox.bind(SOURCE, self.binding)
        begun = begin_pairing(None, "东桥", self.binding.server)
        self.pairing = self.finish(begun)
        self.stick: list[bytes] = []

    def finish(self, begun: OfficePairing) -> OfficePairing:
        """Bring the pairing lines to and fro."""
        line, fingerprint = office_line(begun)
        told = courier.read_pairing(line)
        assert told.keys.fingerprint == fingerprint
        self.offices.pair(told, self.account)
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

    def keep(self, receipt: bytes) -> Received:
        return keep_receipt(self.outbox, self.files, self.clock, SOURCE, self.box(), receipt)

    def states(self) -> list[CommandState]:
        return [each.state for each in sorted(self.outbox.recent(100), key=lambda r: r.seq)]

    def timeline(self) -> list[str]:
        (row,) = self.county.rows("incidents", ["i1"])
        assert isinstance(row, Incident)
        return [each.text.zh for each in row.timeline if isinstance(each.text, Phrase)]
