"""A photo goes shrunk and stripped, never larger than it was, and nothing is lost on the way."""

from __future__ import annotations

import msgspec
import pytest

from desktop.application.photos.exif import Facts, read_exif
from desktop.application.photos.shrinking import (
    GOOD_LINE,
    WEAK_LINE,
    Bounds,
    Cancelled,
    bounds_for,
    shrink,
)
from desktop.domain.link import LinkState
from desktop.protocol.pictures import read_picture, strip
from support.builders import NOW
from support.photo_files import a_jpeg, phone_exif, segment, with_exif
from support.pictures import STRANGE, a_png, a_webp, png_part
from support.sample_board import a_status

BOUNDS = Bounds(100, 5_000)
SECRETS = (b"secret of the maker", b"OWNER-SERIAL", b"Phone Maker", b"film behind", b"comment")


class Drawing:
    """A drawer whose JPEGs are the larger the better their quality and the longer their side."""

    def __init__(self, bytes_a_step: int = 1) -> None:
        self.asked: list[tuple[int, int]] = []
        self._bytes = bytes_a_step

    def __call__(self, body, side_px):
        read_picture(body)

        def encode(quality):
            self.asked.append((side_px, quality))
            return a_jpeg(side_px, side_px, side_px * quality * self._bytes)

        return encode


def camera_file(**changes) -> bytes:
    body = a_jpeg(400, 300, 40_000, parts=segment(0xFE, b"comment"), after=b"film behind" * 99)
    return with_exif(body, phone_exif(**changes))


def test_a_large_photo_fits_its_bounds_and_keeps_time_and_place_alone():
    body, drawing = camera_file(), Drawing()
    small = shrink(body, BOUNDS, drawing)
    sent = small.body()
    assert drawing.asked == [(100, quality) for quality in (82, 74, 66, 58, 50, 42)]
    assert len(sent) < 5_000
    assert small.media_type == "image/jpeg"
    assert read_exif(sent).facts.taken == read_exif(body).facts.taken == small.facts.taken
    assert small.facts.place is not None
    assert not [secret for secret in SECRETS if secret in sent]


def test_the_place_is_left_out_when_asked():
    small = shrink(camera_file(), BOUNDS, Drawing())
    bare = read_exif(small.body(with_place=False)).facts
    assert bare == Facts(small.facts.taken)
    assert len(small.body(with_place=False)) < len(small.body())


def test_the_first_quality_that_fits_is_taken():
    drawing = Drawing()
    shrink(camera_file(), Bounds(100, 8_000), drawing)
    assert drawing.asked == [(100, 82), (100, 74)]


def test_a_picture_too_rich_for_any_quality_gets_smaller():
    drawing = Drawing(4)
    small = shrink(camera_file(), Bounds(100, 10_000), drawing)
    assert {side for side, _quality in drawing.asked} == {100, 75, 50}
    assert len(small.body()) < 10_500


def test_a_small_upright_photo_stays_point_for_point_without_what_describes_it():
    body = with_exif(
        a_jpeg(90, 60, 900, parts=segment(0xFE, b"comment"), after=b"film behind"), phone_exif()
    )
    drawing = Drawing()
    small = shrink(body, BOUNDS, drawing)
    assert drawing.asked == []
    assert small.picture == a_jpeg(90, 60, 900)
    assert read_exif(small.body()).facts == small.facts
    assert not [secret for secret in SECRETS if secret in small.body()]


def test_a_small_turned_photo_is_drawn_upright():
    drawing = Drawing()
    small = shrink(with_exif(a_jpeg(90, 60, 9_000), phone_exif(turned=6)), BOUNDS, drawing)
    assert drawing.asked
    assert read_exif(small.body()).orientation == 1


def test_one_that_would_only_grow_stays_and_says_how_it_was_held():
    body = with_exif(a_jpeg(90, 60, 50), phone_exif(turned=6))
    small = shrink(body, BOUNDS, Drawing(9))
    assert read_exif(small.body()).orientation == 6
    assert len(small.body()) <= len(body)


@pytest.mark.parametrize("quality", [1, 5, 9])
def test_never_larger_than_it_was(quality):
    for side, size in [(90, 10), (90, 4_000), (101, 10), (400, 60_000)]:
        for body in (a_jpeg(side, side, size), with_exif(a_jpeg(side, side, size), phone_exif())):
            assert len(shrink(body, BOUNDS, Drawing(quality)).body()) <= len(body)


def test_a_screenshot_that_is_small_keeps_its_sharp_letters():
    body = a_png(90, 60, extra=png_part(b"tEXt", b"Author\0somebody"))
    small = shrink(body, BOUNDS, Drawing())
    assert small.media_type == "image/png"
    assert b"somebody" not in small.body()


def test_a_large_screenshot_becomes_a_photo():
    body = a_png(400, 300, colour=2)
    small = shrink(
        body + bytes(9), Bounds(100, 300), lambda _body, _side: lambda _quality: a_jpeg(9, 9, 20)
    )
    assert small.media_type == "image/jpeg"


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_what_is_no_picture_goes_as_it_is(name):
    small = shrink(STRANGE[name], BOUNDS, Drawing())
    assert small.is_as_it_was
    assert small.body() == STRANGE[name]
    assert small.facts == Facts()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(3_000)


@pytest.mark.parametrize(
    "body",
    [
        HEIC,
        a_jpeg(65_000, 65_000, 900),
        a_jpeg(9_000, 8_000, 200_000),
        camera_file()[:300],
        a_png(5_000, 5_000),
        a_webp((b"VP8L", b"\x2f" + b"\xff" * 9)),
    ],
)
def test_bombs_and_pieces_of_pictures_are_never_drawn(body):
    def never(_body, _side):
        raise AssertionError("drawn")

    assert shrink(body, BOUNDS, never).body() == body


def test_one_that_cannot_be_drawn_after_all_goes_as_it_is():
    body = camera_file()
    small = shrink(body, BOUNDS, lambda _body, _side: None)
    assert small.is_as_it_was
    assert small.body() == body


def test_it_stops_as_soon_as_nobody_wants_it():
    drawing = Drawing()
    with pytest.raises(Cancelled):
        shrink(camera_file(), BOUNDS, drawing, lambda: len(drawing.asked) == 2)
    assert len(drawing.asked) == 2


def test_a_weak_line_or_none_gets_smaller_photos():
    good = a_status(link=LinkState(bits_per_s=2_000_000, delay_ms=40))
    assert bounds_for(good) == GOOD_LINE
    assert bounds_for(a_status(link=LinkState(bits_per_s=128_000))) == WEAK_LINE
    assert bounds_for(msgspec.structs.replace(good, failing_since=NOW)) == WEAK_LINE
    assert bounds_for(None) == WEAK_LINE


def test_a_stripped_jpeg_is_the_picture_and_nothing_else():
    described = a_jpeg(
        90, 60, parts=segment(0xE2, b"MPF\0" + bytes(99)) + segment(0xE0, b"JFXX\0" + bytes(99))
    )
    assert strip(described + b"film") == a_jpeg(90, 60)
    cut = a_jpeg(90, 60)[:-2]
    assert strip(cut) == a_jpeg(90, 60)
