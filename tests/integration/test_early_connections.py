"""The county is called while the window is still being built, and answered once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import bootstrap
from desktop.application.ports import SourceError, StoreError
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.early import EarlyConnections
from desktop.domain.clock import SystemClock
from desktop.domain.source import Problem
from support.program import write_profile

KEY = bytes(32)
FILLED_UP = 512


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that accepts when the test says so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


def opened(folder: Path, profile_file: Path) -> bootstrap.Desk:
    profile = bootstrap.load_profile(profile_file)
    store = folder / "store"
    store.mkdir(mode=0o700)
    words = bootstrap.words_in("en")
    return bootstrap.Desk(profile, store, KEY, words, [], connects=True)


def test_a_desk_calls_its_county_before_any_exchange_begins(
    listener: socket.socket, tmp_path: Path
) -> None:
    desk = opened(tmp_path, write_profile(tmp_path / "desk.toml", url_of(listener)))
    try:
        accepted, _ = listener.accept()
    finally:
        desk.close()
    with accepted:
        accepted.settimeout(5)
        assert accepted.recv(1) == b""  # Nobody took it over, so the desk let it go.


def test_a_desk_whose_files_cannot_be_opened_lets_its_county_go(
    listener: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[socket.socket] = []

    def fail(*_: object) -> None:
        taken.append(listener.accept()[0])
        raise StoreError(Problem("store_locked", {"file": "outbox.db"}))

    monkeypatch.setattr(bootstrap, "open_or_rescue", fail)
    with pytest.raises(StoreError):
        opened(tmp_path, write_profile(tmp_path / "desk.toml", url_of(listener)))
    with taken[0] as accepted:
        accepted.settimeout(5)
        assert accepted.recv(1) == b""


def test_a_county_behind_a_proxy_is_not_called_past_it(
    listener: socket.socket, tmp_path: Path
) -> None:
    profile = write_profile(tmp_path / "desk.toml", url_of(listener))
    with profile.open("a", encoding="utf-8") as file:
        file.write('proxy = "http://127.0.0.1:9"\n')
    desk = opened(tmp_path, profile)
    try:
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()
    finally:
        desk.close()


def test_the_connection_begun_is_the_one_the_first_request_goes_over(
    listener: socket.socket,
) -> None:
    used: list[int] = []
    early, url = EarlyConnections(lambda: used.append(1)), url_of(listener)
    early.begin(url)
    accepted, _ = listener.accept()
    assert early.begun
    accepted.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    client = HttpClient(url, SystemClock(), sockets=early.take(url))
    with accepted:
        assert client.get("v1/any").body == b"hi"
        assert accepted.recv(4096).startswith(b"GET /v1/any")
    assert early.take(url) is None
    assert (used, early.begun) == ([1], False)
    client.close()
    early.close()


def test_a_greeting_is_not_filled_up(listener: socket.socket) -> None:
    url = url_of(listener).replace("http:", "https:")
    client = HttpClient(url, SystemClock())

    def ask() -> None:
        with pytest.raises(SourceError):
            client.get("v1/any")

    asking = threading.Thread(target=ask)
    asking.start()
    with listener.accept()[0] as accepted:
        greeting = accepted.recv(4096)
    asking.join()
    client.close()
    assert greeting[:1] == b"\x16"
    assert len(greeting) < FILLED_UP
