"""The answer that opens a session, with the most critical incidents in the same round trip."""

from __future__ import annotations

import msgspec

from desktop.protocol.limits import SECTION_BYTES
from desktop.wire.level1 import Session
from desktop.wire.level2.cursor import Budget, Cursor, WireError, put_inside
from desktop.wire.level2.frames import Frames
from desktop.wire.level2.pages import Page, decode_page

SESSION = 4
"""First byte inside the frame."""


def encode_session(session: Session, first: bytes, frames: Frames) -> bytes:
    """The session and an encoded page (or nothing) as one frame."""
    out = bytearray([SESSION])
    put_inside(out, msgspec.json.encode(session))
    put_inside(out, first)
    return frames.pack(bytes(out))


def decode_session(
    data: bytes, frames: Frames, max_bytes: int = SECTION_BYTES
) -> tuple[Session, Page | None]:
    """Decode what `encode_session` wrote; WireError for anything else."""
    cursor = Cursor(frames.unpack(data, max_bytes), Budget.of(len(data)))
    if cursor.byte() != SESSION:
        raise WireError("not a session")
    told, first = cursor.take(cursor.uint()), cursor.take(cursor.uint())
    cursor.end()
    try:
        session = msgspec.json.decode(told, type=Session)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise WireError(f"not a session: {error}") from error
    return session, decode_page(first, Budget.of(len(data))) if first else None
