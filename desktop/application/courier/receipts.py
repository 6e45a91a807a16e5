"""Receipts that came back on a stick: kept as the network's own answers are."""

from __future__ import annotations

import msgspec

from desktop.application.courier.box import Box
from desktop.application.ports import FileStore, OutboxStore
from desktop.domain.clock import Clock
from desktop.domain.command import Key
from desktop.domain.courier import CarriedData


class Received(msgspec.Struct, frozen=True):
    """What a receipt brought."""

    number: int
    answers: int
    files: int
    """Files that the county has whole."""
    data: CarriedData | None = None
    """County data to be applied after it."""


def keep_receipt(
    outbox: OutboxStore, files: FileStore, clock: Clock, source: str, box: Box, data: bytes
) -> Received:
    """Store the answers of a receipt; BundleRefused before anything is stored."""

    def target_of(key: str) -> Key | None:
        record = outbox.record(key)
        if record is None or record.command.target.source != source:
            return None
        return record.command.target

    found = box.open_receipt(data, target_of)
    outbox.answer_all(found.answers, clock.now())
    if durable := [each.key for each in found.answers if each.durable]:
        outbox.retire(durable)
    uploads = {each.ref.digest: each for each in files.uploads(source)}
    whole = 0
    for file in found.files:
        whole += file.offset >= file.size
        upload = uploads.get(file.digest)
        # Also back: a county that swept away a part has less than it once had.
        if upload is not None and file.offset != upload.offset:
            files.mark_sent(source, file.digest, file.offset)
    return Received(found.number, len(found.answers), whole, found.data)
