"""What the offline engine may rely on from the cache: patches, numbers, sums, doubts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.application.ports import Cache, IncidentFilter
from desktop.domain.asset import TrendKind
from desktop.domain.command import Collection, Key
from desktop.domain.incident import Incident, Stage
from desktop.domain.localized_text import Text
from desktop.domain.source import Row, RowPatch, Tail
from desktop.protocol.checksum import BUCKETS, MODULUS, bucket, weight
from support.builders import (
    NOW,
    FakeClock,
    a_batch,
    a_line,
    a_queue,
    a_timeline_entry,
    a_trend,
    an_asset,
    an_incident,
)
from support.stores import CACHES

INCIDENTS, ASSETS = Collection.INCIDENTS, Collection.ASSETS


@pytest.fixture(params=CACHES)
def cache(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cache]:
    opened = CACHES[request.param](tmp_path, FakeClock())
    yield opened
    opened.close()


def incident(cache: Cache, id: str = "I0001") -> Incident:
    found = cache.incident(Key("county", INCIDENTS, id))
    assert found is not None
    return found


def ids(cache: Cache, collection: Collection = INCIDENTS) -> list[str]:
    return [row.id for row in cache.rows(collection)]


def a_patch(version: int, key: int = 7, collection: Collection = INCIDENTS, **changes: Any) -> Any:
    return RowPatch(collection, key, version, changes)


def sum_of(*rows: Row) -> int:
    kinds = {Incident: INCIDENTS, type(an_asset()): ASSETS}
    return sum(weight(kinds[type(r)].value, r.id, r.version) for r in rows) % MODULUS


def many(count: int, **changes: Any) -> tuple[Incident, ...]:
    return tuple(an_incident(id=f"{n:04}", **changes) for n in range(count))


def filled(cache: Cache, rows: tuple[Incident, ...]) -> None:
    cache.apply(a_batch(*rows, row_keys=tuple(range(len(rows))), token="1", epoch="e"))


def test_a_patch_changes_only_the_fields_it_names(cache):
    cache.apply(a_batch(an_incident(), row_keys=(7,)))
    changed = cache.apply(a_batch(patches=(a_patch(2, stage=Stage.CLOSED),), token="2"))
    assert changed == {INCIDENTS}
    assert incident(cache) == an_incident(version=2, stage=Stage.CLOSED)
    assert cache.counts(NOW, 0).open_incidents == 0
    assert not cache.sync_state("county").diverged


def test_a_list_that_grew_keeps_its_beginning(cache):
    first, second = a_timeline_entry(), a_timeline_entry(kind="note")
    cache.apply(a_batch(an_incident(timeline=(first,)), row_keys=(7,)))
    grown = a_patch(2, timeline=Tail(1, (second,)))
    for _ in range(2):
        cache.apply(a_batch(patches=(grown,)))
    assert incident(cache).timeline == (first, second)


def test_patches_of_one_row_follow_one_another_after_its_put(cache):
    texts = [a_patch(n, title=Text(f"{n}")) for n in (2, 3)]
    cache.apply(a_batch(an_incident(), row_keys=(7,), patches=tuple(texts)))
    assert (incident(cache).title, incident(cache).version) == (Text("3"), 3)
    assert len(cache.incident_numbers(IncidentFilter(text="3"))) == 1


def test_an_older_patch_is_no_news(cache):
    cache.apply(a_batch(an_incident(version=5), row_keys=(7,)))
    assert cache.apply(a_batch(patches=(a_patch(4, number="old"),))) == frozenset()
    assert not cache.sync_state("county").diverged


@pytest.mark.parametrize(
    "patch",
    [
        a_patch(2, key=8, number="x"),
        a_patch(2, collection=ASSETS, value=1.0),
        a_patch(2, timeline=Tail(2, ())),
        a_patch(2, nonsense=1),
    ],
    ids=["unknown row", "another collection", "a longer list", "an unknown field"],
)
def test_a_patch_that_fits_no_row_is_passed_over_and_the_source_is_astray(cache, patch):
    cache.apply(a_batch(an_incident(), an_asset(), row_keys=(7, 9), token="1"))
    good = a_patch(2, key=9, collection=ASSETS, value=3.0)
    cache.apply(a_batch(patches=(patch, good), token="2"))
    assert incident(cache) == an_incident()
    assert cache.rows(ASSETS) == [an_asset(version=2, value=3.0)]
    state = cache.sync_state("county")
    assert (state.diverged, state.token) == (True, "2")


def test_a_row_of_which_only_the_list_has_come_takes_no_patch(cache):
    cache.apply(a_batch(an_incident(whole=False, timeline=()), row_keys=(7,)))
    cache.apply(a_batch(patches=(a_patch(2, stage=Stage.CLOSED),)))
    assert incident(cache).version == 1
    assert cache.sync_state("county").diverged


def test_drops_by_number_take_rows_of_any_collection(cache):
    cache.apply(a_batch(an_incident(), an_asset(), a_line(), row_keys=(7, 8, 9)))
    assert cache.apply(a_batch(drops=(7, 8, 99))) == {INCIDENTS, ASSETS}
    assert (ids(cache), ids(cache, ASSETS)) == ([], [])
    assert cache.rows(Collection.LINES)
    assert not cache.sync_state("county").diverged, "what is dropped and was never here is right"


def test_numbers_are_of_one_source_and_void_in_another_epoch(cache):
    cache.apply(a_batch(an_incident(), row_keys=(7,), epoch="a"))
    cache.apply(a_batch(an_incident(source="z"), source="z", row_keys=(7,), epoch="a"))
    cache.apply(a_batch(drops=(7,), source="z", epoch="a"))
    assert [row.source for row in cache.rows(INCIDENTS)] == ["county"]
    cache.apply(a_batch(drops=(7,), epoch="b"))
    assert ids(cache) == ["I0001"]
    cache.apply(a_batch(an_incident(), row_keys=(3,), epoch="b"))
    cache.apply(a_batch(drops=(3,), epoch="b"))
    assert ids(cache) == []


def test_a_number_reaches_a_row_that_was_already_here(cache):
    cache.apply(a_batch(an_incident(), an_asset()))
    cache.apply(a_batch(an_incident(), an_asset(version=0), row_keys=(7, 8)))
    cache.apply(a_batch(patches=(a_patch(2, number="x"), a_patch(2, 8, ASSETS, value=1.0))))
    assert incident(cache).number == "x"
    assert cache.rows(ASSETS)[0].value == 1.0


def test_a_number_given_to_two_rows_changes_neither(cache):
    cache.apply(a_batch(an_incident(), an_incident(id="other"), row_keys=(7, 7)))
    cache.apply(a_batch(patches=(a_patch(2, number="x"),)))
    assert {row.version for row in cache.rows(INCIDENTS)} == {1}
    assert cache.sync_state("county").diverged


def test_readings_of_patched_rows_go_on_in_their_trends(cache):
    cache.apply(a_batch(an_asset(), a_queue(), row_keys=(7, 8), reading_at=NOW))
    patches = (a_patch(2, 7, ASSETS, value=9.0), a_patch(2, 8, Collection.QUEUES, waiting=40))
    assert Collection.TRENDS in cache.apply(a_batch(patches=patches, reading_at=NOW + 1))
    asset = cache.trend("county", TrendKind.ASSET, "A0001")
    queue = cache.trend("county", TrendKind.QUEUE, "Q0001")
    assert (asset.at[-1], asset.values[-1]) == (NOW + 1, 9.0)
    assert (queue.at[-1], queue.values[-1]) == (NOW + 1, 40.0)


def test_the_lists_fields_never_replace_a_whole_row_and_the_whole_one_replaces_them(cache):
    whole, part = an_incident(version=3), an_incident(version=3, whole=False, timeline=())
    cache.apply(a_batch(part))
    assert not incident(cache).whole
    assert cache.apply(a_batch(whole)) == {INCIDENTS}
    assert cache.apply(a_batch(part)) == frozenset()
    assert cache.apply(a_batch(an_incident(version=2, whole=False))) == frozenset()
    assert cache.apply(a_batch(whole, part)) == frozenset()
    assert incident(cache) == whole
    cache.apply(a_batch(an_incident(version=4, whole=False)))
    assert incident(cache).version == 4


def test_sums_follow_every_change(cache):
    rows = (*many(30), an_asset())
    cache.apply(a_batch(*rows, row_keys=tuple(range(31)), token="1", sum=sum_of(*rows)))
    assert not cache.sync_state("county").diverged
    patches = tuple(a_patch(5, n, number="x") for n in range(10))
    cache.apply(a_batch(an_asset(version=3), patches=patches, drops=(20, 21)))
    kept = [*cache.rows(INCIDENTS), *cache.rows(ASSETS)]
    expected = [0] * BUCKETS
    for row in kept:
        name = "incidents" if isinstance(row, Incident) else "assets"
        expected[bucket(name, row.id)] += weight(name, row.id, row.version)
    assert cache.sums("county") == tuple(each % MODULUS for each in expected)
    cache.apply(a_batch(sum=sum_of(*kept)))
    assert not cache.sync_state("county").diverged


def test_sums_are_right_for_rows_that_came_before_they_were_wanted(cache):
    cache.apply(a_batch(*many(5), a_trend()))
    assert sum(cache.sums("county")) % MODULUS == sum_of(*many(5))
    cache.apply(a_batch(an_asset(), sum=sum_of(*many(5), an_asset())))
    assert not cache.sync_state("county").diverged
    assert cache.sums("never seen") == (0,) * BUCKETS


def test_sums_are_right_in_another_epoch_whatever_the_versions_were(cache):
    """C: else a restored server would never be believed again."""
    cache.apply(a_batch(*many(5, version=9), row_keys=tuple(range(5)), epoch="a"))
    told = many(3, version=2)
    cache.apply(a_batch(*told, row_keys=(7, 8, 9), epoch="b"))
    everything = frozenset({INCIDENTS})
    cache.apply(a_batch(*told, complete=everything, token="1", epoch="b", sum=sum_of(*told)))
    assert sum(cache.sums("county")) % MODULUS == sum_of(*told)
    assert not cache.sync_state("county").diverged


def test_a_sum_that_differs_marks_the_source_until_one_agrees(cache):
    cache.apply(a_batch(an_incident(), sum=1, token="1"))
    assert cache.sync_state("county").diverged
    cache.apply(a_batch(token="2"))
    assert cache.sync_state("county").diverged, "silence mends nothing"
    cache.apply(a_batch(sum=sum_of(an_incident())))
    assert not cache.sync_state("county").diverged


def test_a_whole_list_without_a_sum_ends_the_doubt(cache):
    cache.apply(a_batch(patches=(a_patch(2, key=1),), token="1"))
    assert cache.sync_state("county").diverged
    cache.apply(a_batch(an_incident(), complete=frozenset({INCIDENTS}), token="2"))
    assert not cache.sync_state("county").diverged


def test_buckets_make_their_rows_the_servers_and_leave_the_others(cache):
    rows = many(200)
    filled(cache, tuple(an_incident(id=row.id, version=9) for row in rows))
    mended = frozenset(range(100))
    inside = [row for row in rows if bucket("incidents", row.id) in mended]
    outside = [row for row in rows if bucket("incidents", row.id) not in mended]
    told = [an_incident(id=row.id, version=2) for row in inside[5:]]
    cache.apply(a_batch(*told, row_keys=tuple(range(900, 900 + len(told))), buckets=mended))
    kept = {row.id: row.version for row in cache.rows(INCIDENTS)}
    assert kept == {r.id: 2 for r in inside[5:]} | {r.id: 9 for r in outside}
    expected = sum_of(*told, *(an_incident(id=r.id, version=9) for r in outside))
    assert sum(cache.sums("county")) % MODULUS == expected


def test_a_snapshot_with_its_sum_mends_a_row_that_claims_to_be_newer(cache):
    filled(cache, (an_incident(version=9),))
    right = an_incident(version=3)
    cache.apply(
        a_batch(right, complete=frozenset({INCIDENTS}), token="2", epoch="e", sum=sum_of(right))
    )
    assert incident(cache) == right
    assert not cache.sync_state("county").diverged


def deletes(rows: tuple[Incident, ...]) -> tuple[tuple[Collection, str], ...]:
    return tuple((INCIDENTS, row.id) for row in rows)


@pytest.mark.parametrize(
    "stored, gone, waits",
    [(400, 20, 0), (400, 21, 21), (600, 30, 0), (600, 31, 31), (20, 20, 0), (21, 21, 21)],
)
def test_more_deletions_than_one_believes_wait(cache, stored, gone, waits):
    rows = many(stored)
    filled(cache, rows)
    cache.apply(a_batch(deletes=deletes(rows[:gone]), token="2"))
    state = cache.sync_state("county")
    assert (state.quarantined_deletes, state.token, state.diverged) == (waits, "2", False)
    assert len(ids(cache)) == stored - gone + waits


def test_deletions_by_number_wait_as_well_and_with_those_before(cache):
    rows = many(100)
    filled(cache, rows)
    cache.apply(a_batch(drops=tuple(range(30)), token="2"))
    assert cache.sync_state("county").quarantined_deletes == 30
    cache.apply(a_batch(deletes=deletes(rows[25:35]), token="3"))
    assert cache.sync_state("county").quarantined_deletes == 35
    assert len(ids(cache)) == 100


def test_waiting_deletions_are_done_when_the_sums_agree_with_them(cache):
    rows = many(100)
    filled(cache, rows)
    cache.apply(a_batch(deletes=deletes(rows[:30]), sum=12345, token="2"))
    state = cache.sync_state("county")
    assert (state.quarantined_deletes, state.diverged) == (30, True)
    newest = an_incident(id="new")
    cache.apply(a_batch(newest, sum=sum_of(*rows[30:], newest), token="3"))
    state = cache.sync_state("county")
    assert (state.quarantined_deletes, state.diverged) == (0, False)
    assert len(ids(cache)) == 71


def test_a_mass_deletion_the_sum_confirms_is_done_at_once(cache):
    rows = many(100)
    filled(cache, rows)
    cache.apply(a_batch(deletes=deletes(rows[:90]), sum=sum_of(*rows[90:]), token="2"))
    assert len(ids(cache)) == 10
    assert cache.sync_state("county").quarantined_deletes == 0


def test_waiting_deletions_are_forgotten_when_the_sums_agree_without_them(cache):
    rows = many(100)
    filled(cache, rows)
    cache.apply(a_batch(deletes=deletes(rows[:90]), token="2"))
    cache.apply(a_batch(sum=sum_of(*rows), token="3"))
    state = cache.sync_state("county")
    assert (state.quarantined_deletes, state.diverged, len(ids(cache))) == (0, False, 100)


def test_what_the_server_tells_of_again_is_deleted_no_more(cache):
    rows = many(100)
    filled(cache, rows)
    cache.apply(a_batch(deletes=deletes(rows[:90]), token="2"))
    told = a_patch(2, key=0, number="x"), a_patch(2, key=1, number="x")
    cache.apply(a_batch(rows[2], row_keys=(2,), patches=told, token="3"))
    assert cache.sync_state("county").quarantined_deletes == 87


def test_a_whole_list_and_whole_buckets_settle_what_waited(cache):
    rows = many(100)
    filled(cache, rows)
    cache.apply(a_batch(deletes=deletes(rows[:90]), token="2"))
    some = frozenset(range(128))
    kept = [row for row in rows[90:] if bucket("incidents", row.id) in some]
    cache.apply(a_batch(*kept, buckets=some))
    waiting = [row for row in rows[:90] if bucket("incidents", row.id) not in some]
    assert cache.sync_state("county").quarantined_deletes == len(waiting)
    assert len(ids(cache)) == len(waiting) + 10
    cache.apply(a_batch(*rows[90:], complete=frozenset({INCIDENTS}), token="3"))
    assert (cache.sync_state("county").quarantined_deletes, len(ids(cache))) == (0, 10)


def test_another_epoch_forgets_what_waited(cache):
    rows = many(100)
    filled(cache, rows)
    cache.apply(a_batch(deletes=deletes(rows[:90]), token="2", epoch="e"))
    cache.apply(a_batch(epoch="another"))
    assert cache.sync_state("county").quarantined_deletes == 0


def test_trends_come_and_go_without_doubt(cache):
    trends = tuple(a_trend(id=f"{n}") for n in range(40))
    cache.apply(a_batch(*trends, *many(40)))
    gone = tuple((Collection.TRENDS, f"asset:{n}") for n in range(40))
    assert cache.apply(a_batch(deletes=gone)) == {Collection.TRENDS}
