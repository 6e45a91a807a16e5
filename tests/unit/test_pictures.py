"""Which bytes are a picture that may be drawn, told without drawing any."""

from __future__ import annotations

import struct
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.protocol.pictures import (
    MOST_PARTS,
    PNG_HEAD,
    THUMBNAIL_BYTES,
    NoPicture,
    read_picture,
    thumbnail_fault,
)
from support.pictures import STRANGE, a_png, a_thumbnail, a_webp, png_part

VP8L = b"\x2f" + struct.pack("<I", 3 - 1 | (2 - 1) << 14) + b"\0\0\0"
VP8 = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 3, 2)


def part(mark: int, said: bytes) -> bytes:
    return bytes([0xFF, mark]) + struct.pack(">H", len(said) + 2) + said


def jpeg(
    width: int = 8, height: int = 8, *, mark: int = 0xC0, scans: int = 1, before: bytes = b""
) -> bytes:
    """The parts of a JPEG without a drawable content."""
    size = part(mark, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
    scan = part(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x55\xff\0\x55"
    return b"\xff\xd8" + part(0xE0, b"JFIF\0") + before + size + scan * scans + b"\xff\xd9"


def refused(body: bytes) -> str:
    with pytest.raises(NoPicture) as caught:
        read_picture(body)
    return str(caught.value)


def test_the_three_kinds_are_known_by_their_bytes_and_their_size_is_read():
    assert read_picture(a_png(3, 2))[:3] == ("png", 3, 2)
    assert read_picture(jpeg(3, 2))[:3] == ("jpeg", 3, 2)
    assert read_picture(a_webp((b"VP8L", VP8L)))[:3] == ("webp", 3, 2)
    assert read_picture(a_webp((b"VP8 ", VP8)))[:3] == ("webp", 3, 2)
    canvas = b"\x10\0\0\0" + b"\x02\0\0" + b"\x01\0\0"
    see_through = a_webp((b"VP8X", canvas), (b"ALPH", b"\0\0"), (b"VP8 ", VP8))
    assert read_picture(see_through)[:3] == ("webp", 3, 2)
    assert b"VP8X" in read_picture(see_through).body


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_no_other_kind_is_a_picture_whatever_it_begins_with(name: str):
    assert refused(STRANGE[name])
    assert thumbnail_fault(STRANGE[name])


@pytest.mark.parametrize(
    "body",
    [
        a_png(0, 5),
        jpeg(0, 8),
        jpeg(65_500, 65_500),
        jpeg(4_000, 4_000),
        jpeg(mark=0xC3),
        jpeg(mark=0xC9),
        a_webp((b"VP8L", b"\x2f" + struct.pack("<I", 0x0FFFFFFF))),
        a_webp((b"VP8X", b"\x02\0\0\0\x02\0\0\x01\0\0"), (b"ANIM", b"\0" * 6), (b"VP8 ", VP8)),
        a_webp((b"VP8X", b"\0\0\0\0\xff\xff\0\xff\xff\0"), (b"VP8 ", VP8)),
        a_webp((b"VP8 ", VP8), (b"VP8L", VP8L)),
        a_png()[:-20],
        a_png(extra=a_png()[8:33]),
        jpeg()[:30],
    ],
)
def test_a_picture_that_claims_too_much_moves_or_ends_early_is_none(body: bytes):
    assert refused(body)


@pytest.mark.parametrize(
    "size",
    [
        {"width": 60_000, "height": 60_000, "rows": 1},
        {"width": 3_000, "height": 3_000, "rows": 1},
        {"width": 5_000, "height": 5_000, "colour": 6},
        {"width": 4_000, "height": 4_000, "depth": 16, "colour": 6},
    ],
)
def test_a_picture_too_large_for_a_screen_is_none(size: dict[str, int]):
    assert refused(a_png(**size))


def test_scans_are_counted_and_a_picture_of_too_many_is_none():
    assert read_picture(jpeg(mark=0xC2, scans=10)).scans == 10
    body = jpeg(300, 300, scans=9_000)
    assert "scans" in refused(body)
    patient = jpeg(300, 300, scans=900)
    assert read_picture(patient).pixels == 90_000
    assert "no thumbnail" in thumbnail_fault(patient)


def test_what_only_describes_a_picture_is_left_out():
    bomb = png_part(b"zTXt", b"x\0\0" + b"y" * 900) + png_part(b"iCCP", b"z" * 900)
    assert len(read_picture(a_png(extra=bomb)).body) < 100
    assert read_picture(a_png(extra=png_part(b"tRNS", b"\0\0"))).body.count(b"tRNS") == 1
    profile = part(0xE2, b"ICC_PROFILE\0" + b"p" * 999) + part(0xFE, b"comment")
    held = part(0xE1, b"Exif\0\0held")
    body = read_picture(jpeg(before=profile + held)).body
    assert b"held" in body
    assert b"ICC" not in body
    assert b"comment" not in body


def test_a_thumbnail_is_small_in_bytes_and_pixels():
    assert thumbnail_fault(a_thumbnail(b"seed")) == ""
    assert thumbnail_fault(a_png(1_100, 1_000))
    assert thumbnail_fault(a_thumbnail(b"seed") + bytes(THUMBNAIL_BYTES))


@given(st.sampled_from([a_png(), jpeg(), a_webp((b"VP8 ", VP8))]), st.data())
def test_any_bytes_are_a_picture_or_none(body: bytes, data: st.DataObject):
    at = data.draw(st.integers(0, len(body)))
    changed = body[:at] + data.draw(st.binary(max_size=20)) + body[at:]
    assert thumbnail_fault(changed) is not None


@pytest.mark.parametrize(
    "body",
    [
        PNG_HEAD + png_part(b"IHDR", bytes(13)) + png_part(b"IDAT", b"") * (MOST_PARTS + 9),
        b"\xff\xd8\xff" + b"\xff" * 20_000_000,
        jpeg(scans=MOST_PARTS + 9),
        a_webp(*[(b"JUNK", b"")] * (MOST_PARTS + 9)),
    ],
)
def test_no_file_makes_the_look_at_it_long(body: bytes):
    began_s = time.process_time()
    assert refused(body)
    assert time.process_time() - began_s < 0.5


def test_reading_what_a_photo_is_copies_nothing_of_it():
    """While so much is copied no other thread runs, and a window stands still."""
    photo = (
        jpeg(4_000, 3_000, scans=1).removesuffix(b"\xff\xd9") + b"\x55" * 4_000_000 + b"\xff\xd9"
    )
    tracemalloc.start()
    try:
        found = read_picture(photo)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < len(photo) / 20
    assert len(found.body) > len(photo) / 2
