"""Commands on the wire: both levels, few bytes, refusals with words."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

import msgspec
import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.wire.level1 import Command, CommandResults, Commands, Incident
from desktop.wire.level2 import (
    MEDIA,
    Frames,
    decode_results,
    dictionary_name,
    encode_commands,
)
from support.county_rows import MOMENT, incident
from support.openings import open_session

DICTIONARY = b"".join(f"county-desk/1 incidents {n} ".encode() for n in range(200))
NAME = dictionary_name(DICTIONARY)
KEY = "0123456789abcdef" * 2


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    found.put("incidents", [incident("i1", version=1)])
    yield found
    found.close()


@pytest.fixture
def line(database: Database) -> Iterator[http.client.HTTPConnection]:
    with CountyServer(database, Settings(dictionaries={NAME: DICTIONARY})) as server:
        found = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=10)
        yield found
        found.close()


def asked(database: Database, kind: str = "acknowledge", base: int | None = None) -> Commands:
    command = Command(KEY, 1, kind, "i1", "incidents", MOMENT, "07", base=base, body={"unit": "科"})
    return Commands(database.epoch, open_session(database, "desk"), "desk", (command,))


def post(
    line: http.client.HTTPConnection, body: bytes, path: str = "/v1/commands", **headers: str
) -> tuple[int, str, bytes]:
    line.request("POST", path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    response = line.getresponse()
    return response.status, response.headers.get("Content-Type", ""), response.read()


@pytest.mark.parametrize("dictionaries", [{}, {NAME: DICTIONARY}], ids=["plain", "dictionary"])
def test_commands_and_their_answers_travel_as_level_2(
    database: Database, line: http.client.HTTPConnection, dictionaries: dict[str, bytes]
):
    frames = Frames(dictionaries, NAME)
    body = encode_commands(asked(database), frames)
    path = "/v1/commands" + (f"?d={frames.use}" if frames.use else "")
    status, media_type, answer = post(line, body, path, Content_Type=MEDIA)
    assert (status, media_type) == (200, MEDIA)
    (result,) = decode_results(answer, frames).results
    assert (result.key, result.status, result.version) == (KEY, "accepted", 2)


def test_each_way_is_negotiated_by_itself(database: Database, line: http.client.HTTPConnection):
    given = asked(database)
    body = encode_commands(given, Frames())
    as_json = post(line, body, Content_Type=MEDIA, Accept="application/json")
    assert as_json[1] == "application/json"
    told = msgspec.json.decode(as_json[2], type=CommandResults)
    compact = post(line, msgspec.json.encode(given), Content_Type="application/json", Accept=MEDIA)
    assert compact[1] == MEDIA
    assert decode_results(compact[2], Frames()) == told
    line.request("GET", f"/v1/commands?keys={KEY}", headers={"Accept": MEDIA})
    assert decode_results(line.getresponse().read(), Frames()) == told


def test_a_conflict_carries_the_row_on_both_levels(
    database: Database, line: http.client.HTTPConnection
):
    database.put("incidents", [incident("i1", level="major")])
    given = asked(database, "dispatch", base=1)
    body = encode_commands(given, Frames())
    for accept in (MEDIA, "application/json"):
        answer = post(line, body, Content_Type=MEDIA, Accept=accept)[2]
        told = (
            decode_results(answer, Frames())
            if accept == MEDIA
            else msgspec.json.decode(answer, type=CommandResults)
        )
        (result,) = told.results
        assert (result.status, result.version) == ("conflict", 2)
        assert isinstance(result.row, msgspec.Raw)
        assert msgspec.json.decode(result.row, type=Incident).level == "major"


@pytest.mark.parametrize("body", [b"", b"\x00", b"(\xb5/\xfd", b"\x07" * 40])
def test_what_is_no_level_2_is_refused_and_nothing_done(
    database: Database, line: http.client.HTTPConnection, body: bytes
):
    status, _, answer = post(line, body, Content_Type=MEDIA)
    assert status == 400
    assert json.loads(answer)["type"].endswith(":body")


def test_an_unknown_dictionary_is_no_word_on_the_commands(
    database: Database, line: http.client.HTTPConnection
):
    other = DICTIONARY[::-1]
    frames = Frames({dictionary_name(other): other}, dictionary_name(other))
    text = msgspec.structs.replace(asked(database).commands[0], body={"text": other[:800].decode()})
    given = msgspec.structs.replace(asked(database), commands=(text,))
    assert post(line, encode_commands(given, frames), Content_Type=MEDIA)[0] == 415


def test_an_unknown_media_type_is_refused(line: http.client.HTTPConnection):
    assert post(line, b"{}", Content_Type="text/plain")[0] == 415


def test_acknowledging_takes_under_300_bytes_both_ways(
    database: Database, line: http.client.HTTPConnection
):
    given = asked(database)
    seen = msgspec.structs.replace(given.commands[0], body={}, by="值班员 07")
    given = msgspec.structs.replace(given, client="0123456789abcdef" * 2, commands=(seen,))
    given = msgspec.structs.replace(given, fence=open_session(database, given.client))
    body = encode_commands(given, Frames())
    head = (
        f"POST /v1/commands HTTP/1.1\r\nHost: {line.host}:{line.port}\r\n"
        f"Content-Type: {MEDIA}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    line.connect()
    line.sock.sendall(head + body)
    answer = line.sock.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 200")
    assert len(head) + len(body) + len(answer) < 300, (len(head), len(body), len(answer))
