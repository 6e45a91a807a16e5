"""A bundle comes whole out of pictures of its codes, or what is missing is said."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from desktop.protocol.limits import COURIER_CODES, COURIER_PICTURE_BYTES
from desktop.protocol.pictures import NoPicture
from desktop.wire.courier import Carried, Remark, draw_codes, find_bundles
from desktop.wire.courier.code_pictures import read_codes
from desktop.wire.courier.codes import (
    ALPHABET,
    PART,
    CodeError,
    CodeFault,
    cut_bundle,
    decode_base45,
    encode_base45,
    read_code,
)
from support.courier_vectors import FILE, sealed_up

BUNDLE = sealed_up() + os.urandom(2 * PART)
"""Longer than any code; that it is no longer whole is the county's to say."""


def pictures_of(bundle: bytes) -> list[bytes]:
    return [each for name, each in draw_codes(bundle, "up").items() if name.endswith(".png")]


def pixels(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("L")


def photo(picture: Image.Image, quality: int = 60) -> bytes:
    body = io.BytesIO()
    picture.save(body, "JPEG", quality=quality)
    return body.getvalue()


def side_by_side(*codes: bytes) -> Image.Image:
    found = [pixels(each) for each in codes]
    paper = Image.new("L", (sum(each.width for each in found) + 80, 800), 255)
    x = 40
    for each in found:
        paper.paste(each, (x, 60))
        x += each.width
    return paper


def find(*pictures: bytes) -> tuple[list[bytes], list[Remark]]:
    bundles, remarks = find_bundles(
        (f"{place}.jpg", lambda most, body=body: body[: most + 1])  # type: ignore[misc]
        for place, body in enumerate(pictures, 1)
    )
    return [each.read(1 << 26) for each in bundles], remarks


def said(remarks: Iterable[Remark]) -> str:
    return "\n".join(each.en for each in remarks)


def test_the_published_codes_come_to_the_published_bundle() -> None:
    told = json.loads(FILE.read_text(encoding="utf-8"))
    parts = [read_code(each) for each in told["codes"]]
    assert [each.place for each in parts] == list(range(1, parts[0].count + 1))
    assert b"".join(each.data for each in parts).hex() == told["up"]["bundle"]


def test_codes_are_read_in_any_order_twice_and_several_on_a_picture() -> None:
    codes = pictures_of(BUNDLE)
    assert len(codes) >= 4
    both = photo(side_by_side(codes[3], codes[1]))
    rest = [photo(pixels(each)) for each in (codes[2], codes[0], codes[2], *codes[4:])]
    bundles, remarks = find(*rest[:1], both, *rest[1:])
    assert bundles == [BUNDLE]
    assert remarks == []


@pytest.mark.parametrize("degrees", [0, 8, 90, 137, 180])
@pytest.mark.parametrize("scale", [0.6, 1.7])
def test_a_code_is_read_turned_scaled_and_compressed(degrees: int, scale: float) -> None:
    bundle = os.urandom(PART)
    (code,) = pictures_of(bundle)
    turned = pixels(code).rotate(
        degrees, expand=True, fillcolor=255, resample=Image.Resampling.BILINEAR
    )
    seen = turned.resize((int(turned.width * scale), int(turned.height * scale)))
    assert find(photo(seen, quality=45)) == ([bundle], [])


def test_a_code_is_read_from_a_photo_taken_aslant_and_a_little_out_of_focus() -> None:
    bundle = os.urandom(PART)
    (code,) = pictures_of(bundle)
    paper = Image.new("L", (1600, 1200), 190)
    paper.paste(pixels(code).resize((900, 900)), (350, 150))
    corners = (60, -40, -50, 1230, 1640, 1150, 1560, 55)
    aslant = paper.transform(paper.size, Image.Transform.QUAD, corners, fillcolor=190)
    assert find(photo(aslant.filter(ImageFilter.GaussianBlur(2)))) == ([bundle], [])


def test_half_a_sequence_says_which_codes_are_missing_and_takes_nothing() -> None:
    codes = pictures_of(BUNDLE)
    bundles, (remark,) = find(codes[0], codes[2])
    assert bundles == []
    assert remark.is_failure
    missing = [place for place in range(1, len(codes) + 1) if place not in (1, 3)]
    assert f"of {len(codes)} these are missing: {', '.join(map(str, missing))}." in remark.en
    assert f"共 {len(codes)} 个，还缺第 {', '.join(map(str, missing))} 个" in remark.zh


def test_codes_of_two_bundles_are_told_apart() -> None:
    other = os.urandom(2 * PART)
    ours, theirs = pictures_of(BUNDLE), pictures_of(other)
    bundles, remarks = find(*theirs, *ours)
    assert sorted(bundles) == sorted([BUNDLE, other])
    assert remarks == []
    bundles, (remark,) = find(theirs[1], *ours)
    assert bundles == [BUNDLE]
    assert "of 2 these are missing: 1." in remark.en


def test_codes_of_others_and_of_newer_versions_are_passed_over_and_said() -> None:
    import segno

    def draw(text: str) -> bytes:
        body = io.BytesIO()
        segno.make(text, micro=False).save(body, kind="png", scale=6, border=4)
        return body.getvalue()

    bundle = os.urandom(100)
    (code,) = pictures_of(bundle)
    bundles, remarks = find(photo(side_by_side(code, draw("https://example.org/"))))
    assert bundles == [bundle]
    assert [each.is_failure for each in remarks] == [False]
    assert "1.jpg: a code on it is none of a bundle, and passed over" in said(remarks)
    (text,) = cut_bundle(bundle)
    bundles, remarks = find(draw("CDQ2" + text[4:]), draw(text[:-3] + "000"))
    assert bundles == []
    assert "newer version" in said(remarks)
    assert "blurred or damaged" in said(remarks)


def test_a_code_that_cannot_be_made_out_is_said() -> None:
    (code,) = pictures_of(os.urandom(PART))
    picture = pixels(code)
    for x in range(150, 450, 12):
        picture.paste(128, (x, 120, x + 8, 520))
    bundles, remarks = find(photo(picture))
    assert bundles == []
    assert said(remarks) == "1.jpg: a code on it is blurred or damaged, and passed over"
    assert remarks[0].is_failure


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n" + os.urandom(500),
        b"\xff\xd8\xff\xe0" + os.urandom(5000),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
)
def test_what_only_begins_as_a_picture_is_refused_in_words(body: bytes) -> None:
    bundles, (remark,) = find(body)
    assert bundles == []
    assert remark.is_failure
    assert "1.jpg: the picture cannot be read" in remark.en


def test_a_picture_without_codes_is_told_and_an_empty_file_is_left_to_the_bundles_own_check() -> (
    None
):
    blank = photo(Image.new("L", (600, 400), 200))
    bundles, (remark,) = find(blank, b"")
    assert bundles == [b""]
    assert "1.jpg: no code found" in remark.en


def test_a_huge_picture_is_refused_before_it_is_drawn() -> None:
    with pytest.raises(NoPicture):
        read_codes(bytes(COURIER_PICTURE_BYTES + 1))
    bomb = io.BytesIO()
    Image.new("L", (12_000, 6_000), 255).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 1_000_000
    _, (remark,) = find(bomb.getvalue())
    assert "12000 by 6000 is not drawn" in remark.en
    _, (remark,) = find(photo(Image.new("L", (9_000, 8_000), 255)))
    assert "9000 by 8000 is not drawn" in remark.en


def test_a_large_photo_is_read() -> None:
    bundle = os.urandom(PART)
    (code,) = pictures_of(bundle)
    paper = Image.new("L", (8_000, 6_000), 235)
    paper.paste(pixels(code).resize((2_500, 2_500)), (3_000, 2_000))
    assert find(photo(paper)) == ([bundle], [])


def test_without_the_readers_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = pictures_of(b"x")
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    bundles, (remark,) = find(code)
    assert bundles == []
    assert "county-desk[codes]" in remark.en
    assert "county-desk[codes]" in remark.zh


def test_a_file_that_cannot_be_read_is_left_to_its_turn() -> None:
    def fail(most: int) -> bytes:
        raise OSError("gone")

    bundles, remarks = find_bundles([("a.jpg", fail)])
    assert bundles == [Carried("a.jpg", fail)]
    assert remarks == []


def test_the_most_that_goes_into_codes_does_and_one_byte_more_is_refused() -> None:
    most = os.urandom(PART * COURIER_CODES)
    texts = cut_bundle(most)
    assert len(texts) == COURIER_CODES
    assert {len(each) for each in texts} == {970}
    assert b"".join(read_code(each).data for each in texts) == most
    for wrong in (most + b"x", b""):
        with pytest.raises(ValueError, match="not for codes"):
            cut_bundle(wrong)


@given(st.binary(min_size=1, max_size=5000))
def test_every_bundle_comes_back_in_parts_of_about_the_same_size(bundle: bytes) -> None:
    parts = [read_code(each) for each in cut_bundle(bundle)]
    assert b"".join(each.data for each in parts) == bundle
    assert all(len(a.data) >= len(b.data) > 0 for a, b in pairwise(parts))


@given(st.binary(max_size=200))
def test_base_45_gives_back_what_it_took(data: bytes) -> None:
    assert decode_base45(encode_base45(data)) == data


def test_base_45_is_that_of_its_standard() -> None:
    assert encode_base45(b"Hello!!") == "%69 VD92EX0"
    for wrong in ("GGW", "A", "ab", "::"):
        with pytest.raises(CodeError):
            decode_base45(wrong)


@given(st.text(ALPHABET, max_size=60), st.integers(0, 400))
def test_a_changed_code_is_never_taken_for_another(noise: str, at: int) -> None:
    (text,) = cut_bundle(b"a bundle " * 30)
    changed = text[:at] + noise + text[at + len(noise) :]
    if changed == text:
        return
    with pytest.raises(CodeError) as caught:
        read_code(changed)
    assert caught.value.fault in set(CodeFault)


def test_the_page_shows_every_code_and_the_names_of_offices_are_text() -> None:
    page = draw_codes(BUNDLE, "<b>东桥</b>")["<b>东桥</b>.html"].decode()
    assert page.count("<svg") == len(pictures_of(BUNDLE))
    assert f"<figcaption>1 / {len(pictures_of(BUNDLE))}</figcaption>" in page
    assert "&lt;b&gt;东桥" in page
    assert "<b>" not in page
