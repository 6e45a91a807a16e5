"""The simulation's line says what the real HTTP line says of the same answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from desktop.application.ports import SourceError
from desktop.connectors.http.client import HttpClient
from desktop.domain.clock import SystemClock
from model.line import Delivery, SimLine
from model.network import HTML, PAGE, STRANGERS
from support.servers import Said, ScriptedServer

ANSWERS: dict[str, Delivery] = {
    **STRANGERS,
    "gone": Delivery(410),
    "another epoch": Delivery(409),
    "not found": Delivery(404),
    "too many": Delivery(429, b"", {"Retry-After": "12"}),
    "cut": Delivery(200, b'{"magic": "coun', cut=True),
    "whole": Delivery(200, b'{"magic": "county-desk/1"}'),
    "page in other words": Delivery(200, PAGE, {**HTML, "Server": "box"}),
}


class OneAnswer:
    """A network that gives one answer to everything."""

    def __init__(self, answer: Delivery) -> None:
        self._answer = answer

    def carry(
        self, method: str, path: str, query: Mapping[str, str], head: Mapping[str, str], body: bytes
    ) -> Delivery:
        return self._answer


def heard(line: Any) -> tuple[Any, ...]:
    """What a line makes of an answer: its body, or the failure in its words."""
    try:
        reply = line.get("v1/changes?since=1")
    except SourceError as error:
        return error.problem.code, error.held, error.retry_after_s
    return reply.status, reply.body


@pytest.mark.parametrize("name", ANSWERS)
def test_both_lines_say_the_same(name: str):
    answer = ANSWERS[name]
    said = Said(answer.body, answer.status, dict(answer.headers))
    if answer.cut:
        said.body, said.cut = answer.body + b"the rest", len(answer.body)
    with ScriptedServer({"/v1/changes": said}) as server:
        line = HttpClient(server.url, SystemClock())
        really = heard(line)
        line.close()
    assert heard(SimLine(OneAnswer(answer), SystemClock())) == really
