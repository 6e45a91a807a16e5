"""Level 1 of the county API to domain values: one bad item never spoils the rest."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import SourceError
from desktop.connectors.county.level1 import (
    Read,
    collection_named,
    read_changes,
    read_page,
)
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.asset import Asset, AssetState, Trend
from desktop.domain.command import Collection
from desktop.domain.geo import Place
from desktop.domain.incident import Incident, Stage
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.source import Row

AT = "2026-11-22T08:00:00+08:00"
AT_MS = 1_795_305_600_000
MAGIC = "county-desk/1"


def incident(**changed: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"id": "i1", "title": "井盖缺失", "recorded_at": AT}
    row.update(changed)
    return {name: value for name, value in row.items() if value is not ...}


def page(*rows: Any, collection: str = "incidents") -> Read:
    line = json.dumps({"collection": collection, "rows": rows}).encode()
    return read_page("c", Collection(collection), line)


def test_a_full_incident_keeps_every_field():
    read = page(
        incident(
            title={"zh": "停电", "en": "Power cut"},
            level="larger",
            stage="handling",
            place={"lon": 119.5, "lat": 30.5},
            occurred_at="2026-11-22T00:00:00Z",
            deadlines=[{"kind": "first_phone", "due_at": AT, "prealarm_s": 60}],
            timeline=[{"kind": "note", "text": "已到场", "happened_at": AT, "recorded_at": AT}],
            co_units=["水务局", {"en": "Roads"}],
            version=7,
        )
    )
    (row,) = read.rows
    assert isinstance(row, Incident)
    assert row.title == Text("停电", "Power cut")
    assert (row.level, row.stage, row.version) == (EventLevel.LARGER, Stage.HANDLING, 7)
    assert row.place == Place(119.5, 30.5)
    assert row.occurred_at == row.recorded_at == AT_MS
    assert row.deadlines[0].due_at == AT_MS
    assert row.deadlines[0].prealarm_ms == 60_000
    assert row.timeline[0].text == Text("已到场")
    assert row.co_units == (Text("水务局"), Text("", "Roads"))
    assert not read.bad_items


def test_words_a_newer_county_uses_become_unknown():
    (row,) = page(incident(level="catastrophic", stage="pondered")).rows
    assert isinstance(row, Incident)
    assert (row.level, row.stage) == (EventLevel.UNKNOWN, Stage.UNKNOWN)
    (asset,) = page(
        {"id": "a", "name": "泵", "kind": "pump", "state": "odd"}, collection="assets"
    ).rows
    assert isinstance(asset, Asset)
    assert asset.state == AssetState.UNKNOWN
    (queue,) = page({"id": "q", "name": "窗口", "kind": "odd"}, collection="queues").rows
    assert isinstance(queue, ServiceQueue)
    assert (queue.kind, queue.waiting) == (QueueKind.UNKNOWN, None)
    (alarm,) = page(
        {"id": "l", "title": "x", "raised_at": AT, "state": "odd"}, collection="alarms"
    ).rows
    assert isinstance(alarm, Alarm)
    assert alarm.state == AlarmState.UNKNOWN


def test_unknown_fields_are_passed_over():
    assert len(page(incident(colour="mauve")).rows) == 1


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("a naive date", {"recorded_at": "2026-11-22T08:00:00"}, "without a time zone"),
    ("a date that is none", {"recorded_at": "yesterday"}, "RFC3339"),
    ("a missing title", {"title": ...}, "missing required field `title`"),
    ("a wrong type", {"title": [5]}, "title"),
    ("an empty id", {"id": ""}, "id"),
    ("an id of another type", {"id": ["i"]}, "id"),
    ("a negative version", {"version": -1}, "version"),
]


@pytest.mark.parametrize("changed, reason", [(b, r) for _, b, r in BAD], ids=[n for n, _, _ in BAD])
def test_one_bad_item_is_set_aside_with_its_reason_and_the_rest_stands(
    changed: dict[str, Any], reason: str
):
    read = page(incident(id="before"), incident(**changed), incident(id="after"))
    assert [row.id for row in read.rows] == ["before", "after"]
    (bad,) = read.bad_items
    assert bad.collection is Collection.INCIDENTS
    assert reason in bad.reason
    assert len(bad.excerpt) <= 200
    assert bad.where in ("i1", "$.rows[1]")
    assert not bad.field
    assert read.count == 3


SPOILED: list[tuple[str, dict[str, Any], str, str]] = [
    ("a longitude outside the world", {"place": {"lon": 190, "lat": 0}}, "place", "180"),
    ("a latitude outside the world", {"place": {"lon": 0, "lat": -91}}, "place", "-90"),
    ("a place of nulls", {"place": {"lon": None, "lat": None}}, "place", "null"),
    ("an optional date without a zone", {"occurred_at": "2026-11-22T08:00:00"}, "occurred_at",
     "without a time zone"),
    ("a date that is none", {"acknowledged_at": "yesterday"}, "acknowledged_at", "RFC3339"),
    ("a wrong type", {"township": ["t1"]}, "township", "Expected `str`, got `array`"),
    ("a number for a text", {"number": 17}, "number", "a number where a text belongs"),
    ("a word for a list", {"deadlines": "none"}, "deadlines", "Expected `array`, got `str`"),
    ("one bad entry of a list", {"deadlines": [{"kind": "x", "due_at": AT}, {"kind": "y"}]},
     "deadlines[1]", "due_at"),
    ("a field of ten megabytes", {"summary": "长" * 10_000_000}, "summary", "cut to 20000"),
    ("a number without end", {"place": {"lon": 10**400, "lat": 1}}, "place", "range"),
    ("a number that is none", {"place": {"lon": float("nan"), "lat": 1}}, "place", "NaN"),
]  # fmt: skip


@pytest.mark.parametrize(
    "changed, field, reason", [each[1:] for each in SPOILED], ids=[each[0] for each in SPOILED]
)
def test_one_bad_field_spoils_itself_alone_and_is_told(
    changed: dict[str, Any], field: str, reason: str
):
    read = page(incident(id="before"), incident(**changed), incident(id="after"))
    assert [row.id for row in read.rows] == ["before", "i1", "after"]
    (bad,) = read.bad_items
    assert (bad.id, bad.field) == ("i1", field)
    assert reason in bad.reason


def test_a_text_that_is_cut_shows_it_and_a_list_keeps_what_can_be_read():
    (row,) = page(incident(summary="长" * 20_001, deadlines=[{"kind": "x", "due_at": AT}, 5])).rows
    assert isinstance(row, Incident)
    assert row.summary.zh == "长" * 19_999 + "…"
    assert [each.due_at for each in row.deadlines] == [AT_MS]


def test_a_level_nobody_can_read_is_unknown_and_one_not_told_is_none():
    rows = page(incident(id="a", level=["large"]), incident(id="b", level=None)).rows
    assert [row.level for row in rows if isinstance(row, Incident)] == [
        EventLevel.UNKNOWN,
        EventLevel.NONE,
    ]


def test_a_null_in_a_field_that_need_not_be_told_is_its_default_and_no_fault():
    read = page(incident(township=None, deadlines=None, place=None, level=None))
    assert len(read.rows) == 1
    assert not read.bad_items
    assert not page(incident(title=None)).rows


def test_an_unreadable_row_keeps_what_the_sums_need_of_it():
    read = page(incident(title=..., version=7), incident(id="b", version="new"), {"version": 3})
    assert [(bad.id, bad.version) for bad in read.bad_items] == [("i1", 7), ("b", None), ("", 3)]
    (bad,) = changes(put(title=..., version=4)).bad_items
    assert (bad.id, bad.version) == ("i1", 4)


def test_of_a_flood_of_unreadable_rows_the_first_are_kept_and_the_rest_counted():
    read = page(*({} for _ in range(5_000)), *({"id": f"i{n}"} for n in range(200)))
    kept = [bad for bad in read.bad_items if bad.reason]
    assert (len(kept), read.more_bad) == (100, {Collection.INCIDENTS: 4_900})
    assert len([bad for bad in read.bad_items if bad.id]) == 200


def test_bytes_that_are_no_text_spoil_only_their_place_in_it():
    line = b'{"rows":[{"id":"a","title":"\xff","recorded_at":"%b"},%b]}' % (
        AT.encode(),
        json.dumps(incident(id="b")).encode(),
    )
    read = read_page("c", Collection.INCIDENTS, line)
    assert [row.id for row in read.rows] == ["a", "b"]
    assert isinstance(read.rows[0], Incident)
    assert read.rows[0].title == Text("\ufffd")
    assert [(bad.id, bad.field) for bad in read.bad_items] == [("a", "title")]


def test_of_two_rows_with_one_id_the_last_stands_and_it_is_told():
    read = page(incident(title="old"), incident(title="new"))
    (row,) = read.rows
    assert isinstance(row, Incident)
    assert row.title == Text("new")
    assert "twice" in read.bad_items[0].reason


def test_an_asset_and_a_queue_may_have_trends_under_one_id():
    trend = {"id": "x", "kind": "asset", "start_at": AT, "step_s": 60, "values": [1, None]}
    read = page(trend, trend | {"kind": "queue"}, collection="trends")
    assert len(read.rows) == 2
    assert not read.bad_items
    assert isinstance(read.rows[0], Trend)
    assert read.rows[0].at == (AT_MS, AT_MS + 60_000)
    assert read.rows[0].values == (1.0, None)


def changes(*changed: dict[str, Any]) -> Read:
    return read_changes("c", [json.dumps(each).encode() for each in changed])


def put(**changed: Any) -> dict[str, Any]:
    row = incident(**changed)
    return {"collection": "incidents", "id": row["id"], "row": row}


GONE = {"collection": "incidents", "id": "i1"}


def test_the_last_word_on_an_id_counts():
    assert changes(put(), GONE).deletes == ((Collection.INCIDENTS, "i1"),)
    assert not changes(put(), GONE).rows
    assert not changes(GONE, put()).deletes
    assert [row.id for row in changes(GONE, put()).rows] == ["i1"]


def test_a_bad_change_spoils_no_other():
    read = changes(
        put(id="a"),
        put(id="b", title=[5]),
        {"collection": "incidents"},
        {"collection": "incidents", "id": "c", "row": incident(id="d")},
        {"collection": "drones", "id": "z", "row": {}},
    )
    assert [row.id for row in read.rows] == ["a"]
    assert [bad.where for bad in read.bad_items] == ["$.changes[2]", "b", "c"]


def snapshot_of(*lines: Any) -> Snapshot:
    read = Snapshot("c", "http://c/")
    _fed(read, *(json.dumps(line).encode() + b"\n" for line in lines))
    return read


def _fed(read: Snapshot, *pieces: bytes) -> None:
    for piece in pieces:
        list(read.feed(piece))
    read.end()


HEAD = {"magic": MAGIC, "epoch": "e", "token": "t", "totals": {"incidents": 1}}
PAGE = {"collection": "incidents", "rows": [incident()]}


def test_a_whole_snapshot_gives_its_rows():
    read = snapshot_of(HEAD, PAGE, {"collection": "drones", "rows": [{}]}, {"end": True, "rows": 2})
    assert read.whole
    assert [row.id for row in read.rows] == ["i1"]
    assert read.complete(["incidents", "drones"]) == {Collection.INCIDENTS}


def test_items_without_an_id_are_told_apart_by_their_place_in_the_whole_snapshot():
    broken = {"collection": "incidents", "rows": [{"title": "x"}]}
    read = snapshot_of(HEAD, PAGE, broken, broken, {"end": True, "rows": 3})
    assert [bad.where for bad in read.bad_items] == ["$.rows[1]", "$.rows[2]"]


def test_the_last_word_on_an_id_counts_also_where_it_cannot_be_read():
    broken = put(title=...)
    assert not changes(broken, GONE).bad_items
    assert not changes(broken, put()).bad_items
    read = changes(GONE, broken)
    assert (read.deletes, len(read.bad_items)) == ((), 1)


@pytest.mark.parametrize(
    "lines, code",
    [
        ((), "cut_short"),
        ((HEAD,), "cut_short"),
        ((HEAD, PAGE), "cut_short"),
        ((HEAD, PAGE, {"end": True, "rows": 2}), "count_differs"),
        (({**HEAD, "magic": "other"}, PAGE), "wrong_magic"),
        ((PAGE,), "wrong_shape"),
        ((HEAD, {"collection": "incidents", "rows": 5}), "wrong_shape"),
        ((HEAD, {}), "wrong_shape"),
        ((HEAD, {"collection": "drones", "rows": 5}), "wrong_shape"),
    ],
)
def test_a_snapshot_that_is_not_whole_is_refused(lines: tuple[Any, ...], code: str):
    with pytest.raises(SourceError) as caught:
        snapshot_of(*lines)
    assert caught.value.problem.code == code


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)
SEEDS: dict[Collection, dict[str, Any]] = {
    Collection.TOWNSHIPS: {
        "id": "t",
        "name": "镇",
        "outline": [[1, 2]],
        "seat": {"lon": 1, "lat": 2},
    },
    Collection.LINES: {"id": "l", "kind": "road", "name": "路", "line": [[1, 2]]},
    Collection.INCIDENTS: incident(
        place={"lon": 1, "lat": 2}, deadlines=[{"kind": "x", "due_at": AT}]
    ),
    Collection.ASSETS: {"id": "a", "name": "泵", "kind": "pump", "since_at": AT, "value": 1.5},
    Collection.QUEUES: {"id": "q", "name": "窗", "waiting": 3, "observed_at": AT},
    Collection.WARNINGS: {"id": "w", "headline": "雨", "issued_at": AT, "rings": [[[1, 2]]]},
    Collection.ALARMS: {"id": "m", "title": "警", "raised_at": AT},
    Collection.TRENDS: {
        "id": "r",
        "kind": "asset",
        "start_at": AT,
        "step_s": 5,
        "values": [1, None],
    },
    Collection.FORMS: {
        "id": "daily/1",
        "form": "daily",
        "edition": 1,
        "title": "日报",
        "fields": [{"id": "moved", "title": "转移", "choices": [{"code": "a", "title": "甲"}]}],
    },
    Collection.REPORTS: {
        "id": "daily/t/2026-05-01",
        "form": "daily",
        "edition": 1,
        "township": "t",
        "period": "2026-05-01",
        "reported_at": AT,
        "recorded_at": AT,
        "values": [{"field": "moved", "value": "3"}],
    },
    Collection.CONTACTS: {
        "id": "duty",
        "unit": "县防指",
        "person": {"zh": "周示例"},
        "phones": [{"number": "0000-0010110", "kind": "duty"}],
    },
    Collection.PLANS: {
        "id": "flood",
        "title": "防汛预案",
        "levels": ["larger"],
        "sections": [{"title": "先期处置", "steps": [{"text": "转移", "contact": "duty"}]}],
    },
}


@given(st.sampled_from(list(Collection)), st.data())
def test_any_mutation_of_a_row_is_read_or_set_aside(collection: Collection, data: st.DataObject):
    seed = SEEDS[collection]
    name = data.draw(st.sampled_from(sorted(seed)))
    mutated = {**seed, name: data.draw(JSON | st.just("0001-01-01T00:00:00+14:00"))}
    read = page(mutated, {**seed, "id": "sound"}, collection=collection)
    assert read.count == 2
    assert "sound" in [row.id for row in read.rows]
    assert len(read.rows) + len(read.bad_items) >= 2


@given(st.sampled_from(list(Collection)), st.binary(max_size=80))
def test_any_bytes_are_a_page_or_refused(collection: Collection, data: bytes):
    for line in (data, b'{"rows":[' + data + b"]}"):
        try:
            read = read_page("c", collection, line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        assert all(isinstance(row, Row) for row in read.rows)


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_any_bytes_are_changes_or_bad_items(raws: list[bytes]):
    assert read_changes("c", raws).count == len(raws)


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_any_lines_after_a_head_end_in_words(lines: list[bytes]):
    read = Snapshot("c", "http://c/")
    with pytest.raises(SourceError):
        _fed(read, b"\n".join([json.dumps(HEAD).encode(), *lines]))
    assert not read.whole


def test_a_name_of_no_collection_is_none():
    assert collection_named("drones") is None
