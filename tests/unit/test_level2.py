"""Level 2 carries exactly what level 1 carries: rows, parts, patches, commands, sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.county.level1 import ROWS
from desktop.domain.command import Collection
from desktop.wire import level1, level2
from desktop.wire.level2 import (
    LIST_FIELDS,
    FieldPatch,
    Frames,
    Grown,
    Keyed,
    Page,
    Patch,
    SnapshotDecoder,
    SnapshotEncoder,
    WireError,
)
from desktop.wire.level2.cursor import put_sint
from desktop.wire.level2.schema import RECORDS, fields_of
from desktop.wire.level2.snapshot import LEVEL, parameters
from support import any_rows
from support.level2_vectors import STORED

NOW = datetime(2026, 5, 1, 6, 3, 30, 123_000, tzinfo=UTC)
PLAIN = Frames()
DICTIONARY = b"".join(f"timeline {n} dispatched 值班员".encode() for n in range(300))
NAME = level2.dictionary_name(DICTIONARY)
SHARING = Frames({NAME: DICTIONARY}, use=NAME)
MOST = 1 << 24
HEAD = level1.SnapshotHead(level1.MAGIC, "e", "e.1.all", {"incidents": 3})
collections = st.sampled_from(list(level1.COLLECTIONS))


def by_level1(collection: str, row: Any) -> Any:
    """The row after a way through level 1."""
    return msgspec.json.decode(msgspec.json.encode(row), type=level1.COLLECTIONS[collection])


def domain(collection: str, row: Any) -> Any:
    """What the desk makes of it, or why it cannot."""
    try:
        return ROWS[Collection(collection)]("county", row)
    except (ValueError, OverflowError) as error:
        return str(error)


@given(st.data(), collections)
def test_rows_by_level_2_are_in_each_field_those_of_level_1(data: st.DataObject, name: str) -> None:
    rows = data.draw(any_rows.keyed(name))
    page = level2.decode_page(level2.encode_page(name, rows))
    assert (page.collection, page.part) == (name, "full")
    assert [each.key for each in page.rows] == [each.key for each in rows]
    for ours, given_ in zip(page.rows, rows, strict=True):
        theirs = by_level1(name, given_.row)
        # Every field to the digit. As JSON a default is left out where it is the very same object.
        assert repr(ours.row) == repr(theirs)
        assert domain(name, ours.row) == domain(name, theirs)


@given(st.data(), collections, st.integers(1, 7), st.integers(1, 300))
def test_pages_of_any_size_in_chunks_of_any_size_give_the_same_rows(
    data: st.DataObject, name: str, size: int, chunk: int
) -> None:
    rows = data.draw(any_rows.keyed(name))
    encoder = SnapshotEncoder(level=1)
    trailer = level1.SnapshotTrailer(True, len(rows), "00" * 8)
    whole = encoder.head(HEAD)
    for start in range(0, len(rows), size):
        whole += encoder.page(name, rows[start : start + size])
    head, *pages, end = fed(whole + encoder.trailer(trailer), chunk)
    assert (head, end) == (HEAD, trailer)
    assert [each for page in pages for each in page.rows] == list(rows)


def test_a_small_county_is_packed_to_the_same_bytes_in_a_tenth_of_the_memory() -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    rows = [
        level2.Keyed(n, level1.Incident(f"i{n}", f"路面积水 {n * 37 % 91}", now, version=n))
        for n in range(1, 200)
    ]
    packed = []
    for most_bytes in (None, 100_000):
        encoder = SnapshotEncoder(most_bytes=most_bytes)
        whole = encoder.head(HEAD) + encoder.page("incidents", rows)
        packed.append(whole + encoder.trailer(level1.SnapshotTrailer(True, len(rows), "00" * 8)))
    assert packed[0] == packed[1]
    large, small = (
        parameters(LEVEL, each).estimated_compression_context_size() for each in (None, 100_000)
    )
    assert small < large / 10


def test_a_page_is_not_decoded_before_the_one_in_front_of_it_was_taken() -> None:
    encoder = SnapshotEncoder(level=1)
    whole = encoder.head(HEAD) + encoder.page("incidents", ()) + encoder.head(HEAD)
    sections = SnapshotDecoder(1 << 20).read(whole)
    assert next(sections) == HEAD
    assert isinstance(next(sections), level2.Page)
    with pytest.raises(level2.WireError):
        next(sections)


@given(st.data(), any_rows.keyed("incidents"))
def test_a_list_and_its_rest_join_to_whole_rows(
    data: st.DataObject, rows: tuple[Keyed, ...]
) -> None:
    shuffled = data.draw(st.permutations(rows))
    half = len(rows) // 2
    encoder = SnapshotEncoder(level=1)
    whole = encoder.head(HEAD) + encoder.page("incidents", rows, "list")
    whole += encoder.page("incidents", shuffled[:half], "rest")
    whole += encoder.page("incidents", shuffled[half:], "rest")
    whole += encoder.trailer(level1.SnapshotTrailer(True, len(rows)))
    _, listed, first, second, _ = fed(whole, 4096)
    assert [*first.rows, *second.rows] == shuffled
    for ours, given_ in zip(listed.rows, rows, strict=True):
        for name in LIST_FIELDS:
            assert getattr(ours.row, name) == getattr(given_.row, name)
        assert ours.row.timeline == ours.row.files == ()


@given(st.data(), collections)
def test_moments_left_as_milliseconds_come_to_the_same_rows(data: st.DataObject, name: str) -> None:
    rows = data.draw(any_rows.keyed(name))
    encoder = SnapshotEncoder(level=1)
    whole = encoder.head(HEAD)
    if name == "incidents":
        whole += encoder.page(name, rows, "list") + encoder.page(name, rows, "rest")
    else:
        whole += encoder.page(name, rows)
    dated, plain = (SnapshotDecoder(10**8, in_ms=in_ms).feed(whole)[-1] for in_ms in (False, True))
    assert isinstance(dated, level2.Page)
    assert isinstance(plain, level2.Page)
    for ours, theirs in zip(plain.rows, dated.rows, strict=True):
        assert domain(name, ours.row) == domain(name, theirs.row)


@st.composite
def patches(draw: Any) -> tuple[Patch, list[tuple[Keyed, Any]]]:
    """A patch, and for each of its field patches the row before and the row after."""
    numbers = count(draw(st.integers(0, 10**6)))
    made, pairs = [], []
    for _ in range(draw(st.integers(0, 6))):
        name = draw(collections)
        before, after = draw(any_rows.rows(name)), draw(any_rows.rows(name))
        changed = draw(st.sets(st.sampled_from(before.__struct_fields__)))
        changed -= {"version"}
        changes: dict[str, Any] = {}
        for field in changed:
            old, new = getattr(before, field), getattr(after, field)
            if isinstance(new, tuple) and draw(st.booleans()):
                keep = draw(st.integers(0, len(old)))
                changes[field], new = Grown(keep, new), (*old[:keep], *new)
            else:
                changes[field] = new
            before_with = {field: new}
            after = msgspec.structs.replace(after, **before_with)
        version = draw(st.integers(0, 2**53))
        key = next(numbers)
        made.append(FieldPatch(name, key, version, changes))
        want = {field: getattr(after, field) for field in changed}
        if "version" in before.__struct_fields__:
            want["version"] = version
        pairs.append((Keyed(key, before), msgspec.structs.replace(before, **want)))
    puts = {}
    for name in draw(st.sets(collections, max_size=2)):
        rows = draw(any_rows.keyed(name, most=3))
        puts[name] = tuple(Keyed(next(numbers), each.row) for each in rows)
    drops = tuple(next(numbers) for _ in range(draw(st.integers(0, 5))))
    total = draw(st.none() | st.integers(0, 2**64 - 1))
    at = draw(any_rows.moments)
    return Patch("e.5.all", draw(st.booleans()), at, total, puts, tuple(made), drops), pairs


@given(patches(), st.sampled_from([PLAIN, SHARING]))
def test_patches_applied_to_rows_give_the_new_rows(
    drawn: tuple[Patch, list[tuple[Keyed, Any]]], frames: Frames
) -> None:
    patch, pairs = drawn
    got = level2.decode_patch(level2.encode_patch(patch, frames), frames)
    assert msgspec.structs.replace(got, patches=()) == msgspec.structs.replace(patch, patches=())
    by_key = {each.key: each for each in got.patches}
    assert by_key == {each.key: each for each in patch.patches}
    for before, after in pairs:
        assert level2.apply_patch(before.row, by_key[before.key]) == after


words = st.sampled_from(("acknowledge", "note", "something-new", ""))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text("ab镇", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=6,
)
keys = st.binary(min_size=16, max_size=16).map(bytes.hex)
ids = st.one_of(
    st.uuids().map(str), keys, keys.map("new-{}".format), st.text("a镇0", min_size=1, max_size=66)
)


@st.composite
def commands(draw: Any) -> level1.Commands:
    found = []
    for key in draw(st.lists(keys, min_size=1, max_size=20, unique=True)):
        earlier = [each.key for each in found]
        after = st.none() | keys | (st.sampled_from(earlier) if earlier else st.none())
        found.append(
            level1.Command(
                key=key,
                seq=draw(st.integers(1, 2**53)),
                kind=draw(words),
                target=draw(ids),
                collection=draw(st.sampled_from(("incidents", "alarms", "boats"))),
                at=draw(any_rows.moments),
                by=draw(st.text("张伟a", max_size=9)),
                after=draw(after),
                base=draw(st.none() | st.integers(0, 2**53)),
                body=draw(st.dictionaries(st.text("ab"), json_values, max_size=3)),
                clock=draw(st.none() | any_rows.moments),
            )
        )
    client, fence = draw(keys | st.just("")), draw(st.integers(0, 2**53))
    offset_ms = draw(st.just(0) | st.integers(-(2**53), 2**53))
    return level1.Commands(draw(ids), fence, client, tuple(found), offset_ms)


@given(commands(), st.sampled_from([PLAIN, SHARING]))
def test_commands_arrive_as_they_were_sent(asked: level1.Commands, frames: Frames) -> None:
    assert level2.decode_commands(level2.encode_commands(asked, frames), frames) == asked


@given(
    ids,
    st.lists(
        st.builds(
            level1.CommandResult,
            key=keys,
            status=st.sampled_from(("received", "accepted", "rejected", "conflict", "held")),
            reason=any_rows.field("incidents", "title"),
            version=st.none() | st.integers(0, 2**53),
            row=st.just(msgspec.UNSET) | st.just(msgspec.Raw(b'{"id":"I1"}')),
            durable=st.booleans(),
        ),
        max_size=20,
    ),
)
def test_results_arrive_key_by_key(epoch: str, results: list[level1.CommandResult]) -> None:
    told = level1.CommandResults(level1.MAGIC, epoch, tuple(results))
    assert level2.decode_results(level2.encode_results(told, PLAIN), PLAIN) == told


def test_a_session_brings_the_first_page_along() -> None:
    session = a_session()
    rows = (Keyed(7, an_incident("I1")),)
    page = level2.encode_page("incidents", rows)
    for frames in (PLAIN, SHARING):
        got = level2.decode_session(level2.encode_session(session, page, frames), frames)
        assert got == (session, Page("incidents", "full", rows))
    assert level2.decode_session(level2.encode_session(session, b"", PLAIN), PLAIN) == (
        session,
        None,
    )


def test_an_acknowledgement_takes_60_bytes_and_its_result_40() -> None:
    key = "5e" * 16
    command = level1.Command(key, 812, "acknowledge", "SJ0009123", "incidents", NOW, "值班员 03")
    asked = level1.Commands("9f86d081884c", 300, "", (command,))
    assert len(level2.encode_commands(asked, PLAIN)) <= 63
    result = level1.CommandResult(key, "accepted", version=7, durable=True)
    told = level1.CommandResults(level1.MAGIC, "9f86d081884c", (result,))
    assert len(level2.encode_results(told, PLAIN)) <= 40


def test_an_offset_beside_any_command_but_the_first_is_refused() -> None:
    key = "5e" * 16
    first = level1.Command(key, 812, "acknowledge", "SJ0009123", "incidents", NOW, "张")
    second = msgspec.structs.replace(first, key="5f" * 16, seq=813)
    plain = level1.Commands("e", 3, "", (first, second))
    marked = bytearray(level2.encode_commands(plain, STORED))
    marked[marked.rindex(b"SJ0009123") - 2] |= 16
    put_sint(marked, 60_001)
    with pytest.raises(WireError, match="offset"):
        level2.decode_commands(bytes(marked), STORED)


def test_a_dictionary_the_other_side_lacks_is_named_in_the_error() -> None:
    frame = SHARING.pack(DICTIONARY[:200])
    assert len(frame) < 60
    with pytest.raises(WireError, match="dictionary"):
        PLAIN.unpack(frame)
    assert SHARING.unpack(PLAIN.pack(DICTIONARY[:200])) == DICTIONARY[:200]
    assert Frames({NAME: DICTIONARY}).using(NAME).use == NAME
    assert Frames({NAME: DICTIONARY}).using("00000000").use == ""


def test_moments_are_kept_to_the_millisecond_and_naive_ones_refused() -> None:
    fine = an_incident("I1", recorded_at=NOW + timedelta(microseconds=400))
    (row,) = level2.decode_page(level2.encode_page("incidents", [Keyed(1, fine)])).rows
    assert row.row.recorded_at == NOW
    naive = an_incident("I1", recorded_at=NOW.replace(tzinfo=None))
    with pytest.raises(WireError, match="time zone"):
        level2.encode_page("incidents", [Keyed(1, naive)])


def test_every_field_of_level_1_has_its_column_and_only_those() -> None:
    for name, type_ in level1.COLLECTIONS.items():
        assert sorted(RECORDS[name].by_name) == sorted(type_.__struct_fields__)
    parts = {part: fields_of("incidents", part) for part in ("list", "rest")}
    assert {each.name for each in parts["list"]} == LIST_FIELDS
    assert {each.name for each in parts["rest"]} | LIST_FIELDS == set(
        level1.Incident.__struct_fields__
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (level1.Asset("", "泵站", "pump"), "too short"),
        (level1.Asset("a" * 201, "泵站", "pump"), "too long"),
        (level1.Asset("A1", "泵站", "p" * 101), "too long"),
        (level1.Asset("A1", "泵站", "pump", version=-1), "limits"),
        (level1.Asset("A1", "泵站", "pump", place=level1.Point(110.0, 90.5)), "limits"),
        (level1.Trend("A1", "boat", NOW, 60, (1.0,)), "short"),  # type: ignore[arg-type]
    ],
)
def test_what_level_1_refuses_is_refused_here(row: Any, says: str) -> None:
    name = "trends" if isinstance(row, level1.Trend) else "assets"
    with pytest.raises(WireError, match=says):
        level2.decode_page(level2.encode_page(name, [Keyed(1, row)]))


def test_a_number_json_cannot_carry_is_refused() -> None:
    with pytest.raises(WireError, match="JSON"):
        level2.encode_page("assets", [Keyed(1, level1.Asset("A", "a", "b", value=float("nan")))])
    with pytest.raises(WireError, match="type"):
        level2.encode_page("assets", [Keyed(1, an_incident("I1"))])


def test_a_patch_that_grew_from_more_than_there_is_is_refused() -> None:
    patch = FieldPatch("incidents", 1, 2, {"timeline": Grown(3, ())})
    with pytest.raises(WireError, match="grew"):
        level2.apply_patch(an_incident("I1"), patch)


def an_incident(row_id: str, **fields: Any) -> level1.Incident:
    values: dict[str, Any] = {"title": "路灯不亮", "recorded_at": NOW}
    return level1.Incident(id=row_id, **(values | fields))


def a_session() -> level1.Session:
    return level1.Session(
        level1.MAGIC, "n" * 16, "e", 4, "云麓县", ("incidents",), (), "v1/x", 15.0, 100, NOW
    )


def fed(whole: bytes, chunk: int) -> list[Any]:
    """What a decoder makes of a snapshot that comes in chunks."""
    decoder = SnapshotDecoder(MOST)
    found: list[Any] = []
    for start in range(0, len(whole), chunk):
        found += decoder.feed(whole[start : start + chunk])
    assert decoder.ended
    return found
