"""C: whatever is put, patched, dropped, doubted or purged, the sums are those of the rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.command import Collection
from desktop.domain.source import Batch, RowPatch, Staged
from desktop.protocol.checksum import BUCKETS, MODULUS, bucket, weight
from desktop.storage.cache.checksums import Sums
from desktop.storage.cache.store import open_cache
from support.builders import FakeClock, a_batch, a_trend, an_asset, an_incident
from support.connections import ask

KEY = bytes(range(32))
INCIDENTS, ASSETS = Collection.INCIDENTS, Collection.ASSETS

names = st.sampled_from([f"{letter}{n}" for letter in "ab" for n in range(4)])
versions = st.integers(0, 4)
townships = st.sampled_from(["T01", "T02", ""])
incidents = st.builds(
    an_incident, id=names, version=versions, township=townships, whole=st.booleans()
)
assets = st.builds(an_asset, id=names, version=versions, township=townships)
rows = st.lists(incidents | assets | st.builds(a_trend, id=names), max_size=12)
keys = st.integers(0, 15)
patches = st.builds(
    RowPatch,
    st.sampled_from([INCIDENTS, ASSETS]),
    keys,
    versions,
    st.sampled_from([{"township": "T02"}, {"nonsense": 1}, {}]),
)


purges = st.sampled_from([None, frozenset({"T01"})])


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    puts = draw(rows)
    numbered = draw(st.booleans())
    collections = st.sampled_from([INCIDENTS, ASSETS])
    return a_batch(
        *puts,
        row_keys=tuple(draw(keys) for _ in puts) if numbered else (),
        patches=tuple(draw(st.lists(patches, max_size=4))),
        drops=tuple(draw(st.lists(keys, max_size=3))),
        deletes=tuple(draw(st.lists(st.tuples(collections, names), max_size=3))),
        buckets=frozenset(range(draw(st.sampled_from([0, 0, 0, 99, 256])))),
        complete=frozenset(draw(st.sampled_from([(), (), (), (INCIDENTS,), (ASSETS,)]))),
        sum=draw(st.none() | st.integers(0, MODULUS - 1)),
        token=draw(st.none() | st.just("t")),
        epoch=draw(st.sampled_from(["e", "e", "f"])),
        account=draw(st.sampled_from([None, None, None, "wang", "wang", "li"])),
        staged=draw(st.none() | st.just(Staged("/s", "t", b"x"))),
    )


def sums_of(folder: Path) -> list[int]:
    """Counted from the rows as stored; a row of another epoch counts with its marked version."""
    stored = (
        "SELECT 'incidents', id, version FROM incident"
        " UNION ALL SELECT collection, id, version FROM thing"
    )
    buckets = [0] * BUCKETS
    for collection, name, version in ask(folder / "cache.db", KEY, stored):
        place = bucket(collection, name)
        buckets[place] = (buckets[place] + weight(collection, name, version)) % MODULUS
    return buckets


@settings(max_examples=40)
@given(st.lists(batches() | batches() | batches() | purges, min_size=1, max_size=8))
def test_the_sums_are_those_of_the_rows_after_any_sequence(sequence):
    with tempfile.TemporaryDirectory() as folder:
        cache = open_cache(Path(folder), KEY, FakeClock(), {})
        for one in sequence:
            if isinstance(one, Batch):
                cache.apply(one)
            else:
                cache.purge("county", one)
            assert list(cache.sums("county")) == sums_of(Path(folder))
            if isinstance(one, Batch) and one.sum is not None:
                agrees = sum(cache.sums("county")) % MODULUS == one.sum
                assert cache.sync_state("county").diverged is not agrees
        state = cache.sync_state("county")
        sums = cache.sums("county")
        cache.close()
        again = open_cache(Path(folder), KEY, FakeClock(), {})
        assert (again.sync_state("county"), again.sums("county")) == (state, sums)
        again.close()


@given(st.text(), versions, st.sampled_from([INCIDENTS, ASSETS, Collection.LINES]))
def test_the_quick_count_is_the_one_the_specification_says(name, version, collection):
    sums = Sums([0] * BUCKETS)
    sums.add(collection, [(name, version)])
    expected = [0] * BUCKETS
    expected[bucket(collection.value, name)] = weight(collection.value, name, version)
    assert list(sums.buckets) == expected
    sums.take(collection, [(name, version)])
    assert sums.total == 0
