"""An exchange leaves nothing that only a search for garbage would free.

A desk at rest makes so little that such a search may not come for hours: the rows of a whole
snapshot stayed in memory.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.sync.scope import ScopeGuard
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from support.county_rows import incident
from support.whole_desk import Desk

OURS = ("desktop.application", "desktop.connectors", "desktop.domain", "desktop.storage")


@pytest.fixture(autouse=True)
def no_search_of_its_own() -> Iterator[None]:
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def found_in_circles() -> set[str]:
    """What a search for garbage finds of the desk's own, by its kind."""
    gc.collect()
    return {
        f"{type(each).__qualname__} {getattr(each, '__qualname__', '')}".strip()
        for each in gc.garbage
        if any(_module(of).startswith(OURS) for of in (each, type(each)))
    }


def _module(of: object) -> str:
    return str(getattr(of, "__module__", ""))


@pytest.mark.parametrize("level", [1, 2])
def test_neither_a_snapshot_nor_changes_leave_anything(tmp_path: Path, level: int):
    database = Database()
    database.put("incidents", [incident(f"i{n}") for n in range(50)])
    server = CountyServer(database, Settings("云麓县", snapshot_level=level))
    server.start()
    desk = Desk(tmp_path / "d", server.base_url)
    assert desk.exchange() is None
    database.put("incidents", [incident("i1", summary="水退了")])
    desk.note("真的")
    assert desk.exchange() is None
    assert desk.last is not None
    assert (desk.last.rows, desk.last.answered) == (1, 1)
    assert found_in_circles() == set()
    desk.close()
    server.close()
    database.close()


def test_a_circle_would_be_found():
    guard = ScopeGuard.__new__(ScopeGuard)
    guard.own = guard  # type: ignore[attr-defined]
    assert found_in_circles() == set()
    del guard
    assert found_in_circles() == {"ScopeGuard"}
