"""Exchanges with nobody searching for garbage; then what such a search finds: circles.py LEVEL.

A process of its own: in another's the search would find what other tests left. Prints one line
for each kind; with the level 0 it plants one.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from desktop.application.sync.scope import ScopeGuard  # noqa: E402 - needs the paths above
from desktop.county_server.db.database import Database  # noqa: E402
from desktop.county_server.http.api import Settings  # noqa: E402
from desktop.county_server.server import CountyServer  # noqa: E402
from support.county_rows import incident  # noqa: E402
from support.whole_desk import Desk  # noqa: E402

OURS = ("desktop.application", "desktop.connectors", "desktop.domain", "desktop.storage")


def exchanges(folder: Path, level: int) -> set[str]:
    """A first exchange with a whole list, and one with a change and a command; what they left."""
    database = Database()
    database.put("incidents", [incident(f"i{n}") for n in range(50)])
    server = CountyServer(database, Settings("云麓县", snapshot_level=level or 1))
    server.start()
    desk = Desk(folder, server.base_url)
    if not level:
        plant()
    assert desk.exchange() is None
    database.put("incidents", [incident("i1", summary="水退了")])
    desk.note("真的")
    assert desk.exchange() is None
    assert desk.last is not None
    assert (desk.last.rows, desk.last.answered) == (1, 1)
    found = search()
    desk.close()
    server.close()
    database.close()
    return found


def plant() -> None:
    """Leave something in a circle."""
    guard = ScopeGuard.__new__(ScopeGuard)
    guard.own = guard  # type: ignore[attr-defined]


def search() -> set[str]:
    """What a search for garbage finds of the desk's own, by its kind."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    return {
        f"{type(each).__qualname__} {getattr(each, '__qualname__', '')}".strip()
        for each in gc.garbage
        if any(_module(of).startswith(OURS) for of in (each, type(each)))
    }


def _module(of: object) -> str:
    return str(getattr(of, "__module__", ""))


def main(level: int) -> None:
    """Exchange, search and print."""
    gc.collect()
    gc.disable()
    with tempfile.TemporaryDirectory() as scratch:
        for kind in sorted(exchanges(Path(scratch) / "desk", level)):
            print(kind)


if __name__ == "__main__":
    main(int(sys.argv[1]))
