"""Where the key comes from, and what is said when it cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.application.ports import StoreError
from desktop.storage.keys import login_tokens
from desktop.storage.keys.encryption_key import (
    KEY_BYTES,
    KeyFile,
    KeyringKey,
    NoKeyring,
    ThrowAwayKey,
)
from desktop.storage.keys.passphrases import PassphraseKey, WrongPassphrase
from desktop.storage.sqlite.database import check_key
from desktop.storage.sqlite.private_files import LONGEST_SECRET, check_folder


class FakeKeyring:
    """A keyring in memory; `forgets` takes secrets without keeping them."""

    def __init__(self, forgets: bool = False, fault: Exception | None = None) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.forgets, self.fault = forgets, fault

    def get_password(self, service: str, name: str) -> str | None:
        if self.fault:
            raise self.fault
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        if not self.forgets:
            self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def code_of(error: pytest.ExceptionInfo[StoreError]) -> str:
    return error.value.problem.code


def test_a_key_is_made_once_and_found_again(tmp_path):
    keyring = FakeKeyring()
    made = KeyringKey("desk", keyring).key(tmp_path)
    check_key(tmp_path, made)
    assert len(made) == KEY_BYTES
    assert KeyringKey("desk", keyring).key(tmp_path) == made
    assert KeyringKey("other", keyring).key(tmp_path / "other") != made


def test_files_that_outlived_their_key_get_no_new_one(tmp_path):
    check_key(tmp_path, KeyringKey("desk", FakeKeyring()).key(tmp_path))
    empty = FakeKeyring()
    with pytest.raises(StoreError) as caught:
        KeyringKey("desk", empty).key(tmp_path)
    assert code_of(caught) == "key_missing"
    assert empty.kept == {}


def test_without_a_keyring_the_caller_is_told_to_ask_for_a_passphrase(tmp_path):
    # The tests choose the backend that always fails, as on a machine without any.
    with pytest.raises(NoKeyring):
        KeyringKey("desk").key(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_that_forgets_is_none(tmp_path):
    with pytest.raises(NoKeyring):
        KeyringKey("desk", FakeKeyring(forgets=True)).key(tmp_path)


def test_a_locked_keyring_is_said_in_words_without_its_own(tmp_path):
    locked = type("KeyringLocked", (Exception,), {})("very secret")
    with pytest.raises(StoreError) as caught:
        KeyringKey("desk", FakeKeyring(fault=locked)).key(tmp_path)
    assert code_of(caught) == "keyring_locked"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("stored", ["not hex", "abcd", ""])
def test_a_key_of_another_form_is_refused_without_being_repeated(tmp_path, stored):
    keyring = FakeKeyring()
    keyring.set_password("county-desk", "profile:desk", stored)
    with pytest.raises(StoreError) as caught:
        KeyringKey("desk", keyring).key(tmp_path)
    assert code_of(caught) == "key_unreadable"
    assert not stored or stored not in repr(caught.value)


def test_a_passphrase_gives_the_same_key_again_and_another_is_refused(tmp_path):
    key = PassphraseKey("石门-horse-电池").key(tmp_path)
    assert PassphraseKey("石门-horse-电池").key(tmp_path) == key
    with pytest.raises(WrongPassphrase):
        PassphraseKey("石门-horse").key(tmp_path)
    assert PassphraseKey("石门-horse-电池").key(tmp_path / "other") != key
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert key not in held
    assert b"horse" not in held


def test_a_passphrase_opens_no_folder_made_under_another_kind_of_key(tmp_path):
    check_key(tmp_path, ThrowAwayKey().key(tmp_path))
    with pytest.raises(WrongPassphrase):
        PassphraseKey("x").key(tmp_path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_key_file_that_others_may_read_or_write_is_refused_with_what_to_do(tmp_path, mode):
    made = KeyFile().key(tmp_path)
    (tmp_path / KeyFile.NAME).chmod(mode)
    with pytest.raises(StoreError) as caught:
        KeyFile().key(tmp_path)
    assert code_of(caught) == "key_open"
    assert caught.value.problem.details["mode"] == f"{mode:04o}"
    (tmp_path / KeyFile.NAME).chmod(0o600)
    assert KeyFile().key(tmp_path) == made


@pytest.mark.parametrize("what", ["pipe", "device", "folder", "endless"])
def test_a_key_that_is_no_file_or_has_no_end_is_refused_at_once(tmp_path, what):
    file = tmp_path / KeyFile.NAME
    match what:
        case "pipe":
            os.mkfifo(file, 0o600)
        case "device":
            file.symlink_to("/dev/zero")
        case "folder":
            file.mkdir()
        case "endless":
            file.write_bytes(b"0" * (LONGEST_SECRET + 1))
            file.chmod(0o600)
    with pytest.raises(StoreError) as caught:
        KeyFile().key(tmp_path)
    assert code_of(caught) == "key_unreadable"


@pytest.mark.parametrize(("mode", "is_refused"), [(0o775, True), (0o757, True), (0o755, False)])
def test_a_folder_in_which_others_may_write_is_refused(tmp_path, mode, is_refused):
    tmp_path.chmod(mode)
    if not is_refused:
        check_folder(tmp_path)
        return
    with pytest.raises(StoreError) as caught:
        check_folder(tmp_path)
    assert caught.value.problem.details == {"file": str(tmp_path), "mode": f"{mode:04o}"}


def test_what_is_another_users_is_refused(tmp_path, monkeypatch):
    KeyFile().key(tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 4_000_000)
    if tmp_path.stat().st_uid == 0:
        os.chown(tmp_path, 12345, -1)
        os.chown(tmp_path / KeyFile.NAME, 12345, -1)
    with pytest.raises(StoreError) as caught:
        check_folder(tmp_path)
    assert code_of(caught) == "folder_of_another"
    with pytest.raises(StoreError) as caught:
        KeyFile().key(tmp_path)
    assert code_of(caught) == "key_of_another"


def test_a_throw_away_key_lasts_as_long_as_its_owner(tmp_path):
    owner = ThrowAwayKey()
    assert owner.key(tmp_path) == owner.key(tmp_path)
    assert ThrowAwayKey().key(tmp_path) != owner.key(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_login_tokens_live_and_die_in_the_keyring():
    keyring = FakeKeyring()
    login_tokens.keep("desk", "county", "token", "s3cret", keyring)
    assert login_tokens.read("desk", "county", "token", keyring) == "s3cret"
    assert login_tokens.read("desk", "other", "token", keyring) is None
    assert login_tokens.read("other", "county", "token", keyring) is None
    login_tokens.forget("desk", "county", "token", keyring)
    login_tokens.forget("desk", "county", "token", keyring)
    assert keyring.kept == {}


REAL = """
import sys
from pathlib import Path
from desktop.storage.keys import login_tokens, secret_service
from desktop.storage.sqlite.database import check_key
from desktop.storage.keys.encryption_key import KeyringKey
from desktop.storage.keys.keyring_state import Keyring, KeyringState, find_keyring
folder = Path(sys.argv[1])
assert secret_service.find_secret("county-desk", "profile:desk") is None
made = KeyringKey("desk").key(folder)
check_key(folder, made)
assert secret_service.find_secret("county-desk", "profile:desk") == made.hex(), "short way"
assert KeyringKey("desk").key(folder) == KeyringKey("desk").find(5) == made
assert find_keyring(5) == Keyring(KeyringState.OPEN, "gnome-keyring-d")
login_tokens.keep("desk", "county", "token", "口令")
assert login_tokens.read("desk", "county") == "口令"
login_tokens.forget("desk", "county")
assert login_tokens.read("desk", "county") is None
print("kept and found")
"""

UNTOUCHED = """
import sys
from desktop.storage.keys import login_tokens
assert login_tokens.read("desk", "county") is None
assert "keyring" not in sys.modules
print("nothing there")
"""

LOCKED = """
import sys
from desktop.storage.keys import keyring_state, secret_service
assert keyring_state.find_keyring(5).state == "locked"
try:
    secret_service.find_secret("county-desk", "profile:desk")
except secret_service.Unsure:
    print("unsure")
"""

SLOW_TO_START = """
import time
from desktop.storage.keys import secret_service
began_s = time.monotonic()
assert secret_service.find_secret("county-desk", "profile:desk") is None
assert time.monotonic() - began_s > 3, "the question itself started it"
print("nothing there")
"""

SESSION = """
eval "$(echo -n pass | gnome-keyring-daemon --unlock --components=secrets)"
"$1" -c "$2" "$3/f"
"""

BARE = """
gnome-keyring-daemon --start --components=secrets > /dev/null
"$1" -c "$2" "$3/f"
"""


def test_a_real_secret_service_keeps_the_key(tmp_path: Path):
    assert said_in_session(tmp_path, SESSION, REAL) == "kept and found"


def test_nobody_is_asked_to_set_up_a_keyring_that_was_never_used(tmp_path: Path):
    assert said_in_session(tmp_path, BARE, UNTOUCHED) == "nothing there"


def test_a_keyring_that_the_question_itself_starts_may_take_its_time(tmp_path: Path):
    services = tmp_path / "home" / "dbus-1" / "services"
    for folder in reversed((services, *services.parents[:2])):
        folder.mkdir(mode=0o700)
    slow = tmp_path / "slow"
    slow.write_text(
        "#!/bin/sh\nsleep 3\nexec gnome-keyring-daemon --foreground --components=secrets\n"
    )
    slow.chmod(0o700)
    (services / "org.freedesktop.secrets.service").write_text(
        f"[D-BUS Service]\nName=org.freedesktop.secrets\nExec={slow}\n"
    )
    assert said_in_session(tmp_path, '"$1" -c "$2"', SLOW_TO_START) == "nothing there"


def test_what_a_locked_keyring_holds_is_not_known_without_asking(tmp_path: Path):
    said_in_session(tmp_path, SESSION, REAL)
    assert said_in_session(tmp_path, BARE, LOCKED) == "unsure"


def said_in_session(folder: Path, session: str, program: str) -> str:
    """The last line a program says in a session bus of its own, with its own keyring."""
    for tool in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(tool), f"install {tool}: this is where the key lives on Linux"
    home = folder / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", session, "sh", sys.executable, program, folder],
        env={"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]
