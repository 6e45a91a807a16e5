"""Whatever the bytes, level 2 raises WireError and nothing else, and makes no more than allowed."""

from __future__ import annotations

import contextlib
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from desktop.wire import level1, level2
from desktop.wire.level2 import (
    FieldPatch,
    Frames,
    Grown,
    Keyed,
    Patch,
    SnapshotDecoder,
    SnapshotEncoder,
    WireError,
)
from desktop.wire.level2 import frames as frame_forms
from desktop.wire.level2.cursor import put_inside, put_uint
from support.county_rows import MOMENT, alarm, asset, incident

NOW = datetime(2026, 5, 1, 6, 3, 30, tzinfo=UTC)
MOST = 1 << 20
PLAIN = Frames()
MB = 1 << 20


class Bare(Frames):
    """No compression: every bit of a frame is the codec's own."""

    def pack(self, raw: bytes) -> bytes:
        return raw

    def unpack(self, data: bytes, max_bytes: int = MOST) -> bytes:
        return data


BARE = Bare()


def an_entry(text: str) -> level1.TimelineEntry:
    return level1.TimelineEntry("note", level1.Phrase(text, "Seen"), MOMENT, MOMENT, "张伟")


ROWS = tuple(
    Keyed(
        number,
        incident(
            f"SJ{number:05}",
            place=level1.Point(110.25, 32.5 + number / 1000),
            timeline=tuple(an_entry(f"第 {n} 次") for n in range(number % 3)),
            deadlines=(level1.Deadline("handle", NOW),) * (number % 2),
            co_units=("县水务局",),
            files=(level1.File("ab" * 32, "a.jpg", at=NOW),) * (number % 2),
        ),
    )
    for number in range(1, 8)
)
PATCH = Patch(
    "e.5.all",
    False,
    NOW,
    77,
    {"assets": (Keyed(90, asset("A1", value=0.25)),), "alarms": (Keyed(91, alarm("L1")),)},
    (
        FieldPatch("incidents", 1, 4, {"stage": "closed", "timeline": Grown(1, (an_entry("结"),))}),
        FieldPatch("incidents", 2, 5, {"place": None, "acknowledged_at": NOW}),
    ),
    (3, 5),
)
COMMAND = level1.Command("5e" * 16, 8, "note", "SJ1", "incidents", NOW, "张伟", body={"text": "好"})


def a_snapshot() -> bytes:
    encoder = SnapshotEncoder(level=3)
    head = level1.SnapshotHead(level1.MAGIC, "e", "e.1.all", {"incidents": len(ROWS)})
    whole = encoder.head(head) + encoder.page("incidents", ROWS, "list")
    whole += encoder.page("incidents", ROWS, "rest") + encoder.page("incidents", ROWS)
    return whole + encoder.trailer(level1.SnapshotTrailer(True, len(ROWS)))


def a_session() -> level1.Session:
    return level1.Session(level1.MAGIC, "n" * 16, "e", 4, "县", ("a",), (), "x", 15.0, 100, NOW)


def by_snapshot(data: bytes) -> Any:
    return SnapshotDecoder(MOST).feed(data)


READERS: dict[str, tuple[Callable[[bytes], Any], bytes]] = {
    "page": (level2.decode_page, level2.encode_page("incidents", ROWS)),
    "patch": (lambda data: level2.decode_patch(data, BARE), level2.encode_patch(PATCH, BARE)),
    "commands": (
        lambda data: level2.decode_commands(data, BARE),
        level2.encode_commands(level1.Commands("e", 4, "c" * 8, (COMMAND,)), BARE),
    ),
    "commands of a wrong clock": (
        lambda data: level2.decode_commands(data, BARE),
        level2.encode_commands(
            level1.Commands("e", 4, "", (msgspec.structs.replace(COMMAND, clock=NOW),), -90_000),
            BARE,
        ),
    ),
    "results": (
        lambda data: level2.decode_results(data, BARE),
        level2.encode_results(
            level1.CommandResults(
                level1.MAGIC, "e", (level1.CommandResult("5e" * 16, "rejected", "不行", 4),)
            ),
            BARE,
        ),
    ),
    "session": (
        lambda data: level2.decode_session(data, BARE),
        level2.encode_session(a_session(), level2.encode_page("incidents", ROWS), BARE),
    ),
    "packed patch": (
        lambda data: level2.decode_patch(data, PLAIN),
        level2.encode_patch(PATCH, PLAIN),
    ),
    "snapshot": (by_snapshot, a_snapshot()),
}
readers = pytest.mark.parametrize("name", READERS)


def survives(read: Callable[[bytes], Any], data: bytes) -> None:
    with contextlib.suppress(WireError):
        read(data)


@readers
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    survives(READERS[name][0], data)
    if name != "snapshot":
        survives(READERS[name][0], READERS[name][1][:1] + data)
    if name == "page":
        survives(level2.decode_page, sealed(READERS[name][1][:4] + data))


@readers
def test_a_cut_at_any_byte_is_refused(name: str) -> None:
    read, whole = READERS[name]
    read(whole)
    for end in range(len(whole)):
        if name == "snapshot":
            decoder = SnapshotDecoder(MOST)
            decoder.feed(whole[:end])
            assert not decoder.ended or end > len(whole) - 8
        else:
            with pytest.raises(WireError):
                read(whole[:end])


@readers
@given(places=st.lists(st.integers(0, 10**6), min_size=1, max_size=3), byte=st.integers(1, 255))
def test_flipped_bits_are_read_as_something_else_or_refused(
    name: str, places: list[int], byte: int
) -> None:
    read, whole = READERS[name]
    spoilt = bytearray(whole)
    for place in places:
        spoilt[place % len(spoilt)] ^= byte
    survives(read, bytes(spoilt))
    if name == "page":
        survives(read, sealed(bytes(spoilt[:-4])))


def test_a_page_with_any_bit_flipped_is_refused_by_its_check_sum() -> None:
    whole = READERS["page"][1]
    for place in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << place % 8
        with pytest.raises(WireError, match="check sum"):
            level2.decode_page(bytes(spoilt))


def test_every_byte_of_a_page_may_be_any_other() -> None:
    body = READERS["page"][1][:-4]
    for place in range(len(body)):
        for other in (0, 1, 2, 5, 0x7F, 0x80, 0xFF, body[place] ^ 0x10):
            spoilt = bytearray(body)
            spoilt[place] = other
            survives(level2.decode_page, sealed(bytes(spoilt)))


def sealed(body: bytes) -> bytes:
    """The body with a check sum that agrees, so that what is inside is looked at."""
    return body + zlib.crc32(body).to_bytes(4, "little")


def test_a_bomb_in_a_frame_is_not_unpacked() -> None:
    bomb = PLAIN.pack(bytes(64 * MB))
    assert len(bomb) < 10_000
    assert refused_within(MB, lambda: PLAIN.unpack(bomb, MB), "more than may be")


def test_a_frame_that_does_not_say_its_size_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(
        format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=False
    )
    packed = zstandard.ZstdCompressor(compression_params=parameters).compress(bytes(100))
    with pytest.raises(WireError, match="unknown size"):
        PLAIN.unpack(bytes([frame_forms.PLAIN]) + packed, MB)


def test_a_bomb_in_a_snapshot_is_stopped_at_the_limit() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(19, window_log=23)
    bomb = zstandard.ZstdCompressor(compression_params=parameters).compress(
        b"\x01\xff\xff\xff\x07" + bytes(256 * MB)
    )
    assert refused_within(24 * MB, lambda: SnapshotDecoder(8 * MB).feed(bomb), "more|large")


def test_a_window_beyond_8_mb_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        3, window_log=24, write_content_size=False
    )
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    whole = stream.compress(bytes(9 * MB)) + stream.flush()
    with pytest.raises(WireError):
        SnapshotDecoder(64 * MB).feed(whole)


def test_a_few_bytes_that_claim_many_values_are_refused_before_any_is_made() -> None:
    page = bytearray([3, 0, 16])
    put_uint(page, 99_999)
    page += bytes(40)
    body = sealed(bytes(page) + bytes(400))
    assert refused_within(16 * MB, lambda: level2.decode_page(body), ".")
    huge = bytearray([3, 0, 16])
    put_uint(huge, 2**40)
    assert refused_within(MB, lambda: level2.decode_page(sealed(bytes(huge))), "more than may be")


def test_many_small_pages_that_claim_many_values_are_refused_together() -> None:
    rows = [Keyed(number, alarm(f"L{number:05}")) for number in range(5000)]
    page = bytearray([2])
    put_inside(page, level2.encode_page("alarms", rows))
    head = level1.SnapshotHead(level1.MAGIC, "e", "e.1.all", {})
    first = bytearray([1])
    put_inside(first, msgspec.json.encode(head))
    whole = zstandard.ZstdCompressor(level=3).compress(bytes(first + page * 2000))
    limit = 2000 * len(page) + MB
    assert refused_within(200 * MB, lambda: SnapshotDecoder(limit).feed(whole), "values")


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        ([(2, READERS["page"][1])], "head"),
        ([(1, b'{"magic":1}')], "not a snapshot"),
        ([(9, b"")], "head"),
        ([(1, b'{"magic":"m","epoch":"e","token":"t","totals":{}}'), (9, b"")], "section"),
        ([(1, b'{"magic":"m","epoch":"e","token":"t","totals":{}}')] * 2, "head"),
        (
            [
                (1, b'{"magic":"m","epoch":"e","token":"t","totals":{}}'),
                (2, level2.encode_page("incidents", ROWS, "rest")),
            ],
            "not listed",
        ),
        (
            [
                (1, b'{"magic":"m","epoch":"e","token":"t","totals":{}}'),
                (2, level2.encode_page("incidents", ROWS, "list")),
                (3, b'{"end":true,"rows":%d}' % len(ROWS)),
            ],
            "never told whole",
        ),
        (
            [
                (1, b'{"magic":"m","epoch":"e","token":"t","totals":{}}'),
                (3, b'{"end":true,"rows":0}'),
                (2, READERS["page"][1]),
            ],
            "after the trailer",
        ),
    ],
)
def test_sections_come_in_order(sections: list[tuple[int, bytes]], says: str) -> None:
    raw = bytearray()
    for kind, body in sections:
        raw.append(kind)
        put_inside(raw, body)
    with pytest.raises(WireError, match=says):
        SnapshotDecoder(MOST).feed(zstandard.ZstdCompressor().compress(bytes(raw)))


def test_nothing_may_follow_a_snapshot() -> None:
    decoder = SnapshotDecoder(MOST)
    decoder.feed(a_snapshot())
    with pytest.raises(WireError, match="after the trailer"):
        decoder.feed(b"x")


def refused_within(most: int, work: Callable[[], Any], says: str) -> bool:
    """Whether it raises WireError without ever holding so many bytes."""
    tracemalloc.start()
    try:
        with pytest.raises(WireError, match=says):
            work()
        return tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()
