"""A passphrase costs much to guess, also where a folder was made when it cost less."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.application.ports import StoreError
from desktop.storage.cache import store
from desktop.storage.files import store as files
from desktop.storage.keys import login_file, passphrases
from desktop.storage.keys.passphrases import NEXT_FILE, SALT_FILE, PassphraseKey, WrongPassphrase
from desktop.storage.outbox import recovery
from desktop.storage.outbox import store as outbox
from desktop.storage.sqlite import rekey
from desktop.storage.sqlite.database import check_key, connect, key_fits, mark_damaged
from desktop.storage.sqlite.folder_lock import RESTORE_READY
from support.builders import NOW, FakeClock, a_command

WORDS = "石门-horse-电池"
SALT = b"0123456789abcdef"
NOW_ASKED = {"n": 2**17, "r": 8, "p": 1, "dklen": 32, "maxmem": 1 << 28}


class Killed(BaseException):
    """The program is gone at this very step."""


@pytest.fixture
def cheap(monkeypatch):
    """Keys that cost next to nothing, where it is not the cost that is looked at."""
    monkeypatch.setattr(passphrases, "FIRST_COST", 9)
    monkeypatch.setattr(passphrases, "COST", 10)


def an_old_folder(folder: Path, words: str = WORDS) -> bytes:
    """A folder as the first version made it, with a command in it; its key."""
    folder.mkdir(exist_ok=True, mode=0o700)
    (folder / SALT_FILE).write_bytes(SALT)
    key = hashlib.scrypt(
        words.encode(), salt=SALT, **(NOW_ASKED | {"n": 1 << passphrases.FIRST_COST})
    )
    check_key(folder, key)
    made = outbox.open_outbox(folder, key, FakeClock())
    made.append(a_command(key="k", body={"text": "已派人"}), NOW)
    made.close()
    files.open_files(folder, key).close()
    store.open_cache(folder, key, FakeClock(), {}).close()
    login_file.keep(folder, key, "county", "s3cret")
    return key


def strengthened(folder: Path, words: str = WORDS) -> bytes:
    """The key as whoever has the folder locked gets it."""
    return PassphraseKey(words, may_strengthen=True).key(folder)


def held(folder: Path, key: bytes) -> list[str]:
    """The commands of the outbox, with everything of the folder opened under that key."""
    opened = outbox.open_outbox(folder, key, FakeClock())
    keys = [record.command.key for record in opened.recent(9)]
    opened.close()
    files.open_files(folder, key).close()
    rows = store.open_cache(folder, key, FakeClock(), {})
    assert rows.problem is None
    rows.close()
    assert login_file.read(folder, key, "county") == "s3cret"
    return keys


def test_a_new_key_costs_what_is_asked_of_a_store_that_can_be_carried_off(tmp_path):
    key = strengthened(tmp_path)
    mark, cost, salt = (tmp_path / SALT_FILE).read_text().split()
    assert (mark, cost, len(salt)) == ("scrypt", "17", 32)
    assert key == hashlib.scrypt(WORDS.encode(), salt=bytes.fromhex(salt), **NOW_ASKED)


@pytest.mark.parametrize("words", ["", "1234567", " 123456 "])
def test_a_new_passphrase_is_of_eight_characters_wherever_it_comes_from(tmp_path, words):
    with pytest.raises(StoreError) as caught:
        PassphraseKey(words).key(tmp_path)
    assert caught.value.problem.code == "passphrase_short"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_from_before_comes_to_a_stronger_key_and_leaves_the_weaker_one(tmp_path):
    old = an_old_folder(tmp_path)
    key = strengthened(tmp_path)
    assert key != old
    assert held(tmp_path, key) == ["k"]
    assert not (tmp_path / NEXT_FILE).exists()
    assert strengthened(tmp_path) == key
    with pytest.raises(WrongPassphrase):
        PassphraseKey(WORDS + "x").key(tmp_path)
    for path in [tmp_path / name for name in rekey.FILES if (tmp_path / name).exists()]:
        with pytest.raises(StoreError):
            rekey.rekey(path, old, bytes(32))


@pytest.mark.usefixtures("cheap")
def test_a_short_passphrase_of_before_still_opens_its_folder(tmp_path):
    an_old_folder(tmp_path, "abc")
    assert held(tmp_path, strengthened(tmp_path, "abc")) == ["k"]


@pytest.mark.usefixtures("cheap")
def test_a_wrong_passphrase_changes_nothing_of_a_folder_from_before(tmp_path):
    old = an_old_folder(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(WrongPassphrase):
        strengthened(tmp_path, "another one")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert held(tmp_path, old) == ["k"]


@pytest.mark.usefixtures("cheap")
def test_who_opens_a_folder_beside_its_desk_encrypts_nothing_anew(tmp_path):
    old = an_old_folder(tmp_path)
    beside = PassphraseKey(WORDS)
    assert beside.key(tmp_path) == old
    assert not (tmp_path / NEXT_FILE).exists()
    key = strengthened(tmp_path)
    (tmp_path / SALT_FILE).replace(tmp_path / NEXT_FILE)
    (tmp_path / SALT_FILE).write_bytes(SALT)
    assert beside.key(tmp_path) == key, "the desk is about to put the recipe in place"
    assert (tmp_path / NEXT_FILE).exists()


def test_every_file_of_a_folder_comes_along():
    known = {outbox.FILE, files.FILE, store.FILE, login_file.FILE, recovery.RESCUED}
    assert set(rekey.FILES) == known


@pytest.mark.parametrize("step", range(10))
@pytest.mark.usefixtures("cheap")
def test_killed_at_any_step_the_folder_opens_with_all_that_was_in_it(tmp_path, monkeypatch, step):
    an_old_folder(tmp_path)
    left = [step]

    def or_killed(call):
        def stepped(*values, **named):
            if not left[0]:
                raise Killed
            left[0] -= 1
            return call(*values, **named)

        return stepped

    with monkeypatch.context() as watched:
        watched.setattr(passphrases.Recipe, "write", or_killed(passphrases.Recipe.write))
        watched.setattr(rekey, "rekey", or_killed(rekey.rekey))
        watched.setattr(passphrases, "set_check", or_killed(passphrases.set_check))
        watched.setattr(Path, "replace", or_killed(Path.replace))
        try:
            strengthened(tmp_path)
        except Killed:
            with pytest.raises(WrongPassphrase):
                strengthened(tmp_path, "another one")
        else:
            assert step == 9, "each step is one of these"
    key = strengthened(tmp_path)
    assert key_fits(tmp_path, key)
    assert held(tmp_path, key) == ["k"]
    assert (tmp_path / SALT_FILE).read_bytes().startswith(b"scrypt 10 ")


VICTIM = """
import resource, signal, sys
from pathlib import Path
from desktop.storage.keys import passphrases
passphrases.FIRST_COST, passphrases.COST = 9, 10
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
passphrases.PassphraseKey(sys.argv[1], may_strengthen=True).key(Path(sys.argv[2]))
"""
"""The system kills it at the byte of a file that is one too many."""


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("bytes_written", [100_000, 1_000_000, 6_000_000])
def test_killed_while_pages_are_written_the_file_is_read_under_the_key_it_had(
    tmp_path, bytes_written
):
    old = an_old_folder(tmp_path)
    made = outbox.open_outbox(tmp_path, old, FakeClock())
    for number in range(10):
        made.append(a_command(key=f"big{number}", body={"text": "水" * 300_000}), NOW)
    made.close()
    assert (tmp_path / outbox.FILE).stat().st_size > bytes_written
    words = [sys.executable, "-c", VICTIM, WORDS, os.fspath(tmp_path), str(bytes_written)]
    victim = subprocess.run(words, check=False, timeout=60)
    assert victim.returncode == -signal.SIGXFSZ
    assert (tmp_path / "outbox.db-journal").exists(), "it was met in the middle"
    key = strengthened(tmp_path)
    opened = outbox.open_outbox(tmp_path, key, FakeClock())
    assert len(opened.recent(99)) == 11
    opened.close()


@pytest.mark.parametrize("page", [0, 1])
@pytest.mark.usefixtures("cheap")
def test_a_damaged_outbox_keeps_the_key_it_can_be_rescued_with(tmp_path, page):
    old = an_old_folder(tmp_path)
    path = tmp_path / outbox.FILE
    whole = bytearray(path.read_bytes())
    whole[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(whole)
    assert strengthened(tmp_path) == old
    assert not (tmp_path / NEXT_FILE).exists()
    assert path.read_bytes()[4096:] == whole[4096:]


@pytest.mark.usefixtures("cheap")
def test_a_damaged_cache_brings_the_files_before_it_back_to_their_key(tmp_path):
    old = an_old_folder(tmp_path)
    (tmp_path / store.FILE).write_bytes(b"\xa5" * 8192)
    assert strengthened(tmp_path) == old
    opened = outbox.open_outbox(tmp_path, old, FakeClock())
    assert [record.command.key for record in opened.recent(9)] == ["k"]
    opened.close()


@pytest.mark.usefixtures("cheap")
def test_files_marked_damaged_or_without_room_are_left_as_they_are(tmp_path, monkeypatch):
    old = an_old_folder(tmp_path)
    with monkeypatch.context() as full:
        full.setattr("shutil.disk_usage", lambda path: type("Disk", (), {"free": 70_000}))
        assert strengthened(tmp_path) == old
    mark_damaged(tmp_path / outbox.FILE)
    assert strengthened(tmp_path) == old


def test_a_power_cut_while_the_file_of_logins_is_made_leaves_none_kept(tmp_path: Path):
    check_key(tmp_path, bytes(range(32)))
    connect(tmp_path / login_file.FILE, bytes(range(32)), durable=True).close()
    assert login_file.read(tmp_path, bytes(range(32)), "county") is None
    login_file.keep(tmp_path, bytes(range(32)), "county", "a token")
    assert login_file.read(tmp_path, bytes(range(32)), "county") == "a token"


def test_no_key_changes_while_a_restore_waits_that_was_made_ready_under_it(tmp_path):
    old = an_old_folder(tmp_path)
    (tmp_path / RESTORE_READY).mkdir()
    assert strengthened(tmp_path) == old
    assert held(tmp_path, old) == ["k"]
    (tmp_path / RESTORE_READY).rmdir()
    assert strengthened(tmp_path) != old
