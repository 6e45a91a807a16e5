"""Rows are decoded once, and never shown after they changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.asset import TrendKind
from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE
from desktop.domain.source import Batch, Problem
from desktop.storage.cache import row_store, trends
from desktop.storage.cache.store import SqliteCache, open_cache, read_cache
from support.builders import NOW, FakeClock, a_batch, a_queue, a_trend, an_asset

KEY = b"k" * 32
ASSETS, QUEUES = Collection.ASSETS, Collection.QUEUES


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[SqliteCache]:
    opened = open_cache(tmp_path, KEY, FakeClock(), {})
    yield opened
    opened.close()


def test_rows_that_did_not_change_are_the_same_objects_when_read_again(cache: SqliteCache):
    cache.apply(a_batch(an_asset(id="A1"), an_asset(id="A2"), a_queue()))
    before = cache.rows(ASSETS)
    assert [a is b for a, b in zip(before, cache.rows(ASSETS), strict=True)] == [True, True]
    cache.apply(a_batch(an_asset(id="A2", value=9.0, version=2)))
    after = cache.rows(ASSETS)
    assert after[0] is before[0]
    assert after[1].value == 9.0


def test_of_many_rows_only_those_that_changed_are_read_again(cache: SqliteCache, monkeypatch):
    cache.apply(a_batch(*(an_asset(id=f"A{n}") for n in range(9))))
    cache.rows(ASSETS)
    read: list[str] = []
    rows = row_store.read_some_rows

    def watched(db, collection, keys):
        read.extend(sorted(key.id for key in keys))
        return rows(db, collection, keys)

    monkeypatch.setattr(row_store, "read_some_rows", watched)
    monkeypatch.setattr(row_store, "read_all_rows", lambda *_: 1 / 0)
    cache.apply(a_batch(an_asset(id="A2", value=9.0, version=2)))
    cache.apply(a_batch(an_asset(id="A7", value=8.0, version=2)))
    assert [row.value for row in cache.rows(ASSETS) if row.version == 2] == [9.0, 8.0]
    assert read == ["A2", "A7"]
    assert len(cache.rows(ASSETS)) == 9
    assert read == ["A2", "A7"], "nothing changed since"


@pytest.mark.parametrize("others", [0, 60])
def test_rows_that_come_and_go_are_seen_in_their_order(cache: SqliteCache, others: int):
    cache.apply(a_batch(an_asset(id="B"), an_asset(id="D"), an_asset(id="F")))
    cache.rows(ASSETS)
    many = [an_asset(id=f"Z{n:02}") for n in range(others)]
    cache.apply(a_batch(an_asset(id="C"), an_asset(id="F", value=3.0, version=2), *many))
    names = [row.id for row in many]
    assert [row.id for row in cache.rows(ASSETS)] == ["B", "C", "D", "F", *names]
    cache.apply(Batch("county", deletes=((ASSETS, "D"),)))
    cache.apply(a_batch(an_asset(id="F", value=4.0, version=3)))
    after = cache.rows(ASSETS)
    assert [row.id for row in after] == ["B", "C", "F", *names]
    assert after[2].value == 4.0


def test_a_row_that_came_and_went_between_two_reads_was_never_there(cache: SqliteCache):
    cache.apply(a_batch(an_asset(id="B")))
    before = cache.rows(ASSETS)
    cache.apply(a_batch(an_asset(id="C")))
    cache.apply(Batch("county", deletes=((ASSETS, "C"),)))
    assert cache.rows(ASSETS) == before


def test_what_a_caller_does_to_a_list_of_rows_is_its_own(cache: SqliteCache):
    cache.apply(a_batch(an_asset()))
    cache.rows(ASSETS).clear()
    assert len(cache.rows(ASSETS)) == 1


def test_a_trend_is_read_anew_after_a_reading_and_only_it(cache: SqliteCache, monkeypatch):
    cache.apply(a_batch(a_queue(id="Q1"), a_queue(id="Q2"), reading_at=NOW))
    read: list[str] = []
    trend = trends.trend

    def watched(db, source, kind, name):
        read.append(name)
        return trend(db, source, kind, name)

    monkeypatch.setattr(trends, "trend", watched)

    def lengths() -> list[int]:
        found = [cache.trend("county", TrendKind.QUEUE, name) for name in ("Q1", "Q2")]
        return [0 if each is None else len(each.at) for each in found]

    assert lengths() == [1, 1]
    read.clear()
    cache.apply(a_batch(a_queue(id="Q1", version=2), reading_at=NOW + MINUTE))
    assert lengths() == [2, 1]
    assert read == ["Q1"]


@pytest.mark.parametrize("name", ["A0001", "asset:A0001"])
def test_a_deleted_trend_is_not_remembered_however_it_was_named(cache: SqliteCache, name: str):
    cache.apply(a_batch(a_trend()))
    kept = cache.rows(Collection.TRENDS)[0]
    assert cache.trend(kept.source, kept.kind, kept.id) is not None
    bare = name.partition(":")[2] or name
    cache.apply(a_batch(deletes=((Collection.TRENDS, name.replace(bare, kept.id)),)))
    assert cache.trend(kept.source, kept.kind, kept.id) is None


def test_rows_that_were_purged_are_not_remembered(cache: SqliteCache):
    cache.apply(a_batch(an_asset(), a_queue()))
    assert cache.rows(ASSETS)
    cache.purge("county", None)
    assert cache.rows(ASSETS) == cache.rows(QUEUES) == []


def test_what_was_read_while_a_write_came_is_not_kept(cache: SqliteCache, monkeypatch):
    """A slow reader of the state before must not hide the state after."""
    cache.apply(a_batch(an_asset()))
    read = row_store.read_all_rows

    def slow(db, collection, known):
        found = read(db, collection, known)
        monkeypatch.setattr(row_store, "read_all_rows", read)
        cache.apply(a_batch(an_asset(value=9.0, version=2)))
        return found

    monkeypatch.setattr(row_store, "read_all_rows", slow)
    cache.rows(ASSETS)
    assert cache.rows(ASSETS)[0].value == 9.0


def test_a_write_that_broke_off_leaves_nothing_remembered(cache: SqliteCache, monkeypatch):
    cache.apply(a_batch(an_asset()))
    before = cache.rows(ASSETS)
    with monkeypatch.context() as broken:
        broken.setattr(row_store, "put_things", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            cache.apply(a_batch(an_asset(version=2)))
    read: list[Collection] = []
    rows = row_store.read_all_rows
    monkeypatch.setattr(
        row_store, "read_all_rows", lambda db, c, known: (read.append(c), rows(db, c, known))[1]
    )
    assert cache.rows(ASSETS) == before
    assert read == [ASSETS]


def test_a_cache_that_another_program_writes_is_read_each_time(cache: SqliteCache, tmp_path: Path):
    cache.apply(a_batch(an_asset()))
    beside = read_cache(tmp_path, KEY, Problem("profile_open"), {})
    assert beside.rows(ASSETS)[0].version == an_asset().version
    cache.apply(a_batch(an_asset(value=9.0, version=2)))
    assert beside.rows(ASSETS)[0].value == 9.0
    beside.close()
