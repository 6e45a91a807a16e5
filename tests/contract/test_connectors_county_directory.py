"""Contacts and plans between desks and counties of which one may not know them yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest

from desktop.application.ports import PullPlan
from desktop.connectors.county import mapping, openings
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection
from desktop.domain.source import Batch, Row, SyncState
from desktop.storage.cache.store import SqliteCache
from desktop.wire import level1
from support.breaking_proxy import BreakingProxy
from support.two_ends import START, a_desk, at_the_county, held, pull

PHONES = (level1.Phone("0000-0010110", "duty"),)
DIRECTORY = frozenset({Collection.CONTACTS, Collection.PLANS})
FIRST = frozenset(Collection) - DIRECTORY


@pytest.fixture(autouse=True)
def _with_a_directory(database: Database) -> None:
    database.put("contacts", [level1.Contact(f"c{n}", "县防指", phones=PHONES) for n in range(3)])
    steps = (level1.PlanStep("转移", "乡镇", "c1"),)
    database.put(
        "plans", [level1.Plan("flood", "防汛", sections=(level1.PlanSection("一", steps),))]
    )


@pytest.fixture
def older(
    proxy: BreakingProxy, level: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], CountyConnector]]:
    """Makes desks as before there were directories."""
    made: list[CountyConnector] = []

    def make() -> CountyConnector:
        made.append(a_desk(proxy.url))
        return made[-1]

    monkeypatch.setattr(openings, "TABLES", 0)
    yield make
    for each in made:
        each.close()


def pull_well(desk: CountyConnector, cache: SqliteCache, **plan: bool) -> list[Batch]:
    """One pull, and what the engine stores after one that went well."""
    batches = pull(desk, cache, PullPlan(piece_bytes=4096, **plan))
    cache.mark_good("county", 1, 0, desk.collections_offered())
    return batches


def first_rows(found: dict[Collection, dict[str, Row]]) -> dict[Collection, dict[str, Row]]:
    return {collection: found[collection] for collection in FIRST if collection in found}


def test_a_directory_comes_last_and_follows_what_the_county_changes(
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    early = [
        row
        for batch in pull(desk, cache, PullPlan(piece_bytes=700))
        for row in (batch.puts if batch.token is None else ())
    ]
    assert not any(mapping.COLLECTION_OF[type(row)] in DIRECTORY for row in early)
    assert held(cache) == at_the_county(database)
    database.delete("contacts", ["c0"])
    (plan,) = database.rows("plans")
    assert isinstance(plan, level1.Plan)
    database.put("plans", [msgspec.structs.replace(plan, title="防汛抢险")])
    pull(desk, cache)
    assert held(cache) == at_the_county(database)
    assert not cache.sync_state("county").diverged


def test_an_older_desk_hears_and_misses_nothing(
    older: Callable[[], CountyConnector], cache: SqliteCache, database: Database
) -> None:
    desk = older()
    pull_well(desk, cache)
    assert cache.sync_state("county").offered == FIRST
    for version in range(1, 4):
        database.put("contacts", [level1.Contact("c1", "县防指", str(version), phones=PHONES)])
        database.put("alarms", [level1.Alarm("a1", "水位超限", START, "low", cause=str(version))])
        batches = pull_well(desk, cache)
        assert batches[-1].sum is not None
        assert not cache.sync_state("county").diverged
    assert first_rows(held(cache)) == first_rows(at_the_county(database))
    assert not any(held(cache)[collection] for collection in DIRECTORY)
    desk.epoch()
    list(desk.repair([0] * 256))


def test_a_desk_that_learns_of_directories_takes_one_snapshot_more(
    older: Callable[[], CountyConnector], proxy: BreakingProxy, cache: SqliteCache,
    database: Database, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    pull_well(older(), cache)
    monkeypatch.setattr(openings, "TABLES", len(level1.COLLECTIONS))
    desk = a_desk(proxy.url)
    try:
        pull_well(desk, cache, allow_snapshot=False)
        assert not held(cache)[Collection.CONTACTS]
        assert cache.sync_state("county").offered == FIRST, "what is lacking is not called given"
        pull_well(desk, cache)
        assert held(cache) == at_the_county(database)
        assert cache.sync_state("county").offered == frozenset(Collection)
        again = pull_well(desk, cache)
        assert not any(batch.puts or batch.complete for batch in again)
    finally:
        desk.close()


def test_a_desk_whose_sums_differ_mends_its_directory(
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    pull_well(desk, cache)
    wrong = mapping.ROWS[Collection.CONTACTS](
        "county", level1.Contact("c1", "错", version=900, phones=PHONES)
    )
    cache.apply(Batch("county", puts=(wrong,)))
    for batch in desk.repair(cache.sums("county")):
        cache.apply(batch)
    assert held(cache) == at_the_county(database)


def test_an_older_county_has_no_directory_and_loses_nothing_by_the_question(
    server: CountyServer, desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    database.delete("contacts", [f"c{n}" for n in range(3)])
    database.delete("plans", ["flood"])
    server.api.collections = tuple(level1.COLLECTIONS)[: level1.FIRST_TABLES]
    pull_well(desk, cache)
    assert cache.sync_state("county").offered == FIRST
    assert first_rows(held(cache)) == first_rows(at_the_county(database))
    assert next(iter(desk.pull(SyncState("county")))).puts
