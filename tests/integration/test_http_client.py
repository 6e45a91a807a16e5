"""What a line tells of its bytes, asks again, drops, and never carries elsewhere."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.application.ports import LoginRule, SourceError
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.local_address import address_towards
from desktop.connectors.http.login import Login
from desktop.connectors.http.request import Limits
from desktop.domain.clock import SystemClock
from desktop.domain.link import RequestStats, TrafficClass
from support.real_prometheus import free_ports
from support.servers import Asked, Said, ScriptedServer, said_json


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def test_a_lean_line_says_nothing_that_was_not_asked_for(server: ScriptedServer):
    server.answers["/x"] = said_json(1)
    line = HttpClient(server.url, SystemClock(), lean=True)
    line.get("x", accept="")
    line.post("x", b"{}", accept="", content="text/plain")
    line.put("x", b"", headers={})
    line.close()
    heads = [set(asked.headers) for asked in server.asked]
    assert heads == [
        {"host"},
        {"host", "content-type", "content-length"},
        {"host", "content-length"},
    ]


def test_an_empty_path_asks_the_address_as_it_is_written(server: ScriptedServer):
    for address in ("/gauges.csv", "/gauges.csv?town=3", "/tables/"):
        line = HttpClient(server.url + address, SystemClock())
        server.answers[address.partition("?")[0]] = Said(b"x")
        assert line.get("").body == b"x"
        assert server.asked[-1].target == address
        line.close()


def test_each_request_is_told_with_its_class_bytes_and_times(server: ScriptedServer):
    server.answers["/x"] = Said(b"x" * 1000)
    spent: list[RequestStats] = []
    line = HttpClient(server.url, SystemClock(), on_traffic=spent.append)
    line.get("x", kind=TrafficClass.SNAPSHOT)
    line.post("x", b"y" * 500)
    line.close()
    first, second = spent
    assert (first.kind, first.fresh) == (TrafficClass.SNAPSHOT, True)
    assert (second.kind, second.fresh) == (TrafficClass.COMMANDS, False)
    assert first.received > 1000
    assert 500 < second.sent < 800
    for each in spent:
        assert each.delay_ms is not None
        assert 0 <= each.delay_ms < 60_000
        assert 0 <= each.body_ms < 60_000
    assert (line.bytes_sent, line.bytes_received) == (
        first.sent + second.sent,
        first.received + second.received,
    )


def test_a_request_nobody_answered_is_told_without_a_delay(server: ScriptedServer):
    spent: list[RequestStats] = []
    server.answers["/x"] = Said(cut=0, length=True)
    port = free_ports(1)[0]
    line = HttpClient(f"http://127.0.0.1:{port}", SystemClock(), on_traffic=spent.append)
    with pytest.raises(SourceError):
        line.get("x")
    line.close()
    assert [(each.delay_ms, each.received) for each in spent] == [(None, 0)]


class Flighty:
    """A server that gives one answer and drops the connection when the next request has come."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                self.heads.append(line.recv(65_536))
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
                if again := line.recv(65_536):
                    self.heads.append(again)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def test_over_a_dead_kept_connection_only_what_does_no_harm_is_asked_again():
    server = Flighty()
    line = HttpClient(server.url, SystemClock())
    for _ in range(2):
        line.get("x")
    assert len(server.heads) == 3
    line.post("x", b"{}", again=True)
    assert len(server.heads) == 5
    with pytest.raises(SourceError) as caught:
        line.post("x", b"{}")
    assert caught.value.problem.code == "cut_short"
    line.close()
    server.close()
    assert len(server.heads) == 6


def test_a_fresh_connection_that_breaks_is_not_tried_twice(server: ScriptedServer):
    server.answers["/x"] = Said(b"abc", half_head=True)
    line = HttpClient(server.url, SystemClock(), limits=Limits(read_timeout_s=0.1))
    with pytest.raises(SourceError):
        line.get("x")
    line.close()
    assert len(server.asked) == 1


@pytest.mark.parametrize("whole", [Said(b"[]"), Said(status=204)])
def test_a_head_that_breaks_off_is_no_answer(whole: Said):
    head = whole.head()

    def broken(cut: int) -> str:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            line = HttpClient(f"http://127.0.0.1:{listener.getsockname()[1]}", SystemClock())

            def serve() -> None:
                there, _ = listener.accept()
                with there:
                    there.recv(65_536)
                    there.sendall(head[:cut])

            thread = threading.Thread(target=serve)
            thread.start()
            with pytest.raises(SourceError) as caught:
                line.get("x", expect=(200, 204))
            thread.join(5)
            line.close()
            return caught.value.problem.code

    assert {broken(cut) for cut in range(0, len(head) - 1, 7)} == {"cut_short"}


def test_a_reset_from_another_thread_makes_the_next_request_anew(server: ScriptedServer):
    server.answers["/x"] = said_json(1)
    line = HttpClient(server.url, SystemClock())
    line.get("x")
    thread = threading.Thread(target=line.reset)
    thread.start()
    thread.join()
    assert line.get("x").decode(int) == 1
    line.close()
    assert server.connections == 2


def test_a_reset_ends_a_wait_and_what_does_no_harm_is_asked_once_more(server: ScriptedServer):
    waiting, let_go = threading.Event(), threading.Event()

    def answer(_asked: Asked) -> Said:
        if not waiting.is_set():
            waiting.set()
            let_go.wait(10)
        return said_json(7)

    server.answers["/x"] = answer
    line = HttpClient(server.url, SystemClock())
    heard: list[Any] = []
    thread = threading.Thread(target=lambda: heard.append(line.get("x").decode(int)))
    thread.start()
    assert waiting.wait(10)
    line.reset()
    thread.join(10)
    let_go.set()
    line.close()
    assert heard == [7]


def test_the_address_towards_a_server_is_that_of_the_way_to_it():
    assert address_towards("http://127.0.0.1:8080/") == "127.0.0.1"
    assert address_towards("http://[::1]/") in ("::1", None)
    before = address_towards("https://county.invalid/api")
    assert before == address_towards("https://another.invalid")
    assert address_towards("http://127.0.0.1:99999999/") is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_a_redirect_carries_neither_command_nor_token_elsewhere(
    server: ScriptedServer, status: int, method: str
):
    with ScriptedServer({"*": said_json(1)}) as elsewhere:
        there = elsewhere.url + "/login"
        server.answers["/x"] = Said(status=status, headers={"Location": there})
        line = HttpClient(
            server.url, SystemClock(), login=Login(lambda: "secret", LoginRule(server.url))
        )
        ask_for = {
            "get": lambda: line.get("x"),
            "post": lambda: line.post("x", b"command", again=True),
            "put": lambda: line.put("x", b"piece", headers={}),
        }[method]
        with pytest.raises(SourceError) as caught:
            ask_for()
        line.close()
        assert caught.value.problem.code == "captive_portal"
        assert not elsewhere.asked
        assert len(server.asked) == 1
