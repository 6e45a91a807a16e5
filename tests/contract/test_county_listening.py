"""A county served over TLS to the accounts of a file, by its options; wrong ones said in words."""

from __future__ import annotations

import argparse
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import trustme

from desktop.county_server.command import main
from desktop.county_server.http import listening
from desktop.county_server.http.listening import Listening, ListenRefused

SERVE = "import sys; from desktop.__main__ import main; sys.exit(main())"


class Office:
    """An operator's folder: the accounts, the certificate and its key."""

    def __init__(self, folder: Path, token: str, accounts: str) -> None:
        self.folder, self.token = folder, token
        self.authority = trustme.CA()
        issued = self.authority.issue_cert("localhost", "county.example")
        self.accounts = self._file("accounts.toml", accounts.encode())
        self.chain = self._file("chain.pem", issued.cert_chain_pems[0].bytes())
        self.key = self._file("key.pem", issued.private_key_pem.bytes())

    def _file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        return path

    def words(self, **other: Path | str) -> list[str]:
        """The options, some of them another way."""
        said = {"host": "0.0.0.0", "accounts": self.accounts, "tls-cert": self.chain}
        said |= {"tls-key": self.key, "name": "county.example"}
        said |= {name.replace("_", "-"): value for name, value in other.items()}
        return [word for name, value in said.items() if value for word in (f"--{name}", str(value))]

    def reached(self, **other: Path | str) -> Listening:
        """What the options come to."""
        parser = argparse.ArgumentParser()
        parser.add_argument("--host")
        listening.add_arguments(parser)
        return listening.read_arguments(parser.parse_args(self.words(**other)))

    def refusal(self, **other: Path | str) -> str:
        """Why nothing is served then."""
        with pytest.raises(ListenRefused) as caught:
            self.reached(**other)
        return "\n".join(caught.value.lines)


def status_of(asked: urllib.request.Request, trusted: ssl.SSLContext) -> int:
    try:
        with urllib.request.urlopen(asked, context=trusted, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    assert main(["token", "northern"]) == 0
    said = capsys.readouterr().out
    token = said.partition("once: ")[2].partition("\n")[0]
    return Office(tmp_path, token, said[said.index("[[") :])


def test_a_county_is_served_over_tls_to_those_of_its_file(office: Office):
    trusted = ssl.create_default_context()
    office.authority.configure_trust(trusted)
    program = subprocess.Popen(
        [
            *(sys.executable, "-c", SERVE, "demo-county", "--port", "0", "--incidents", "20"),
            *("--speed", "0", *office.words()),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(60, program.kill)
    watchdog.start()
    try:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        assert url.startswith("https://"), program.stderr and program.stderr.read()
        here = url.replace("0.0.0.0", "localhost") + "/v1/scope"
        for token, name, status in (
            (office.token, "localhost", 204),
            (office.token, "county.example", 204),
            (office.token, "evil.example", 421),
            ("guess", "localhost", 401),
        ):
            asked = urllib.request.Request(
                here, headers={"Authorization": f"Bearer {token}", "Host": name}
            )
            assert status_of(asked, trusted) == status
    finally:
        watchdog.cancel()
        program.kill()
        program.communicate()


def test_half_of_a_certificate_is_refused(office: Office):
    assert "--tls-key" in office.refusal(tls_key="")
    assert "--tls-cert" in office.refusal(tls_cert="")


def test_files_that_do_not_belong_together_are_refused_by_name(office: Office):
    other = trustme.CA().issue_cert("localhost").private_key_pem.bytes()
    office.key.write_bytes(other)
    said = office.refusal()
    assert "key.pem" in said
    assert "证书" in said
    office.key.write_bytes(b"no key")
    assert "key.pem" in office.refusal()
    assert "none.pem" in office.refusal(tls_cert=office.folder / "none.pem")


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_a_key_that_others_can_read_is_refused(office: Office):
    office.key.chmod(0o644)
    assert "chmod 600" in office.refusal()


def test_the_options_come_to_what_they_say(office: Office):
    reached = office.reached(proxy="10.0.0.1")
    assert reached.tls is not None
    assert (reached.names, reached.proxy, reached.plain) == (("county.example",), "10.0.0.1", False)
    assert [each.name for each in reached.accounts.values()] == ["northern"]
