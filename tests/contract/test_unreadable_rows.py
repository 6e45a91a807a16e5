"""Rows of a real county that cannot be read: counted, and no cover for others that went astray."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from desktop.application.reads.doubts import what_was_unread
from desktop.connectors.county import session
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.mapping import ROWS
from desktop.county_server.db.database import Database
from desktop.domain.command import Collection
from desktop.domain.source import Batch, UnreadableItem
from desktop.protocol.checksum import MODULUS
from desktop.storage.cache.store import SqliteCache
from support.two_ends import at_the_county, held, incident, pull

INCIDENTS = Collection.INCIDENTS
IDS = {f"i{number}" for number in range(120)}


@pytest.fixture
def level() -> str:
    """Level 1 alone can bring a row that is none: at level 2 the server could not write it."""
    return "level 1"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MEDIA", "application/vnd.unheard-of")


def spoil(folder: Path, id: str, before: str, after: str) -> None:
    """Have the county tell a row otherwise than the interface has it."""
    with sqlite3.connect(folder / "county.db") as file:
        done = file.execute(
            "UPDATE rows SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB)"
            " WHERE collection = 'incidents' AND id = ? AND instr(body, CAST(? AS BLOB))",
            (before, after, id, before),
        )
        assert done.rowcount == 1
    file.close()


def mended(desk: CountyConnector, cache: SqliteCache) -> list[Batch]:
    batches = list(desk.repair(cache.sums("county")))
    for batch in batches:
        cache.apply(batch)
    return batches


def test_an_unreadable_row_hides_neither_a_missing_one_nor_one_that_stayed(
    desk: CountyConnector, cache: SqliteCache, tmp_path: Path
) -> None:
    spoil(tmp_path, "i3", '"recorded_at":"', '"recorded_at":"about ')
    last = pull(desk, cache)[-1]
    assert cache.unread("county") == {INCIDENTS: 1}
    assert cache.count_uncompared("county") == {}
    assert last.sum == sum(cache.sums("county")) % MODULUS
    assert not cache.sync_state("county").diverged
    assert held(cache)[INCIDENTS].keys() == IDS - {"i3"}
    stranger = ROWS[INCIDENTS]("county", incident(999))
    cache.apply(Batch("county", puts=(stranger,), deletes=((INCIDENTS, "i4"),), sum=last.sum))
    assert cache.sync_state("county").diverged
    batches = mended(desk, cache)
    assert 1 <= sum(len(batch.buckets) for batch in batches) <= 2
    assert held(cache)[INCIDENTS].keys() == IDS - {"i3"}
    assert not cache.sync_state("county").diverged
    assert cache.unread("county") == {INCIDENTS: 1}


def test_an_older_row_stays_beside_its_unreadable_successor_until_that_is_read(
    desk: CountyConnector, cache: SqliteCache, database: Database, tmp_path: Path
) -> None:
    pull(desk, cache)
    database.put("incidents", [incident(3, 1)])
    spoil(tmp_path, "i3", '"recorded_at":"', '"recorded_at":"about ')
    last = pull(desk, cache)[-1]
    assert cache.unread("county") == {INCIDENTS: 1}
    assert held(cache)[INCIDENTS].keys() == IDS
    assert last.sum == sum(cache.sums("county")) % MODULUS
    assert not cache.sync_state("county").diverged
    (told,) = mended(desk, cache)
    assert not told.buckets, "nothing differs that could be mended"
    spoil(tmp_path, "i3", '"recorded_at":"about ', '"recorded_at":"')
    database.put("incidents", [incident(3, 2)])
    pull(desk, cache)
    assert cache.unread("county") == {}
    assert held(cache)[INCIDENTS] == at_the_county(database)[INCIDENTS]
    database.delete("incidents", ["i3"])
    pull(desk, cache)
    assert held(cache)[INCIDENTS].keys() == IDS - {"i3"}


def test_a_field_that_cannot_be_read_costs_its_row_nothing_else(
    desk: CountyConnector, cache: SqliteCache, tmp_path: Path
) -> None:
    spoil(tmp_path, "i3", '"place":{"lon":', '"place":{"lon":"east","was":')
    last = pull(desk, cache)[-1]
    assert (cache.unread("county"), cache.count_spoiled_fields("county")) == ({}, {INCIDENTS: 1})
    assert held(cache)[INCIDENTS].keys() == IDS
    assert last.sum == sum(cache.sums("county")) % MODULUS
    ((_, told),) = cache.bad_items("county")
    assert (told.where, told.field) == ("i3", "place")
    assert not cache.sync_state("county").diverged


def test_the_status_of_a_source_tells_rows_fields_and_what_keeps_sums_from_being_compared(
    desk: CountyConnector, cache: SqliteCache, tmp_path: Path
) -> None:
    spoil(tmp_path, "i3", '"recorded_at":"', '"recorded_at":"about ')
    spoil(tmp_path, "i4", '"place":{"lon":', '"place":{"lon":"east","was":')
    pull(desk, cache)
    told = what_was_unread(cache, "county")
    assert told == {"unread": {INCIDENTS: 1}, "spoiled": {INCIDENTS: 1}, "uncompared": {}}
    nameless = UnreadableItem(INCIDENTS, "$.rows[0]", "no id", "{}")
    cache.apply(Batch("county", bad_items=(nameless,)))
    told = what_was_unread(cache, "county")
    assert (told["unread"], told["uncompared"]) == ({INCIDENTS: 2}, {INCIDENTS: 1})
    cache.apply(Batch("feed", bad_items=(nameless,)))
    assert what_was_unread(cache, "feed")["uncompared"] == {}, "it has no sums to compare"
