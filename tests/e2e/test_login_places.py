"""Where a login is kept without a keyring: in the desk's encrypted folder, or in a private file."""

from __future__ import annotations

import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.storage.keys.secret_service import CHOSEN_KEYRING
from support.program import County, county_desk, write_profile
from support.way_out import WayOut

TOKEN = "zW3-token-of-the-office"
ACCOUNTS = f'[[account]]\nname = "office"\ntoken = "{TOKEN}"\n'
NO_KEYRING = {CHOSEN_KEYRING: "keyring.backends.fail.Keyring"}


class Office:
    """A desk of a county that wants a login, on a computer without a keyring."""

    def __init__(self, folder: Path, url: str) -> None:
        self.home, self.folder = folder, folder / "desk"
        self.profile = write_profile(folder / "desk.toml", url)

    def run(self, *words: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        given = [*words, "--profile", self.profile, "--profile-dir", self.folder, "--lang", "en"]
        return county_desk(*given, environment=NO_KEYRING, typed=typed)

    def file(self, content: str = TOKEN + "\n", mode: int = 0o600) -> Path:
        path = self.home / "token"
        path.write_text(content, encoding="utf-8")
        path.chmod(mode)
        return path

    def holds(self, text: str) -> list[str]:
        """Names of the files in the desk's folder in which a text can be read."""
        files = [each for each in self.folder.rglob("*") if each.is_file()]
        return [each.name for each in files if text.encode() in each.read_bytes()]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    (folder / "accounts.toml").write_text(ACCOUNTS, encoding="utf-8")
    accounts = folder / "accounts.toml"
    accounts.chmod(0o600)
    with County(folder, "--speed", "0", "--incidents", "30", "--accounts", accounts) as running:
        yield running


@pytest.fixture
def office(county: County, tmp_path: Path) -> Office:
    return Office(tmp_path, county.url)


def test_a_token_piped_in_without_a_keyring_is_kept_encrypted_beside_the_key_file(office: Office):
    assert "login_missing" in office.run("sync", "--once", "--key", "file").stdout
    kept = office.run("login", "county", typed=TOKEN + "\n")
    assert kept.returncode == 0, kept.stderr
    done = office.run("sync", "--once")
    assert done.returncode == 0, done.stdout
    assert office.holds(TOKEN) == []
    assert TOKEN not in kept.stdout + kept.stderr + done.stdout + done.stderr
    assert office.run("probe").returncode == 0
    assert office.run("login", "county", "--forget").returncode == 0
    assert "login_missing" in office.run("sync", "--once").stdout


def test_a_token_is_kept_under_the_desks_passphrase_and_with_no_other_opened(office: Office):
    right, wrong = office.home / "right", office.home / "wrong"
    right.write_text("correct horse", encoding="utf-8")
    wrong.write_text("battery staple", encoding="utf-8")
    for file in (right, wrong):
        file.chmod(0o600)
    words = ("--key", "passphrase", "--passphrase-file")
    assert office.run("login", "county", *words, right, typed=TOKEN).returncode == 0
    assert office.run("sync", "--once", *words, right).returncode == 0
    other = office.run("login", "county", *words, wrong, typed="another")
    assert other.returncode == 1
    assert "passphrase is wrong" in other.stderr
    assert office.run("sync", "--once", "--passphrase-file", right).returncode == 0


def test_the_keyring_asked_for_by_name_is_not_replaced_by_a_file(office: Office):
    done = office.run("login", "county", "--key", "keyring", typed=TOKEN)
    assert done.returncode == 1
    assert "no keyring" in done.stderr
    assert not office.folder.exists()


def test_a_source_nobody_knows_is_told_with_those_there_are(office: Office):
    done = office.run("login", "coutny", typed=TOKEN)
    assert done.returncode == 2
    assert "no source 'coutny'; there are: county" in done.stderr


def test_a_private_token_file_logs_in_and_is_read_anew_when_the_token_is_another(office: Office):
    words = ("--key", "file", "--token-file")
    assert office.run("probe", *words, office.file()).returncode == 0
    named = f"county={office.file()}"
    assert office.run("sync", "--once", *words, named).returncode == 0
    wrong = office.run("sync", "--once", *words, office.file("expired\n"))
    assert "login_expired" in wrong.stdout
    assert office.holds(TOKEN) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
@pytest.mark.parametrize("command", [("sync", "--once"), ("probe",), ("list", "incidents")])
def test_a_token_file_that_others_can_read_is_refused(
    office: Office, command: tuple[str, ...], mode: int
):
    done = office.run(*command, "--key", "file", "--token-file", office.file(mode=mode))
    assert done.returncode == 2
    assert "can be read by other users" in done.stderr
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.parametrize("content", ["", "a\nb\n", "a\x07\n", "x" * 20_000])
def test_a_file_that_holds_no_token_is_told_at_the_start(office: Office, content: str):
    done = office.run("sync", "--once", "--key", "file", "--token-file", office.file(content))
    assert done.returncode == 2
    assert "does not hold one line" in done.stderr


def test_a_pipe_or_nothing_in_place_of_a_token_file_keeps_nobody_waiting(office: Office):
    os.mkfifo(office.home / "pipe", 0o600)
    for name in ("pipe", "absent"):
        done = office.run("sync", "--once", "--key", "file", "--token-file", office.home / name)
        assert done.returncode == 2
        assert "token file" in done.stderr


def test_a_token_file_of_several_sources_must_say_whose_it_is(office: Office):
    text = office.profile.read_text(encoding="utf-8")
    office.profile.write_text(
        text + text[text.index("[[source]]") :].replace('"county"', '"other"', 1), encoding="utf-8"
    )
    done = office.run("sync", "--once", "--key", "file", "--token-file", office.file())
    assert done.returncode == 2
    assert "county, other" in done.stderr


def test_a_proxys_password_is_kept_like_a_sources_and_opens_the_way(office: Office):
    basic = "Basic " + b64encode(b"zhang:way out").decode()
    with WayOut(authorization=basic) as out:
        text = office.profile.read_text("utf-8") + f'proxy = "{out.url}"\n'
        office.profile.write_text(text, encoding="utf-8")
        nobody = office.run("login", "county", "--proxy", "--key", "file", typed="way out\n")
        assert (nobody.returncode, "proxy_user" in nobody.stderr) == (2, True)
        office.profile.write_text(f'{text}proxy_user = "zhang"\n', encoding="utf-8")
        assert office.run("login", "county", "--key", "file", typed=TOKEN).returncode == 0
        assert "proxy_login_missing" in office.run("sync", "--once").stdout
        kept = office.run("login", "county", "--proxy", typed="way out\n")
        assert kept.returncode == 0, kept.stderr
        done = office.run("sync", "--once")
        assert done.returncode == 0, done.stdout
        assert office.holds("way out") == []
        assert office.run("login", "county", "--proxy", "--forget").returncode == 0
        assert "proxy_login_missing" in office.run("sync", "--once").stdout
