"""A receipt by somebody who knows all that is public, and has no key of the county's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from desktop.county_server.courier.offices import Offices as PairedOffices
from desktop.wire import courier
from desktop.wire.courier import DeliveryReceipt, Direction, PrivateKeys
from desktop.wire.level1 import MAGIC, CommandResult, CommandResults
from simulation.carried.offices import Office

if TYPE_CHECKING:
    from simulation.desk import Desk


def forge_receipt(office: Office, desk: Desk) -> bytes:
    """A receipt that all its office wrote last is done, signed by others in the county's name."""
    last = office.last
    assert desk.opened is not None
    binding = desk.opened.outbox.binding(office.source)
    results = tuple(CommandResult(key, "accepted", version=1) for key, _ in last["asked"])
    answers = (msgspec.json.encode(CommandResults(MAGIC, binding.epoch, results)),)
    receipt = DeliveryReceipt(0, last["digest"], binding.epoch, answers)
    forger = PrivateKeys()
    forger.public = PairedOffices(office.server.path).own().public
    names = (binding.server, office.name, last["number"])
    receiver = office.keys[bytes.fromhex(last["key"])].public
    body = courier.encode_body(receipt)
    return courier.seal(Direction.RECEIPT, names, body, forger, receiver)
