"""The two forms of a stream of hints: lines of server-sent events, or one level 2 stream."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

import msgspec

from desktop.connectors.county.session import is_compact
from desktop.connectors.http.response import Stream
from desktop.protocol import limits
from desktop.wire.level2 import Frames, HintReader

MAX_LINE_BYTES = limits.HINT_BYTES
MOST_DIGITS = 12


class Heard(msgspec.Struct, frozen=True):
    """What a stream told at once."""

    said: bytes = b""
    """Two in a row that say the same are one hint; empty for a heartbeat."""
    number: int = 0
    """0 if it has none."""
    page: bytes = b""
    """A patch frame; empty when it has none that can be read."""


def is_stream(stream: Stream) -> bool:
    """Whether an answer is a stream of hints at all."""
    return is_compact(stream) or "text/event-stream" in stream.headers.get("Content-Type", "")


def read_stream(stream: Stream, frames: Frames) -> Iterator[Heard]:
    """Yield what a stream tells as it comes; WireError when it is no level 2 stream."""
    if not is_compact(stream):
        yield from map(read_line, stream.lines(MAX_LINE_BYTES))
        return
    reader = HintReader(frames)
    for chunk in stream.chunks():
        for hint in reader.read(chunk):
            yield Heard(b"%d" % hint.number, hint.number, hint.page)


def read_line(line: bytes) -> Heard:
    """Return what a line of server-sent events tells; all but its data is a heartbeat."""
    if not line.startswith(b"data:"):
        return Heard()
    first, _, page = line.removeprefix(b"data:").strip().partition(b" ")
    number = int(first) if first.isdigit() and len(first) <= MOST_DIGITS else 0
    return Heard(b"%d" % number, number, _unpack(page)) if number else Heard(line)


def _unpack(page: bytes) -> bytes:
    try:
        return base64.b64decode(page + b"=" * (-len(page) % 4), validate=True)
    except binascii.Error:
        return b""
