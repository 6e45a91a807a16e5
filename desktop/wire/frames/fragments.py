"""Messages cut into frames of at most 140 bytes, each authentic by itself, and joined again.

A frame: version and type (4 bits each), the office's number (2 bytes), the message's number (3),
the part and the last part (4 bits each), content, and a tag of 8 bytes. Of several parts the
content joined ends with a tag of its own, so that parts of two messages never become one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import IntEnum

import msgspec

from desktop.wire.frames.keys import KEY_SIZE
from desktop.wire.level2.cursor import WireError

VERSION = 1
FRAME_SIZE = 140
"""What one SMS, one short 北斗 message and one LoRa packet all carry."""
HEAD_SIZE, TAG_SIZE = 7, 8
ROOM = FRAME_SIZE - HEAD_SIZE - TAG_SIZE
MOST_PARTS = 16
LAST_OFFICE, LAST_NUMBER = 2**16 - 1, 2**24 - 1
_FRAME, _WHOLE = b"county frames 1: frame", b"county frames 1: message"


class FrameType(IntEnum):
    """What a frame carries; the type is under the tag, so none passes for another."""

    COMMAND = 1
    OUTCOMES = 2


class Fragment(msgspec.Struct, frozen=True):
    """One frame, authentic: it came from somebody who has the office's key."""

    type: FrameType
    office: int
    number: int
    part: int
    last: int
    """The number of the last part; the first is 0."""
    content: bytes


class NotAuthentic(WireError):
    """The frame is damaged, forged, of another version, or of an office without a key here."""


def cut(type_: FrameType, office: int, number: int, data: bytes, key: bytes) -> list[bytes]:
    """Return the frames that carry the data; WireError where it needs more than may be."""
    if not (0 < office <= LAST_OFFICE and 0 < number <= LAST_NUMBER and len(key) == KEY_SIZE):
        raise WireError("an office, a number or a key that frames have no room for")
    if len(data) > ROOM:
        data += _tag(key, _WHOLE, _head(type_, office, number, 0, 0) + data)
    parts = [data[start : start + ROOM] for start in range(0, len(data), ROOM)] or [b""]
    last = len(parts) - 1
    if last >= MOST_PARTS:
        raise WireError("too long for frames")
    frames = []
    for part, content in enumerate(parts):
        frame = _head(type_, office, number, part, last) + content
        frames.append(frame + _tag(key, _FRAME, frame))
    return frames


def read_fragment(frame: bytes, keys: Mapping[int, bytes]) -> Fragment:
    """Read a frame by the keys of the offices; NotAuthentic for all that none of them made."""
    if not HEAD_SIZE + TAG_SIZE <= len(frame) <= FRAME_SIZE or frame[0] >> 4 != VERSION:
        raise NotAuthentic("no frame of this version")
    office = int.from_bytes(frame[1:3], "big")
    signed, tag = frame[:-TAG_SIZE], frame[-TAG_SIZE:]
    key = keys.get(office)
    if key is None or not hmac.compare_digest(_tag(key, _FRAME, signed), tag):
        raise NotAuthentic("damaged, or of an office without a key here")
    try:
        type_ = FrameType(frame[0] & 15)
    except ValueError as error:
        raise NotAuthentic("no such type of frame") from error
    number, part, last = int.from_bytes(frame[3:6], "big"), frame[6] >> 4, frame[6] & 15
    if part > last:
        raise NotAuthentic("no such part")
    return Fragment(type_, office, number, part, last, signed[HEAD_SIZE:])


def join(fragments: Mapping[int, Fragment], key: bytes) -> bytes | None:
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
    head = _head(first.type, first.office, first.number, 0, 0)
    if not hmac.compare_digest(_tag(key, _WHOLE, head + told), tag):
        raise NotAuthentic("parts of different messages")
    return told


def _head(type_: FrameType, office: int, number: int, part: int, last: int) -> bytes:
    kind = bytes((VERSION << 4 | type_,))
    return kind + office.to_bytes(2, "big") + number.to_bytes(3, "big") + bytes((part << 4 | last,))


def _tag(key: bytes, purpose: bytes, data: bytes) -> bytes:
    return hmac.digest(key, purpose + data, hashlib.sha256)[:TAG_SIZE]
