"""Sources beyond a proxy: the way there, whom its password reaches, and what is said of it."""

from __future__ import annotations

import contextlib
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import trustme

from desktop import source_logins
from desktop.application.i18n import Words
from desktop.application.ports import LoginRule, ProxyRule, SourceError, SourceSettings
from desktop.application.profile import ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.application.proxies import caution_of
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.login import Login
from desktop.connectors.http.proxy import Proxy
from desktop.connectors.http.request import Limits
from desktop.connectors.http.sockets import Sockets
from desktop.connectors.kinds import Manifests, kind_named, our_kinds
from desktop.domain.clock import SystemClock
from desktop.storage.keys import login_tokens as keyring
from support.names import resolve_as
from support.scripted_county import session
from support.servers import Said, ScriptedServer, said_json
from support.sources import addressed, connect, record, services, source_settings
from support.waiting import close_while_it_waits
from support.way_out import WayOut

RESOURCES = Path(__file__).parents[2] / "resources"
HOST = "county.example"
AFAR = "proxy.example"
USER, PASSWORD = "值班", "出门 42"
BASIC = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_system_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer({"*": said_json(1)}) as running:
        yield running


class Tls:
    """An authority of the county's own, and what it vouches for."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.file = str(folder / "ca.pem")
        self._authority.cert_pem.write_to_path(self.file)

    def of(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(name).configure_cert(context)
        return context


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return Tls(tmp_path)


def proxy_at(url: str, password: Callable[[], str | None] | None = None, **rule: Any) -> Proxy:
    user = USER if password else ""
    return Proxy(ProxyRule(url, user, source="pumps", **rule), password or (lambda: None))


def answer(proxy: Proxy, url: str, **line: Any) -> Any:
    """The answer over a line of its own, or what went wrong."""
    asking = HttpClient(url, SystemClock(), proxy=proxy, **line)
    try:
        return asking.get("x").decode(int)
    except SourceError as error:
        return error
    finally:
        asking.close()


@pytest.mark.parametrize("by_tls", [False, True])
def test_a_source_of_https_is_reached_through_a_way_the_proxy_opens_and_cannot_read(
    tls: Tls, *, by_tls: bool
):
    login = Login(lambda: "token", LoginRule(f"https://{HOST}/"))
    with (
        ScriptedServer({"*": said_json(1)}, tls=tls.of(HOST)) as server,
        WayOut({HOST: server.port}, tls=tls.of("127.0.0.1") if by_tls else None) as out,
    ):
        there = f"https://{HOST}/"
        assert answer(proxy_at(out.url), there, ca_file=tls.file, login=login) == 1
        assert [asked[:2] for asked in out.asked] == [("CONNECT", f"{HOST}:443")]
        assert out.told("authorization") == {""}
        assert server.asked[0].headers["authorization"] == "Bearer token"


def test_a_source_of_plain_http_is_asked_for_by_its_whole_address(server: ScriptedServer):
    with WayOut({HOST: server.port}) as out:
        assert answer(proxy_at(out.url), f"http://{HOST}/a/") == 1
        assert [asked[:2] for asked in out.asked] == [("GET", f"http://{HOST}/a/x")]
        assert server.asked[0].target == "/a/x"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxys_password_reaches_the_proxy_and_nobody_else(tls: Tls, scheme: str):
    context = tls.of(HOST) if scheme == "https" else None
    with (
        ScriptedServer({"*": said_json(1)}, tls=context) as server,
        WayOut({HOST: server.port}, authorization=BASIC) as out,
    ):
        proxy = proxy_at(out.url, lambda: PASSWORD)
        assert answer(proxy, f"{scheme}://{HOST}/", ca_file=tls.file) == 1
        assert out.told("proxy-authorization") == {BASIC}
        assert "proxy-authorization" not in server.asked[0].headers


@pytest.mark.parametrize("sloppy", [False, True])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_password_that_is_missing_or_wrong_holds_the_source_until_another_is_kept(
    tls: Tls, scheme: str, *, sloppy: bool
):
    context = tls.of(HOST) if scheme == "https" else None
    kept: list[str | None] = [None]
    with (
        ScriptedServer({"*": said_json(1)}, tls=context) as server,
        WayOut({HOST: server.port}, authorization=BASIC, sloppy=sloppy) as out,
    ):
        proxy = proxy_at(out.url, lambda: kept[0])
        line = HttpClient(f"{scheme}://{HOST}/", SystemClock(), proxy=proxy, ca_file=tls.file)
        for secret, code in ((None, "proxy_login_missing"), ("x", "proxy_password_refused")):
            kept[0] = secret
            with pytest.raises(SourceError) as caught:
                line.get("x")
            assert (caught.value.problem.code, caught.value.held) == (code, True)
            assert not caught.value.may_have_left
            for language in ("zh_CN", "en"):
                said = Words(RESOURCES, language).problem(caught.value.problem)
                assert out.url in said.happened
                assert "county-desk login pumps --proxy" in said.todo
        assert not server.asked
        kept[0] = PASSWORD
        assert line.get("x").decode(int) == 1
        line.close()


def test_a_login_leaves_this_computer_unencrypted_for_no_proxy_elsewhere(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    with WayOut({}) as out:
        elsewhere = out.url.replace("127.0.0.1", AFAR)
        resolve_as(monkeypatch, {AFAR: "127.0.0.1"})
        for insecure, code in ((False, "login_unprotected"), (True, None)):
            login = Login(lambda: "token", LoginRule(server.url, insecure=insecure))
            found = answer(proxy_at(elsewhere), server.url, login=login)
            assert (found.problem.code if code else found) == (code or 1)
            assert len(out.asked) == int(insecure)


def test_a_server_that_wants_a_login_is_not_taken_for_its_proxy(server: ScriptedServer):
    server.answers["*"] = Said(status=401, headers={"WWW-Authenticate": "Bearer"})
    login = Login(lambda: None, LoginRule(f"http://{HOST}/"))
    with WayOut({HOST: server.port}) as out:
        error = answer(proxy_at(out.url), f"http://{HOST}/", login=login)
    assert error.problem.code == "login_missing"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_or_opens_no_way_is_told_and_nothing_has_left(scheme: str):
    there = f"{scheme}://{HOST}/"
    with WayOut(status=403) as out:
        gone = out.url
        if scheme == "https":
            error = answer(proxy_at(out.url), there)
            assert (error.problem.code, error.problem.details["reason"]) == ("proxy_refused", "403")
            assert not error.may_have_left
    error = answer(proxy_at(gone), there)
    assert error.problem.code == "proxy_unreachable"
    assert error.problem.details["proxy"] == gone
    assert not error.may_have_left
    assert not error.held


def test_what_a_proxy_passed_on_before_it_ended_may_have_left(server: ScriptedServer):
    with WayOut({HOST: server.port}, last=2) as out:
        line = HttpClient(f"http://{HOST}/", SystemClock(), proxy=proxy_at(out.url))
        assert line.get("x").decode(int) == 1
        with pytest.raises(SourceError) as caught:
            line.post("y", b"{}", again=True)
        assert (caught.value.problem.code, caught.value.may_have_left) == (
            "proxy_unreachable",
            True,
        )
        with pytest.raises(SourceError) as caught:
            line.post("y", b"{}", again=True)
        assert not caught.value.may_have_left, "of this one nothing has"
        line.close()
    assert server.count("/y", "POST") == 1


def test_commands_that_a_proxy_passed_on_before_it_ended_may_have_left():
    with (
        ScriptedServer({"/v1/session": session, "/v1/commands": Said(b"{}")}) as server,
        WayOut({HOST: server.port}, last=2) as out,
    ):
        county = connect("county", f"http://{HOST}/", proxy=out.url)
        with contextlib.closing(county), pytest.raises(SourceError) as caught:
            county.send([record(1, "i1")])
        assert server.count("/v1/commands", "POST") == 1
    assert caught.value.problem.code == "proxy_unreachable"
    assert caught.value.may_have_left


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_line_that_waits_for_its_proxy_is_closed_at_once(scheme: str):
    with WayOut(stalls=True) as out:
        line = HttpClient(f"{scheme}://{HOST}/", SystemClock(), proxy=proxy_at(out.url))
        close_while_it_waits(line, out.waiting)


@pytest.mark.parametrize("kind", our_kinds())
def test_every_kind_of_source_goes_out_through_its_proxy_on_every_line(
    kind: str, server: ScriptedServer
):
    with WayOut({HOST: server.port}, authorization=BASIC) as out:
        base = f"http://{HOST}"
        where = addressed(kind, base, every=True)
        settings = source_settings(kind, **where, proxy=out.url, proxy_user=USER)
        entry = ProxyRule.of(settings).entry
        connector = kind_named(kind).build(settings, services({entry: PASSWORD}.get))
        for line in connector.clients:  # type: ignore[attr-defined]
            line.get("x")
        lines = len(connector.clients)  # type: ignore[attr-defined]
        connector.close()
        assert len(server.asked) == len(out.asked) == lines
        assert all(target.startswith(f"{base}/") for _, target, _ in out.asked)


def test_the_systems_setting_counts_only_where_the_profile_asks_for_it(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    with WayOut({HOST: server.port}, authorization=BASIC) as out:
        login = f"{quote(USER)}:{quote(PASSWORD)}"
        monkeypatch.setenv("http_proxy", out.url.replace("://", f"://{login}@"))
        monkeypatch.setenv("no_proxy", "inner.example")
        assert answer(proxy_at("system"), f"http://{HOST}/") == 1
        assert out.told("proxy-authorization") == {BASIC}
        before = len(out.asked)
        assert answer(proxy_at("system"), server.url) == 1, "this computer is reached directly"
        assert answer(proxy_at("system"), "http://inner.example/").problem.code != "proxy_refused"
        assert len(out.asked) == before


def test_a_setting_of_the_system_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", "socks5://user:geheim@out.example:1080")
    error = answer(proxy_at("system"), f"https://{HOST}/")
    assert (error.problem.code, error.held) == ("proxy_unusable", True)
    assert error.problem.details["proxy"] == "socks5://out.example:1080"
    assert "geheim" not in str(error.problem)


def test_where_the_straight_way_fails_and_the_system_has_a_proxy_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
):
    there = "https://nowhere.invalid/"
    assert answer(Proxy(), there).problem.code == "name_not_found"
    monkeypatch.setenv("https_proxy", "http://user:geheim@out.example:3128")
    error = answer(Proxy(ProxyRule(source="pumps")), there)
    assert error.problem.code == "proxy_needed"
    for language in ("zh_CN", "en"):
        said = str(Words(RESOURCES, language).problem(error.problem))
        assert "http://out.example:3128" in said
        assert 'proxy = "system"' in said
        assert "geheim" not in said
    with ScriptedServer() as gone:
        pass
    monkeypatch.setenv("http_proxy", "http://out.example:3128")
    for inner in (gone.url, "http://10.255.255.1:1/"):
        line = {"limits": Limits(connect_timeout_s=0.05)}
        assert answer(Proxy(), inner, **line).problem.code != "proxy_needed", "that is no way out"


def test_a_password_is_not_sent_to_a_proxy_where_it_could_be_read_unless_told(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    resolve_as(monkeypatch, {AFAR: "127.0.0.1"})
    with WayOut({HOST: server.port}, authorization=BASIC) as out:
        there = out.url.replace("127.0.0.1", AFAR)
        error = answer(proxy_at(there, lambda: PASSWORD), f"http://{HOST}/")
        assert (error.problem.code, error.held) == ("proxy_unprotected", True)
        assert not out.asked
        open_one = proxy_at(there, lambda: PASSWORD, insecure=True)
        assert answer(open_one, f"http://{HOST}/") == 1
        told = {"url": f"https://{HOST}", "proxy": there, "proxy_user": USER}
        for insecure, code in ((True, "proxy_exposed"), (False, None)):
            settings = source_settings("county", **told, insecure=insecure)
            caution = caution_of(settings)
            assert (None if caution is None else caution.code) == code


def test_a_proxy_of_the_profile_may_be_inside_whenever_it_is_connected_to(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    begun: list[Callable[[], None]] = []

    class Late(threading.Thread):
        """Begins to connect only once the request itself does."""

        def start(self) -> None:
            begun.append(super().start)

    def asked(self: Sockets, *rest: Any, **how: Any) -> Any:
        begun.pop()()
        return connect(self, *rest, **how)

    connect = Sockets.connect
    monkeypatch.setattr(Sockets, "connect", asked)
    with WayOut({HOST: server.port}) as out:
        line = HttpClient(f"http://{HOST}/", SystemClock(), proxy=proxy_at(out.url))
        line.outside_only = True
        with monkeypatch.context() as late:
            late.setattr("desktop.connectors.http.sockets.threading.Thread", Late)
            line.begin()
        assert line.get("x").decode(int) == 1
        line.close()
    assert not begun


def test_beyond_a_proxy_too_a_stranger_leads_to_no_inside_address(server: ScriptedServer):
    with WayOut({HOST: server.port}) as out:
        line = HttpClient(f"http://{HOST}/", SystemClock(), proxy=proxy_at(out.url))
        assert not line.was_inside(line.base_url)
        line.outside_only = True
        assert line.get("x").decode(int) == 1
        for inner in (server.url, "http://10.0.0.1/", "http://localhost:1/", "http://[::1]/"):
            with pytest.raises(SourceError) as caught:
                line.get(f"{inner}/x")
            assert caught.value.problem.code == "inside_address"
        line.close()
        assert len(server.asked) == 1


PROFILE = """\
[desk]
name = "desk"
{link}
[[source]]
id = "county"
kind = "county"
url = "{url}"
{lines}"""


def settings_of(lines: str = "", link: str = "", url: str = "https://x.example") -> SourceSettings:
    text = PROFILE.format(lines=lines, link=link, url=url)
    return parse_profile(text, "desk.toml", Manifests()).sources[0]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('proxy = "http://zhang:geheim@out.example"', "county-desk login SOURCE --proxy"),
        ('proxy = "http://zhang@out.example"', "county-desk login SOURCE --proxy"),
        ('proxy = "socks5://out.example:1080"', "SOCKS"),
        ('proxy = "out.example:3128"', 'must be "system"'),
        ('proxy = "http://out..example"', "nothing between two dots"),
        ('proxy = "http://out.example:99999"', "port"),
        ('proxy = "http://out.example/pac"', "end with the host or port"),
        ("proxy = 5", "must be text"),
        ('proxy_user = "zhang"', "address the profile gives"),
    ],
)
def test_a_proxy_that_cannot_serve_is_refused_with_its_line_and_without_its_password(
    line: str, word: str
):
    for lines, link, number in ((line, "", 8), ("", f"[link]\n{line}", 4)):
        with pytest.raises(ProfileError) as caught:
            settings_of(lines, link)
        assert word in caught.value.faults[0]
        assert caught.value.faults[0].startswith(f"desk.toml:{number}:")
        assert "geheim" not in str(caught.value)


def test_the_line_tables_proxy_is_that_of_every_source_that_names_none_and_is_elsewhere():
    link = '[link]\nproxy = "http://out.example:3128"\nproxy_user = "zhang"'
    rule = ProxyRule.of(settings_of(link=link))
    assert (rule.said, rule.user) == ("http://out.example:3128", "zhang")
    assert ProxyRule.of(settings_of('proxy = "none"', link)).said == ""
    assert ProxyRule.of(settings_of('proxy = "system"', link)).said == "system"
    assert ProxyRule.of(settings_of(link=link, url="http://127.0.0.1:8700")).said == ""


def test_a_proxys_password_is_read_under_its_own_name_for_all_sources_behind_it(
    monkeypatch: pytest.MonkeyPatch,
):
    link = '[link]\nproxy = "http://out.example:3128"\nproxy_user = "zhang"'
    text = PROFILE.format(lines='login = "none"', link=link, url="https://x.example")
    profile = parse_profile(text, "desk.toml", Manifests())
    asked: list[str] = []
    monkeypatch.setattr(keyring, "read", lambda _place, name, **_: asked.append(name) or "geheim")
    token = source_logins.login_token(profile)
    entry = ProxyRule.of(profile.sources[0]).entry
    assert (token("county"), token(entry)) == (None, "geheim")
    assert asked == ["proxy zhang http://out.example:3128"]
