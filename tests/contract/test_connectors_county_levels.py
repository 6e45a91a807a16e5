"""Both levels of the county API between the real connector and the reference backend."""

from __future__ import annotations

import itertools
from contextlib import closing

import msgspec
import pytest

from desktop.application.ports import PullPlan, SourceError
from desktop.connectors.county import MANIFEST
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.mapping import ROWS
from desktop.connectors.http.client import HttpClient
from desktop.county_server.db.database import Database
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, CommandKind, CommandState
from desktop.domain.incident import Incident
from desktop.domain.source import Batch, SyncState
from desktop.storage.cache.store import SqliteCache
from desktop.wire import level1
from support.breaking_proxy import BreakingProxy
from support.sources import record
from support.two_ends import (
    SMALL,
    START,
    a_desk,
    at_the_county,
    held,
    incident,
    pull,
)


def test_every_level_gives_the_countys_rows(
    desk: CountyConnector, cache: SqliteCache, database: Database, level: str
) -> None:
    last = pull(desk, cache)[-1]
    assert held(cache) == at_the_county(database)
    assert last.sum == sum(cache.sums("county")) % 2**64
    assert last.complete == frozenset(Collection)
    assert bool(last.row_keys) == (level == "level 2"), "both ends speak the level asked for"
    assert not cache.sync_state("county").diverged


def test_the_most_critical_come_first_and_before_the_snapshot_at_level_2(proxy: BreakingProxy):
    desk = a_desk(proxy.url)
    first = next(iter(desk.pull(SyncState("county"), SMALL)))
    desk.close()
    worst = [row for row in first.puts if isinstance(row, Incident)]
    assert len(worst) == 20
    assert {row.level.value for row in worst} == {"major"}
    assert all(row.stage.is_open and not row.whole for row in worst)
    assert first.staged is None
    assert first.epoch


def test_the_most_critical_are_whole_with_the_first_piece_of_the_snapshot(proxy: BreakingProxy):
    desk = a_desk(proxy.url)
    first, piece = itertools.islice(desk.pull(SyncState("county"), SMALL), 2)
    desk.close()
    whole = {row.id for row in piece.puts if isinstance(row, Incident) and row.whole}
    assert {row.id for row in first.puts if isinstance(row, Incident)} <= whole


def test_only_the_list_of_calm_incidents_comes_before_their_rest(
    proxy: BreakingProxy, database: Database
) -> None:
    desk = a_desk(proxy.url)
    parts: dict[str, list[bool]] = {}
    for batch in desk.pull(SyncState("county"), PullPlan(piece_bytes=300)):
        for row in batch.puts if batch.token is None else ():
            if isinstance(row, Incident):
                parts.setdefault(row.id, []).append(row.whole)
    desk.close()
    assert [False, True] in parts.values()
    assert all(seen[-1] for seen in parts.values())


def test_changes_of_every_kind_arrive_alike(
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    pull(desk, cache)
    for version in range(1, 4):
        database.put("incidents", [incident(n, version) for n in range(version, 120, 9)])
        database.put("incidents", [incident(200 + version)])
        database.delete("incidents", [f"i{10 + version}"])
        database.put("alarms", [level1.Alarm("a1", "水位超限", START, "low", "acknowledged")])
        batches = pull(desk, cache)
        assert batches[-1].sum is not None
        assert held(cache) == at_the_county(database)
        assert not cache.sync_state("county").diverged


def test_on_a_weak_line_pages_are_small_and_trends_left_out(
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    pull(desk, cache)
    database.put("incidents", [incident(n, 1) for n in range(100)])
    database.put("trends", [level1.Trend("p1", "asset", START, 300, (2.0,))])
    batches = pull(desk, cache, PullPlan(page_bytes=1024, lean=True))
    assert len(batches) > 1
    assert all(batch.sum is None for batch in batches)
    assert not any(hasattr(row, "values") for batch in batches for row in batch.puts)
    assert held(cache) == at_the_county(database)


def test_a_pull_without_leave_for_a_snapshot_ends_with_its_first_rows(
    desk: CountyConnector, cache: SqliteCache
) -> None:
    batches = pull(desk, cache, PullPlan(piece_bytes=4096, allow_snapshot=False))
    assert cache.sync_state("county").token is None
    assert 0 < sum(len(batch.puts) for batch in batches) <= 60
    state = SyncState("county", "e.1.all", "another")
    with pytest.raises(SourceError) as caught:
        list(desk.pull(state, PullPlan(allow_snapshot=False)))
    assert caught.value.problem.code == "budget_spent"


def test_rows_that_went_astray_are_mended_by_their_buckets(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy
) -> None:
    pull(desk, cache)
    one = incident(3)
    cache.apply(
        Batch(
            "county",
            puts=(ROWS[Collection.INCIDENTS]("county", msgspec.structs.replace(one, version=99)),),
            deletes=((Collection.INCIDENTS, "i4"), (Collection.ALARMS, "a1")),
        )
    )
    batches = list(desk.repair(cache.sums("county")))
    assert 1 <= sum(len(batch.buckets) for batch in batches) <= 3
    for batch in batches:
        cache.apply(batch)
    assert held(cache)[Collection.INCIDENTS].keys() == {f"i{n}" for n in range(120)}
    assert "a1" in held(cache)[Collection.ALARMS]
    (agreed,) = desk.repair(sums_told_at(proxy.url))
    assert agreed.sum is not None
    assert not agreed.puts


def sums_told_at(url: str) -> list[int]:
    with closing(HttpClient(url, SystemClock())) as http:
        return [int(each, 16) for each in http.get("v1/sums").decode(level1.Sums).sums]


def test_a_conflict_shows_the_countys_row_and_states_are_asked_by_key(
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    pull(desk, cache)
    seen = held(cache)[Collection.INCIDENTS]["i5"]
    database.put("incidents", [incident(5, 1)])
    extend = record(1, "i5", kind=CommandKind.EXTEND)
    body = {"due_at": 1_795_348_800_000, "text": "雨大"}
    command = msgspec.structs.replace(extend.command, base=getattr(seen, "version", 0), body=body)
    (answer,) = desk.send([msgspec.structs.replace(extend, command=command)])
    assert answer.state is CommandState.CONFLICT
    assert answer.row == at_the_county(database)[Collection.INCIDENTS]["i5"]
    (state,) = desk.states([command.key, "e" * 32])
    assert (state.key, state.state) == (command.key, CommandState.CONFLICT)


def test_a_new_incident_and_what_follows_it_go_together(
    desk: CountyConnector, cache: SqliteCache
) -> None:
    pull(desk, cache)
    made = record(1, "new-" + f"{1:032x}", kind=CommandKind.CREATE)
    made = msgspec.structs.replace(
        made, command=msgspec.structs.replace(made.command, body={"title": "塌方"})
    )
    note = record(2, "new-" + f"{1:032x}", kind=CommandKind.NOTE, text="已到现场")
    answers = desk.send([note, made])
    assert {answer.state for answer in answers} == {CommandState.ACCEPTED}
    pull(desk, cache)
    row = held(cache)[Collection.INCIDENTS]["new-" + f"{1:032x}"]
    assert isinstance(row, Incident)
    assert row.title.zh == "塌方"
    assert [entry.text.zh for entry in row.timeline][-1] == "已到现场"


def test_every_kind_of_command_the_server_takes_is_declared():
    kinds = {kind for collection, kind in MANIFEST.accepts if collection is Collection.INCIDENTS}
    others = {CommandKind.SHELVE, CommandKind.UNSHELVE, CommandKind.REPORT}
    assert kinds == set(CommandKind) - others
    assert (Collection.REPORTS, CommandKind.REPORT) in MANIFEST.accepts
    assert {kind for collection, kind in MANIFEST.accepts if collection is Collection.ALARMS} == {
        CommandKind.ACKNOWLEDGE,
        CommandKind.SHELVE,
        CommandKind.UNSHELVE,
    }
