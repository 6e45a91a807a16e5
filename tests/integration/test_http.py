"""HTTP to a source: bounded, closed from any thread, every failure with its own words."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import Cancelled, LoginRule, SourceError
from desktop.connectors.http import errors
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.login import Login
from desktop.connectors.http.request import Limits
from desktop.connectors.http.sockets import Sockets
from desktop.domain.clock import CorrectedClock, SystemClock
from support.builders import FakeClock
from support.program import until
from support.real_prometheus import free_ports
from support.servers import PORTAL, Asked, Said, ScriptedServer, said_json, said_packed
from support.waiting import close_while_it_waits

PROBLEMS = tomllib.loads(
    (Path(__file__).parents[2] / "resources/i18n/problems.toml").read_text("utf-8")
)

SYN_SENT = "02"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def ask(url: str, path: str = "x", **settings: Any) -> Any:
    """The answer over a line of its own."""
    line = HttpClient(url, SystemClock(), **settings)
    try:
        return line.get(path)
    finally:
        line.close()


def connecting_to(there: socket.socket) -> int:
    """How many connections to it wait for an answer, as the system tells."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    wanted = [f"0100007F:{there.getsockname()[1]:04X}", SYN_SENT]
    return sum(line.split()[2:4] == wanted for line in lines)


def failure_of(url: str, **settings: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        ask(url, **settings)
    assert set(PROBLEMS[caught.value.problem.code]) == {"zh", "en"}
    return caught.value


ANSWERS: list[tuple[str, Said]] = [
    ("captive_portal", PORTAL),
    ("captive_portal", Said(b"<?xml version='1.0'?><!DOCTYPE html><html/>")),
    ("captive_portal", Said(status=302, headers={"Location": "http://login.invalid/"})),
    ("captive_portal", Said(status=511)),
    ("captive_portal", Said(status=302, headers={"Location": "/x"})),
    ("login_expired", Said(status=401)),
    ("forbidden", Said(status=403)),
    ("not_found", Said(status=404)),
    ("request_refused", Said(status=418)),
    ("too_many", Said(status=429)),
    ("server_error", Said(status=500)),
    ("server_busy", Said(status=503)),
    ("timed_out", Said(status=504)),
    ("cut_short", Said(b"x" * 100, cut=50)),
    ("cut_short", Said(gzip.compress(b"x" * 99)[:-9], headers={"Content-Encoding": "gzip"})),
    ("not_understood", Said(b"no gzip", headers={"Content-Encoding": "gzip"})),
    ("not_understood", Said(b"x", headers={"Content-Encoding": "br"})),
    ("too_large", Said(b"x", headers={"Content-Length": "9000000"})),
    ("too_large", Said(b"x" * 2_000_000, length=False)),
    ("too_large", said_packed(b"0" * 2_000_000)),
]


@pytest.mark.parametrize("code, answer", ANSWERS)
def test_each_wrong_answer_has_its_own_words(server: ScriptedServer, code: str, answer: Said):
    server.answers["/x"] = answer
    error = failure_of(server.url, limits=Limits(max_bytes=1_000_000))
    assert error.problem.code == code
    assert error.held == (code == "login_expired")
    assert server.url in error.problem.details["address"]


def test_the_patience_asked_for_is_kept_within_an_hour_and_without_proof_a_minute(
    server: ScriptedServer,
):
    server.answers["/x"] = Said(status=503, headers={"Retry-After": "7"})
    assert failure_of(server.url).retry_after_s == 7
    server.answers["/x"] = Said(status=429, headers={"Retry-After": "999999"})
    assert failure_of(server.url).retry_after_s == errors.UNPROVEN_WAIT_S
    line = HttpClient(server.url, SystemClock())
    line.marked = lambda url, headers: url.endswith("/x") and headers["Retry-After"] == "999999"
    with pytest.raises(SourceError) as caught:
        line.get("x")
    line.close()
    assert caught.value.retry_after_s == 3600, "it bore the mark"
    said = {
        "Retry-After": "Sun, 22 Nov 2026 00:00:30 GMT",
        "Date": "Sun, 22 Nov 2026 00:00:00 GMT",
    }
    assert errors.retry_after_s(said) == 30
    assert errors.retry_after_s({"Retry-After": "soon"}) is None


def test_a_port_nobody_listens_on_refuses():
    assert failure_of(f"http://127.0.0.1:{free_ports(1)[0]}").problem.code == "refused"


def test_a_name_nobody_knows_is_not_found():
    assert failure_of("http://county.invalid").problem.code == "name_not_found"


def test_silence_ends_with_the_read_time_out(server: ScriptedServer):
    server.answers["/x"] = Said(b"x", stall=True, length=False)
    error = failure_of(server.url, limits=Limits(read_timeout_s=0.1))
    assert error.problem.code == "timed_out"


def test_a_lively_drip_ends_with_the_deadline(server: ScriptedServer):
    server.answers["/x"] = Said(b"x" * 5000, drip=True)
    error = failure_of(server.url, limits=Limits(read_timeout_s=30, deadline_s=0.2))
    assert error.problem.code == "timed_out"


def test_a_head_cut_off_by_our_own_deadline_is_no_answer(server: ScriptedServer):
    server.answers["/x"] = Said(b"[]", half_head=True)
    error = failure_of(server.url, limits=Limits(read_timeout_s=30, deadline_s=0.2))
    assert error.problem.code == "timed_out"


def test_small_requests_leave_at_once(server: ScriptedServer):
    sockets = Sockets()
    own, _watch = sockets.connect("127.0.0.1", server.port, 5)
    assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    own.close()
    sockets.close()
    sockets.release()


def test_close_ends_a_waiting_request_from_another_thread(server: ScriptedServer):
    server.answers["/x"] = Said(b"x", stall=True, length=False)
    line = HttpClient(server.url, SystemClock())
    close_while_it_waits(line, server.waiting)
    with pytest.raises(Cancelled):
        line.get("x")


@pytest.mark.parametrize("ended_by", ["close", "deadline"])
def test_a_connection_that_is_never_made_is_ended_in_words(ended_by: str):
    with contextlib.ExitStack() as open_ones:
        full = open_ones.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            filling = open_ones.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(full.getsockname())
        deadline_s = 60.0 if ended_by == "close" else 0.2
        limits = Limits(connect_timeout_s=60.0, deadline_s=deadline_s)
        line = HttpClient(f"http://127.0.0.1:{full.getsockname()[1]}", SystemClock(), limits=limits)
        caught: list[BaseException] = []

        def ask() -> None:
            try:
                line.get("x")
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is looked at
                caught.append(error)

        asking = threading.Thread(target=ask)
        before = connecting_to(full)
        asking.start()
        if ended_by == "close":
            until(lambda: connecting_to(full) > before, 5, "a connection is under way")
            line.close()
        asking.join(10)
        line.close()
        (error,) = caught
        if ended_by == "close":
            assert isinstance(error, Cancelled)
        else:
            assert isinstance(error, SourceError)
            assert error.problem.code == "timed_out"


def test_one_connection_serves_many_requests(server: ScriptedServer):
    server.answers["/x"] = said_json({"a": 1})
    line = HttpClient(server.url, SystemClock())
    for _ in range(5):
        assert line.get("x").decode(dict) == {"a": 1}
    line.close()
    assert server.connections == 1


def test_the_head_is_small_and_the_bytes_are_counted(server: ScriptedServer):
    server.answers["/x"] = said_packed(b"[1]")
    line = HttpClient(server.url, SystemClock())
    line.get("x")
    line.close()
    sent = server.asked[0].headers
    assert set(sent) <= {"host", "user-agent", "accept-encoding", "accept", "connection"}
    assert 30 < line.bytes_sent < 200
    assert 30 < line.bytes_received < 300


def test_the_token_goes_to_its_own_host_only_and_is_asked_again_after_401(server: ScriptedServer):
    tokens = iter(["old", "new"])
    server.answers["/x"] = [Said(status=401), said_json(1)]
    login = Login(lambda: next(tokens), LoginRule(server.url))
    line = HttpClient(server.url, SystemClock(), login=login)
    with pytest.raises(SourceError):
        line.get("x")
    line.get("x")
    with ScriptedServer({"*": said_json(1)}) as other:
        line.get(other.url + "/elsewhere")
        assert "authorization" not in other.asked[0].headers
    line.close()
    assert [a.headers["authorization"] for a in server.asked] == ["Bearer old", "Bearer new"]


def test_a_redirect_on_the_same_host_is_followed(server: ScriptedServer):
    server.answers |= {"/x": Said(status=301, headers={"Location": "/y"}), "/y": said_json(2)}
    assert ask(server.url).decode(int) == 2


def test_the_environment_sets_no_proxy(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_ports(1)[0]}")
    monkeypatch.setenv("no_proxy", "")
    server.answers["/x"] = said_json(3)
    assert ask(server.url).decode(int) == 3


def test_the_offset_is_the_servers_date_minus_this_computers_own_clock(server: ScriptedServer):
    class Still:
        def now(self) -> int:
            return 1_000_000

        def monotonic_s(self) -> float:
            return 0.0

    server.answers["/x"] = said_json(1, Date="Thu, 01 Jan 1970 00:16:45 GMT")
    server.answers["/cached"] = said_json(1, Date="Thu, 01 Jan 1970 00:15:45 GMT", Age="60")
    line = HttpClient(server.url, CorrectedClock(Still(), offset_ms=77_000))
    for path in ("x", "cached"):
        line.get(path)
        assert line.offset_ms == 5_500
    line.close()


def test_an_answer_long_under_way_does_not_move_a_clock_that_agrees_with_it(
    server: ScriptedServer,
):
    clock = FakeClock(1_000_000)

    def slow(asked: Asked) -> Said:
        clock.advance(20_000)
        return said_json(1, Date="Thu, 01 Jan 1970 00:16:41 GMT")

    server.answers |= {"/x": said_json(1, Date="Thu, 01 Jan 1970 00:16:40 GMT"), "/slow": slow}
    line = HttpClient(server.url, clock)
    line.get("x")
    assert line.offset_ms == 500
    line.get("slow")
    assert line.offset_ms == 500, "it may be wrong by ten seconds"
    line.close()


def test_a_source_that_has_marks_sets_no_clock_without_one(server: ScriptedServer):
    server.answers["*"] = said_json(1, Date="Thu, 01 Jan 1970 00:16:45 GMT")
    line = HttpClient(server.url, SystemClock())
    line.marked = lambda url, headers: False
    line.get("x")
    assert line.offset_ms is None
    line.marked = lambda url, headers: True
    line.get("x")
    assert line.offset_ms is not None
    line.close()


@pytest.mark.parametrize("stranger", [PORTAL, Said(status=302, headers={"Location": "/login"}),
                                      Said(b"<html></html>", 403), Said(status=502)])  # fmt: skip
def test_a_stranger_on_the_way_sets_no_clock(server: ScriptedServer, stranger: Said):
    dated = {**stranger.headers, "Date": "Thu, 01 Jan 1970 00:16:45 GMT"}
    server.answers["*"] = Said(stranger.body, stranger.status, dated)
    line = HttpClient(server.url, SystemClock())
    with pytest.raises(SourceError):
        line.get("x")
    line.close()
    assert line.offset_ms is None


@pytest.mark.parametrize(
    "body, code",
    [(b"{", "cut_short"), (b"", "not_understood"), (b"\xff", "not_understood"),
     (b"[" * 100_000, "wrong_shape"), (b'{"a": "x"}', "wrong_shape"),
     (b'{"b": ' + b"[" * 100_000, "not_understood")],
)  # fmt: skip
def test_a_body_that_is_not_what_was_asked_for_has_words(
    server: ScriptedServer, body: bytes, code: str
):
    class Wanted(msgspec.Struct):
        a: int

    server.answers["/x"] = Said(body)
    with pytest.raises(SourceError) as caught:
        ask(server.url).decode(Wanted)
    assert caught.value.problem.code == code


def test_close_ends_a_look_up_that_hangs(monkeypatch: pytest.MonkeyPatch):
    asked, let_go = threading.Event(), threading.Event()
    plain = socket.getaddrinfo

    def hang(host: str, *rest: Any, flags: int = 0, **named: Any) -> Any:
        if flags & socket.AI_NUMERICHOST:
            return plain(host, *rest, flags=flags, **named)
        asked.set()
        let_go.wait(10)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    line = HttpClient("http://slow.invalid", SystemClock())
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(Cancelled):
            line.get("x")
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert asked.wait(10)
    line.close()
    assert ended.wait(0.5)
    let_go.set()
    thread.join()


def test_every_code_of_the_connectors_has_words_whose_blanks_are_filled():
    folder = Path(__file__).parents[2] / "desktop/connectors"
    sources = [path.read_text("utf-8") for path in folder.rglob("*.py")]
    said = {code for text in sources for code in re.findall(r'Problem\(\s*"(\w+)"', text)}
    mapped = {*errors.STATUS_CODES.values(), *errors.CERTIFICATE_CODES.values()}
    assert len(said) > 15
    for code in said | mapped:
        for language in ("zh", "en"):
            assert set(PROBLEMS[code][language]) == {"happened", "meaning", "todo"}
    for status in (401, 403, 404, 418, 429, 500, 503):
        problem = errors.refusal(status, {}, "http://h/", b"why").problem
        for words in PROBLEMS[problem.code].values():
            assert "http://h/" in words["happened"].format_map(problem.details)


def test_knowing_every_kind_loads_nothing_that_speaks_http():
    said = (
        "import sys, desktop.bootstrap; from desktop.connectors import kinds; kinds.our_kinds();"
        " sys.exit(any(each in sys.modules for each in"
        " ('requests', 'urllib3', 'zstandard', 'http.client', 'ssl', 'importlib.metadata')))"
    )
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


@given(st.binary(max_size=300))
def test_any_bytes_make_a_short_printable_excerpt(data: bytes):
    said = errors.excerpt(data)
    assert len(said) <= 200
    assert said.isprintable()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_retry_after_is_a_bounded_wait_or_none(said: str, date: str):
    wait_s = errors.retry_after_s({"Retry-After": said, "Date": date})
    assert wait_s is None or 0 <= wait_s <= 3600
