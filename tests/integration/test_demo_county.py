"""The fictional county hangs together, is the same per seed and goes on after a restart."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.county_server.db.database import Database
from desktop.demo.county import DemoCounty
from desktop.demo.geography import inside
from desktop.paths import resources
from desktop.wire.level1 import (
    COLLECTIONS,
    Alarm,
    Asset,
    Incident,
    Phrase,
    Queue,
    Township,
    Trend,
    Warning,
)
from support.waits import break_wait

NOW = datetime(2026, 5, 1, 6, 3, 30, tzinfo=UTC)
CLOSED = ("closed", "void")


class Told:
    """All rows of a county by collection."""

    def __init__(self, database: Database) -> None:
        self.rows: dict[str, list[Any]] = {name: database.rows(name) for name in COLLECTIONS}
        self.townships: list[Township] = self.rows["townships"]
        self.incidents: list[Incident] = self.rows["incidents"]
        self.assets: list[Asset] = self.rows["assets"]
        self.queues: list[Queue] = self.rows["queues"]
        self.alarms: list[Alarm] = self.rows["alarms"]
        self.trends: list[Trend] = self.rows["trends"]
        self.warnings: list[Warning] = self.rows["warnings"]
        self.open = [each for each in self.incidents if each.stage not in CLOSED]


def county(**more: Any) -> DemoCounty:
    return DemoCounty(now=NOW, **({"incidents": 400} | more))


def told(**more: Any) -> Told:
    found = county(**more)
    rows = Told(found.database)
    found.close()
    return rows


@pytest.fixture(scope="module")
def full() -> Iterator[Told]:
    found = county(incidents=10_000)
    yield Told(found.database)
    found.close()


def due_at(incident: Incident) -> datetime | None:
    return min((d.due_at for d in incident.deadlines if d.done_at is None), default=None)


def test_it_has_the_size_of_a_county(full: Told) -> None:
    assert len(full.townships) == 18
    assert len(full.incidents) == 10_000
    assert 290 <= len(full.open) <= 320
    assert len(full.assets) == 500
    assert len({each.kind for each in full.assets}) >= 12
    assert len(full.queues) == 40
    assert len(full.trends) == 540
    assert all(len(each.values) == 144 and each.step_s == 600 for each in full.trends)


def test_the_storm_is_under_way_when_it_begins(full: Told) -> None:
    states = Counter(each.state for each in full.assets)
    assert (states["failed"], states["degraded"], states["unknown"]) == (3, 5, 17)
    unknown = [each for each in full.assets if each.state == "unknown"]
    assert {each.depends_on for each in unknown} == {("gateway-huaishuwan-1",)}
    calling = [each for each in full.alarms if each.state == "unacknowledged"]
    assert len(calling) == 3
    heads = {each.id for each in calling}
    followers = Counter(each.cause for each in full.alarms if each.cause)
    assert set(followers) < heads
    assert max(followers.values()) == 17
    overdue = [each for each in full.open if (due_at(each) or NOW) < NOW]
    assert len(overdue) == 4
    assert "310 县道落石，单向通行" in [each.title.zh for each in overdue]  # type: ignore[union-attr]
    worst = [each for each in full.open if each.level == "larger"]
    assert len(worst) == 2
    assert [w.level for w in full.warnings if w.lifted_at is None] == ["orange"]
    congested = [
        q
        for q in full.queues
        if q.waiting is not None and q.waiting_limit is not None and q.waiting >= q.waiting_limit
    ]
    assert len(congested) == 2


def test_most_matters_have_no_event_level_and_none_is_especially_major(full: Told) -> None:
    levels = Counter(each.level for each in full.incidents)
    assert levels["none"] > 9_000
    assert levels["ordinary"] > levels["larger"] > levels["major"] > 0
    assert set(levels) == {"none", "ordinary", "larger", "major"}


def phrases(value: object) -> Iterator[Phrase | str]:
    match value:
        case Phrase():
            yield value
        case tuple() | list():
            for each in value:
                yield from phrases(each)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                if name in ("name", "title", "summary", "address", "text", "headline", "site",
                            "detail", "lead_unit", "co_units", "timeline", "area", "metric",
                            "description", "instruction"):  # fmt: skip
                    yield from phrases(getattr(value, name))


def test_every_text_is_in_both_languages_with_no_blank_left(full: Told) -> None:
    seen = 0
    for row in itertools.chain.from_iterable(full.rows.values()):
        for text in phrases(row):
            assert isinstance(text, Phrase)
            assert text.zh
            assert text.en
            assert text.en.isascii() or "²" in text.en or "³" in text.en or "°" in text.en, text.en
            assert not set("{}") & set(text.zh + text.en)
            seen += 1
    assert seen > 50_000


def test_codes_have_names_and_ids_have_rows(full: Told) -> None:
    folder = resources() / "county"
    tables = {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("categories", "asset_kinds", "channels")
    }
    assert {each.category for each in full.incidents} <= set(tables["categories"])
    assert {each.channel for each in full.incidents} <= set(tables["channels"])
    assert {each.kind for each in full.assets} <= set(tables["asset_kinds"])
    for table in tables.values():
        assert all(entry["zh"] and entry["en"] for entry in table.values())
    assets = {each.id for each in full.assets}
    townships = {each.id for each in full.townships}
    assert {one for each in full.assets for one in each.depends_on} <= assets
    assert {one for each in full.incidents for one in each.assets} <= assets
    assert {each.asset for each in full.alarms} <= assets
    assert {each.township for each in [*full.assets, *full.incidents]} <= townships
    assert {each.id for each in full.trends} == assets | {each.id for each in full.queues}


def test_numbers_and_ids_are_unique_and_open_titles_do_not_repeat(full: Told) -> None:
    assert len({each.number for each in full.incidents}) == len(full.incidents)
    titles = [each.title for each in full.open]
    assert len(set(titles)) == len(titles)


def test_everything_lies_in_its_own_township(full: Told) -> None:
    outlines = {each.id: each.outline for each in full.townships}
    for row in [*full.assets, *full.incidents]:
        assert row.place is not None
        assert inside(row.place.lon, row.place.lat, outlines[row.township]), row.id


def test_neighbours_share_their_borders_and_the_county_has_no_hole(full: Told) -> None:
    edges: Counter[tuple[tuple[float, float], ...]] = Counter()
    for township in full.townships:
        assert township.outline[0] == township.outline[-1]
        assert len(township.outline) > 40
        for edge in itertools.pairwise(township.outline):
            edges[tuple(sorted(edge))] += 1
    assert set(edges.values()) == {1, 2}
    border = [edge for edge, count in edges.items() if count == 1]
    ways: dict[tuple[float, float], list[tuple[float, float]]] = {}
    for start, end in border:
        ways.setdefault(start, []).append(end)
        ways.setdefault(end, []).append(start)
    assert {len(each) for each in ways.values()} == {2}
    first = border[0][0]
    before, at, steps = first, ways[first][0], 1
    while at != first:
        before, at = at, next(each for each in ways[at] if each != before)
        steps += 1
    assert steps == len(border)


def test_no_asset_needs_itself_however_far_round(full: Told) -> None:
    needs = {each.id: each.depends_on for each in full.assets}
    done: set[str] = set()

    def visit(asset_id: str, above: frozenset[str]) -> None:
        assert asset_id not in above
        if asset_id not in done:
            for needed in needs[asset_id]:
                visit(needed, above | {asset_id})
            done.add(asset_id)

    for asset_id in needs:
        visit(asset_id, frozenset())


def test_timelines_run_forward_and_nothing_lies_ahead_of_now(full: Told) -> None:
    for each in full.incidents:
        moments = [entry.recorded_at for entry in each.timeline]
        assert moments == sorted(moments)
        assert moments[-1] <= NOW
        assert each.recorded_at <= moments[0] + timedelta(seconds=1)
        assert all(d.done_at is None or d.done_at <= NOW for d in each.deadlines)


def test_the_same_seed_tells_the_same_and_another_seed_another_county() -> None:
    first, again, other = told(seed=3), told(seed=3), told(seed=4)
    assert first.rows == again.rows
    assert first.incidents != other.incidents
    assert first.townships == other.townships


@pytest.mark.parametrize("scenario", ["storm", "quiet", "flood"])
def test_the_same_seconds_bring_the_same_county(scenario: str) -> None:
    seen = []
    for _ in range(2):
        found = county(scenario=scenario)
        for minute in range(1, 12):
            found.course.advance(60, NOW + timedelta(minutes=minute))
        seen.append(Told(found.database).rows)
        found.close()
    assert seen[0] == seen[1]


def live_through(found: DemoCounty, seconds: int) -> Told:
    done = found.course.second
    for second in range(done + 30, done + seconds + 1, 30):
        found.course.advance(30, NOW + timedelta(seconds=second))
    return Told(found.database)


def test_the_storm_passes_and_the_next_one_comes() -> None:
    found = county()
    after = live_through(found, 3_600)
    assert {each.state for each in after.assets} == {"normal"}
    assert all(each.lifted_at is not None for each in after.warnings)
    assert all(each.stage == "closed" for each in after.incidents if each.id.startswith("story"))
    again = live_through(found, 3_590)
    assert sum(each.state == "unknown" for each in again.assets) == 17
    assert [w.level for w in again.warnings if w.lifted_at is None] == ["orange"]
    assert sum(each.id.startswith("story") for each in again.open) == 5
    found.close()


def test_a_flood_brings_hundreds_of_alarms_under_a_few_causes() -> None:
    found = county(scenario="flood")
    before = {each.id for each in Told(found.database).alarms}
    after = [each for each in live_through(found, 300).alarms if each.id not in before]
    found.close()
    assert len(after) >= 200
    assert sum(not each.cause for each in after) == 8


def test_open_incidents_neither_run_dry_nor_pile_up_over_a_night() -> None:
    found = county(incidents=600)
    after = live_through(found, 2 * 7_200)
    found.close()
    assert 200 <= len(after.open) <= 480


def test_readings_lengthen_the_trends_and_unseen_time_is_a_gap() -> None:
    found = county()
    found.course.advance(1, NOW + timedelta(minutes=35))
    after = Told(found.database)
    found.close()
    for trend in after.trends:
        assert len(trend.values) == 144
        assert trend.start_at + timedelta(seconds=600 * 143) == NOW.replace(minute=30, second=0)
        assert trend.values[-3:-1] == (None, None)


def test_a_restart_goes_on_with_the_same_county(tmp_path: Path) -> None:
    path = tmp_path / "county.db"
    first = county(database_path=path)
    first.course.advance(500, NOW + timedelta(seconds=500))
    epoch, rows = first.database.epoch, Told(first.database).rows
    first.close()
    second = DemoCounty(path, now=NOW + timedelta(hours=1), incidents=400)
    assert second.database.epoch == epoch
    assert Told(second.database).rows == rows
    assert second.course.second == 500
    second.close()
    third = DemoCounty(path, now=NOW, incidents=400, reset=True)
    assert third.database.epoch != epoch
    assert third.course.second == 0
    third.close()


def test_a_quiet_day_begins_with_nothing_wrong() -> None:
    rows = told(scenario="quiet")
    assert {each.state for each in rows.assets} == {"normal"}
    assert rows.alarms == []
    assert all(each.lifted_at is not None for each in rows.warnings)


@pytest.mark.expects_log("could not go on")
def test_a_disk_that_is_full_for_a_while_does_not_freeze_the_county(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktop.demo.county.TICK_S", 0.01)
    found = county(speed=100.0)
    lived = threading.Event()
    tries: list[int] = []

    def advance(seconds: int, _now: datetime) -> None:
        tries.append(seconds)
        if len(tries) == 1:
            raise sqlite3.OperationalError("database or disk is full")
        lived.set()

    monkeypatch.setattr(found.course, "advance", advance)
    found.start()
    assert lived.wait(30)
    found.close()


@pytest.mark.expects_log("could not go on")
@pytest.mark.parametrize("error", [SystemExit, MemoryError])
def test_the_county_lives_on_after_what_would_end_its_thread(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    monkeypatch.setattr("desktop.demo.county.TICK_S", 0.01)
    found = county(speed=100.0)
    lived = threading.Event()
    monkeypatch.setattr(found.course, "advance", lambda *_given: lived.set())
    break_wait(monkeypatch, "demo-county", error)
    found.start()
    assert lived.wait(30)
    found.close()
