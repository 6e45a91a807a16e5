"""A source's login from the profile to the wire: whom it reaches, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop import __main__, source_logins
from desktop.application.logins import LoginRule
from desktop.application.ports import SourceError
from desktop.application.profile import ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.application.sync.engine import Engine
from desktop.commands import demo
from desktop.connectors.cap.client import CapConnector
from desktop.connectors.kinds import Manifests, kind_named, our_kinds
from desktop.connectors.prometheus.client import PrometheusConnector
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.storage.keys import login_tokens
from support.builders import FakeClock
from support.login_bench import (
    BASIC,
    NOTHING_WATCHED,
    PASSWORD,
    SOURCE,
    USER,
    Typing,
    failures_of,
    logins_at,
    settings_of,
)
from support.names import resolve_as
from support.real_prometheus import missing_programs, protected_prometheus
from support.scripted_connector import ScriptedConnector, source_of
from support.servers import Said, ScriptedServer
from support.sources import addressed, services, source_settings
from support.stores import Stores

BCRYPT = "$2b$04$abcdefghijklmnopqrstuuxr.ts6Ekdt1lvlsJMrPT9mSaxEjcDk2"


BY_PASSWORD = {"login": "basic", "user": USER}


def known(_source: str) -> str:
    return PASSWORD


def faults(lines: str) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        settings_of(SOURCE.format(url="https://x.example") + lines)
    return caught.value.faults


@pytest.mark.real
def test_a_real_prometheus_lets_in_the_right_password_and_no_other(tmp_path: Path):
    assert not missing_programs(), "install prometheus"
    with protected_prometheus(tmp_path, USER, BCRYPT, PASSWORD) as url:
        lines = f'login = "basic"\nuser = "{USER}"\n'
        settings = settings_of(SOURCE.format(url=url) + lines)
        told: list[str] = []
        for secret in (PASSWORD, "wrong", None):
            connector = PrometheusConnector(
                settings, services({"pumps": secret}.get, SystemClock())
            )
            try:
                told.append(connector.probe().product)
            except SourceError as error:
                told.append(error.problem.code)
            connector.close()
        token = PrometheusConnector(
            settings_of(SOURCE.format(url=url)), services(lambda _source: "token", SystemClock())
        )
        told += failures_of(token)
        token.close()
    assert told[0].startswith("Prometheus 2.")
    assert told[1:] == ["password_refused", "login_missing", "password_wanted", "password_wanted"]


def test_an_alertmanager_of_another_origin_gets_no_login():
    with (
        ScriptedServer(NOTHING_WATCHED) as server,
        ScriptedServer({"*": Said(status=401)}) as alertmanager,
    ):
        where = {"url": server.url, "alertmanager_url": alertmanager.url}
        settings = source_settings("prometheus", **where, **BY_PASSWORD)
        connector = PrometheusConnector(settings, services(known, SystemClock()))
        remarks = [remark.code for remark in connector.probe().remarks]
        connector.close()
        assert logins_at(server) == {BASIC}
        assert logins_at(alertmanager) == {""}
        assert "login_elsewhere" in remarks


def test_an_alertmanager_gets_the_login_where_the_profile_says_so_and_nobody_else_does():
    with ScriptedServer({"*": Said(status=401)}) as server, ScriptedServer() as alertmanager:
        alertmanager.answers["*"] = Said(status=307, headers={"Location": server.url + "/x"})
        lines = f'login = "basic"\nuser = "{USER}"\nalertmanager_login = true\n'
        where = f'alertmanager_url = "{alertmanager.url}"\n'
        settings = settings_of(SOURCE.format(url="http://127.0.0.1:1") + where + lines)
        connector = PrometheusConnector(settings, services(known, SystemClock()))
        failures_of(connector)
        connector.close()
        assert logins_at(alertmanager) == {BASIC}
        assert not server.asked or logins_at(server) == {""}


def test_an_alertmanagers_login_is_under_the_rules_of_its_source():
    lines = f'login = "basic"\nuser = "{USER}"\nalertmanager_login = true\n'
    where = 'alertmanager_url = "http://10.1.2.3:9093"\n'
    text = SOURCE.format(url="https://10.1.2.3:9090") + where + lines
    bare = LoginRule.of(settings_of(text + "insecure = true\n"))
    caution = bare.caution()
    assert caution is not None
    assert (caution.code, caution.details["address"]) == ("login_exposed", "http://10.1.2.3:9093")
    rule = LoginRule.of(settings_of(text))
    assert rule.forbids("http://10.1.2.3:9093")
    assert rule.caution() is None
    plain = LoginRule.of(settings_of(text.replace("alertmanager_login = true\n", "")))
    assert plain.homes() == ["https://10.1.2.3:9090"]


def test_a_feed_or_a_message_of_another_origin_than_the_first_feeds_gets_no_login():
    with ScriptedServer() as server, ScriptedServer() as other:
        link = f"<item><title>x</title><link>{other.url}/m</link></item>"
        rss = '<rss version="2.0"><channel>{}</channel></rss>'
        xml = {"Content-Type": "application/xml"}
        server.answers["*"] = Said(rss.format(link).encode(), headers=xml)
        other.answers["*"] = Said(rss.format("").encode(), headers=xml)
        feeds = [f"{server.url}/feed.xml", f"{other.url}/feed.xml"]
        settings = source_settings("cap", feeds=feeds, **BY_PASSWORD)
        connector = CapConnector(settings, services(known, SystemClock()))
        connector.probe()
        connector.close()
        assert logins_at(server) == {BASIC}
        assert logins_at(other) == {""}
        assert {asked.path for asked in other.asked} == {"/feed.xml", "/m"}


@pytest.mark.parametrize("kind", our_kinds())
@pytest.mark.parametrize("insecure", [False, True])
def test_no_kind_of_source_asks_anything_where_its_login_could_be_read_unless_told(
    kind: str, *, insecure: bool, monkeypatch: pytest.MonkeyPatch
):
    resolve_as(monkeypatch, {"afar.example": "127.0.0.1"})
    with ScriptedServer({"*": Said(status=503)}) as server:
        where = addressed(kind, server.url.replace("127.0.0.1", "afar.example"))
        settings = source_settings(kind, **where, insecure=insecure, **BY_PASSWORD)
        connector = kind_named(kind).build(settings, services(known))
        codes = failures_of(connector)
        connector.close()
        if insecure:
            assert codes == ["server_busy", "server_busy"]
            assert logins_at(server) == {BASIC}
        else:
            assert codes == ["login_unprotected", "login_unprotected"]
            assert not server.asked


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('login = "digest"\n', "login must be one of bearer, basic, none, not 'digest'"),
        ('login = "basic"\n', 'user is required by login = "basic"'),
        ('user = "desk"\n', 'user is for login = "basic" only'),
        ('login = "basic"\nuser = "a:b"\n', "user must hold no colon and no control character"),
        ('insecure = "yes"\n', "insecure must be true or false"),
        ("user = 5\n", "user must be text"),
        ('alertmanager_secret = "A b"\n', "alertmanager_secret must be a name of lower-case"),
        ('alertmanager_secret = "a"\n', "alertmanager_secret needs alertmanager_url"),
        ('alertmanager_user = "a"\n', "alertmanager_user needs alertmanager_secret"),
        (
            'alertmanager_secret = "a"\nalertmanager_login = true\n',
            "it goes without alertmanager_login",
        ),
    ],
)
def test_a_wrong_login_is_named_with_its_line(lines: str, words: str):
    found = faults(lines)
    assert any(words in fault for fault in found), found
    assert all(fault.startswith("desk.toml:") for fault in found)


@pytest.mark.parametrize(
    ("url", "insecure", "marked"),
    [
        ("http://10.1.2.3:9090", True, True),
        ("http://10.1.2.3:9090", False, False),
        ("https://10.1.2.3:9090", True, False),
        ("http://127.0.0.1:9090", True, False),
    ],
)
def test_a_source_that_logs_in_unencrypted_is_marked_from_the_start_and_for_good(
    tmp_path: Path, url: str, *, insecure: bool, marked: bool
):
    class Told(ScriptedConnector):
        def __init__(self) -> None:
            super().__init__("prometheus")
            self.settings = source_settings("prometheus", url=url, insecure=insecure)

    stores = Stores(tmp_path, FakeClock())
    engine = Engine(
        [source_of(Told())],
        stores.cache,
        stores.outbox,
        CorrectedClock(FakeClock()),
        lambda _changed: None,
    )
    before = engine.statuses()[0].caution
    engine.exchange_once()
    after = engine.statuses()[0].caution
    engine.close()
    stores.close()
    assert before == after
    assert (None if after is None else (after.code, after.details["address"])) == (
        ("login_exposed", url) if marked else None
    )


def test_another_user_with_the_same_password_is_another_login(tmp_path: Path):
    stores = Stores(tmp_path, FakeClock())
    users = ("a", "b", None)
    names = [source_logins.login_of(known, stores.outbox, "pumps", user) for user in users]
    none = source_logins.login_of(lambda _source: None, stores.outbox, "pumps", "a")
    stores.close()
    assert len(set(names)) == 3
    assert none == ""


def test_of_a_source_that_needs_no_login_the_keyring_is_not_asked_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    asked: list[str] = []
    monkeypatch.setattr(
        login_tokens, "read", lambda _place, source, **_: asked.append(source) or "secret"
    )
    text = demo.PROFILE.format(url="http://127.0.0.1:1")
    token = source_logins.login_token(parse_profile(text, "demo.toml", Manifests()))
    assert (token("county"), asked) == (None, [])
    text = text.replace('login = "none"\n', "")
    token = source_logins.login_token(parse_profile(text, "demo.toml", Manifests()))
    assert (token("county"), asked) == ("secret", ["county"])
    profile = tmp_path / "desk.toml"
    profile.write_text(SOURCE.format(url="https://x.example") + 'login = "none"\n', "utf-8")
    assert __main__.main(["login", "pumps", "--profile", str(profile)]) == 2
    assert 'login = "none"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "typed", "kept"),
    [
        ("", "  token \n", "token"),
        ('login = "basic"\nuser = "desk"\n', " two  spaces \n", " two  spaces "),
        ("", "\n", None),
        ("", "a\x07b\n", None),
    ],
)
def test_a_secret_is_kept_as_typed_under_the_sources_one_entry_and_never_shown(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lines: str,
    typed: str,
    kept: str | None,
):
    ring: dict[tuple[str, ...], str] = {}
    monkeypatch.setattr(login_tokens, "keep", lambda *entry: ring.update({entry[:3]: entry[3]}))
    monkeypatch.setattr("sys.stdin", Typing(typed))
    profile = tmp_path / "desk.toml"
    profile.write_text(SOURCE.format(url="http://10.1.2.3:9090") + lines, encoding="utf-8")
    status = __main__.main(["login", "pumps", "--profile", str(profile), "--lang", "en"])
    said = "".join(capsys.readouterr())
    assert ring == ({} if kept is None else {("desk", "pumps", "token"): kept})
    assert status == int(kept is None)
    if kept is not None:
        assert kept.strip() not in said.replace("A token or password", "")
        assert "insecure = true" in said, "it is said at once that it will not be sent"


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ("", "https://x.example 的令牌: "),
        ('login = "basic"\nuser = "desk"\n', "desk 在 https://x.example 的密码: "),
    ],
)
def test_a_person_is_asked_for_what_the_login_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, asked: str
):
    heard: list[str] = []
    terminal = Typing()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr("getpass.getpass", lambda prompt: heard.append(prompt) or "x")
    monkeypatch.setattr(login_tokens, "keep", lambda *_entry: None)
    profile = tmp_path / "desk.toml"
    profile.write_text(SOURCE.format(url="https://x.example") + lines, encoding="utf-8")
    assert __main__.main(["login", "pumps", "--profile", str(profile), "--lang", "zh_CN"]) == 0
    assert heard == [asked]
