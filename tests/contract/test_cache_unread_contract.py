"""What could not be read: kept with reasons, counted, and weighed when sums are compared."""

from __future__ import annotations

from typing import Any

from desktop.domain.command import Collection
from desktop.domain.source import RowPatch, UnreadableItem
from desktop.protocol.checksum import MODULUS, bucket, weight
from support.builders import a_bad_item, a_batch, an_asset, an_incident

INCIDENTS, ASSETS = Collection.INCIDENTS, Collection.ASSETS
BOTH = frozenset({INCIDENTS, ASSETS})


def missing(id: str, version: int | None = 1, **changes: Any) -> UnreadableItem:
    """An incident that could not be read, of which the id could."""
    return UnreadableItem(INCIDENTS, id, "no title", "{}", id=id, version=version, **changes)


def spoiled(id: str, field: str) -> UnreadableItem:
    """A field that could not be read of an incident that stands."""
    return UnreadableItem(INCIDENTS, id, "no number", "x", field=field, id=id)


def sum_of(*rows: tuple[str, int], asset: bool = False) -> int:
    """The server's sum over incidents, given as (id, version), and perhaps the sample asset."""
    told = sum(weight("incidents", id, version) for id, version in rows)
    return (told + (weight("assets", "A0001", an_asset().version) if asset else 0)) % MODULUS


def test_what_could_not_be_read_stays_until_it_is_read_goes_or_the_list_comes_whole(cache):
    cache.apply(a_batch(bad_items=tuple(map(missing, ("I1", "I2", "I3", "I4")))))
    cache.apply(a_batch())
    assert [b.where for _, b in cache.bad_items("county")] == ["I1", "I2", "I3", "I4"]
    assert cache.unread("county") == {INCIDENTS: 4}
    cache.apply(a_batch(an_incident(id="I1")))
    cache.apply(a_batch(deletes=((INCIDENTS, "I2"),)))
    assert [b.where for _, b in cache.bad_items()] == ["I3", "I4"]
    assert cache.unread("other") == {}
    cache.apply(a_batch(reread=frozenset({INCIDENTS}), bad_items=(missing("I4"),)))
    assert cache.unread("county") == {INCIDENTS: 1}
    cache.apply(a_batch(complete=frozenset({INCIDENTS}), bad_items=(a_bad_item(),)))
    assert cache.bad_items("county") == [("county", a_bad_item())]


def test_a_field_that_could_not_be_read_counts_apart_and_goes_with_its_row(cache):
    cache.apply(
        a_batch(an_incident(id="I1"), bad_items=(spoiled("I1", "place"), spoiled("I1", "title")))
    )
    assert (cache.unread("county"), cache.count_spoiled_fields("county")) == ({}, {INCIDENTS: 2})
    assert [(b.where, b.field) for _, b in cache.bad_items()] == [("I1", "place"), ("I1", "title")]
    cache.apply(a_batch(an_incident(id="I1", version=2), bad_items=(spoiled("I1", "place"),)))
    assert cache.count_spoiled_fields("county") == {INCIDENTS: 1}
    cache.apply(a_batch(deletes=((INCIDENTS, "I1"),)))
    assert cache.count_spoiled_fields("county") == {}
    assert cache.bad_items() == []


def test_of_a_flood_the_first_are_kept_and_all_are_counted(cache):
    named = tuple(missing(f"I{n:04}") for n in range(600))
    cache.apply(a_batch(bad_items=named, more_bad={ASSETS: 9_000}))
    assert [b.where for _, b in cache.bad_items()] == [f"I{n:04}" for n in range(100)]
    cache.apply(a_batch(an_incident(id="I0599"), more_bad={ASSETS: 1_000}))
    assert cache.unread("county") == {INCIDENTS: 599, ASSETS: 10_000}
    told = sum_of(*((f"I{n:04}", 1) for n in range(600)))
    assert sum(cache.sums("county")) % MODULUS == told


def test_rows_that_could_not_be_read_count_in_the_sums_as_the_source_has_them(cache):
    cache.apply(
        a_batch(an_incident(id="I1"), an_incident(id="I2"), sum=sum_of(("I1", 1), ("I2", 1)))
    )
    told = sum_of(("I1", 1), ("I2", 5))
    cache.apply(a_batch(bad_items=(missing("I2", 5),), sum=told))
    assert not cache.sync_state("county").diverged
    assert sum(cache.sums("county")) % MODULUS == told
    assert cache.count_uncompared("county") == {}
    cache.apply(a_batch(sum=sum_of(("I1", 1), ("I2", 5), ("I3", 1))))
    assert cache.sync_state("county").diverged, "a missing row is found beside an unreadable one"
    cache.apply(a_batch(sum=sum_of(("I2", 5))))
    assert cache.sync_state("county").diverged, "and so is a deleted one that stayed"


def test_without_its_id_or_version_an_unreadable_row_keeps_sums_from_being_compared(cache):
    cache.apply(a_batch(an_incident(), bad_items=(missing("I2", None),), sum=1))
    assert not cache.sync_state("county").diverged
    assert cache.count_uncompared("county") == {INCIDENTS: 1}
    cache.apply(a_batch(an_incident(id="I2"), sum=1))
    assert cache.sync_state("county").diverged
    cache.apply(a_batch(bad_items=(a_bad_item(),), sum=sum_of(("I0001", 1))))
    assert cache.count_uncompared("county") == {INCIDENTS: 1}


def test_a_whole_list_spares_the_rows_it_has_and_that_could_not_be_read(cache):
    cache.apply(a_batch(an_incident(id="I1"), an_incident(id="I2"), an_asset()))
    told = sum_of(("I2", 4), asset=True)
    cache.apply(
        a_batch(an_asset(), complete=BOTH, bad_items=(missing("I2", 4),), token="t", sum=told)
    )
    assert [row.id for row in cache.rows(INCIDENTS)] == ["I2"]
    assert not cache.sync_state("county").diverged
    cache.apply(a_batch(complete=BOTH, bad_items=(a_bad_item(),), token="u"))
    assert [row.id for row in cache.rows(INCIDENTS)] == ["I2"], "it may be the one without an id"
    assert cache.rows(ASSETS) == []


def test_buckets_spare_the_rows_they_have_and_that_could_not_be_read(cache):
    cache.apply(a_batch(*(an_incident(id=f"I{n}") for n in range(9))))
    at = bucket("incidents", "I3")
    gone = {n for n in range(9) if bucket("incidents", f"I{n}") == at} - {3}
    cache.apply(a_batch(bad_items=(missing("I3", 2),), buckets=frozenset({at})))
    assert {row.id for row in cache.rows(INCIDENTS)} == {f"I{n}" for n in range(9) if n not in gone}


def test_a_patch_of_a_row_that_could_not_be_read_is_not_laid_on_an_older_one(cache):
    cache.apply(a_batch(an_incident(id="I1"), row_keys=(7,), token="t"))
    cache.apply(a_batch(bad_items=(missing("I1", 2, row_key=7),)))
    cache.apply(a_batch(patches=(RowPatch(INCIDENTS, 7, 3, {"number": "no. 3"}),), token="u"))
    assert cache.sync_state("county").diverged
    assert [(row.version, row.number) for row in cache.rows(INCIDENTS)] == [
        (1, an_incident().number)
    ]
    cache.apply(a_batch(drops=(7,)))
    assert cache.unread("county") == {}
