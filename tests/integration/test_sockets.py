"""A connection begun early is taken over by whoever connects there, and is never lost."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.connectors.http.sockets import Sockets
from support.program import free_port


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that accepts when the test says so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


def test_what_was_begun_early_is_the_connection_that_is_used(listener: socket.socket) -> None:
    sockets, port = Sockets(), listener.getsockname()[1]
    sockets.begin("127.0.0.1", port, 5)
    own, _ = sockets.connect("127.0.0.1", port, 5)
    accepted, _ = listener.accept()
    own.sendall(b"one")
    assert accepted.recv(3) == b"one"
    listener.settimeout(0.05)
    with pytest.raises(TimeoutError):
        listener.accept()
    for each in (own, accepted):
        each.close()
    sockets.release()


def test_a_connection_elsewhere_leaves_the_early_one_alone(listener: socket.socket) -> None:
    sockets, port = Sockets(), listener.getsockname()[1]
    sockets.begin("127.0.0.1", free_port(), 5)
    own, _ = sockets.connect("127.0.0.1", port, 5)
    own.close()
    sockets.close()
    sockets.release()


def test_an_early_refusal_is_told_to_whoever_connects() -> None:
    sockets, port = Sockets(), free_port()
    sockets.begin("127.0.0.1", port, 5)
    with pytest.raises(ConnectionRefusedError):
        sockets.connect("127.0.0.1", port, 5)
    sockets.release()


def test_an_early_connection_nobody_took_is_let_go(listener: socket.socket) -> None:
    sockets = Sockets()
    sockets.begin("127.0.0.1", listener.getsockname()[1], 5)
    accepted, _ = listener.accept()
    sockets.close()
    sockets.release()
    accepted.settimeout(5)
    assert accepted.recv(1) == b""
    accepted.close()


def test_closing_waits_for_no_connection_still_being_made(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets, began, may_go_on = Sockets(), threading.Event(), threading.Event()

    def slowly(own: socket.socket, address: Any) -> None:
        began.set()
        may_go_on.wait(5)
        super(socket.socket, own).connect(address)

    monkeypatch.setattr(socket.socket, "connect", slowly, raising=False)
    sockets.begin("127.0.0.1", listener.getsockname()[1], 5)
    assert began.wait(5)
    sockets.close()
    closing = threading.Thread(target=sockets.release)
    closing.start()
    closing.join(2)
    waited = closing.is_alive()
    may_go_on.set()
    closing.join(5)
    accepted, _ = listener.accept()
    accepted.settimeout(5)
    assert accepted.recv(1) == b"", "it was let go when it was made"
    accepted.close()
    assert not waited
