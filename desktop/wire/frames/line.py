"""Frames on a line of bytes, as a serial line is: RFC 1055, which finds its feet after any gap."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.wire.frames.fragments import FRAME_SIZE

END, ESC, ESC_END, ESC_ESC = 0xC0, 0xDB, 0xDC, 0xDD
_OUT = {END: bytes((ESC, ESC_END)), ESC: bytes((ESC, ESC_ESC))}
_IN = {ESC_END: END, ESC_ESC: ESC}


def put_on_line(frame: bytes) -> bytes:
    """Return the bytes that carry a frame; noise before it is no part of it."""
    inside = b"".join(_OUT.get(byte, bytes((byte,))) for byte in frame)
    return bytes((END,)) + inside + bytes((END,))


class LineReader:
    """Finds the frames among bytes that come in pieces; longer ones than may be are dropped."""

    def __init__(self) -> None:
        self._frame = bytearray()
        self._is_escaped = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each frame that these bytes complete."""
        for byte in data:
            if byte == END:
                frame, self._is_escaped = bytes(self._frame), False
                self._frame.clear()
                if 0 < len(frame) <= FRAME_SIZE:
                    yield frame
            elif byte == ESC:
                self._is_escaped = True
            elif len(self._frame) <= FRAME_SIZE:
                self._frame.append(_IN.get(byte, byte) if self._is_escaped else byte)
                self._is_escaped = False
