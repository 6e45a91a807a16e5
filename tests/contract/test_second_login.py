"""An Alertmanager with a login of its own: whom it reaches, where it is kept, what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop import __main__, paths, source_logins
from desktop.application.i18n import LANGUAGES, Words
from desktop.application.logins import LoginRule
from desktop.application.ports import StoreError
from desktop.application.profile_reader import parse_profile
from desktop.application.proxies import caution_of
from desktop.commands.token_file import token_files
from desktop.connectors.kinds import Manifests
from desktop.connectors.prometheus.client import PrometheusConnector
from desktop.storage.keys import login_tokens
from support.login_bench import (
    BASIC,
    NOTHING_WATCHED,
    PASSWORD,
    SOURCE,
    USER,
    Typing,
    basic,
    failures_of,
    logins_at,
    settings_of,
)
from support.servers import Said, ScriptedServer
from support.sources import services

SECOND = 'alertmanager_url = "{url}"\nalertmanager_secret = "alerts"\n'


@pytest.mark.parametrize(
    ("lines", "own", "theirs"),
    [
        (f'login = "basic"\nuser = "{USER}"\n', BASIC, basic(USER, "other")),
        (
            f'login = "basic"\nuser = "{USER}"\nalertmanager_user = "am"\n',
            BASIC,
            basic("am", "other"),
        ),
        ("", "Bearer first", "Bearer other"),
        ('login = "none"\nalertmanager_user = "am"\n', "", basic("am", "other")),
    ],
)
def test_an_alertmanager_with_a_password_of_its_own_gets_that_one_and_no_other_server_does(
    lines: str, own: str, theirs: str
):
    with ScriptedServer() as server, ScriptedServer() as alertmanager, ScriptedServer() as third:
        server.answers["*"] = alertmanager.answers["*"] = Said(status=503)
        alertmanager.answers["/api/v2/alerts"] = Said(
            status=307, headers={"Location": third.url + "/x"}
        )
        text = SOURCE.format(url=server.url) + SECOND.format(url=alertmanager.url) + lines
        secrets_of = {"pumps": PASSWORD if "user = " in lines else "first", "pumps alerts": "other"}
        if 'login = "none"' in lines:
            del secrets_of["pumps"]
        connector = PrometheusConnector(settings_of(text), services(secrets_of.get))
        failures_of(connector)
        connector.close()
        assert logins_at(server) == {own}
        assert logins_at(alertmanager) == {theirs}
        assert not third.asked


def test_an_alertmanager_at_the_same_host_and_port_still_gets_its_own_password_alone():
    with ScriptedServer({"*": Said(status=503)}) as server:
        text = SOURCE.format(url=server.url + "/prometheus")
        text += SECOND.format(url=server.url + "/alertmanager")
        secrets_of = {"pumps": "first", "pumps alerts": "other"}
        connector = PrometheusConnector(settings_of(text), services(secrets_of.get))
        failures_of(connector)
        connector.close()
        used = {(a.path.split("/")[1], a.headers["authorization"]) for a in server.asked}
        assert used == {("prometheus", "Bearer first"), ("alertmanager", "Bearer other")}


def test_a_refused_second_password_says_how_it_is_kept():
    with ScriptedServer(NOTHING_WATCHED) as server, ScriptedServer() as alertmanager:
        wants = {"WWW-Authenticate": "Basic"}
        alertmanager.answers["*"] = Said(status=401, headers=wants)
        text = SOURCE.format(url=server.url) + SECOND.format(url=alertmanager.url)
        for lines, secret, code in (
            ("", "other", "second_password_wanted"),
            ('alertmanager_user = "am"\n', "other", "password_refused"),
            ('alertmanager_user = "am"\n', None, "login_missing"),
        ):
            connector = PrometheusConnector(
                settings_of(text + lines), services({"pumps alerts": secret}.get)
            )
            (told,) = [r for r in connector.probe().remarks if r.code == code]
            connector.close()
            for language in LANGUAGES:
                said = str(Words(paths.resources(), language).problem(told))
                assert "county-desk login pumps --secret alerts" in said


def test_a_second_login_is_cautioned_of_like_the_first():
    text = SOURCE.format(url="https://x.example") + SECOND.format(url="http://10.1.2.3:9093")
    caution = caution_of(settings_of(text + "insecure = true\n"))
    assert caution is not None
    assert (caution.code, caution.details["address"]) == ("login_exposed", "http://10.1.2.3:9093")
    rule = LoginRule.of_alertmanager(settings_of(text))
    assert rule is not None
    assert rule.forbids("http://10.1.2.3:9093")


def test_both_logins_of_a_source_are_read_from_the_keyring_under_names_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[str] = []
    monkeypatch.setattr(login_tokens, "read", lambda _place, entry, **_: asked.append(entry))
    text = SOURCE.format(url="https://x.example") + SECOND.format(url="https://y.example")
    token = source_logins.login_token(parse_profile(text, "desk.toml", Manifests()))
    for entry in ("pumps", "pumps alerts", "pumps other"):
        token(entry)
    assert asked == ["pumps", "pumps alerts"]


def test_a_token_file_may_be_of_the_second_secret_which_is_named_then(tmp_path: Path):
    file = tmp_path / "alerts"
    file.touch(0o600)
    file.write_text("other\n")
    text = SOURCE.format(url="https://x.example") + SECOND.format(url="https://y.example")
    profile = parse_profile(text, "desk.toml", Manifests())
    assert token_files(profile, [f"pumps/alerts={file}"]) == {"pumps alerts": file}
    with pytest.raises(StoreError) as caught:
        token_files(profile, [str(file)])
    assert caught.value.problem.details["sources"] == "pumps, pumps/alerts"


def test_a_second_secret_is_kept_and_taken_out_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    ring: dict[tuple[str, ...], str] = {}
    monkeypatch.setattr(login_tokens, "keep", lambda *entry: ring.update({entry[:3]: entry[3]}))
    monkeypatch.setattr(login_tokens, "forget", lambda *entry: ring.pop((*entry, "token")))
    monkeypatch.setattr("sys.stdin", Typing("other\n"))
    profile = tmp_path / "desk.toml"
    text = SOURCE.format(url="https://x.example") + SECOND.format(url="https://y.example")
    profile.write_text(text + 'login = "none"\n', encoding="utf-8")
    words = ["login", "pumps", "--profile", str(profile), "--lang", "en"]
    assert __main__.main([*words, "--secret", "nobody"]) == 2
    assert 'no alertmanager_secret = "nobody"' in capsys.readouterr().err
    assert __main__.main([*words, "--secret", "alerts"]) == 0
    assert ring == {("desk", "pumps alerts", "token"): "other"}
    assert __main__.main([*words, "--secret", "alerts", "--forget"]) == 0
    assert not ring
