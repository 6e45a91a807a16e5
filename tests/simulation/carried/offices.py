"""Offices: which desk is paired with which county, and with it the keys of both ends."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.commands.courier.desk import CourierDesk
from desktop.commands.courier.pairing import load_pairing
from desktop.connectors.county.courier import OfficePairing
from desktop.county_server.courier.offices import Offices as PairedOffices
from desktop.wire import courier
from desktop.wire.courier import Delivery, DeliveryReceipt, Pairing, PrivateKeys
from desktop.wire.level1 import DRILL

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.server import Server
    from simulation.world import World

FRAME_OFFICES = "frame-offices.toml"
Meta = dict[str, Any]
"""What an observer who has all keys knows of a bundle or a receipt."""


class Office:
    """One desk's office at one county, as both ends know it."""

    def __init__(self, desk: Desk, source: str, server: Server, name: str, number: int) -> None:
        self.desk, self.source, self.server, self.name = desk, source, server, name
        self.number = number
        """Its number in frames."""
        self.keys: dict[bytes, PrivateKeys] = {}
        """All that it ever had, by their ids."""
        self.last: Meta = {}
        """What it wrote last."""

    @property
    def county(self) -> PrivateKeys:
        """The keys of its county."""
        return PairedOffices(self.server.path).own()

    def learn(self, pairing: OfficePairing) -> None:
        """Know the keys that its disk has now."""
        for keys in map(PrivateKeys, pairing.seeds):
            self.keys[keys.public.id] = keys

    def open_bundle(self, data: bytes) -> Delivery:
        """What its county finds in a bundle of its."""
        header = courier.read_header(data)
        sender = self.keys[header.sender].public
        return courier.decode_delivery(courier.unseal(data, header, sender, self.county))

    def open_receipt(self, data: bytes) -> DeliveryReceipt:
        """What it finds in a receipt of its county."""
        header = courier.read_header(data)
        own = self.keys[header.receiver]
        return courier.decode_receipt(courier.unseal(data, header, self.county.public, own))


class OfficeBook:
    """All offices of a world, and what they and their counties wrote, by its digest."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.by_name: dict[str, Office] = {}
        self.bundles: dict[str, Meta] = {}
        self.receipts: dict[str, Meta] = {}

    def of(self, desk: Desk, source: str) -> Office | None:
        """The office that a desk is by what its disk has; None before it is paired."""
        assert desk.opened is not None
        known = load_pairing(desk.opened, source)
        if known is None or not known.line or known.office not in self.by_name:
            return None
        office = self.by_name[known.office]
        office.learn(known)
        return office

    def keys_at(self, desk: Desk, source: str) -> list[str]:
        """The ids of the keys by which a desk can read receipts."""
        assert desk.opened is not None
        known = load_pairing(desk.opened, source)
        seeds = () if known is None else known.seeds
        return [PrivateKeys(seed).public.id.hex() for seed in seeds]

    def pair(self, desk: Desk, source: str, folder: Path) -> Office | None:
        """Pair a desk with the county it knows, or anew; None where it knows none that runs."""
        server = self._county_of(desk, source)
        if desk.opened is None or server is None:
            return None
        name, carrier = f"{desk.name}-{source}", CourierDesk(desk.opened, source)
        told = courier.read_pairing(carrier.begin_pairing(name)[0])
        account = desk.logins.get(source, "") if server.logins else ""
        offices = PairedOffices(server.path)
        offices.pair(told, account)
        own = offices.own().public
        halves = (own.signing, own.agreement)
        file = folder / f"{name}.cdp"
        file.write_text(courier.write_pairing(
            Pairing("county", told.county, name, *halves, receiver=told.keys.id)
        ))  # fmt: skip
        carrier.end_pairing(file)
        office = self.by_name.get(name)
        if office is None or office.server is not server:
            office = Office(desk, source, server, name, len(self.by_name) + 1)
            self.by_name[name] = office
        self._list_for_frames(server)
        self._world.say(
            "office paired", desk=desk.name, source=source, server=server.name, office=name,
            account=account, key=told.keys.id.hex(),
        )  # fmt: skip
        return self.of(desk, source)

    def revoke(self, office: Office) -> None:
        """Have its county refuse an office from now on."""
        offices = PairedOffices(office.server.path)
        if offices.find(office.name) is not None:
            offices.revoke(office.name)
            self._world.say("office revoked", server=office.server.name, office=office.name)

    def note_bundle(self, office: Office, data: bytes, **how: Any) -> Meta:
        """Tell the history of a bundle that is on a stick or on paper now."""
        told = office.open_bundle(data)
        header, asked = courier.read_header(data), [c for r in told.commands() for c in r.commands]
        meta: Meta = {
            "office": office.name, "server": office.server.name, "number": header.number,
            "digest": digest_of(data), "account": told.account, "key": header.sender.hex(),
            "asked": [[each.key, each.after or ""] for each in asked],
            "epoch": next((each.epoch for each in told.commands()), ""),
        }  # fmt: skip
        self.bundles[meta["digest"]] = office.last = meta
        self._world.say("bundle written", source=office.source, **how, **meta)
        return meta

    def note_receipt(self, office: Office, bundle: Meta, data: bytes) -> Meta:
        """Know a receipt that a county has just made."""
        told = office.open_receipt(data)
        meta: Meta = {
            "office": office.name, "server": bundle["server"], "number": bundle["number"],
            "epoch": told.epoch, "made_ms": self._world.time.now_ms, "of": told.of,
            "key": courier.read_header(data).receiver.hex(),
            "answers": {each.key: each.status for one in told.results() for each in one.results},
        }  # fmt: skip
        self.receipts[digest_of(data)] = meta
        return meta

    def _county_of(self, desk: Desk, source: str) -> Server | None:
        assert desk.opened is not None
        bound = desk.opened.outbox.binding(source).server
        for server in self._world.servers.values():
            if server.database is not None and bound == identity_of(server):
                return server
        return None

    def _list_for_frames(self, server: Server) -> None:
        """Have the operator's file name all offices of a county."""
        lines: list[str] = []
        for each in self.by_name.values():
            if each.server is server:
                lines += ["[[office]]", f"number = {each.number}", f'pairing = "{each.name}"']
        server.path.with_name(FRAME_OFFICES).write_text("\n".join(lines))


def identity_of(server: Server) -> str:
    """By what name desks and bundles know a county."""
    return server.ledger.read_identity() + (DRILL if server.drill else "")


def digest_of(data: bytes) -> str:
    """The SHA-256 of a bundle, by which a receipt names it."""
    return hashlib.sha256(data).hexdigest()
