"""TLS to a source: whom it trusts, and what a stranger's certificate means."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from desktop.application.ports import LoginRule, SourceError
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.login import Login
from desktop.connectors.http.request import upgrades
from desktop.domain.clock import SystemClock
from support.servers import Asked, Said, ScriptedServer, said_json
from support.waiting import close_while_it_waits


def asked(url: str, ca_file: str) -> Any:
    """The answer over a line of its own, or the code of what went wrong."""
    line = HttpClient(url, SystemClock(), ca_file=ca_file)
    try:
        return line.get("x").decode(int)
    except SourceError as error:
        return error.problem.code
    finally:
        line.close()


class Tls:
    """An authority and contexts of servers it vouches for."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.ca_file = str(folder / "ca.pem")
        self.authority.cert_pem.write_to_path(self.ca_file)

    def context(self, name: str = "127.0.0.1", **how: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name, **how).configure_cert(context)
        return context


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return Tls(tmp_path)


def test_a_private_authority_of_the_profile_is_trusted(tls: Tls):
    with ScriptedServer({"/x": said_json(1)}, tls=tls.context()) as server:
        assert asked(server.url, tls.ca_file) == 1


def test_certificates_that_cannot_be_trusted_are_refused_with_words(tls: Tls):
    past, future = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=9)
    cases = {
        "tls_expired": (tls.context(not_after=past), tls.ca_file),
        "tls_not_yet_valid": (
            tls.context(not_before=future, not_after=future + timedelta(days=1)), tls.ca_file),
        "tls_wrong_host": (tls.context("other.example"), tls.ca_file),
        "tls_untrusted": (tls.context(), ""),
        "ca_file_unusable": (tls.context(), "/nowhere/ca.pem"),
    }  # fmt: skip
    for code, (context, ca_file) in cases.items():
        with ScriptedServer({"/x": said_json(1)}, tls=context) as server:
            assert asked(server.url, ca_file) == code
            assert not server.asked


def without_names(authority: trustme.CA, folder: Path, *, own: bool) -> ssl.SSLContext:
    """A certificate with a common name alone, of the authority or signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    signer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    by = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name if own else signer.subject, name, key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key if own else by, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


@pytest.mark.parametrize("own, code", [(False, "tls_no_names"), (True, "tls_self_signed")])
def test_a_certificate_that_names_no_host_or_that_nobody_else_signed_has_its_own_words(
    tls: Tls, tmp_path: Path, own: bool, code: str
):
    context = without_names(tls.authority, tmp_path, own=own)
    with ScriptedServer({"/x": said_json(1)}, tls=context) as server:
        assert asked(server.url, tls.ca_file) == code
        assert not server.asked
        line = HttpClient(server.url, SystemClock(), ca_file=tls.ca_file)
        line.known = True
        with pytest.raises(SourceError) as caught:
            line.get("x")
        line.close()
        assert caught.value.problem.code == "captive_portal"


def moved_to_https(asked: Asked) -> Said:
    """What a server says that answers over TLS only."""
    if asked.secure:
        return said_json(1)
    return Said(status=301, headers={"Location": f"https://{asked.headers['host']}{asked.target}"})


def test_a_redirect_from_http_to_https_of_the_same_host_is_followed_without_the_login(tls: Tls):
    with ScriptedServer({"*": moved_to_https}, tls=tls.context(), plain_too=True) as server:
        plain = server.url.replace("https", "http")
        login = Login(lambda: "secret", LoginRule(plain))
        line = HttpClient(plain, SystemClock(), login=login, ca_file=tls.ca_file)
        reply = line.get("x")
        line.close()
        assert reply.decode(int) == 1
        assert reply.url == server.url + "/x"
        first, second = server.asked
        assert (first.secure, "authorization" in first.headers) == (False, True)
        assert (second.secure, "authorization" in second.headers) == (True, False)


def test_an_upgrade_is_no_way_around_the_certificate_and_carries_no_command(tls: Tls):
    context = tls.context("other.example")
    with ScriptedServer({"*": moved_to_https}, tls=context, plain_too=True) as server:
        plain = server.url.replace("https", "http")
        assert asked(plain, tls.ca_file) == "tls_wrong_host"
        line = HttpClient(plain, SystemClock(), ca_file=tls.ca_file)
        with pytest.raises(SourceError) as caught:
            line.post("x", b"command", again=True)
        line.close()
        problem = caught.value.problem
        assert (problem.code, problem.details["there"]) == ("wants_https", server.url + "/x")
        assert not any(each.secure for each in server.asked)


@pytest.mark.parametrize(
    "there, is_followed",
    [
        ("https://county.example/feed", True),
        ("https://county.example:443/", True),
        ("https://COUNTY.example:8080/", True),
        ("https://county.example:8443/", False),
        ("https://other.example/", False),
        ("https://county.example.other.example/", False),
        ("http://county.example:80/", False),
        ("ftp://county.example:8080/", False),
        ("https:///x", False),
        ("", False),
    ],
)
def test_only_https_of_the_same_host_at_its_port_or_the_usual_one_is_an_upgrade(
    there: str, is_followed: bool
):
    assert upgrades("http://county.example:8080/feed", there) == is_followed
    assert not upgrades("https://county.example:8080/feed", there), "it is https already"


def test_over_tls_a_server_is_believed_how_long_to_wait(tls: Tls):
    busy = Said(status=503, headers={"Retry-After": "1800"})
    with ScriptedServer({"/x": busy}, tls=tls.context()) as server:
        line = HttpClient(server.url, SystemClock(), ca_file=tls.ca_file)
        with pytest.raises(SourceError) as caught:
            line.get("x")
        line.close()
    assert caught.value.retry_after_s == 1800


@pytest.mark.parametrize("name, ca", [("127.0.0.1", False), ("wifi.example", True)])
def test_a_strangers_certificate_where_the_server_was_known_is_a_portals(
    tls: Tls, name: str, ca: bool
):
    with ScriptedServer({"/x": said_json(1)}, tls=tls.context(name)) as server:
        line = HttpClient(server.url, SystemClock(), ca_file=tls.ca_file if ca else "")
        line.known = True
        with pytest.raises(SourceError) as caught:
            line.get("x")
        line.close()
        assert caught.value.problem.code == "captive_portal"
        assert not server.asked


def test_close_ends_a_waiting_request_over_tls(tls: Tls):
    answers: dict[str, Any] = {"/x": Said(b"x", stall=True, length=False)}
    with ScriptedServer(answers, tls=tls.context()) as server:
        line = HttpClient(server.url, SystemClock(), ca_file=tls.ca_file)
        close_while_it_waits(line, server.waiting)
