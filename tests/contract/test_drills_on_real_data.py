"""A county that serves its own data as a drill for a while, and then not, loses no desk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from desktop.application.ports import OtherServer
from desktop.application.sync.misplaced import go_on_with
from desktop.connectors.county.openings import MOST_TRIED
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.domain.command import CommandState, Hold
from support.county_rows import incident
from support.whole_desk import Desk

LOGINS = {hashlib.sha256(name.encode()).hexdigest(): Account(name, ()) for name in ("wang", "li")}
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(Database()) as made:
        made.put("incidents", [incident("i1")])
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "d", NOWHERE, "wang")) as made:
        yield made


@contextmanager
def serve(database: Database, desk: Desk, *, drill: bool = False) -> Iterator[None]:
    """The county at a new address, to which the desk turns."""
    settings = Settings("云麓县", snapshot_level=1, drill=drill, accounts=LOGINS)
    with CountyServer(database, settings) as server:
        desk.turn_to(server.base_url)
        yield


@pytest.mark.parametrize("times", [1, MOST_TRIED + 2])
@pytest.mark.parametrize("officer", ["wang", "li"])
def test_a_desk_that_stays_out_of_the_drill_is_no_copy_afterwards(
    database: Database, desk: Desk, times: int, officer: str
) -> None:
    with serve(database, desk):
        assert desk.exchange() is None
    key = desk.note("真的")
    with serve(database, desk, drill=True):
        desk.token = officer
        for _ in range(times):
            assert isinstance(desk.exchange(), OtherServer)
    with serve(database, desk):
        desk.token = "wang"
        assert desk.exchange() is None
        assert desk.state(key) == (CommandState.ACCEPTED, Hold.NONE)


@pytest.mark.parametrize("times", [1, MOST_TRIED + 2])
def test_a_desk_may_go_along_into_the_drill_and_back(
    database: Database, desk: Desk, times: int
) -> None:
    with serve(database, desk):
        assert desk.exchange() is None
    for drill in (True, False):
        with serve(database, desk, drill=drill):
            for _ in range(times):
                error = desk.exchange()
                assert isinstance(error, OtherServer)
            go_on_with(error.binding, "county", desk.stores.cache, desk.outbox, None)
            key = desk.note("到场")
            assert desk.exchange() is None
            assert desk.state(key)[0] is CommandState.ACCEPTED
