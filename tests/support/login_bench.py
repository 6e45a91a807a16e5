"""What tests of logins share: a source that logs in, and what its servers were asked with."""

from __future__ import annotations

import io
from base64 import b64encode

import pytest

from desktop.application.ports import Connector, SourceError, SourceSettings
from desktop.application.profile_reader import parse_profile
from desktop.connectors.kinds import Manifests
from support.servers import ScriptedServer, said_json
from support.sources import pull_all

USER, PASSWORD = "值班员", "石门 horse:电池"


def basic(user: str, password: str) -> str:
    """What is sent for a user name and password."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


BASIC = basic(USER, PASSWORD)
SOURCE = '[[source]]\nid = "pumps"\nkind = "prometheus"\nurl = "{url}"\n'


NOTHING_WATCHED = {
    "/api/v1/targets": said_json({"status": "success", "data": {"activeTargets": []}}),
    "/api/v1/status/buildinfo": said_json({"status": "success", "data": {"version": "2.42.0"}}),
    "*": said_json({"status": "success", "data": {"resultType": "vector", "result": []}}),
}
"""What a Prometheus says that has no targets."""


def logins_at(server: ScriptedServer) -> set[str]:
    """What it was asked with; an empty text for a request without a login."""
    assert server.asked
    return {asked.headers.get("authorization", "") for asked in server.asked}


def settings_of(text: str) -> SourceSettings:
    profile = parse_profile(text, "desk.toml", Manifests())
    return profile.sources[0]


def failures_of(connector: Connector) -> list[str]:
    codes = []
    for ask in (connector.probe, lambda: pull_all(connector)):
        with pytest.raises(SourceError) as caught:
            ask()
        codes.append(caught.value.problem.code)
    return codes


class Typing(io.StringIO):
    """What a person types, seen as a terminal or a pipe."""
