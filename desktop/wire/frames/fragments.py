"""Messages cut into frames of at most 140 bytes, each authentic by itself, and joined again.

A frame: version and type (4 bits each), the office's number (2 bytes), the beginning of the desk's
client id (2), the message's number (3), the part and the last part (4 bits each), content, and a
tag of 8 bytes. Of several parts the
content joined ends with a tag of its own, so that parts of two messages never become one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from enum import IntEnum

import msgspec

from desktop.protocol.limits import LAST_OFFICE
from desktop.wire.frames.keys import KEY_SIZE
from desktop.wire.level2.cursor import WireError

VERSION = 1
FRAME_SIZE = 140
"""What one SMS, one short 北斗 message and one LoRa packet all carry."""
HEAD_SIZE, TAG_SIZE = 9, 8
ROOM = FRAME_SIZE - HEAD_SIZE - TAG_SIZE
MOST_PARTS = 16
CLIENT_DIGITS = 4
LAST_NUMBER = 2**24 - 1
Keys = Mapping[int, Sequence[bytes]]
"""The keys of each office by its number: several while one is replaced by another."""
_FRAME, _WHOLE = b"county frames 1: frame", b"county frames 1: message"


class FrameType(IntEnum):
    """What a frame carries; the type is under the tag, so none passes for another."""

    COMMAND = 1
    OUTCOMES = 2


class Head(msgspec.Struct, frozen=True):
    """What all frames of one message begin with."""

    type: FrameType
    office: int
    client: str
    """The first 4 hexadecimal digits of the id of the client whose outbox numbers the commands: on
    a new disk the numbers begin anew."""
    number: int

    def to_bytes(self) -> bytes:
        """Return the head in 8 bytes; WireError where frames have no room for it."""
        try:
            client = bytes.fromhex(self.client.rjust(CLIENT_DIGITS, "0"))
        except ValueError:
            client = b""
        fits = 0 < self.office <= LAST_OFFICE and 0 < self.number <= LAST_NUMBER
        if not fits or 2 * len(client) != CLIENT_DIGITS:
            raise WireError("an office, a client or a number that frames have no room for")
        kind = bytes((VERSION << 4 | self.type,))
        return kind + self.office.to_bytes(2, "big") + client + self.number.to_bytes(3, "big")


class Fragment(msgspec.Struct, frozen=True):
    """One frame, authentic: it came from somebody who has the office's key."""

    head: Head
    part: int
    last: int
    """The number of the last part; the first is 0."""
    content: bytes
    key: bytes = b""
    """Which of the office's keys made it; empty where that is not known any more."""


class NotAuthentic(WireError):
    """The frame is damaged, forged, of another version, or of an office without a key here."""


def cut(head: Head, data: bytes, key: bytes) -> list[bytes]:
    """Return the frames that carry the data; WireError where it needs more than may be."""
    begin = head.to_bytes()
    if len(key) != KEY_SIZE:
        raise WireError("no key of frames")
    if len(data) > ROOM:
        data += _tag(key, _WHOLE, begin + data)
    parts = [data[start : start + ROOM] for start in range(0, len(data), ROOM)] or [b""]
    last = len(parts) - 1
    if last >= MOST_PARTS:
        raise WireError("too long for frames")
    frames = []
    for part, content in enumerate(parts):
        frame = begin + bytes((part << 4 | last,)) + content
        frames.append(frame + _tag(key, _FRAME, frame))
    return frames


def read_fragment(frame: bytes, keys: Keys) -> Fragment:
    """Read a frame by the keys of the offices; NotAuthentic for all that none of them made."""
    if not HEAD_SIZE + TAG_SIZE <= len(frame) <= FRAME_SIZE or frame[0] >> 4 != VERSION:
        raise NotAuthentic("no frame of this version")
    office = int.from_bytes(frame[1:3], "big")
    signed, tag = frame[:-TAG_SIZE], frame[-TAG_SIZE:]
    key = _find_key(keys.get(office, ()), _FRAME, signed, tag)
    try:
        type_ = FrameType(frame[0] & 15)
    except ValueError as error:
        raise NotAuthentic("no such type of frame") from error
    part, last = frame[8] >> 4, frame[8] & 15
    if part > last:
        raise NotAuthentic("no such part")
    head = Head(type_, office, frame[3:5].hex(), int.from_bytes(frame[5:8], "big"))
    return Fragment(head, part, last, signed[HEAD_SIZE:], key)


def _find_key(keys: Sequence[bytes], purpose: bytes, data: bytes, tag: bytes) -> bytes:
    """Return the key that made a tag; NotAuthentic where none of them did."""
    for key in keys:
        if hmac.compare_digest(_tag(key, purpose, data), tag):
            return key
    raise NotAuthentic("damaged, or of an office without a key here")


def join(fragments: Mapping[int, Fragment], keys: Sequence[bytes]) -> bytes | None:
    """Return what the fragments of one message carry, by part; None while some are missing.

    NotAuthentic where they are of different messages with one number.
    """
    first = next(iter(fragments.values()))
    if len(fragments) <= first.last:
        return None
    data = b"".join(fragments[part].content for part in range(first.last + 1))
    if first.last == 0:
        return data
    told, tag = data[:-TAG_SIZE], data[-TAG_SIZE:]
    _find_key(keys, _WHOLE, first.head.to_bytes() + told, tag)
    return told


def _tag(key: bytes, purpose: bytes, data: bytes) -> bytes:
    return hmac.digest(key, purpose + data, hashlib.sha256)[:TAG_SIZE]
