"""C: after a restore at the county a desk agrees with it again, and falls silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.link import TrafficClass
from support.counted_desk import CountedDesk
from support.two_ends import at_the_county, held, incident

IDLE_BYTES = 1024
ONE_PULL = {TrafficClass.CHANGES}


@pytest.fixture
def counted(tmp_path: Path, server: CountyServer, level: str) -> Iterator[CountedDesk]:
    folder = tmp_path / "counted"
    folder.mkdir()
    desk = CountedDesk(folder, server.base_url)
    yield desk
    desk.close()


def falls_silent(desk: CountedDesk, database: Database) -> None:
    """It holds what the county has, and no exchange asks for more than what is new."""
    desk.settle()
    assert held(desk.cache) == at_the_county(database)
    for _ in range(3):
        desk.exchange()
        assert desk.bytes <= IDLE_BYTES
        assert {each.kind for each in desk.traffic} == ONE_PULL
        assert desk.repairs == 0
        assert not desk.cache.sync_state("county").diverged


def test_a_desk_agrees_with_a_restored_county_and_asks_for_nothing_twice(
    tmp_path: Path, counted: CountedDesk, database: Database
):
    counted.settle()
    database.backup(tmp_path / "backup")
    database.put("incidents", [incident(n, 1) for n in range(5)])
    database.delete("incidents", ["i7"])
    counted.settle()
    database.restore(tmp_path / "backup")
    falls_silent(counted, database)


def test_a_desk_agrees_with_a_county_that_went_nowhere_but_began_another_epoch(
    counted: CountedDesk, database: Database
):
    counted.settle()
    database.begin_epoch()
    falls_silent(counted, database)


def test_a_patch_reaches_a_row_that_a_restore_left_as_it_was(
    tmp_path: Path, counted: CountedDesk, database: Database
):
    counted.settle()
    database.backup(tmp_path / "backup")
    database.restore(tmp_path / "backup")
    counted.settle()
    row = msgspec.structs.replace(incident(3), channel="12345")
    database.put("incidents", [row])
    counted.exchange()
    assert counted.repairs == 0
    falls_silent(counted, database)


def test_a_desk_that_outdated_its_rows_agrees_again_in_the_same_epoch(
    counted: CountedDesk, database: Database
):
    counted.settle()
    counted.cache.outdate("county")
    falls_silent(counted, database)
