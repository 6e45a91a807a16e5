"""Of a send that fails each kind of source says what surely has not left."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from desktop.application.ports import SourceError
from desktop.domain.command import Collection, CommandState
from desktop.domain.source import CommandResult
from support.resetting_server import ResettingServer
from support.scripted_county import results, session
from support.servers import Asked, Said, ScriptedServer, said_json
from support.sources import connect, record

ALERTS = [
    {
        "fingerprint": name,
        "labels": {"alertname": name},
        "startsAt": "2026-11-22T00:00:00Z",
        "endsAt": "2036-11-22T00:00:00Z",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
    }
    for name in ("f1", "f2", "f3")
]
CUT = Said(b"x" * 100, cut=10)


def failed(kind: str, url: str, *names: str, **values: Any) -> SourceError:
    """How sending an acknowledgement of each of these fails."""
    collection = Collection.INCIDENTS if kind == "county" else Collection.ALARMS
    records = [
        record(number, name, collection=collection, source=kind)
        for number, name in enumerate(names, 1)
    ]
    connector = connect(kind, url, **values)
    with contextlib.closing(connector), pytest.raises(SourceError) as caught:
        connector.send(records)
    return caught.value


def states(answers: tuple[CommandResult, ...]) -> dict[int, CommandState]:
    return {int(answer.key, 16): answer.state for answer in answers}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_commands_for_a_county_that_resets_before_the_session_have_not_left(scheme: str):
    with ResettingServer(65_536) as server:
        assert not failed("county", f"{scheme}://127.0.0.1:{server.port}", "i1").may_have_left


@pytest.mark.parametrize("said", [CUT, Said(status=503), Said(b"<html></html>")])
def test_commands_whose_session_fails_have_not_left_however_far_its_own_bytes_came(said: Said):
    with ScriptedServer({"/v1/session": said}) as server:
        assert not failed("county", server.url, "i1").may_have_left
        assert server.count("/v1/commands", "POST") == 0


@pytest.mark.parametrize("said", [CUT, Said(status=504), Said(b"{}"), results(magic="another")])
def test_commands_that_were_not_answered_as_a_county_does_may_have_left(said: Said):
    with ScriptedServer({"/v1/session": session, "/v1/commands": said}) as server:
        assert failed("county", server.url, "i1").may_have_left


def test_commands_for_a_county_that_goes_away_after_the_session_have_not_left():
    server = ScriptedServer({"/v1/session": session})
    with contextlib.closing(connect("county", server.url)) as county:
        assert county.epoch()
        server.close()
        with pytest.raises(SourceError) as caught:
            county.send([record(1, "i1")])
    assert (caught.value.problem.code, caught.value.may_have_left) == ("refused", False)


def test_of_a_batch_refused_as_a_whole_those_not_tried_after_the_cut_have_not_left():
    said: list[Said] = [
        Said(status=422),
        results(("00000000000000000000000000000001", "held")),
        CUT,
    ]
    with ScriptedServer({"/v1/session": session, "/v1/commands": said}) as server:
        error = failed("county", server.url, "i1", "i2", "i3")
    assert states(error.answers).get(2) is None
    assert states(error.answers)[3] is CommandState.STORED
    assert error.may_have_left


def alertmanager(post: Said, silences: Said | None = None) -> ScriptedServer:
    def either(asked: Asked) -> Said:
        return post if asked.method == "POST" else silences or said_json([])

    return ScriptedServer({"/api/v2/alerts": said_json(ALERTS), "/api/v2/silences": either})


def test_a_silence_whose_answer_was_lost_may_have_left_and_what_comes_after_it_has_not():
    with alertmanager(CUT) as server:
        error = failed("prometheus", server.url, "f1", "f2", alertmanager_url=server.url)
    assert states(error.answers) == {2: CommandState.STORED}


def test_what_fails_before_the_silence_is_posted_has_not_left():
    with alertmanager(said_json({}), silences=CUT) as server:
        error = failed("prometheus", server.url, "f1", "f2", alertmanager_url=server.url)
    assert states(error.answers) == {1: CommandState.STORED, 2: CommandState.STORED}
