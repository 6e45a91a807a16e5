"""Strangers on the network: what they can hold open, fill, guess or reach by another's name."""

from __future__ import annotations

import hashlib
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from desktop.county_server.command import TOKEN_BYTES
from desktop.county_server.db.database import Database
from desktop.county_server.http import timeouts
from desktop.county_server.http.api import Settings
from desktop.county_server.http.hosts import is_loopback
from desktop.county_server.http.listening import ListenRefused
from desktop.county_server.http.lockout import FREE_TRIES, MOST_WAIT_S
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from support.county_rows import incident
from support.http_desk import HttpDesk
from support.street import LOGINS, LONG_S, Street, clock, database, gone, street

__all__ = ["clock", "database", "gone", "street"]

SOON_S = 0.2


def ended(line: socket.socket) -> bool:
    """Whether the other end hangs up before we lose patience."""
    with suppress(ConnectionResetError):
        while line.recv(65_536):
            pass
    return True


def ended_at_once(line: socket.socket) -> bool:
    """Whether a request on the connection gets no answer."""
    with suppress(OSError):
        line.sendall(b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return not line.recv(12)
    return True


def trickle(line: socket.socket, piece: bytes, stop: threading.Event) -> None:
    """Send a byte now and then until it is taken no more."""
    with suppress(OSError):
        while not stop.wait(SOON_S / 4):
            line.sendall(piece)


@pytest.fixture
def trickling() -> Iterator[Callable[[socket.socket, bytes], None]]:
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def begin(line: socket.socket, piece: bytes) -> None:
        threads.append(threading.Thread(target=trickle, args=(line, piece, stop)))
        threads[-1].start()

    yield begin
    stop.set()
    for each in threads:
        each.join()


# Time.


def test_who_connects_and_says_nothing_is_shown_out(street: Street, monkeypatch):
    monkeypatch.setattr(timeouts, "HEAD_S", SOON_S)
    assert ended(street.line(street.serve()))


def test_a_head_has_one_time_for_all_of_it_however_it_drips(street: Street, monkeypatch, trickling):
    monkeypatch.setattr(timeouts, "HEAD_S", SOON_S * 2)
    line = street.line(street.serve())
    line.sendall(b"GET /v1/scope HTTP/1.1\r\nHost: localhost\r\nX: ")
    trickling(line, b"x")
    assert ended(line)


def test_the_second_head_of_a_connection_has_its_time_too(street: Street, monkeypatch):
    monkeypatch.setattr(timeouts, "HEAD_S", SOON_S * 2)
    line = street.line(street.serve())
    line.sendall(b"GET /v1/scope HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/")
    assert ended(line)


def test_a_body_that_drips_is_cut(street: Street, monkeypatch, trickling):
    monkeypatch.setattr(timeouts, "BODY_STEP_S", SOON_S * 2)
    line = street.line(street.serve())
    line.sendall(
        b"POST /v1/session HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer north\r\n"
        b"Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
    )
    trickling(line, b"x")
    assert ended(line)


def test_a_body_just_fast_enough_has_one_time_for_all_of_it(street: Street, monkeypatch, trickling):
    monkeypatch.setattr(timeouts, "WHOLE_S", SOON_S * 2)
    line = street.line(street.serve())
    line.sendall(
        b"POST /v1/session HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer north\r\n"
        b"Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
    )
    trickling(line, b"x" * 600)
    assert ended(line)


def test_nobody_holds_a_connection_with_a_body_that_was_answered_already(
    street: Street, monkeypatch, trickling
):
    monkeypatch.setattr(timeouts, "REST_S", SOON_S * 2)
    line = street.line(street.serve())
    line.sendall(b"POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n")
    trickling(line, b"x" * 600)
    assert line.recv(12) == b"HTTP/1.1 401"
    assert ended(line)


def test_a_reader_who_reads_no_more_is_let_go(
    street: Street, database: Database, monkeypatch, gone: threading.Event
):
    monkeypatch.setattr(timeouts, "STALL_S", SOON_S)
    many = [incident(f"n{n}", township="north", summary="长" * 2000) for n in range(3000)]
    database.put("incidents", many)
    server = street.serve()
    path = street.desk(server, "north").open()[1]["snapshot"]
    line = street.line(server)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.sendall(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer north\r\n\r\n".encode()
    )
    assert gone.wait(LONG_S)


def test_a_quiet_desk_keeps_its_connection(street: Street, monkeypatch):
    monkeypatch.setattr(timeouts, "HEAD_S", SOON_S)
    server = street.serve()
    desk = street.desk(server, "north")
    assert desk.ask("GET", "/v1/scope")[0] == 204
    line = desk.line
    assert ended(street.line(server)), "so long has passed as a head may take"
    assert desk.ask("GET", "/v1/scope")[0] == 204
    assert desk.line is line


# Room.


def test_one_address_gets_so_many_connections_and_another_still_its_own(
    street: Street, gone: threading.Event
):
    server = street.serve(most_from_one=4)
    held = [street.line(server) for _ in range(4)]
    assert ended(street.line(server)), "the fifth is closed at once"
    assert street.desk(server, "north", source="127.0.0.2").ask("GET", "/v1/scope")[0] == 204
    held[0].close()
    assert gone.wait(LONG_S)
    assert not ended_at_once(street.line(server)), "a place that was left is given again"


def test_a_reverse_proxy_brings_as_many_as_there_is_room_for(street: Street):
    server = street.serve(most_from_one=4, proxy="127.0.0.1")
    desks = [street.desk(server, "north") for _ in range(6)]
    assert [each.ask("GET", "/v1/scope")[0] for each in desks] == [204] * 6


# Tokens.


def test_guessing_waits_longer_and_longer(street: Street, clock: list[float]):
    thief = street.desk(street.serve())
    waits = []
    for n in range(FREE_TRIES + 20):
        thief.headers = {"Authorization": f"Bearer guess-{n}"}
        status, told = thief.ask("GET", "/v1/scope")
        if status == 429:
            assert told["type"] == "urn:county-desk:problem:locked"
            assert "令牌" in told["detail"]
            waits.append(int(thief.told["Retry-After"]))
            clock[0] += waits[-1]
            thief.headers = {"Authorization": f"Bearer guess-again-{n}"}
            status, _ = thief.ask("GET", "/v1/scope")
        assert status == 401
    assert waits == sorted(waits)
    assert len(set(waits)) > 5
    assert max(waits) <= MOST_WAIT_S + 1


def locked(street: Street) -> tuple[CountyServer, HttpDesk]:
    server = street.serve()
    working = street.desk(server, "north")
    assert working.ask("GET", "/v1/scope")[0] == 204
    thief = street.desk(server)
    for n in range(FREE_TRIES + 1):
        thief.headers = {"Authorization": f"Bearer guess-{n}"}
        thief.ask("GET", "/v1/scope")
    return server, thief


def test_a_desk_that_works_is_not_locked_out_by_its_neighbour(street: Street):
    server, thief = locked(street)
    assert thief.ask("GET", "/v1/scope")[0] == 429
    assert street.desk(server, "north").ask("GET", "/v1/scope")[0] == 204


def test_a_right_token_that_is_new_there_waits_a_bounded_time(street: Street, clock: list[float]):
    server, _ = locked(street)
    owner = street.desk(server, "south")
    status, _ = owner.ask("GET", "/v1/scope")
    assert status == 429, "told apart from a wrong one, it would be guessed"
    assert int(owner.told["Retry-After"]) <= MOST_WAIT_S
    clock[0] += int(owner.told["Retry-After"])
    assert owner.ask("GET", "/v1/scope")[0] == 204
    other = street.desk(server, "south", source="127.0.0.3")
    assert other.ask("GET", "/v1/scope")[0] == 204, "from elsewhere it never waited"


def test_a_guesser_delays_no_right_token_that_nobody_can_guess(street: Street):
    token = secrets.token_urlsafe(TOKEN_BYTES)
    long = {hashlib.sha256(token.encode()).hexdigest(): Account("east", ("east",))}
    server = street.serve(Settings(accounts=LOGINS | long))
    thief = street.desk(server)
    for n in range(FREE_TRIES + 20):
        thief.headers = {"Authorization": f"Bearer {n:02}{token}"}
        last, _ = thief.ask("GET", "/v1/scope")
    assert last == 429
    assert street.desk(server, token).ask("GET", "/v1/scope")[0] == 204
    assert thief.ask("GET", "/v1/scope")[0] == 429, "and the guesser waits on"


def test_a_desk_whose_login_was_revoked_is_told_so_all_day(street: Street):
    server = street.serve()
    desk = street.desk(server, "revoked")
    assert [desk.ask("GET", "/v1/scope")[0] for _ in range(3 * FREE_TRIES)] == [401] * (
        3 * FREE_TRIES
    )
    assert street.desk(server, "south").ask("GET", "/v1/scope")[0] == 204


def test_nobody_but_the_proxy_says_from_where_a_guess_comes(street: Street):
    for proxy, status in (("", 429), ("127.0.0.1", 401)):
        thief = street.desk(street.serve(proxy=proxy))
        for n in range(FREE_TRIES + 2):
            thief.headers = {"Authorization": f"Bearer guess-{n}"}
            last, _ = thief.ask("GET", "/v1/scope", X_Forwarded_For=f"192.0.2.{n}")
        assert last == status


def test_a_clock_set_back_locks_nobody_out(street: Street, clock: list[float]):
    server, _ = locked(street)
    clock[0] -= 86_400 * 365
    assert street.desk(server, "south").ask("GET", "/v1/scope")[0] == 204


# Names.


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "127.0.0.1", "[::1]", "127.8.9.1"])
def test_this_computers_own_names_are_served(street: Street, host: str):
    desk = street.desk(street.serve(), "north")
    for said in (host, f"{host}:8765"):
        assert desk.ask("GET", "/v1/scope", Host=said)[0] == 204


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8765", "localhost.evil.example", "127.0.0.1.evil.example",
        "192.0.2.7", "[::2]", "localhost@evil.example", "localhost/evil", "", "0.0.0.0",
        "localhost:x", "evil.example, localhost",
    ],
)  # fmt: skip
def test_a_page_whose_name_was_pointed_here_gets_nothing(street: Street, host: str):
    desk = street.desk(street.serve(), "north")
    status, told = desk.ask("GET", "/v1/openapi.json", Host=host)
    assert (status, told["type"]) == (421, "urn:county-desk:problem:host")
    assert "地址" in told["detail"]
    assert desk.ask("POST", "/v1/commands", b"{}", Host=host)[0] == 421


def test_a_configured_name_is_served(street: Street):
    server = street.serve(names=("County.Example",))
    desk = street.desk(server, "north")
    assert desk.ask("GET", "/v1/scope", Host="county.example:443")[0] == 204
    assert desk.ask("GET", "/v1/scope", Host="other.example")[0] == 421


def test_to_listen_everywhere_is_no_name(street: Street):
    desk = street.desk(street.serve(host="0.0.0.0", plain=True), "north")
    assert desk.ask("GET", "/v1/scope", Host="0.0.0.0:80")[0] == 421
    assert desk.ask("GET", "/v1/scope", Host="127.0.0.1:80")[0] == 204


def test_a_request_without_a_host_is_not_served(street: Street):
    line = street.line(street.serve())
    line.sendall(b"GET /v1/openapi.json HTTP/1.0\r\n\r\n")
    assert line.recv(12) == b"HTTP/1.1 421"


# Listening.


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.0.2.1", "county.example", "127.0.0.1.nip.io"]
)
def test_nothing_listens_beyond_this_computer_without_accounts_or_tls(
    database: Database, host: str
):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for settings, how, word in (
        (Settings(), {"plain": True}, "--accounts"),
        (Settings(), {"tls": tls}, "--accounts"),
        (Settings(accounts=LOGINS), {}, "--tls-cert"),
    ):
        server = CountyServer(database, settings, host=host, **how)
        with pytest.raises(ListenRefused) as caught:
            server.start()
        assert word in " ".join(caught.value.lines)
        assert len(caught.value.lines) == 2, "in both languages"
        server.close()


def test_loopback_is_this_computer_in_every_spelling():
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1")))
