"""Photos as cameras write them: EXIF put together by hand, sound and hostile."""

from __future__ import annotations

from struct import pack

ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
MAKE, ORIENTATION, CAMERA, POSITION = 0x010F, 0x0112, 0x8769, 0x8825
TAKEN, OFFSET, SERIAL, MAKER_NOTE = 0x9003, 0x9011, 0xA431, 0x927C

Tag = tuple[int, int, int, bytes]
"""Tag, type, count and value; a value of up to four bytes stands in the table itself."""


def fractions(*parts: tuple[int, int]) -> bytes:
    """Rationals, big-endian."""
    return b"".join(pack(">II", *part) for part in parts)


def table(place: int, *tags: Tag) -> bytes:
    """A table of tags at this offset, big-endian as most cameras write it, its values behind it."""
    rows, behind, after = b"", b"", place + 2 + 12 * len(tags) + 4
    for tag, kind, count, value in tags:
        rows += pack(">HHI", tag, kind, count)
        if len(value) <= 4:
            rows += value.ljust(4, b"\0")
        else:
            rows += pack(">I", after + len(behind))
            behind += value
    return pack(">H", len(tags)) + rows + bytes(4) + behind


def exif_block(main: tuple[Tag, ...], camera: tuple[Tag, ...], position: tuple[Tag, ...]) -> bytes:
    """An EXIF block of three tables."""
    links = bool(camera) + bool(position)
    size = len(table(8, *main)) + 12 * links
    at_position = 8 + size + (len(table(0, *camera)) if camera else 0)
    linked = list(main)
    if camera:
        linked.append((CAMERA, LONG, 1, pack(">I", 8 + size)))
    if position:
        linked.append((POSITION, LONG, 1, pack(">I", at_position)))
    block = b"MM\0*" + pack(">I", 8) + table(8, *linked)
    assert len(block) == 8 + size
    block += table(8 + size, *camera) if camera else b""
    return block + (table(at_position, *position) if position else b"")


def position(
    lat: bytes, lon: bytes, north: bytes = b"N\0", east: bytes = b"E\0"
) -> tuple[Tag, ...]:
    """The tags of a position."""
    return (
        (1, ASCII, 2, north), (2, RATIONAL, 3, lat), (3, ASCII, 2, east), (4, RATIONAL, 3, lon)
    )  # fmt: skip


SHIMEN = position(
    fractions((31, 1), (52, 1), (4_800, 100)), fractions((118, 1), (8, 1), (2_400, 100))
)
"""31.88 N, 118.14 E."""


def phone_exif(
    *,
    turned: int = 1,
    taken: bytes = b"2026:11-27 09:35:12\0".replace(b"-", b":"),
    offset: bytes = b"+08:00\0",
    where: tuple[Tag, ...] = SHIMEN,
    notes: bytes = b"secret of the maker" * 40,
) -> bytes:
    """What a phone writes of itself, of its owner, of the time and of the place."""
    return exif_block(
        (
            (MAKE, ASCII, 12, b"Phone Maker\0"),
            (ORIENTATION, SHORT, 1, pack(">H", turned)),
        ),
        (
            (TAKEN, ASCII, len(taken), taken),
            (OFFSET, ASCII, len(offset), offset),
            (MAKER_NOTE, UNDEFINED, len(notes), notes),
            (SERIAL, ASCII, 12, b"OWNER-SERIAL"),
        ),
        where,
    )


def segment(mark: int, said: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes((0xFF, mark)) + pack(">H", len(said) + 2) + said


def with_exif(jpeg: bytes, block: bytes) -> bytes:
    """A JPEG with this EXIF block, as a camera puts it."""
    return jpeg[:2] + segment(0xE1, b"Exif\0\0" + block) + jpeg[2:]


def a_jpeg(
    width: int, height: int, size: int = 2_000, *, parts: bytes = b"", after: bytes = b""
) -> bytes:
    """A JPEG by its structure alone, of that many bytes of picture; no decoder would draw it."""
    frame = pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + parts
        + segment(0xDB, bytes(65))
        + segment(0xC0, frame)
        + segment(0xC4, bytes(29))
        + segment(0xDA, b"\1\1\0\0\x3f\0")
        + b"\x55" * size
        + b"\xff\xd9"
        + after
    )
