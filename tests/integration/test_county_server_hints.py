"""Who is told that there is something new, and that the line still lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from desktop.county_server.db import recent_commits
from desktop.county_server.db.database import Database
from desktop.county_server.http import events as stream
from desktop.county_server.http.events import Hints
from desktop.county_server.scope import ANYBODY, Account
from desktop.wire.level1 import Trend
from support.county_rows import MOMENT, incident

NORTH = Account("north", ("north",))
SOUTH = Account("south", ("south",))


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "GATHER_S", 0.001)
    monkeypatch.setattr(stream, "BETWEEN_S", 0.002)


def touches(database: Database, since: int) -> dict[str, bool]:
    accounts = {"all": ANYBODY, "north": NORTH, "south": SOUTH}
    return {name: database.has_changed_for(since, account) for name, account in accounts.items()}


def test_a_change_matters_to_who_sees_the_row_or_saw_it(database: Database) -> None:
    database.put("incidents", [incident("i", township="south")])
    head = database.head
    database.put("incidents", [incident("i", township="south", address="新址")])
    assert touches(database, head) == {"all": True, "north": False, "south": True}
    head = database.head
    database.put("incidents", [incident("i", township="north")])
    assert touches(database, head) == {"all": True, "north": True, "south": True}
    head = database.head
    database.delete("incidents", ["i"])
    assert touches(database, head) == {"all": True, "north": True, "south": False}
    head = database.head
    database.begin_epoch()
    assert touches(database, head) == {"all": True, "north": True, "south": True}


def test_readings_that_readers_add_themselves_matter_to_nobody(database: Database) -> None:
    database.put("trends", [Trend("a", "asset", MOMENT, 60, (1.0,))])
    head = database.head
    database.put("trends", [Trend("a", "asset", MOMENT, 60, (1.0, 2.0))], quiet=True)
    assert touches(database, head) == {"all": False, "north": False, "south": False}


def test_of_commits_no_longer_remembered_everybody_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recent_commits, "KEPT", 2)
    database = Database()
    heads = []
    for number in range(4):
        heads.append(database.head)
        database.put("incidents", [incident(f"i{number}", township="south")])
    assert [database.has_changed_for(head, NORTH) for head in heads] == [True, True, False, False]
    database.close()


async def following(events: AsyncIterator[bytes]) -> bytes:
    return await asyncio.wait_for(anext(events), 10)


def test_a_desk_hears_of_its_own_townships_only(database: Database) -> None:
    async def live() -> None:
        hints = Hints(database)
        whole, north = hints.events(), hints.events(NORTH)
        await following(whole)
        await following(north)
        waiting = asyncio.ensure_future(following(north))
        database.put("incidents", [incident("i", township="south")])
        assert await following(whole) == f"data: {database.head}\n\n".encode()
        database.put("incidents", [incident("i2", township="north")])
        assert await waiting == f"data: {database.head}\n\n".encode()
        hints.close()

    asyncio.run(live())


def test_a_line_that_is_told_nothing_in_a_busy_county_still_shows_that_it_lives(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.2)

    async def live() -> None:
        hints = Hints(database)
        north = hints.events(NORTH)
        await following(north)
        waiting = asyncio.ensure_future(following(north))
        number = 0
        while not waiting.done():
            number += 1
            database.put("incidents", [incident(f"i{number}", township="south")])
            await asyncio.wait({waiting}, timeout=0.01)
        assert waiting.result() == b":\n\n"
        hints.close()

    asyncio.run(live())
