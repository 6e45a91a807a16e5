"""Both levels of the county API between the real connector and the reference backend."""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.application.ports import IncidentFilter, PullPlan, SourceError
from desktop.connectors.county import MANIFEST, session
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.rows import ROWS
from desktop.county_server.api import Settings
from desktop.county_server.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, CommandKind, Receipt, mint_key
from desktop.domain.incident import FileRef, Incident
from desktop.domain.link import Traffic, TrafficClass
from desktop.domain.source import Batch, Row, SyncState
from desktop.storage.cache import SqliteCache, open_cache
from desktop.wire import level1
from desktop.wire.level2 import MEDIA
from fakes.breaking_proxy import BreakingProxy
from fakes.sources import record, source_settings

KEY = bytes(32)
EVERY = IncidentFilter(open_only=False)
START = datetime(2026, 11, 22, tzinfo=UTC)
SMALL = PullPlan(piece_bytes=4096, page_bytes=4096)
TINY = PullPlan(piece_bytes=700)
LEVELS = ["level 1", "level 2"]


def incident(number: int, version: int = 0) -> level1.Incident:
    chance = random.Random(number * 1000 + version)
    at = START + timedelta(minutes=number)
    said = "".join(chance.choices("蓝桥镇溪口村路段落石积水倒伏停电漏水报告到场处置", k=24))
    return level1.Incident(
        id=f"i{number}",
        number=f"SJ-2026-{number:06d}",
        title=level1.Phrase(said[:8], f"Report {number}.{version}"),
        recorded_at=at,
        level=chance.choice(["ordinary", "larger", "major", "none"]),
        stage=chance.choice(["filed", "dispatched", "handling", "closed"]),
        summary=said,
        place=level1.Point(119 + number / 1000, 30.25),
        deadlines=(level1.Deadline("handle", at + timedelta(days=3000), 600),),
        timeline=tuple(
            level1.TimelineEntry("note", said[n:], at, at, "李") for n in range(version % 4)
        ),
        files=(level1.File("ab" * 32, "图.jpg", "image/jpeg", 5, "", at, "张", False),)
        if number % 7 == 0
        else (),
    )


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "level 1":
        monkeypatch.setattr(session, "MEDIA", "application/vnd.unheard-of")
    return str(request.param)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "county.db")
    database.put("incidents", [incident(n) for n in range(120)])
    database.put("townships", [level1.Township("t1", "蓝桥镇", seat=level1.Point(119.1, 30.1))])
    database.put("alarms", [level1.Alarm("a1", "水位超限", START, "high")])
    database.put("assets", [level1.Asset("p1", "泵站", "pump", value=1.25, unit="m")])
    database.put("trends", [level1.Trend("p1", "asset", START, 300, (1.0, None, 1.5))])
    yield database
    database.close()


@pytest.fixture
def server(database: Database) -> Iterator[CountyServer]:
    with CountyServer(database, Settings(county="蓝桥县", file_limit=10_000_000)) as server:
        yield server


@pytest.fixture
def proxy(server: CountyServer) -> Iterator[BreakingProxy]:
    there = urlsplit(server.base_url)
    with BreakingProxy(str(there.hostname), there.port or 0) as proxy:
        yield proxy


def a_desk(url: str, client: str = "d1") -> CountyConnector:
    where = source_settings("county", url=url)
    return CountyConnector(where, lambda _name: None, SystemClock(), client=client)


@pytest.fixture
def desk(proxy: BreakingProxy, level: str) -> Iterator[CountyConnector]:
    connector = a_desk(proxy.url)
    yield connector
    connector.close()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[SqliteCache]:
    (tmp_path / "desk").mkdir()
    cache = open_cache(tmp_path / "desk", KEY, SystemClock(), {})
    yield cache
    cache.close()


def pull(desk: CountyConnector, cache: SqliteCache, plan: PullPlan = SMALL) -> list[Batch]:
    """One pull, applied as it comes."""
    batches: list[Batch] = []
    for batch in desk.pull(cache.sync_state("county"), plan):
        cache.apply(batch)
        batches.append(batch)
    return batches


def held(cache: SqliteCache) -> dict[Collection, dict[str, Row]]:
    """All rows of the cache by id, trends left out."""
    found: dict[Collection, dict[str, Row]] = {}
    for collection in Collection:
        if collection is Collection.INCIDENTS:
            numbers = cache.incident_numbers(EVERY)
            rows: list[Row] = [
                row for each in cache.incident_rows(numbers) if (row := cache.incident(each.key))
            ]
        elif collection is not Collection.TRENDS:
            rows = cache.rows(collection)
        else:
            continue
        found[collection] = {row.id: row for row in rows}
    return found


def at_the_county(database: Database) -> dict[Collection, dict[str, Row]]:
    return {
        collection: {
            wire.id: ROWS[collection]("county", wire)  # type: ignore[attr-defined]
            for wire in database.rows(collection.value)
        }
        for collection in Collection
        if collection is not Collection.TRENDS
    }


def test_every_level_gives_the_countys_rows(
    desk: CountyConnector, cache: SqliteCache, database: Database, level: str
) -> None:
    last = pull(desk, cache)[-1]
    assert desk._platform.compact == (level == "level 2")
    assert held(cache) == at_the_county(database)
    assert last.sum == sum(cache.sums("county")) % 2**64
    assert last.complete == frozenset(Collection)
    assert bool(last.row_keys) == (level == "level 2")
    assert not cache.sync_state("county").astray


def test_the_most_critical_come_first_and_before_the_snapshot_at_level_2(proxy: BreakingProxy):
    desk = a_desk(proxy.url)
    first = next(iter(desk.pull(SyncState("county"), SMALL)))
    desk.close()
    worst = [row for row in first.puts if isinstance(row, Incident)]
    assert len(worst) == 20
    assert {row.level.value for row in worst} == {"major"}
    assert all(row.whole and row.stage.is_open for row in worst)
    assert first.staged is None
    assert first.epoch


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
        assert not cache.sync_state("county").astray


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
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    pull(desk, cache)
    one = incident(3)
    cache.apply(
        Batch(
            "county",
            0,
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
    (agreed,) = desk.repair(database_sums(desk))
    assert agreed.sum is not None
    assert not agreed.puts


def database_sums(desk: CountyConnector) -> list[int]:
    reply = desk._line.get("v1/sums")
    return [int(each, 16) for each in reply.decode(level1.Sums).sums]


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
    assert answer.receipt is Receipt.CONFLICT
    assert answer.row == at_the_county(database)[Collection.INCIDENTS]["i5"]
    (state,) = desk.states([command.key, "e" * 32])
    assert (state.key, state.receipt) == (command.key, Receipt.CONFLICT)


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
    assert {answer.receipt for answer in answers} == {Receipt.ACCEPTED}
    pull(desk, cache)
    row = held(cache)[Collection.INCIDENTS]["new-" + f"{1:032x}"]
    assert isinstance(row, Incident)
    assert row.title.zh == "塌方"
    assert [entry.text.zh for entry in row.timeline][-1] == "已到现场"


def test_every_kind_of_command_the_server_takes_is_declared():
    kinds = {kind for collection, kind in MANIFEST.accepts if collection is Collection.INCIDENTS}
    assert kinds == set(CommandKind) - {CommandKind.SHELVE, CommandKind.UNSHELVE}
    assert {kind for collection, kind in MANIFEST.accepts if collection is Collection.ALARMS} == {
        CommandKind.ACKNOWLEDGE,
        CommandKind.SHELVE,
        CommandKind.UNSHELVE,
    }


def gathered(desk: CountyConnector, state: SyncState, stop_after: int | None = None) -> SyncState:
    """The state a store would remember after a pull that ended how it ended."""
    known: dict[str, Any] = {}
    count = 0
    with contextlib.suppress(SourceError), contextlib.closing(desk.pull(state, TINY)) as batches:
        for batch in batches:
            count += 1
            if batch.staged is not None:
                kept = state.staged
                piece = batch.staged
                if kept and (kept.resource, kept.tag) == (piece.resource, piece.tag):
                    piece = msgspec.structs.replace(piece, body=kept.body + piece.body)
                state = msgspec.structs.replace(state, staged=piece)
            if batch.token is not None:
                known = {row.id: row for row in batch.puts if isinstance(row, Incident)}
                state = msgspec.structs.replace(
                    state, token=batch.token, epoch=batch.epoch, staged=None
                )
            if count == stop_after:
                break
    state_rows[desk] = known
    return state


state_rows: dict[CountyConnector, dict[str, Row]] = {}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    cuts=st.lists(st.integers(300, 12_000), max_size=4),
    stops=st.lists(st.integers(1, 9), max_size=2),
)
def test_wherever_a_snapshot_is_cut_it_goes_on_at_the_byte(
    proxy: BreakingProxy, level: str, cuts: list[int], stops: list[int]
) -> None:
    """A line that breaks, or a program that dies, at any place: the same rows, no byte twice.

    What a program that dies had of a piece not yet given to the store comes again.
    """
    state = SyncState("county")
    spent: list[Traffic] = []
    for cut, stop in [*((c, None) for c in cuts), *((None, s) for s in stops), (None, None)]:
        desk = a_desk(proxy.url)
        desk.on_traffic = spent.append
        proxy.break_after = cut
        state = gathered(desk, state, stop)
        proxy.break_after = None
        rows = state_rows.pop(desk)
        desk.close()
        if state.token is not None:
            break
    assert state.token is not None
    assert len(rows) == 120
    bodies = sum(each.received for each in spent if each.kind is TrafficClass.SNAPSHOT)
    heads = 700 * sum(each.kind is TrafficClass.SNAPSHOT for each in spent)
    assert bodies <= whole_size(proxy) + heads


def whole_size(proxy: BreakingProxy) -> int:
    """Bytes of the snapshot's file."""
    desk = a_desk(proxy.url)
    size = sum(
        len(batch.staged.body) for batch in desk.pull(SyncState("county"), SMALL) if batch.staged
    )
    desk.close()
    return size


def test_a_snapshot_replaced_while_half_of_it_is_here_is_begun_anew(
    desk: CountyConnector, cache: SqliteCache, database: Database, proxy: BreakingProxy
) -> None:
    pieces = desk.pull(SyncState("county"), PullPlan(piece_bytes=500))
    staged = next(batch for batch in pieces if batch.staged is not None)
    pieces.close()
    cache.apply(staged)
    assert cache.sync_state("county").staged is not None
    database.begin_epoch()
    database.put("incidents", [incident(500)])
    again = a_desk(proxy.url)
    assert pull(again, cache)[-1].token
    again.close()
    assert held(cache) == at_the_county(database)


@pytest.mark.parametrize("spoiled", ["body", "tag", "resource"])
def test_pieces_that_are_not_what_they_say_do_no_harm(
    desk: CountyConnector, cache: SqliteCache, database: Database, spoiled: str
) -> None:
    pieces = desk.pull(SyncState("county"), PullPlan(piece_bytes=500))
    staged = next(batch.staged for batch in pieces if batch.staged is not None)
    pieces.close()
    other = {"body": b"garbage" * 30, "tag": '"other"', "resource": "./v1/snapshot/all/other"}
    staged = msgspec.structs.replace(staged, **{spoiled: other[spoiled]})
    cache.apply(Batch("county", 0, staged=staged))
    assert pull(desk, cache)[-1].token
    assert held(cache) == at_the_county(database)


def test_a_file_goes_up_and_comes_down_in_pieces(
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    pull(desk, cache)
    assert desk.file_limit() == 10_000_000
    body = random.Random(1).randbytes(50_000)
    ref = FileRef(hashlib.sha256(body).hexdigest(), "图.jpg", "image/jpeg", len(body))
    assert desk.upload(ref, 0, b"") == 0
    assert desk.upload(ref, 0, body[:20_000]) == 20_000
    assert desk.upload(ref, 40_000, body[40_000:]) == 20_000
    other = a_desk(desk._line.base_url)
    assert other.upload(ref, 0, b"") == 20_000
    other.close()
    assert desk.upload(ref, 20_000, body[20_000:]) == 50_000
    got = b""
    while piece := desk.download(ref.digest, len(got), 16_384):
        got += piece
    assert got == body


def test_a_file_too_large_is_refused_before_a_byte_of_it_leaves(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy
) -> None:
    pull(desk, cache)
    before = proxy.asked
    with pytest.raises(SourceError) as caught:
        desk.upload(FileRef("0" * 64, "录像.mp4", "video/mp4", 10_000_001), 0, b"x" * 1000)
    assert caught.value.problem.code == "file_refused"
    assert caught.value.problem.details == {"name": "录像.mp4", "limit": "9.54 MB"}
    assert proxy.asked == before


def test_every_byte_is_told_with_its_class(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy, database: Database
) -> None:
    spent: list[Traffic] = []
    desk.on_traffic = spent.append
    pull(desk, cache)
    desk.send([record(1, "i3")])
    database.put("incidents", [incident(3, 1)])
    pull(desk, cache)
    list(desk.repair(cache.sums("county")))
    assert sum(each.sent for each in spent) == proxy.asked == desk.bytes_sent
    assert sum(each.received for each in spent) == proxy.answered == desk.bytes_received
    assert [each.fresh for each in spent].count(True) == proxy.connections == 1
    kinds = {each.kind for each in spent}
    assert kinds == {TrafficClass.CHANGES, TrafficClass.SNAPSHOT, TrafficClass.COMMANDS}
    assert all(each.delay_ms is not None and each.delay_ms >= 0 for each in spent)


def test_an_idle_poll_and_an_acknowledgement_cost_few_bytes(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy, level: str
) -> None:
    pull(desk, cache)
    pull(desk, cache)
    before = proxy.asked + proxy.answered
    pull(desk, cache, PullPlan())
    poll = proxy.asked + proxy.answered - before
    before = proxy.asked + proxy.answered
    seen = record(1, "i3")
    desk.send(
        [
            msgspec.structs.replace(
                seen, command=msgspec.structs.replace(seen.command, key=mint_key())
            )
        ]
    )
    acknowledgement = proxy.asked + proxy.answered - before
    assert poll <= 200
    assert acknowledgement <= (300 if level == "level 2" else 900)


def test_a_connection_the_server_dropped_is_noticed_and_nothing_fails(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy
) -> None:
    pull(desk, cache)
    for _ in range(3):
        proxy.drop_all()
        pull(desk, cache)
        proxy.drop_all()
        assert desk.send([record(1, "i3")])[0].receipt is Receipt.ACCEPTED
    desk.reset()
    pull(desk, cache)
    assert proxy.connections == 8


def test_both_ends_really_speak_the_level_asked_for(
    desk: CountyConnector, cache: SqliteCache, level: str
) -> None:
    pull(desk, cache)
    assert (desk._platform.accept == MEDIA) == (level == "level 2")
