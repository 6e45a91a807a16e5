"""A street of servers and of those who come to them: desks, neighbours and bare connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.http.transport import CountyLine
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from support.county_rows import MOMENT, incident
from support.http_desk import HttpDesk, accounts

LOGINS = accounts(Account("north", ("north",)), Account("south", ("south",)))
LONG_S = 30.0


class Street:
    """Servers and those who come to them, put away at the end."""

    def __init__(self, database: Database, ends: ExitStack) -> None:
        self._database, self._ends = database, ends

    def serve(self, settings: Settings | None = None, **how: Any) -> CountyServer:
        """A county that serves."""
        server = CountyServer(self._database, settings or Settings(accounts=LOGINS), **how)
        return self._ends.enter_context(server)

    def desk(self, server: CountyServer, token: str = "", source: str = "127.0.0.1") -> HttpDesk:
        """A desk from that address."""
        found = HttpDesk(server, token, source=source)
        self._ends.callback(found.close)
        return found

    def line(self, server: CountyServer) -> socket.socket:
        """A bare connection."""
        where = urlsplit(server.base_url)
        found = socket.create_connection((where.hostname or "", where.port or 0), timeout=LONG_S)
        self._ends.callback(found.close)
        return found


@pytest.fixture
def clock() -> list[float]:
    return [MOMENT.timestamp() + 300]


@pytest.fixture
def database(tmp_path: Path, clock: list[float]) -> Iterator[Database]:
    found = Database(tmp_path / "county.db", time_s=lambda: clock[0])
    found.put("incidents", [incident("i1", township="north"), incident("i2", township="south")])
    yield found
    found.close()


@pytest.fixture
def street(database: Database) -> Iterator[Street]:
    with ExitStack() as ends:
        yield Street(database, ends)


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when the server has let a connection go, socket and all."""
    told, lost = threading.Event(), CountyLine.connection_lost

    def told_after(self: CountyLine, error: Exception | None) -> None:
        lost(self, error)
        self.loop.call_soon(told.set)

    monkeypatch.setattr(CountyLine, "connection_lost", told_after)
    return told
