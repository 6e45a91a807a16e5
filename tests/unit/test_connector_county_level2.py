"""Level 2 of the county API to domain values, and snapshots as their bytes arrive."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import SourceError
from desktop.connectors.county.level2 import read_page, read_patch
from desktop.connectors.county.mapping import FIELDS
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.domain.command import Collection
from desktop.domain.incident import Incident, Stage, TimelineEntry
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import ROW_TYPES, Row, Tail
from desktop.wire import level1, level2
from desktop.wire.level1 import MAGIC, SnapshotHead, SnapshotTrailer

AT = datetime(2026, 11, 22, tzinfo=UTC)
AT_MS = 1_795_305_600_000


def incident(name: str, **changed: Any) -> level1.Incident:
    return level1.Incident(id=name, title="井盖缺失", recorded_at=AT, **changed)


def patch_of(*patches: level2.FieldPatch, **puts: tuple[level2.Keyed, ...]) -> level2.Patch:
    return level2.Patch("t", False, AT, None, puts, patches)


def test_every_field_a_patch_may_change_is_a_field_of_its_domain_row():
    for collection, fields in FIELDS.items():
        assert fields.keys() <= set(ROW_TYPES[collection].__struct_fields__)
        wire = set(level1.COLLECTIONS[collection].__struct_fields__) - {"id", "version"}
        assert fields.keys() == wire


def test_a_patched_field_reads_as_the_same_field_of_a_whole_row():
    before = incident("i1", level="ordinary")
    after = incident(
        "i1",
        level="major",
        stage="handling",
        address=level1.Phrase("路口", "Crossing"),
        co_units=("水务局",),
        place=level1.Point(119.5, 30.5),
        deadlines=(level1.Deadline("handle", AT, 60),),
        acknowledged_at=AT,
        acknowledged_by="张",
        files=(level1.File("a" * 64, "图", at=AT),),
    )
    names = [n for n in after.__struct_fields__ if getattr(after, n) != getattr(before, n)]
    changes = {name: getattr(after, name) for name in names}
    (patch,) = read_patch("c", patch_of(level2.FieldPatch("incidents", 4, 9, changes))).patches
    (row,) = read_page("c", level2.Page("incidents", "full", (level2.Keyed(4, after),))).rows
    assert patch.changes == {name: getattr(row, name) for name in names}
    assert (patch.collection, patch.row_key, patch.version) == (Collection.INCIDENTS, 4, 9)


def test_a_list_that_grew_becomes_a_tail_of_domain_values():
    entry = level1.TimelineEntry("note", "已到场", AT, AT, "李")
    grown = level2.FieldPatch("incidents", 4, 9, {"timeline": level2.Grown(2, (entry,))})
    (patch,) = read_patch("c", patch_of(grown)).patches
    tail = Tail(2, (TimelineEntry("note", Text("已到场"), AT_MS, AT_MS, "李"),))
    assert patch.changes == {"timeline": tail}


def test_words_this_desk_does_not_know_become_unknown_and_spoil_nothing():
    strange = level2.FieldPatch("incidents", 4, 9, {"level": "cosmic", "stage": "dreaming"})
    read = read_patch("c", patch_of(strange))
    assert read.patches[0].changes == {"level": EventLevel.UNKNOWN, "stage": Stage.UNKNOWN}
    assert not read.bad_items


def test_a_patch_that_cannot_be_read_is_set_aside_and_spoils_no_other():
    bad = level2.FieldPatch("trends", 1, 0, {"values": (1.0,)})
    good = level2.FieldPatch("alarms", 2, 3, {"state": "acknowledged"})
    unheard = level2.FieldPatch("drones", 3, 1, {"height": 5})
    read = read_patch("c", patch_of(bad, good, unheard))
    assert [patch.row_key for patch in read.patches] == [2]
    assert [(item.collection, item.where) for item in read.bad_items] == [
        (Collection.TRENDS, "$.1")
    ]


def test_a_row_the_domain_cannot_take_is_set_aside_with_its_key():
    broken = msgspec.structs.replace(incident("i2"), place=level1.Point(500, 0))
    page = level2.Page(
        "incidents", "full", (level2.Keyed(1, incident("i1")), level2.Keyed(2, broken))
    )
    read = read_page("c", page)
    assert ([row.id for row in read.rows], read.keys, read.count) == (["i1"], (1,), 2)
    assert [item.where for item in read.bad_items] == ["i2"]


def test_a_listed_incident_is_not_whole_until_its_rest_has_come():
    listed = level2.Page("incidents", "list", (level2.Keyed(1, incident("i1")),))
    (row,) = read_page("c", listed).rows
    assert isinstance(row, Incident)
    assert not row.whole


def compact_snapshot(rows: int = 60) -> bytes:
    encoder = level2.SnapshotEncoder(3)
    wires = [level2.Keyed(n, incident(f"i{n}", summary=f"第{n}件")) for n in range(rows)]
    listed = wires[20:]
    alarm = level2.Keyed(900, level1.Alarm("a1", "水位", AT))
    head = SnapshotHead(MAGIC, "e", "t", {"incidents": rows, "alarms": 1})
    return b"".join((
        encoder.head(head),
        encoder.page("incidents", wires[:20]),
        encoder.page("incidents", listed, "list"),
        encoder.page("incidents", listed, "rest"),
        encoder.page("alarms", [alarm]),
        encoder.trailer(SnapshotTrailer(True, rows + 1, "00000000000000ff")),
    ))  # fmt: skip


def plain_snapshot(rows: int = 60) -> bytes:
    lines: list[Any] = [
        SnapshotHead(MAGIC, "e", "t", {"incidents": rows}),
        {
            "collection": "incidents",
            "rows": [incident(f"i{n}", summary=f"第{n}件") for n in range(rows)],
        },
        {"collection": "alarms", "rows": [level1.Alarm("a1", "水位", AT)]},
        SnapshotTrailer(True, rows + 1, "00000000000000ff"),
    ]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


FORMS = {
    "compact": compact_snapshot(),
    "plain": plain_snapshot(),
    "gzip": gzip.compress(plain_snapshot()),
    "without its last line end": plain_snapshot().rstrip(),
}


def by_id(snapshot: Snapshot) -> dict[str, Row]:
    return {row.id: row for row in snapshot.rows}


def read_in(body: bytes, size: int) -> Snapshot:
    snapshot = Snapshot("c", "http://c/")
    for start in range(0, len(body), size):
        list(snapshot.feed(body[start : start + size]))
    snapshot.end()
    return snapshot


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
def test_a_snapshot_of_any_form_in_pieces_of_any_size_gives_the_same_rows(form: str, size: int):
    snapshot = read_in(FORMS[form], size)
    assert snapshot.head is not None
    assert (snapshot.head.token, snapshot.sum, snapshot.bad_items) == ("t", 255, ())
    assert by_id(snapshot) == by_id(read_in(FORMS["plain"], 10**6))
    assert len(snapshot.row_keys) == (61 if form == "compact" else 0)


@pytest.mark.parametrize("form", ["compact", "plain", "gzip"])
@given(cut=st.integers(0, 10**6))
def test_a_snapshot_cut_anywhere_is_never_whole(form: str, cut: int):
    body = FORMS[form]
    cut %= len(body) - 1  # Without its last line end a plain one is whole.
    snapshot = Snapshot("c", "http://c/")
    with pytest.raises(SourceError):
        cut_short(snapshot, body[:cut])
    assert not snapshot.whole


def test_a_packed_snapshot_without_its_check_sum_is_never_whole():
    body = FORMS["gzip"]
    for missing in range(1, 9):
        snapshot = Snapshot("c", "http://c/")
        with pytest.raises(SourceError):
            cut_short(snapshot, body[:-missing])
        assert not snapshot.whole


def cut_short(snapshot: Snapshot, body: bytes) -> None:
    list(snapshot.feed(body))
    snapshot.end()


@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_turned_bit_of_a_compact_snapshot_never_gives_a_wrong_row(place: int, bit: int):
    body = bytearray(FORMS["compact"])
    body[place % len(body)] ^= 1 << bit
    snapshot = Snapshot("c", "http://c/")
    sound = by_id(read_in(FORMS["plain"], 10**6))
    try:
        for page in snapshot.feed(bytes(body)):
            for row in page.rows:
                whole = not isinstance(row, Incident) or row.whole
                assert not whole or sound[row.id] == row
        snapshot.end()
    except SourceError:
        assert not snapshot.whole


def test_a_page_that_is_garbled_leaves_the_earlier_ones():
    body = FORMS["compact"]
    spoiled = body[:-90] + bytes(90)
    given_rows: list[Row] = []

    def read() -> None:
        snapshot = Snapshot("c", "http://c/")
        for start in range(0, len(spoiled), 50):
            for page in snapshot.feed(spoiled[start : start + 50]):
                given_rows.extend(page.rows)

    with pytest.raises(SourceError) as caught:
        read()
    assert caught.value.problem.code == "not_understood"
    assert len(given_rows) >= 20


@given(st.binary(min_size=4, max_size=80))
def test_any_bytes_are_a_snapshot_or_words(body: bytes):
    snapshot = Snapshot("c", "http://c/")
    with pytest.raises(SourceError):
        cut_short(snapshot, body)


def test_a_count_that_does_not_agree_is_told_with_both_numbers():
    body = plain_snapshot().replace(b'"rows":61', b'"rows":60')
    assert json.loads(body.splitlines()[-1])["rows"] == 60
    with pytest.raises(SourceError) as caught:
        read_in(body, 10**6)
    assert caught.value.problem.code == "count_differs"
    assert caught.value.problem.details["came"] == "61"
