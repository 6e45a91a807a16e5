"""Commands in level 2 over HTTP: the fence says who sends them, the body which level answers."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.wire import level1, level2
from desktop.wire.level2 import Frames
from support.county_rows import incident

PLAIN = Frames()
NOW = datetime(2026, 5, 1, 6, 3, 30, tzinfo=UTC)
COMMAND = level1.Command("5e" * 16, 1, "acknowledge", "I1", "incidents", NOW, "张伟")

LONG = msgspec.structs.replace(COMMAND, kind="note", body={"text": "".join(map(str, range(900)))})


@pytest.fixture
def line() -> Iterator[http.client.HTTPConnection]:
    database = Database()
    database.put("incidents", [incident("I1")])
    with CountyServer(database) as server:
        where = urlsplit(server.base_url)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=10)
        yield connection
        connection.close()
    database.close()


def opened(line: http.client.HTTPConnection, client: str) -> level1.Session:
    asked = level1.SessionRequest("n" * 16, client)
    headers = {"Accept": level2.MEDIA, "Content-Type": "application/json"}
    line.request("POST", "/v1/session", msgspec.json.encode(asked), headers)
    session, _ = level2.decode_session(line.getresponse().read(), PLAIN)
    return session


def sent(
    line: http.client.HTTPConnection, commands: level1.Commands, frames: Frames = PLAIN
) -> tuple[int, bytes]:
    body = level2.encode_commands(commands, frames)
    line.putrequest("POST", "/v1/commands", skip_accept_encoding=True)
    line.putheader("Content-Type", level2.MEDIA)
    line.putheader("Content-Length", str(len(body)))
    line.endheaders(body)
    answer = line.getresponse()
    return answer.status, answer.read()


def test_the_fence_alone_tells_whose_commands_they_are(line: http.client.HTTPConnection) -> None:
    ours, theirs = opened(line, "ours"), opened(line, "theirs")
    for session in (ours, theirs):
        status, body = sent(line, level1.Commands(session.epoch, session.fence, "", (COMMAND,)))
        (result,) = level2.decode_results(body, PLAIN).results
        assert status == 200
        assert (result.key, result.status) == (COMMAND.key, "accepted")


def test_an_older_session_s_fence_sends_nothing(line: http.client.HTTPConnection) -> None:
    before = opened(line, "ours")
    opened(line, "ours")
    status, body = sent(line, level1.Commands(before.epoch, before.fence, "", (COMMAND,)))
    assert status == 409
    assert msgspec.json.decode(body)["type"].endswith("fence")


def test_a_fence_of_another_client_sends_nothing(line: http.client.HTTPConnection) -> None:
    ours = opened(line, "ours")
    opened(line, "theirs")
    status, _ = sent(line, level1.Commands(ours.epoch, ours.fence, "theirs", (COMMAND,)))
    assert status == 409


def test_a_dictionary_the_server_lacks_is_no_refusal_of_the_command(
    line: http.client.HTTPConnection,
) -> None:
    dictionary = LONG.body["text"].encode()
    name = level2.dictionary_name(dictionary)
    sharing = Frames({name: dictionary}, use=name)
    session = opened(line, "ours")
    asked = level1.Commands(session.epoch, session.fence, "", (LONG,))
    assert sent(line, asked, sharing)[0] == 415
    assert sent(line, asked)[0] == 200
