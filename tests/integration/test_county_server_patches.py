"""A reader of level 2 that follows patches holds exactly what a fresh snapshot gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.county_server.db.checksums import bucket_sums, read_buckets, read_sums, scope_sum
from desktop.county_server.db.database import Database
from desktop.county_server.feed.patches import read_bucket_patch, read_patch
from desktop.county_server.feed.projection import WHOLE, read_projection
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, Account
from desktop.county_server.snapshots import compact
from desktop.demo.county import DemoCounty
from desktop.protocol.checksum import BUCKETS, bucket
from desktop.wire.level1 import COLLECTIONS, Deadline, Phrase, TimelineEntry, Trend
from desktop.wire.level2 import Grown, Patch, decode_page, decode_patch, name_asked
from support.compact_reader import PLAIN, CompactReader
from support.county_rows import MOMENT, alarm, asset, incident, snapshot_of

NORTH = Account("north", ("north",))
BOTH = Account("both", ("north", "south"))
LARGE = 100_000

STEP = st.tuples(
    st.sampled_from(["put", "put", "put", "grow", "delete"]),
    st.sampled_from(["incidents", "assets"]),
    st.sampled_from([f"r{number}" for number in range(5)]),
    st.sampled_from(["", "north", "south", "north"]),
    st.integers(0, 5),
)
Steps = list[tuple[str, str, str, str, int]]


def entry(number: int) -> TimelineEntry:
    return TimelineEntry("note", Phrase(f"第{number}条"), MOMENT, MOMENT)


def live(database: Database, steps: Sequence[tuple[str, str, str, str, int]]) -> None:
    for kind, collection, row_id, township, number in steps:
        if kind == "delete":
            database.delete(collection, [row_id])
        elif collection == "assets":
            database.put("assets", [asset(row_id, township=township, value=float(number))])
            trend = Trend(row_id, "asset", MOMENT, 60, (float(number), None))
            database.put("trends", [trend], quiet=kind == "grow")
        else:
            (old,) = database.rows("incidents", [row_id]) or [incident(row_id)]
            log = (*old.timeline, entry(number)) if kind == "grow" else old.timeline[:number]  # type: ignore[attr-defined]
            row = incident(row_id, township=township, address=f"{number}", timeline=log)
            database.put("incidents", [row])


def tells(reader: CompactReader) -> dict[int, Any]:
    """What it holds; trends are extended by readers themselves and left out."""
    return {key: each for key, each in reader.rows.items() if each[0] != "trends"}


def page_of(database: Database, token: str, account: Account = ANYBODY, **more: Any) -> Patch:
    found = read_patch(database, token, LARGE, account, PLAIN, **more)
    assert found is not None
    return decode_patch(found.data, PLAIN)


@pytest.fixture
def database():
    found = Database()
    yield found
    found.close()


def test_a_page_names_the_token_it_answers(database: Database):
    reader = CompactReader(database, ANYBODY)
    reader.take_snapshot()
    live(database, [("put", "incidents", "r1", "", 1)])
    page = page_of(database, reader.token)
    assert page.asked == name_asked(reader.token) != name_asked(page.token)


@given(
    st.lists(STEP, max_size=10),
    st.lists(STEP, max_size=30),
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 3)), max_size=8),
    st.sampled_from([ANYBODY, NORTH, BOTH]),
)
@settings(max_examples=150, deadline=None)
def test_a_reader_that_stops_anywhere_and_goes_on_in_any_page_size_ends_with_the_whole_truth(
    before: Steps, after: Steps, pace: list[tuple[int, int]], account: Account
) -> None:
    database = Database()
    try:
        live(database, before)
        reader = CompactReader(database, account)
        reader.take_snapshot()
        for max_bytes, pages in pace:
            live(database, after[:4])
            del after[:4]
            reader.follow(max_bytes, pages=pages)
        live(database, after)
        reader.follow(300)
        fresh = CompactReader(database, account)
        fresh.take_snapshot()
        assert tells(reader) == tells(fresh)
        assert reader.rows.keys() == fresh.rows.keys()
        assert read_patch(database, reader.token, LARGE, account, PLAIN) is None
    finally:
        database.close()


@given(st.lists(STEP, max_size=20), st.lists(STEP, max_size=20), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_a_projection_leaves_out_what_it_says_and_keeps_the_rest_true(
    before: Steps, after: Steps, max_bytes: int
) -> None:
    database = Database()
    wanted = read_projection("-trends,-incidents.timeline")
    try:
        live(database, before)
        reader = CompactReader(database)
        reader.take_snapshot()
        held = {key: row for key, (_, row) in reader.rows.items()}
        live(database, after)
        reader.follow(max_bytes, wanted)
        fresh = CompactReader(database)
        fresh.take_snapshot()
        assert tells(reader).keys() == tells(fresh).keys()
        for key, (collection, row) in tells(fresh).items():
            mine = reader.rows[key][1]
            for name in row.__struct_fields__:
                if (collection, name) != ("incidents", "timeline"):
                    assert getattr(mine, name) == getattr(row, name)
            if collection == "incidents":
                assert mine.timeline in ((), getattr(held.get(key), "timeline", ()))  # type: ignore[attr-defined]
    finally:
        database.close()


@given(st.lists(STEP, max_size=25), st.sampled_from([ANYBODY, NORTH, BOTH]))
@settings(max_examples=40, deadline=None)
def test_the_sums_kept_beside_the_rows_are_those_of_the_rows(
    steps: Steps, account: Account
) -> None:
    database = Database()
    try:
        live(database, steps)
        reader = CompactReader(database, account)
        reader.take_snapshot()
        with database.reading() as connection:
            assert scope_sum(connection, account) == reader.sum()
            assert sum(bucket_sums(connection, account)) % 2**64 == reader.sum()
        given = read_buckets(database, account, range(BUCKETS))
        assert len(given.changes) == len(tells(reader))
        assert all(bucket(each.collection, each.id) in given.buckets for each in given.changes)
    finally:
        database.close()


def test_both_levels_give_the_same_rows_of_a_living_county() -> None:
    county = DemoCounty(incidents=400, now=MOMENT)
    try:
        for seconds in (60, 3_600):
            county.course.advance(seconds, MOMENT + timedelta(seconds=seconds))
            reader = CompactReader(county.database)
            reader.take_snapshot()
            plain, _ = snapshot_of(county.database)
            compact = {
                (collection, row.id): row  # type: ignore[attr-defined]
                for collection, row in reader.rows.values()
            }
            assert compact.keys() == plain.keys()
            for (collection, row_id), row in plain.items():
                type_ = COLLECTIONS[collection]
                assert compact[collection, row_id] == msgspec.convert(row, type_)
    finally:
        county.close()


def test_a_reader_of_a_living_county_keeps_up_with_it() -> None:
    county = DemoCounty(incidents=400, now=MOMENT)
    try:
        reader = CompactReader(county.database)
        reader.take_snapshot()
        for step in range(1, 6):
            county.course.advance(600, MOMENT + timedelta(seconds=600 * step))
            reader.follow(4_000)
        fresh = CompactReader(county.database)
        fresh.take_snapshot()
        assert tells(reader) == tells(fresh)
    finally:
        county.close()


def test_only_the_fields_that_changed_are_told_and_of_a_list_only_its_tail(
    database: Database,
) -> None:
    first = incident("i", timeline=(entry(1), entry(2)), summary="不变")
    database.put("incidents", [first])
    reader = CompactReader(database)
    reader.take_snapshot()
    grown = (entry(1), entry(2), entry(3))
    database.put("incidents", [incident("i", timeline=grown, summary="不变", stage="dispatched")])
    patch = page_of(database, reader.token)
    (change,) = patch.patches
    assert change.changes == {"timeline": Grown(2, (entry(3),)), "stage": "dispatched"}
    assert (patch.puts, patch.drops) == ({}, ())
    assert change.version == 1


def test_a_list_changed_in_its_middle_is_told_from_there(database: Database) -> None:
    due = tuple(Deadline(kind, MOMENT) for kind in ("filing", "handling", "closing"))
    database.put("incidents", [incident("i", deadlines=due)])
    reader = CompactReader(database)
    reader.take_snapshot()
    done = Deadline("handling", MOMENT, done_at=MOMENT + timedelta(hours=1))
    database.put("incidents", [incident("i", deadlines=(due[0], done, due[2]))])
    (change,) = page_of(database, reader.token).patches
    assert change.changes == {"deadlines": Grown(1, (done, due[2]))}
    database.put("incidents", [incident("i", deadlines=())])
    (change,) = page_of(database, reader.token).patches
    assert change.changes == {"deadlines": ()}


def test_a_row_made_and_gone_meanwhile_is_not_told_at_all(database: Database) -> None:
    reader = CompactReader(database)
    reader.take_snapshot()
    database.put("alarms", [alarm("brief")])
    database.delete("alarms", ["brief"])
    assert read_patch(database, reader.token, LARGE, ANYBODY, PLAIN) is None


def test_a_row_that_comes_into_sight_is_put_whole_and_one_that_leaves_is_dropped(
    database: Database,
) -> None:
    database.put("incidents", [incident("a", township="south"), incident("b", township="north")])
    reader = CompactReader(database, NORTH)
    reader.take_snapshot()
    database.put("incidents", [incident("a", township="north"), incident("b", township="south")])
    patch = page_of(database, reader.token, NORTH)
    assert [each.row.id for each in patch.puts["incidents"]] == ["a"]
    assert len(patch.drops) == 1
    whole = CompactReader(database)
    whole.take_snapshot()
    database.put("incidents", [incident("a", township="south")])
    (change,) = page_of(database, whole.token).patches
    assert change.changes == {"township": "south"}


def test_the_worst_row_of_a_page_comes_first(database: Database) -> None:
    reader = CompactReader(database)
    reader.take_snapshot()
    levels = ("none", "major", "ordinary", "especially_major")
    database.put("incidents", [incident(each, level=each) for each in levels])
    rows = page_of(database, reader.token).puts["incidents"]
    assert [each.row.id for each in rows] == ["especially_major", "major", "ordinary", "none"]


def test_no_page_is_larger_than_asked_and_the_sum_comes_with_the_last(
    database: Database,
) -> None:
    reader = CompactReader(database)
    reader.take_snapshot()
    database.put("incidents", [incident(f"i{n}", address=f"{n * 7919}") for n in range(500)])
    sizes, more = [], True
    while more:
        found = read_patch(database, reader.token, 1_500, ANYBODY, PLAIN)
        assert found is not None
        reader.apply(found.data)
        sizes.append(len(found.data))
        more = found.more
    assert max(sizes) <= 1_500
    assert min(sizes[:-1]) > 400
    assert len(reader.rows) == 500


def test_buckets_put_every_row_of_theirs_and_nothing_else(database: Database) -> None:
    database.put("incidents", [incident(f"i{n}", township="north") for n in range(50)])
    database.put("incidents", [incident("hidden", township="south")])
    numbers = {bucket("incidents", f"i{n}") for n in range(5)}
    patch = read_bucket_patch(database, NORTH, sorted(numbers))
    expected = {f"i{n}" for n in range(50) if bucket("incidents", f"i{n}") in numbers}
    assert {each.row.id for each in patch.puts["incidents"]} == expected
    assert len(read_sums(database, NORTH).sums) == BUCKETS


@pytest.mark.parametrize(
    "text", ["nothing", "-incidents.title", "incidents.stage", "-assets.version", "-x.y", ","]
)
def test_a_projection_of_what_there_is_not_or_cannot_be_missed_is_refused(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        read_projection(text)
    assert caught.value.status == 400


def test_projections_name_what_is_wanted_or_what_is_not() -> None:
    assert read_projection("") is WHOLE
    assert read_projection("incidents,alarms").collections == {"incidents", "alarms"}
    assert "trends" not in read_projection("-trends").collections
    assert read_projection("-assets.note").left_out == {"assets": {"note": ""}}


def test_a_list_that_grew_many_times_is_told_whole_to_who_was_long_away(
    database: Database,
) -> None:
    log = tuple(entry(number) for number in range(14))
    database.put("incidents", [incident("i", timeline=log[:1])])
    reader = CompactReader(database)
    reader.take_snapshot()
    for count in range(2, len(log) + 1):
        database.put("incidents", [incident("i", timeline=log[:count])])
    reader.follow(LARGE)
    ((_, row),) = reader.rows.values()
    assert row.timeline == log  # type: ignore[attr-defined]


def test_a_row_that_came_into_sight_before_a_page_and_changed_after_it_is_put_whole(
    database: Database,
) -> None:
    database.put("incidents", [incident("z", township="south")])
    reader = CompactReader(database, NORTH)
    reader.take_snapshot()
    database.put("incidents", [incident("z", township="north")])
    database.put("incidents", [incident(f"n{n}", township="north") for n in range(3)])
    database.put("incidents", [incident("z", township="north", address="新址")])
    reader.follow(1)
    assert {row.id for _, row in reader.rows.values()} == {"z", "n0", "n1", "n2"}  # type: ignore[attr-defined]


def test_a_row_made_and_told_between_two_pages_and_then_deleted_is_dropped(
    database: Database,
) -> None:
    reader = CompactReader(database)
    reader.take_snapshot()
    database.put("incidents", [incident("brief"), incident("n1"), incident("n2")])
    reader.follow(1, pages=1)
    assert len(reader.rows) == 1
    database.delete("incidents", ["brief"])
    reader.follow(1)
    assert {row.id for _, row in reader.rows.values()} == {"n1", "n2"}  # type: ignore[attr-defined]


def test_a_page_of_a_snapshot_is_as_small_as_readers_want_it_whatever_its_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact, "MOST_PAGE_BYTES", 3_000)
    monkeypatch.setattr(compact, "FIRST_BYTES", 3_000)
    rows = [incident(f"i{n}", summary="长" * 400, stage="filed") for n in range(30)]
    database.put("incidents", [*rows, incident("huge", summary="长" * 2_000, level="major")])
    reader = CompactReader(database)
    reader.take_snapshot()
    assert len(reader.rows) == database.count("incidents")
    assert {len(page.rows) for page in reader.pages if page.collection == "incidents"} == {1, 2}
    with database.reading() as connection:
        page = compact.first_page(connection, ANYBODY, 20)
    assert [each.row.id for each in decode_page(page).rows] == ["huge"]
