"""Where a login goes, what it looks like there, and what is said where it may not or fails."""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.application.i18n import Words
from desktop.application.logins import is_exposed
from desktop.application.ports import LoginRule, SourceError
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.login import NONE_KEPT_S, Login
from desktop.domain.clock import SystemClock
from support.names import resolve_as
from support.servers import Said, ScriptedServer, said_json

RESOURCES = Path(__file__).parents[2] / "resources"
SECRET = "石门 horse:电池"
BY_PASSWORD = {"WWW-Authenticate": 'Basic realm="x"'}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer({"*": said_json(1)}) as running:
        yield running


@pytest.fixture
def afar(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """An address of the scripted server that counts as a computer on the network."""
    resolve_as(monkeypatch, {"afar.example": "127.0.0.1"})
    return server.url.replace("127.0.0.1", "afar.example")


def login_at(read: Callable[[], str | None], home: str, **rule: Any) -> Login:
    return Login(read, LoginRule(home, **rule))


def answer_to(login: Login, url: str) -> SourceError | None:
    line = HttpClient(url, SystemClock(), login=login)
    try:
        line.get("x")
    except SourceError as error:
        return error
    finally:
        line.close()
    return None


def refused(login: Login, url: str) -> SourceError:
    error = answer_to(login, url)
    assert error is not None
    return error


def test_a_user_and_password_go_out_as_utf_8_by_the_basic_scheme(server: ScriptedServer):
    assert answer_to(login_at(lambda: SECRET, server.url, user="值班员"), server.url) is None
    kind, _, coded = server.asked[0].headers["authorization"].partition(" ")
    assert kind == "Basic"
    assert b64decode(coded).decode("utf-8") == f"值班员:{SECRET}"


def test_a_token_beyond_latin_1_goes_out_as_utf_8(server: ScriptedServer):
    assert answer_to(login_at(lambda: "令牌", server.url), server.url) is None
    said = server.asked[0].headers["authorization"]
    assert said.encode("latin-1").decode("utf-8") == "Bearer 令牌"


def test_a_line_to_another_origin_than_the_sources_own_carries_no_login(server: ScriptedServer):
    read: list[str] = []

    def secret() -> str:
        read.append("")
        return SECRET

    other_host = server.url.replace("127.0", "127.9")
    for home in ("http://127.0.0.1:1", "https" + server.url[4:], other_host):
        assert answer_to(login_at(secret, home), server.url) is None
        assert "authorization" not in server.asked[-1].headers
    assert read == [], "nor is it looked up"


def test_that_no_login_is_kept_is_remembered_until_it_is_refused(server: ScriptedServer):
    kept: list[str | None] = [None, SECRET]
    read: list[str] = []

    def secret() -> str | None:
        read.append("")
        return kept[0]

    login = login_at(secret, server.url)
    assert [login.header(server.url) for _ in range(3)] == [None, None, None]
    assert len(read) == 1
    kept.pop(0)
    login.forget()
    assert login.header(server.url)
    assert len(read) == 2


def test_that_no_login_is_kept_is_asked_again_after_a_few_seconds(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    now_s = [100.0]
    monkeypatch.setattr("desktop.connectors.http.login.time.monotonic", lambda: now_s[0])
    kept: list[str] = []
    login = login_at(lambda: kept[0] if kept else None, server.url)
    assert login.header(server.url) is None
    kept.append(SECRET)
    now_s[0] += NONE_KEPT_S
    assert login.header(server.url)


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("http://10.1.2.3:9090", True),
        ("http://prometheus.county.example", True),
        ("http://localhost.example", True),
        ("http://127.0.0.1.example", True),
        ("http://app.localhost", True),
        ("http://[fe80::1]/", True),
        ("https://10.1.2.3:9090", False),
        ("http://127.0.0.1:9090", False),
        ("http://127.9.8.7", False),
        ("http://LOCALHOST:80/x", False),
        ("http://localhost.", False),
        ("http://[::1]:8700/", False),
    ],
)
def test_only_this_computer_is_safe_without_encryption(url: str, exposed: bool):
    assert is_exposed(url) is exposed


@pytest.mark.parametrize("user", [None, "desk"])
def test_over_plain_http_to_another_computer_nothing_is_sent(
    server: ScriptedServer, afar: str, user: str | None
):
    error = refused(login_at(lambda: SECRET, afar, user=user, source="pumps"), afar)
    assert error.problem.code == "login_unprotected"
    assert (error.held, error.may_have_left) == (True, False)
    assert not server.asked
    for language in ("zh_CN", "en"):
        said = Words(RESOURCES, language).problem(error.problem)
        assert afar in said.happened
        assert "insecure = true" in said.todo
        assert "pumps" in said.todo


def test_a_profile_that_says_insecure_sends_it_and_one_without_a_secret_needs_not(
    server: ScriptedServer, afar: str
):
    assert answer_to(login_at(lambda: SECRET, afar, user="desk", insecure=True), afar) is None
    assert server.asked[-1].headers["authorization"].startswith("Basic ")
    assert answer_to(login_at(lambda: None, afar), afar) is None
    assert "authorization" not in server.asked[-1].headers


@pytest.mark.parametrize(
    ("secret", "user", "home", "headers", "code"),
    [
        ("old", None, "", {}, "login_expired"),
        ("old", None, "", {"WWW-Authenticate": "Basic, Bearer"}, "login_expired"),
        ("old", None, "", BY_PASSWORD, "password_wanted"),
        (None, None, "", BY_PASSWORD, "password_wanted"),
        (None, None, "", {}, "login_missing"),
        (None, "desk", "", BY_PASSWORD, "login_missing"),
        ("old", "desk", "", BY_PASSWORD, "password_refused"),
        ("old", "desk", "http://elsewhere.example", BY_PASSWORD, "login_elsewhere"),
        ("a\r\nb", None, "", {}, "login_unusable"),
        ("a\nb", "desk", "", {}, "login_unusable"),
    ],
)
def test_a_refused_login_is_told_in_words_that_fit_it(
    server: ScriptedServer,
    secret: str | None,
    user: str | None,
    home: str,
    headers: dict[str, str],
    code: str,
):
    server.answers["/x"] = Said(status=401, headers=headers)
    login = login_at(lambda: secret, home or server.url, user=user, source="pumps")
    error = refused(login, server.url)
    assert error.problem.code == code
    assert error.held
    for language in ("zh_CN", "en"):
        said = Words(RESOURCES, language).problem(error.problem)
        assert all((said.happened, said.meaning, said.todo))
        assert "…" not in str(said), "every blank is filled"


def test_a_password_is_read_anew_after_it_was_refused(server: ScriptedServer):
    kept = iter(["old", "new"])
    server.answers["/x"] = [Said(status=401, headers=BY_PASSWORD), said_json(1)]
    line = HttpClient(
        server.url, SystemClock(), login=login_at(lambda: next(kept), server.url, user="u")
    )
    with pytest.raises(SourceError):
        line.get("x")
    line.get("x")
    line.close()
    sent = [b64decode(asked.headers["authorization"][6:]) for asked in server.asked]
    assert sent == [b"u:old", b"u:new"]


@pytest.mark.parametrize("user", [None, "desk"])
@pytest.mark.parametrize("secret", ["s3cret-电池", "s3cret\r\n-电池"])
def test_no_error_and_no_log_line_tells_the_secret(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, user: str | None, secret: str
):
    caplog.set_level(logging.DEBUG)
    server.answers["/x"] = Said(status=401)
    error = refused(login_at(lambda: secret, server.url, user=user), server.url)
    told = f"{error!r} {error.problem!r} {caplog.text}"
    assert "s3cret" not in told
    sent = [asked.headers["authorization"].split()[-1] for asked in server.asked]
    assert not [each for each in sent if each in told]
