"""An office that writes courier bundles as a desk does, and reads its receipts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec

from desktop.wire import courier
from desktop.wire.courier import (
    Chunk,
    Delivery,
    DeliveryReceipt,
    Direction,
    Pairing,
    PrivateKeys,
    PublicKeys,
)
from desktop.wire.level1 import Command, CommandResult, Commands

CLIENT = "desk-1"
JUST_NOW = datetime.now(UTC).replace(microsecond=0)
"""When its commands are given: the counties that take them go by the computer's clock."""
PICTURE = bytes(range(251)) * 40
PICTURE_DIGEST = hashlib.sha256(PICTURE).hexdigest()


class CourierOffice:
    """One paired office; `county_keys` are those that its pairing told."""

    def __init__(
        self, county: str, county_keys: PublicKeys, name: str = "dongqiao", account: str = ""
    ) -> None:
        self.county, self.county_keys = county, county_keys
        self.name, self.account = name, account
        self.keys = PrivateKeys()
        self.number = 1000
        self.fence = 0
        """Of its last session on the network."""

    @property
    def pairing(self) -> Pairing:
        """What it tells the county of its keys."""
        public = self.keys.public
        return Pairing("office", self.county, self.name, public.signing, public.agreement)

    def bundle(
        self,
        *commands: Command,
        files: tuple[Chunk, ...] = (),
        way: Direction = Direction.UP,
        token: str | None = None,
    ) -> bytes:
        """The next bundle: all commands as one request."""
        self.number += 1
        asked = msgspec.json.encode(Commands("old-epoch", self.fence, CLIENT, commands))
        delivery = Delivery(self.number, self.account, (asked,) if commands else (), files, token)
        names = (self.county, self.name, self.number)
        body = courier.encode_body(delivery)
        return courier.seal(way, names, body, self.keys, self.county_keys)

    def read(self, receipt: bytes) -> DeliveryReceipt:
        """The receipt, checked and opened."""
        header = courier.read_header(receipt)
        assert (header.direction, header.office) == (Direction.RECEIPT, self.name)
        body = courier.unseal(receipt, header, self.county_keys, self.keys)
        return courier.decode_receipt(body)

    def results(self, receipt: bytes) -> list[CommandResult]:
        """The answers of a receipt."""
        return [each for told in self.read(receipt).results() for each in told.results]


def note(number: int = 1, text: str = "已到现场", **fields: Any) -> Command:
    """A note on incident `i1`."""
    values: dict[str, Any] = {
        "key": f"{number:032x}",
        "seq": number,
        "kind": "note",
        "target": "i1",
        "collection": "incidents",
        "at": JUST_NOW,
        "by": "值班员 07",
        "body": {"text": text},
    }
    return Command(**(values | fields))


def attach(number: int = 5) -> Command:
    """The picture, attached to incident `i1`."""
    file = {
        "digest": PICTURE_DIGEST,
        "name": "桥.jpg",
        "media_type": "application/pdf",
        "size": len(PICTURE),
    }
    return note(number, kind="attach", body={"file": file})


def chunk(first: int = 0, end: int | None = None) -> Chunk:
    """A part of the picture."""
    data = PICTURE[first:end]
    return Chunk(PICTURE_DIGEST, len(PICTURE), "application/pdf", first, data)
