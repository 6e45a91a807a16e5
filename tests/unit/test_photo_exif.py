"""When and where a photo was taken is read within bounds, and written so that others read it."""

from __future__ import annotations

import random
import time
from datetime import datetime
from struct import pack

import pytest

from desktop.application.photos.exif import Exif, Facts, read_exif, write_exif
from desktop.domain.geo import Place
from support.photo_files import (
    ASCII,
    RATIONAL,
    SHIMEN,
    a_jpeg,
    exif_block,
    fractions,
    phone_exif,
    position,
    segment,
    with_exif,
)
from support.pictures import a_png, a_webp, png_part

TAKEN = datetime.fromisoformat("2026-11-27T09:35:12+08:00")


def facts_of(block: bytes) -> Facts:
    return read_exif(with_exif(a_jpeg(40, 30), block)).facts


def is_shimen(place: Place | None) -> bool:
    return place is not None and (round(place.lat, 6), round(place.lon, 6)) == (31.88, 118.14)


def test_time_place_and_how_the_camera_was_held_are_read():
    exif = read_exif(with_exif(a_jpeg(40, 30), phone_exif(turned=6)))
    assert exif.orientation == 6
    assert exif.facts.taken == TAKEN
    assert exif.facts.taken.utcoffset() == TAKEN.utcoffset()
    assert is_shimen(exif.facts.place)


def test_they_are_read_of_png_and_webp_too():
    assert is_shimen(read_exif(a_png(extra=png_part(b"eXIf", phone_exif()))).facts.place)
    for head in (b"", b"Exif\0\0"):
        webp = a_webp((b"VP8L", b"\x2f" + bytes(9)), (b"EXIF", head + phone_exif()))
        assert is_shimen(read_exif(webp).facts.place)


@pytest.mark.parametrize(
    "north, east, lat, lon", [(b"N\0", b"W\0", 1, -1), (b"S\0", b"E\0", -1, 1)]
)
def test_every_corner_of_the_world_is_itself_again(north, east, lat, lon):
    one = fractions((1, 1), (0, 1), (0, 1))
    found = facts_of(phone_exif(where=position(one, one, north, east)))
    assert found.place == Place(lon, lat)
    assert read_exif(write_exif(a_jpeg(9, 9), Exif(found))).facts == found


@pytest.mark.parametrize(
    "taken", ["2026-11-27T09:35:12", "2026-02-28T23:59:59-03:30", "1999-01-01T00:00:00+14:00"]
)
def test_what_is_written_is_read_again(taken):
    facts = Facts(datetime.fromisoformat(taken), Place(118.1400123, 31.8800456))
    again = read_exif(write_exif(a_jpeg(9, 9), Exif(facts, 8)))
    assert again.orientation == 8
    assert again.facts.taken == facts.taken
    assert again.facts.place is not None
    assert abs(again.facts.place.lat - 31.8800456) < 1e-6
    assert abs(again.facts.place.lon - 118.1400123) < 1e-6


def test_nothing_is_written_of_nothing():
    assert write_exif(a_jpeg(9, 9), Exif()) == a_jpeg(9, 9)
    assert b"Exif" not in a_jpeg(9, 9)


@pytest.mark.parametrize(
    "taken",
    [
        b"0000:00:00 00:00:00\0",
        b"    :  :     :  :  \0",
        b"2026:13:45 99:99:99\0",
        b"2026:02:30 10:00:00\0",
        b"2026-11-27 09:35:12\0",
        "２０２６:11:27 09:35:12\0".encode()[:20],
        b"x" * 20,
    ],
)
def test_a_time_that_is_none_is_left_out(taken):
    assert facts_of(phone_exif(taken=taken)) == Facts(None, facts_of(phone_exif()).place)


@pytest.mark.parametrize("offset", [b"+99:99\0", b"\0\0\0\0\0\0\0", b"08:00 \0"])
def test_a_zone_that_is_none_leaves_the_cameras_own_clock(offset):
    assert facts_of(phone_exif(offset=offset)).taken == TAKEN.replace(tzinfo=None)


GOOD = fractions((10, 1), (0, 1), (0, 1))


@pytest.mark.parametrize(
    "where",
    [
        position(fractions((0, 0), (0, 0), (0, 0)), GOOD),
        position(fractions((31, 1), (52, 1), (1, 0)), GOOD),
        position(fractions((91, 1), (0, 1), (0, 1)), GOOD),
        position(
            fractions(
                (4_294_967_295, 1),
            )
            * 3,
            GOOD,
        ),
        position(GOOD, fractions((180, 1), (1, 1), (0, 1))),
        position(fractions((0, 1), (0, 1), (0, 1)), fractions((0, 1), (0, 1), (0, 1))),
        position(GOOD, GOOD, b"X\0", b"E\0"),
        position(GOOD, GOOD, b"N\0", b""),
        ((2, RATIONAL, 3, GOOD), (4, RATIONAL, 3, GOOD)),
        ((1, ASCII, 2, b"N\0"), (2, 12, 3, pack(">3d", float("nan"), float("inf"), 1e300))),
        ((1, ASCII, 2, b"N\0"), (2, RATIONAL, 4_000_000_000, GOOD)),
    ],
)
def test_a_position_that_is_none_is_left_out(where):
    assert facts_of(phone_exif(where=where)).place is None
    assert facts_of(phone_exif(where=where)).taken == TAKEN


@pytest.mark.parametrize("turned", [0, 9, 65_535])
def test_an_orientation_that_is_none_is_upright(turned):
    assert read_exif(with_exif(a_jpeg(9, 9), phone_exif(turned=turned))).orientation == 1


def test_tables_that_name_themselves_or_places_outside_end():
    itself = b"MM\0*" + pack(">I", 8) + pack(">H", 65_535) + pack(">HHII", 0x8769, 4, 1, 8) * 300
    outside = b"MM\0*" + pack(">I", 4_294_967_290) + bytes(20)
    for block in (itself, outside, b"MM\0*", b"II*\0\xff", b"", b"MM\0*" + bytes(4)):
        assert read_exif(with_exif(a_jpeg(9, 9), block)) == Exif()


def test_ten_megabytes_of_the_makers_notes_cost_nothing():
    many = b"".join(segment(0xE1, b"Exif\0\1" + bytes(60_000)) for _ in range(170))
    jpeg = a_jpeg(9, 9, parts=many + segment(0xE1, b"Exif\0\0" + phone_exif()))
    png = a_png(extra=png_part(b"eXIf", phone_exif(notes=bytes(10_000_000))))
    began_s = time.process_time()
    assert is_shimen(read_exif(jpeg).facts.place)
    assert is_shimen(read_exif(png).facts.place)
    assert time.process_time() - began_s < 0.1


def test_no_damage_to_it_raises():
    rng, whole = random.Random(5), phone_exif()
    for _ in range(3_000):
        damaged = bytearray(whole[: rng.randrange(len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.randrange(1, 9)):
            if damaged:
                damaged[rng.randrange(len(damaged))] = rng.choice(
                    (0, 1, 4, 127, 255, rng.randrange(256))
                )
        exif = read_exif(with_exif(a_jpeg(9, 9), bytes(damaged)))
        assert 1 <= exif.orientation <= 8
        read_exif(write_exif(a_jpeg(9, 9), exif))


def test_only_a_short_list_of_tags_is_ever_written():
    block = exif_block((), (), SHIMEN)
    exif = read_exif(with_exif(a_jpeg(9, 9), block))
    written = write_exif(a_jpeg(9, 9), exif)
    assert len(written) - len(a_jpeg(9, 9)) < 200
