"""The doctor's look at the way out: certificates that end, proxies that are away, sources."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from desktop.application.manifest import SourceSettings
from desktop.application.ports import Connector, SourceError
from desktop.commands.doctor import sources
from desktop.commands.doctor.sources import Probe, look_at_proxies
from desktop.diagnostics.doctor.finding import Verdict
from desktop.diagnostics.doctor.network import check_certificate, check_proxy
from desktop.domain.localized_text import Text
from desktop.domain.source import ProbeResult, Problem
from support.program import free_port
from support.servers import ScriptedServer, said_json


def test_a_certificate_is_told_by_how_long_it_lasts_and_by_what_is_wrong_with_it(
    tmp_path: Path,
) -> None:
    authority, ca_file = trustme.CA(), str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(ca_file)

    def look(days: int, ca: str = ca_file) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ends = datetime.now(UTC) + timedelta(days=days, hours=1)
        authority.issue_cert("127.0.0.1", not_after=ends).configure_cert(context)
        with ScriptedServer({"/x": said_json(1)}, tls=context) as server:
            found = check_certificate("county", server.url, ca)
        return f"{found.code} {found.details.get('days', '')}".strip()

    assert look(300) == "valid 300"
    assert look(9) == "ends_soon 9"
    assert look(-2) == "refused"
    assert look(300, "") == "refused"
    assert look(300, str(tmp_path / "none.pem")) == "no_authority"
    away = check_certificate("county", f"https://127.0.0.1:{free_port()}")
    assert (away.verdict, away.code) == (Verdict.UNKNOWN, "not_reached")


def test_a_proxy_is_told_by_whether_it_takes_connections() -> None:
    with ScriptedServer({}) as server:
        assert check_proxy(server.url).code == "reached"
    assert check_proxy(f"http://127.0.0.1:{free_port()}").code == "unreachable"


def test_only_the_proxies_that_the_profile_uses_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def settings(proxy: str) -> SourceSettings:
        return SourceSettings("county", "county", Text(), 15, {"proxy": proxy})

    system = {"https": f"http://127.0.0.1:{free_port()}", "no": "localhost"}
    monkeypatch.setattr(sources, "getproxies", lambda: system)
    assert [each.code for each in look_at_proxies([settings("")])] == ["not_used"]
    assert [each.code for each in look_at_proxies([settings("system")])] == ["unreachable"]
    monkeypatch.setattr(sources, "getproxies", dict)
    assert [each.code for each in look_at_proxies([settings("none")])] == ["none"]


class FakeConnector:
    """Answers a probe as it is told to."""

    def __init__(self, answer: ProbeResult | SourceError) -> None:
        self.answer, self.closed = answer, False

    def epoch(self) -> str | None:
        if isinstance(self.answer, SourceError):
            raise self.answer
        return "e1"

    def probe(self) -> ProbeResult:
        self.epoch()
        assert isinstance(self.answer, ProbeResult)
        return self.answer

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        ("county", ProbeResult("x", frozenset()), "answers"),
        ("cap", ProbeResult("x", frozenset()), "answers_as"),
        ("cap", ProbeResult("x", frozenset(), remarks=(Problem("refused"),)), "refused"),
        ("county", SourceError(Problem("login_expired")), "login_expired"),
    ],
)
def test_a_source_is_asked_as_little_as_its_kind_allows_and_let_go(
    kind: str, answer: ProbeResult | SourceError, code: str
) -> None:
    connector = FakeConnector(answer)

    def build(_source: str) -> Connector:
        return connector  # type: ignore[return-value]

    settings = SourceSettings("county", kind, Text(), 15, {})
    assert Probe(settings, build, lambda: False).look().code == code
    assert connector.closed


@pytest.mark.parametrize(("hides", "code"), [(True, "no_key"), (False, "login_missing")])
def test_a_login_that_nobody_can_see_is_not_said_to_be_missing(hides: bool, code: str) -> None:
    connector = FakeConnector(SourceError(Problem("login_missing")))
    settings = SourceSettings("county", "county", Text(), 15, {})
    assert Probe(settings, lambda _id: connector, lambda: hides).look().code == code  # type: ignore[arg-type,return-value]
