"""A county's server that ends while somebody is still arriving."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.http.connection_limits import Door
from desktop.county_server.server import CountyServer

ENOUGH_S = 10.0


def _is_closed(guest: socket.socket) -> bool:
    """Whether the other side has closed this connection."""
    try:
        return guest.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_connection_that_arrives_with_the_end_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_accepting, may_accept = threading.Event(), threading.Event()
    accept, call_soon = Door.accept, asyncio.BaseEventLoop.call_soon_threadsafe
    accepted = []

    def accept_late(self: Door) -> tuple[socket.socket, tuple[str, int]]:
        accepted.append(1)
        if len(accepted) == 1:
            is_accepting.set()
            may_accept.wait(ENOUGH_S)
        if len(accepted) == 2:  # The second guest comes in the loop's next round.
            raise BlockingIOError
        return accept(self)

    def call_then_go_on(self: asyncio.BaseEventLoop, what: Callable[..., Any], *words: Any) -> Any:
        called = call_soon(self, what, *words)
        if is_accepting.is_set():
            may_accept.set()
        return called

    database = Database(tmp_path / "county.db")
    server = CountyServer(database)
    place = urlsplit(server.start())
    monkeypatch.setattr(Door, "accept", accept_late)
    monkeypatch.setattr(asyncio.BaseEventLoop, "call_soon_threadsafe", call_then_go_on)
    address = (place.hostname or "", place.port or 0)
    with socket.create_connection(address, ENOUGH_S) as first:
        assert is_accepting.wait(ENOUGH_S)
        with socket.create_connection(address, ENOUGH_S) as second:
            server.close()
            assert len(accepted) > 2
            assert _is_closed(first)
            assert _is_closed(second)
    database.close()
