"""A filled county, desks that ask it at either level, and what each of both holds."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from desktop.application.ports import IncidentFilter, PullPlan
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.mapping import ROWS
from desktop.county_server.db.database import Database
from desktop.domain.command import Collection
from desktop.domain.source import Batch, Row
from desktop.storage.cache.store import SqliteCache
from desktop.wire import level1
from support.sources import services, source_settings

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


def a_desk(url: str, client: str = "d1") -> CountyConnector:
    where = source_settings("county", url=url)
    return CountyConnector(where, services(client=client))


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
