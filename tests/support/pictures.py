"""Pictures made by hand, sound and hostile, without anything that could draw them."""

from __future__ import annotations

import struct
import zlib

from desktop.protocol.pictures import PNG_HEAD

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png_part(name: bytes, said: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(said)) + name + said + struct.pack(">I", zlib.crc32(name + said))


def a_png(
    width: int = 2, height: int = 2, *, depth: int = 8, colour: int = 0, extra: bytes = b"",
    rows: int | None = None, fill: int = 0,
) -> bytes:  # fmt: skip
    """A PNG of one colour; with fewer `rows` than its height it claims more than it holds."""
    row = b"\0" + bytes([fill]) * ((width * CHANNELS[colour] * depth + 7) // 8)
    data = zlib.compress(row * (height if rows is None else rows), 9)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = png_part(b"IHDR", head) + extra + png_part(b"IDAT", data) + png_part(b"IEND", b"")
    return PNG_HEAD + parts


def a_thumbnail(seed: bytes) -> bytes:
    """A small picture that is another for each seed of at most 60 bytes."""
    return a_png(max(1, len(seed)), 1, extra=png_part(b"tEXt", b"seed\0" + seed), fill=1)


def a_webp(*parts: tuple[bytes, bytes]) -> bytes:
    """A WebP of such parts."""
    said = b"WEBP" + b"".join(
        name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) & 1) for name, part in parts
    )
    return b"RIFF" + struct.pack("<I", len(said)) + said


SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9999" height="9999"><filter id="f">'
    b'<feGaussianBlur stdDeviation="999"/></filter><rect width="9999" height="9999"'
    b' filter="url(#f)"/></svg>'
)
GIF = (
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
    b"!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
)
STRANGE = {
    "svg": SVG,
    "svg with a prologue": b'<?xml version="1.0"?>' + SVG,
    "svgz": zlib.compress(SVG, 9, 31),
    "gif": GIF,
    "bmp": b"BM" + bytes(60),
    "ico": b"\0\0\1\0\1\0" + bytes(60),
    "tiff": b"II*\0" + bytes(60),
    "pdf": b"%PDF-1.7\n%%EOF",
    "xpm": b'/* XPM */ static char *x[] = {"1 1 1 1", "a c #000", "a"};',
    "svg after the first bytes of a jpeg": b"\xff\xd8\xff" + SVG,
    "svg after the first bytes of a png": PNG_HEAD + SVG,
    "svg after the first bytes of a webp": b"RIFF\x40\0\0\0WEBP" + SVG,
    "nothing": b"",
}
"""What no decoder but a forbidden one would draw."""
