"""Commands to a county whose firewall, fault or login stops them in mid-queue."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from desktop.application.ports import SourceError
from desktop.connectors.county.client import CountyConnector
from desktop.domain.command import CommandState
from support.servers import Asked, Said, ScriptedServer, said_json
from support.sources import connect, record

MAGIC = "county-desk/1"
SESSION = {
    "magic": MAGIC,
    "epoch": "e1",
    "fence": 3,
    "county": "蓝桥县",
    "collections": ["incidents"],
    "townships": [],
    "snapshot": "/v1/snapshot/all/1",
    "expected_period_s": 30,
    "retention_s": 1000,
    "server_time": "2026-11-22T08:00:00+08:00",
}


def results(*told: dict[str, str]) -> Said:
    return said_json({"magic": MAGIC, "epoch": "e1", "results": told})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    def session(asked: Asked) -> Said:
        return said_json(SESSION | {"nonce": json.loads(asked.body)["nonce"]})

    with ScriptedServer({"/v1/session": session}) as running:
        yield running


@pytest.fixture
def county(server: ScriptedServer) -> Iterator[CountyConnector]:
    connector = connect("county", server.url)
    assert isinstance(connector, CountyConnector)
    yield connector
    connector.close()


@pytest.mark.parametrize("status", [403, 500])
def test_one_command_a_firewall_or_a_fault_stops_blocks_no_other(
    server: ScriptedServer, county: CountyConnector, status: int
):
    stopped = record(1, "i1")

    def answer(asked: Asked) -> Said:
        keys = [each["key"] for each in json.loads(asked.body)["commands"]]
        if stopped.command.key in keys:
            return Said(b"<html>stopped</html>", status=status)
        return results(*({"key": key, "status": "accepted"} for key in keys))

    server.answers["/v1/commands"] = answer
    with pytest.raises(SourceError) as caught:
        county.send([stopped, record(2, "i2"), record(3, "i1")])
    told = {int(each.key, 16): each.state for each in caught.value.answers}
    assert told == {2: CommandState.ACCEPTED, 3: CommandState.STORED}, (
        "the third waits for the first"
    )


def test_a_login_that_expires_in_mid_queue_says_what_was_done_before(
    server: ScriptedServer, county: CountyConnector
):
    server.answers["/v1/commands"] = [
        Said(b"{}", status=422),
        results({"key": f"{1:032x}", "status": "accepted"}),
        Said(status=401),
    ]
    with pytest.raises(SourceError) as caught:
        county.send([record(1, "i1"), record(2, "i2"), record(3, "i3")])
    assert caught.value.held
    told = {int(each.key, 16): each.state for each in caught.value.answers}
    assert told[1] is CommandState.ACCEPTED
    assert set(told.values()) <= {CommandState.ACCEPTED, CommandState.STORED}
