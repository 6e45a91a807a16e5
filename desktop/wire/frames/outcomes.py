"""The way back: what became of an office's messages, as many as one frame holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from desktop.wire.frames.bits import BitReader, BitWriter
from desktop.wire.frames.fragments import ROOM, FrameType, Head, cut
from desktop.wire.frames.text import put_text, take_text
from desktop.wire.level2.cursor import WireError

STATUSES = ("received", "accepted", "rejected", "conflict", "held", "unreadable")
"""As of a command's result; `unreadable`: authentic, but the county's tables are others."""
REASON_LENGTH = 40
"""Characters of a reason that still go along: what a person needs to know what to do."""
NO_KEY = "00000000"
"""Stands for the key of a message that could not be read."""
NUMBER_BITS, KEY_SIZE, STATUS_BITS, EPOCH_BITS = 24, 4, 3, 24


class Outcome(msgspec.Struct, frozen=True):
    """What became of one message."""

    number: int
    key: str
    """The first 8 digits of the command's key; zeros where the message could not be read."""
    status: str
    reason: str = ""


class Outcomes(msgspec.Struct, frozen=True):
    """What one frame of them tells."""

    epoch: int
    """`mark_epoch` of the county's epoch: an answer of another epoch settles nothing."""
    outcomes: tuple[Outcome, ...]


def mark_epoch(epoch: str) -> int:
    """Return the number that stands for an epoch in outcomes."""
    return int.from_bytes(hashlib.sha256(epoch.encode()).digest(), "big") >> 256 - EPOCH_BITS


def encode_outcomes(
    outcomes: Sequence[Outcome], epoch: str, office: int, client: str, key: bytes
) -> list[bytes]:
    """Return the frames that tell a client all of these, each readable alone."""
    frames: list[bytes] = []
    waiting = [_shorten(each, epoch) for each in outcomes]
    while waiting:
        count = max(n for n in range(1, len(waiting) + 1) if _fits(waiting[:n], epoch))
        data = _write(waiting[:count], epoch)
        head = Head(FrameType.OUTCOMES, office, client, waiting[0].number)
        frames += cut(head, data, key)
        del waiting[:count]
    return frames


def decode_outcomes(data: bytes) -> Outcomes:
    """Read the content of a frame of receipts; WireError for anything else."""
    bits = BitReader(data)
    epoch = bits.take(EPOCH_BITS)
    found = Outcomes(epoch, tuple(_take(bits) for _ in range(bits.take(5))))
    bits.end()
    return found


def _shorten(outcome: Outcome, epoch: str) -> Outcome:
    """Return the outcome with as much of its reason as one frame holds."""
    for length in range(min(len(outcome.reason), REASON_LENGTH), 0, -1):
        cut_short = msgspec.structs.replace(outcome, reason=outcome.reason[:length])
        if _fits([cut_short], epoch):
            return cut_short
    return msgspec.structs.replace(outcome, reason="")


def _fits(outcomes: Sequence[Outcome], epoch: str) -> bool:
    return len(outcomes) < 1 << 5 and len(_write(outcomes, epoch)) <= ROOM


def _write(outcomes: Sequence[Outcome], epoch: str) -> bytes:
    out = BitWriter()
    out.put(mark_epoch(epoch), EPOCH_BITS)
    out.put(len(outcomes), 5)
    for each in outcomes:
        out.put(each.number, NUMBER_BITS)
        out.put_bytes(bytes.fromhex(each.key[: 2 * KEY_SIZE]))
        out.put(STATUSES.index(each.status), STATUS_BITS)
        put_text(out, each.reason)
    return out.to_bytes()


def _take(bits: BitReader) -> Outcome:
    number, key = bits.take(NUMBER_BITS), bits.take_bytes(KEY_SIZE).hex()
    status = bits.take(STATUS_BITS)
    if status >= len(STATUSES):
        raise WireError("no such status")
    return Outcome(number, key, STATUSES[status], take_text(bits))
