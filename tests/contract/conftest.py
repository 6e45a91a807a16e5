"""The real connector and the reference backend, a line between, at either level; no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from desktop.connectors.county import session
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.clock import SystemClock
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.wire import level1
from support.breaking_proxy import BreakingProxy
from support.two_ends import (
    KEY,
    LEVELS,
    START,
    a_desk,
    incident,
)
from support.without_qt import surroundings

__all__ = ["surroundings"]


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
