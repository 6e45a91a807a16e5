"""The check of pictures before drawing: format and bounds by their bytes, and stripping.

A picture from outside is read here first, without drawing anything: its format by its first
bytes, its declared size, and the number of passes a decoder would need. Everything that only
describes a picture (profiles, comments, thumbnails within it) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MEDIA_TYPES = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp"}
THUMBNAIL_BYTES = 64 * 1024
THUMBNAIL_PIXELS = 1024 * 1024
"""The product's thumbnails have at most 320 a side; another program's may have a few more."""
MOST_PIXELS = {"jpeg": 64_000_000, "png": 24_000_000, "webp": 6_000_000}
"""A JPEG is drawn small from the start; the others are drawn whole first, at 4 bytes a pixel."""
MOST_PROGRESSIVE = 16_000_000
"""Pixels of a JPEG that is held whole while it gets clearer."""
MOST_PASSES = 200_000_000
THUMBNAIL_PASSES = 16 * THUMBNAIL_PIXELS
"""Pixels times the scans that go over them: a scan of nothing takes 20 bytes."""
MOST_PARTS = 20_000
"""Chunks or segments of one file; a photo of 20 MB has some hundreds."""
PNG_RATIO, JPEG_PIXELS_A_BYTE = 1_100, 600
"""The most that deflate and a Huffman code of one bit a block can make of a byte: a file that
claims more does not hold it, and its claim alone would cost memory and time."""

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_MARK = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
PLAIN_JFIF = 18
"""Bytes of a JFIF segment without a thumbnail in it."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_KEPT_SEGMENTS = frozenset({0xE0, 0xE1, 0xEE})
"""JFIF; Exif, for the camera's orientation; Adobe, for the encoding of colours."""


class NoPicture(ValueError):
    """These bytes are not drawn as a picture; the exception's text gives the reason."""


class Picture(NamedTuple):
    """A picture that may be drawn."""

    kind: str
    """`jpeg`, `png` or `webp`."""
    width: int
    height: int
    parts: tuple[bytes | memoryview, ...]
    """The picture's bytes without those that only describe it: parts of the file, not copies."""
    scans: int = 1
    """Passes that a decoder makes over the picture."""

    @property
    def body(self) -> bytes:
        """The picture alone, as a file."""
        return b"".join(self.parts)

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height


def read_picture(body: bytes) -> Picture:
    """Read the picture in a file; NoPicture where there is none or it is too large to be drawn."""
    if body.startswith(b"\xff\xd8\xff"):
        found = _jpeg(body)
    elif body.startswith(PNG_HEAD):
        found = _png(body)
    elif body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        found = _webp(body)
    else:
        raise NoPicture("neither JPEG nor PNG nor WebP")
    if not (found.width and found.height):
        raise NoPicture("a picture without size")
    if found.pixels > MOST_PIXELS[found.kind]:
        raise NoPicture(f"a picture of {found.width} by {found.height} is not drawn")
    return found


def is_picture(head: bytes) -> bool:
    """Whether a file begins as a JPEG, PNG or WebP does; `head` is its first bytes."""
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return is_webp or head.startswith((b"\xff\xd8\xff", PNG_HEAD))


def strip(body: bytes) -> bytes:
    """Return the picture point for point, without anything that only describes it.

    That includes how the camera was held, and what stands behind the picture, like a phone's short
    film. Raises NoPicture as `read_picture` does.
    """
    found = read_picture(body)
    return _strip_jpeg(found.body) if found.kind == "jpeg" else found.body


def thumbnail_fault(body: bytes) -> str:
    """Return the reason why these bytes are no thumbnail, or an empty text when they are one."""
    if len(body) > THUMBNAIL_BYTES:
        return f"more than {THUMBNAIL_BYTES} bytes"
    try:
        found = read_picture(body)
    except NoPicture as error:
        return str(error)
    passes = found.pixels * found.scans
    too_large = found.pixels > THUMBNAIL_PIXELS or passes > THUMBNAIL_PASSES
    return f"{found.width} by {found.height} is no thumbnail" if too_large else ""


def _png(body: bytes) -> Picture:
    kept: list[bytes | memoryview] = [PNG_HEAD]
    head = b""
    for name, chunk, whole in _png_chunks(body):
        if not head:
            if name != b"IHDR" or len(chunk) != 13:
                raise NoPicture("a PNG without its head")
            head = chunk
        elif name == b"IHDR":
            raise NoPicture("a PNG with two heads")
        if name in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(whole)
    width, height = (int.from_bytes(head[at : at + 4], "big") for at in (0, 4))
    bits = head[8] * _CHANNELS.get(head[9], 0) if head else 0
    if not bits:
        raise NoPicture("a PNG without its head")
    if width * height * bits // 8 > PNG_RATIO * len(body):
        raise NoPicture("a PNG too short for its size")
    too_deep = width * height * bits > 32 * MOST_PIXELS["png"]
    if too_deep or (bits < 8 and width * height > MOST_PIXELS["png"] // 4):
        raise NoPicture(f"a picture of {width} by {height} is not drawn")
    return Picture("png", width, height, tuple(kept))


def _png_chunks(body: bytes) -> Iterator[tuple[bytes, bytes, memoryview]]:
    view, place = memoryview(body), len(PNG_HEAD)
    for _ in range(MOST_PARTS):
        size = int.from_bytes(body[place : place + 4], "big")
        end = place + 12 + size
        if end > len(body):
            raise NoPicture("a PNG that is cut short")
        name = body[place + 4 : place + 8]
        yield name, b"" if name == b"IDAT" else body[place + 8 : end - 4], view[place:end]
        if name == b"IEND":
            return
        place = end
    raise NoPicture("a PNG of too many parts")


def _jpeg(body: bytes) -> Picture:
    kept = [b"\xff\xd8"]
    size: tuple[int, int] | None = None
    progressive, scans, first_scan = False, 0, 0
    for mark, place, end in _jpeg_segments(body):
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            if mark > 0xC2 or size is not None or end - place < 9:
                raise NoPicture("a JPEG of another kind")
            height, width = (
                int.from_bytes(body[at : at + 2], "big") for at in (place + 5, place + 7)
            )
            size, progressive = (width, height), mark == 0xC2
        if mark == 0xDA:
            scans += 1
            first_scan = first_scan or place
        elif not first_scan and (not 0xE0 <= mark <= 0xFE or mark in _KEPT_SEGMENTS):
            kept.append(body[place:end])
    if size is None or not scans:
        raise NoPicture("a JPEG without a picture")
    pixels = size[0] * size[1]
    if pixels > JPEG_PIXELS_A_BYTE * len(body):
        raise NoPicture("a JPEG too short for its size")
    if (progressive and pixels > MOST_PROGRESSIVE) or pixels * scans > MOST_PASSES:
        raise NoPicture(f"a picture of {size[0]} by {size[1]} in {scans} scans is not drawn")
    return Picture("jpeg", *size, (*kept, memoryview(body)[first_scan:]), scans)


def _strip_jpeg(body: bytes) -> bytes:
    view, kept, after, in_scan = memoryview(body), [memoryview(b"\xff\xd8")], 2, False
    for mark, place, end in _jpeg_segments(body):
        if in_scan:
            kept.append(view[after:place])
        is_head = mark == 0xE0 and end - place == PLAIN_JFIF
        if not 0xE0 <= mark <= 0xFE or mark == 0xEE or is_head:
            kept.append(view[place:end])
        in_scan, after = in_scan or mark == 0xDA, end
    end = body.find(b"\xff\xd9", after)
    kept += [view[after : end if end >= 0 else None], memoryview(b"\xff\xd9")]
    return b"".join(kept)


def _jpeg_segments(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield each segment's marker, offset and end; the data between two scans is skipped."""
    place = 2
    for _ in range(MOST_PARTS):
        found = _JPEG_MARK.search(body, place)
        if found is None or body[found.start() + 1] == 0xD9:
            return
        place = found.start()
        end = place + 2 + int.from_bytes(body[place + 2 : place + 4], "big")
        if end > len(body) or end < place + 4:
            raise NoPicture("a JPEG that is cut short")
        yield body[place + 1], place, end
        place = end
    raise NoPicture("a JPEG of too many parts")


def _webp(body: bytes) -> Picture:
    kept: dict[bytes, bytes] = {}
    place, end = 12, min(len(body), 8 + int.from_bytes(body[4:8], "little"))
    canvas: tuple[int, int] | None = None
    for _ in range(MOST_PARTS):
        if place + 8 > end:
            break
        name, size = body[place : place + 4], int.from_bytes(body[place + 4 : place + 8], "little")
        chunk = body[place + 8 : place + 8 + size]
        if len(chunk) < size or name in kept or name in (b"ANIM", b"ANMF"):
            raise NoPicture("a WebP that is cut short or moves")
        if name == b"VP8X" and size >= 10:
            canvas = (
                1 + int.from_bytes(chunk[4:7], "little"),
                1 + int.from_bytes(chunk[7:10], "little"),
            )
        if name in (b"VP8 ", b"VP8L", b"ALPH"):
            kept[name] = chunk
        place += 8 + size + (size & 1)
    else:
        raise NoPicture("a WebP of too many parts")
    if (b"VP8 " in kept) == (b"VP8L" in kept):
        raise NoPicture("a WebP without a picture")
    width, height = _webp_size(kept)
    if canvas not in (None, (width, height)):
        raise NoPicture("a WebP that says two sizes")
    return Picture("webp", width, height, (_webp_body(kept, width, height),))


def _webp_size(kept: dict[bytes, bytes]) -> tuple[int, int]:
    if b"VP8L" in kept:
        chunk = kept[b"VP8L"]
        bits = int.from_bytes(chunk[1:5], "little")
        if len(chunk) < 5 or chunk[0] != 0x2F:
            raise NoPicture("a WebP without a picture")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    chunk = kept[b"VP8 "]
    if len(chunk) < 10 or chunk[3:6] != b"\x9d\x01\x2a":
        raise NoPicture("a WebP without a picture")
    sizes = (int.from_bytes(chunk[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return next(sizes), next(sizes)


def _webp_body(kept: dict[bytes, bytes], width: int, height: int) -> bytes:
    """Return the file put together anew, with a header if an alpha layer comes with the picture."""
    chunks: list[tuple[bytes, bytes]]
    chunks = [(name, kept[name]) for name in (b"ALPH", b"VP8 ", b"VP8L") if name in kept]
    if b"ALPH" in kept:
        sizes = b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
        chunks.insert(0, (b"VP8X", b"\x10\0\0\0" + sizes))
    said = b"WEBP" + b"".join(
        name + len(chunk).to_bytes(4, "little") + chunk + b"\0" * (len(chunk) & 1)
        for name, chunk in chunks
    )
    return b"RIFF" + len(said).to_bytes(4, "little") + said
