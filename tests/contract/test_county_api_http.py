"""The county API on the wire: caching, compression, ranges, problems, hints."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.county_server.db.command_log import KEYS_KEPT_S
from desktop.county_server.db.database import Database
from desktop.county_server.db.durable_mark import set_back
from desktop.county_server.http.api import Settings
from desktop.county_server.openapi import document
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.paths import resources
from desktop.wire.level1 import MAGIC
from support.county_rows import incident

GZIP = {"Accept-Encoding": "gzip"}
JSON = {"Content-Type": "application/json"}
TOKEN = "letmein"


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self) -> Any:
        return json.loads(self.body)


class Desk:
    """One connection to a county."""

    def __init__(self, server: CountyServer) -> None:
        self.server = server
        self.line = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=10)

    def ask(
        self, path: str, body: Any = None, method: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        method = method or ("GET" if raw is None else "POST")
        self.line.request(method, path, raw, (JSON if raw is not None else {}) | (headers or {}))
        return Answer(self.line.getresponse())

    def session(self, **headers: str) -> Any:
        asked = {"nonce": "12345678", "client": "desk-1"}
        return self.ask("/v1/session", asked, headers=headers).json()


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    found.put("incidents", [incident(f"i{number}") for number in range(700)])
    found.put("incidents", [incident("north", township="north")])
    yield found
    found.close()


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    with CountyServer(database, Settings("云麓县")) as server:
        found = Desk(server)
        yield found
        found.line.close()


@pytest.fixture
def guarded_desk(database: Database) -> Iterator[Desk]:
    accounts = {hashlib.sha256(TOKEN.encode()).hexdigest(): Account("south", ("south",))}
    with CountyServer(database, Settings("云麓县", accounts=accounts)) as server:
        found = Desk(server)
        yield found
        found.line.close()


def test_the_written_document_is_the_one_served(desk: Desk) -> None:
    written = (resources() / "county-api" / "openapi.json").read_bytes()
    assert written == document()
    assert desk.ask("/v1/openapi.json").body == written


def test_a_session_echoes_the_nonce_and_names_a_snapshot(desk: Desk) -> None:
    session = desk.session()
    assert (session["magic"], session["nonce"]) == (MAGIC, "12345678")
    assert desk.session()["fence"] > session["fence"]
    lines = desk.ask(session["snapshot"]).body.splitlines()
    head, first, *_, trailer = map(json.loads, lines)
    assert head["totals"]["incidents"] == 701
    assert len(first["rows"]) == 20
    assert (trailer["end"], trailer["rows"], len(trailer["sum"])) == (True, 701, 16)
    assert desk.ask(f"/v1/changes?since={head['token']}").status == 204


def test_a_session_says_whose_server_it_is_and_how_long_keys_are_kept(
    desk: Desk, database: Database
) -> None:
    first, second = desk.session(), desk.session()
    assert first["server"] == second["server"] == database.server
    assert first["keys_kept_s"] == KEYS_KEPT_S


def test_a_session_says_since_when_commands_were_lost_only_when_some_were(
    desk: Desk, database: Database
) -> None:
    assert "set_back_to" not in desk.session()
    with database.transaction() as batch:
        set_back(batch.connection, 1_777_600_000, database.time_s())
    assert desk.session()["set_back_to"] == "2026-05-01T01:46:40Z"


def test_a_snapshot_is_immutable_compressed_and_not_sent_twice(
    desk: Desk, database: Database
) -> None:
    path = desk.session()["snapshot"]
    plain, packed = desk.ask(path), desk.ask(path, headers=GZIP)
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "immutable" in packed.headers["Cache-Control"]
    again = desk.ask(path, headers=GZIP | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    database.put("incidents", [incident("later")])
    assert desk.ask(path).body == plain.body


def test_a_cut_snapshot_goes_on_at_the_byte(desk: Desk) -> None:
    path = desk.session()["snapshot"]
    whole, whole_plain = desk.ask(path, headers=GZIP), desk.ask(path)
    half = len(whole.body) // 2
    going_on = GZIP | {"Range": f"bytes={half}-", "If-Range": whole.headers["ETag"]}
    rest = desk.ask(path, headers=going_on)
    assert (rest.status, rest.body) == (206, whole.body[half:])
    changed = desk.ask(path, headers=going_on | {"If-Range": '"another"'})
    assert (changed.status, changed.body) == (200, whole.body)
    beyond = desk.ask(path, headers={"Range": "bytes=99999999-"})
    assert beyond.status == 416
    for ignored in ("lines=1-2", "bytes=5-3", "bytes=0-1,4-5"):
        assert desk.ask(path, headers={"Range": ignored}).body == whole_plain.body
    nothing = desk.ask(path, headers={"Range": "bytes=-0"})
    assert (nothing.status, json.loads(nothing.body)["status"]) == (416, 416)


def test_only_large_answers_are_compressed(desk: Desk, database: Database) -> None:
    first = json.loads(desk.ask(desk.session()["snapshot"]).body.splitlines()[0])["token"]
    database.put("incidents", [incident("a")])
    small = desk.ask(f"/v1/changes?since={first}", headers=GZIP)
    assert small.headers["Content-Encoding"] is None
    database.put("incidents", [incident(f"b{number}") for number in range(20)])
    large = desk.ask(f"/v1/changes?since={first}", headers=GZIP)
    assert large.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(large.body))["changes"]) == 21
    refused = desk.ask(f"/v1/changes?since={first}", headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.headers["Content-Encoding"] is None


@pytest.mark.parametrize(
    ("path", "body", "method", "headers", "status"),
    [
        ("/v1/session", b"{", "", {}, 400),
        ("/v1/session", {"nonce": "1"}, "", {}, 400),
        ("/v1/session", b"{}", "", {"Content-Type": "text/plain"}, 415),
        ("/v1/session", b" " * 1_100_000, "", {}, 413),
        ("/v1/session", None, "GET", {}, 405),
        ("/v1/changes", None, "", {}, 400),
        ("/v1/changes?since=a.1.all&max_bytes=-1", None, "", {}, 400),
        ("/v1/buckets?n=256", None, "", {}, 400),
        ("/v1/buckets?n=" + ",".join(map(str, range(17))), None, "", {}, 400),
        ("/v1/commands?keys=", None, "", {}, 400),
        ("/v1/commands", None, "DELETE", {}, 405),
        ("/v1/snapshot/all/none", None, "", {}, 404),
        ("/v1/nowhere", None, "", {}, 404),
        ("/v1/session/", {}, "", {}, 404),
    ],
)
def test_every_refusal_is_a_problem_document(
    desk: Desk, path: str, body: Any, method: str, headers: dict[str, str], status: int
) -> None:
    answer = desk.ask(path, body, method, headers)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["type"].startswith("urn:county-desk:problem:")
    assert (answer.headers["Allow"] is not None) == (status == 405)


def test_both_methods_of_commands_are_allowed_by_name(desk: Desk) -> None:
    allowed = desk.ask("/v1/commands", method="DELETE").headers["Allow"]
    assert {"GET", "POST"} <= set(allowed.replace(" ", "").split(","))


def test_without_a_known_token_nothing_is_told(guarded_desk: Desk) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        answer = guarded_desk.ask("/v1/changes?since=a.1.all", headers=headers)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_an_account_reads_its_own_townships_only(guarded_desk: Desk) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    session = guarded_desk.session(**bearer)
    assert (session["account"], session["townships"]) == ("south", ["south"])
    body = guarded_desk.ask(session["snapshot"], headers=bearer).body
    assert b'"north"' not in body
    assert json.loads(body.splitlines()[0])["totals"]["incidents"] == 700
    other = session["snapshot"].split("/")
    other[3] = "all"
    assert guarded_desk.ask("/".join(other), headers=bearer).status == 404


def test_a_paused_server_says_when_to_come_back(desk: Desk) -> None:
    desk.server.api.pause(7)
    answer = desk.ask("/v1/changes?since=a.1.all")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
    desk.server.api.pause(None)
    assert desk.session()["magic"] == MAGIC


def test_the_stream_tells_a_number_and_a_newer_one_after_a_change(
    desk: Desk, database: Database
) -> None:
    desk.line.request("GET", "/v1/stream")
    events = desk.line.getresponse()
    assert events.headers["Content-Type"].startswith("text/event-stream")
    assert (events.readline(), events.readline()) == (f"data: {database.head}\n".encode(), b"\n")
    database.put("incidents", [incident("new")])
    assert events.readline() == f"data: {database.head}\n".encode()


def test_closing_the_server_ends_a_stream_that_somebody_reads(database: Database) -> None:
    server = CountyServer(database)
    server.start()
    desk = Desk(server)
    desk.line.request("GET", "/v1/stream")
    events = desk.line.getresponse()
    assert events.readline().startswith(b"data: ")
    reader = threading.Thread(target=events.read)
    reader.start()
    server.close()
    reader.join(10)
    assert not reader.is_alive()
    desk.line.close()


def test_a_server_ends_well_where_its_loop_has_no_readers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_loop: object, _fd: object) -> None:
        raise NotImplementedError

    # As on Windows. Whatever ends the server's thread is an error of the test.
    monkeypatch.setattr(asyncio.SelectorEventLoop, "remove_reader", refuse, raising=False)
    with CountyServer(database) as server:
        assert server.is_serving
    assert not server.is_serving


def test_a_taken_port_is_an_error_and_a_closed_server_frees_it(
    desk: Desk, database: Database
) -> None:
    port = int(desk.server.base_url.rsplit(":", 1)[1])
    other = CountyServer(database, port=port)
    with pytest.raises(OSError, match="in use"):
        other.start()
    other.close()
    desk.line.close()
    desk.server.close()
    with CountyServer(database, port=port) as again:
        assert again.base_url.endswith(str(port))
