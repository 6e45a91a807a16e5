"""Whatever breaks a connection, and wherever: a failure of the network, never of the program."""

from __future__ import annotations

import errno
import http.client
import os
import select
import socket
import threading
from typing import Any

import pytest

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.request import Limits
from desktop.connectors.http.sockets import Made, Sockets
from desktop.domain.clock import SystemClock
from support.program import free_port
from support.resetting_server import ResettingServer
from support.servers import Said, ScriptedServer

NETWORK = [
    "ECONNRESET", "EPIPE", "ECONNABORTED", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT", "ENETDOWN",
    "EHOSTDOWN", "ENETRESET", "ENOTCONN", "EADDRNOTAVAIL", "EMFILE", "EACCES", "EINVAL",
]  # fmt: skip
LARGE = b"x" * 3_000_000
"""More than a connection takes before the other end reads."""


def failed(url: str, body: bytes = b"{}") -> SourceError:
    """How a POST of a line of its own fails; anything but a SourceError goes through."""
    line = HttpClient(url, SystemClock(), limits=Limits(read_timeout_s=0.5))
    try:
        with pytest.raises(SourceError) as caught:
            line.post("x", body)
    finally:
        line.close()
    return caught.value


def raising(name: str) -> Any:
    def fail(*_what: Any, **_named: Any) -> Any:
        code = getattr(errno, name)
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("body", [b"{}", LARGE])
def test_a_server_that_resets_what_it_accepts_is_a_failure_of_the_network(body: bytes):
    with ResettingServer() as server:
        for _ in range(20):  # Which step meets the reset is a race.
            error = failed(f"http://127.0.0.1:{server.port}", body)
            assert error.problem.code == ("cut_short" if error.may_have_left else "unreachable")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_reset_before_it_is_used_is_one_too_and_left_nothing(
    monkeypatch: pytest.MonkeyPatch, scheme: str
):
    connected = Sockets.connect
    with ResettingServer() as server:
        server.go.clear()

        def connect_and_wait(self: Sockets, *where: Any, **how: Any) -> Made:
            made = connected(self, *where, **how)
            server.go.set()
            select.select([made[0]], [], [], 5)  # Until the reset is here.
            return made

        monkeypatch.setattr(Sockets, "connect", connect_and_wait)
        error = failed(f"{scheme}://127.0.0.1:{server.port}", LARGE)
    assert (error.problem.code, error.may_have_left) == ("unreachable", False)


@pytest.mark.parametrize("read", [1, 100])
def test_a_reset_during_the_tls_handshake_left_nothing(read: int):
    with ResettingServer(read) as server:
        error = failed(f"https://127.0.0.1:{server.port}")
    assert (error.problem.code, error.may_have_left) == ("unreachable", False)
    assert error.problem.details["address"].startswith("https://127.0.0.1")


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1"]
)
def test_a_reset_before_or_within_the_answer_may_have_left(said: bytes):
    with ResettingServer(65_536, said) as server:
        error = failed(f"http://127.0.0.1:{server.port}")
    assert (error.problem.code, error.may_have_left) == ("cut_short", True)


@pytest.mark.parametrize("name", NETWORK)
def test_whatever_stops_a_connection_is_a_failure_of_the_network(
    monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setattr(Sockets, "connect", raising(name))
    for scheme in ("http", "https"):
        error = failed(f"{scheme}://127.0.0.1:{free_port()}")
        assert error.problem.code in ("unreachable", "timed_out")
        assert not error.may_have_left


@pytest.mark.parametrize("name", NETWORK)
@pytest.mark.parametrize("where", ["sending", "reading"])
def test_whatever_breaks_a_connection_is_a_failure_of_the_network(
    monkeypatch: pytest.MonkeyPatch, name: str, where: str
):
    with ScriptedServer({"/x": Said(b"[]")}) as server:
        if where == "sending":
            monkeypatch.setattr(http.client.HTTPConnection, "send", raising(name))
        else:
            read, here = socket.SocketIO.readinto, threading.current_thread()

            def readinto(line: socket.SocketIO, buffer: Any) -> Any:
                ours = threading.current_thread() is here
                return raising(name)() if ours else read(line, buffer)

            monkeypatch.setattr(socket.SocketIO, "readinto", readinto)
        error = failed(server.url)
    assert error.problem.code in ("unreachable", "cut_short", "timed_out")
    assert error.may_have_left


@pytest.mark.parametrize("name", NETWORK)
def test_a_resolver_that_fails_is_a_failure_of_the_network(
    monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setattr(socket, "getaddrinfo", raising(name))
    error = failed("http://county.example")
    assert error.problem.code in ("unreachable", "timed_out")
    assert not error.may_have_left


def test_a_name_that_is_none_is_not_found_and_ends_the_early_connection():
    sockets = Sockets()
    sockets.begin("a" * 70 + ".example", 80, 5)
    with pytest.raises(socket.gaierror):
        sockets.connect("a" * 70 + ".example", 80, 5)
    sockets.release()


def test_a_request_within_another_that_reaches_nobody_makes_nothing_of_the_other_unsaid(
    monkeypatch: pytest.MonkeyPatch,
):
    with ScriptedServer({"/x": Said(b"x" * 100_000, cut=70_000)}) as server:
        line = HttpClient(server.url, SystemClock())
        within: list[SourceError] = []

        def ask_within_another() -> None:
            with line.open("GET", "x") as stream:
                monkeypatch.setattr(Sockets, "connect", raising("ENETUNREACH"))
                try:
                    line.post("y", b"{}")
                except SourceError as error:
                    within.append(error)
                stream.whole()

        with pytest.raises(SourceError) as caught:
            ask_within_another()
        line.close()
    assert [error.may_have_left for error in within] == [False]
    assert (caught.value.problem.code, caught.value.may_have_left) == ("cut_short", True)


def test_a_request_called_off_says_whether_something_had_left():
    with ScriptedServer({"/x": Said(b"x", stall=True, length=False)}) as server:
        line = HttpClient(server.url, SystemClock())
        called_off: list[Cancelled] = []

        def wait() -> None:
            with pytest.raises(Cancelled) as caught:
                line.post("x", b"{}")
            called_off.append(caught.value)

        thread = threading.Thread(target=wait)
        thread.start()
        assert server.waiting.wait(10)
        line.close()
        thread.join(5)
        with pytest.raises(Cancelled) as caught:
            line.post("x", b"{}")
    assert [each.may_have_left for each in (*called_off, caught.value)] == [True, False]


def test_what_surely_reached_nobody_is_said_not_to_have_left():
    assert not failed(f"http://127.0.0.1:{free_port()}").may_have_left
    assert not failed("http://county.invalid").may_have_left


def test_what_went_over_a_dead_kept_connection_may_have_left_although_the_next_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = HttpClient(f"http://127.0.0.1:{listener.getsockname()[1]}", SystemClock())

        def serve() -> None:
            there, _ = listener.accept()
            with there:
                there.recv(65_536)
                there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
                there.recv(65_536)
                listener.close()

        thread = threading.Thread(target=serve)
        thread.start()
        line.get("x")
        with pytest.raises(SourceError) as caught:
            line.post("x", b"{}", again=True)
        line.close()
        thread.join(5)
    assert (caught.value.problem.code, caught.value.may_have_left) == ("refused", True)
