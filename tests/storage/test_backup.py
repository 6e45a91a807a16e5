"""A backup holds a desk whole and closed; a restore puts all of it back, or nothing."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from desktop.application.ports import StoreError
from desktop.domain.command import CommandState, Hold
from desktop.storage.backup import restoring, writing
from desktop.storage.files.store import open_files
from desktop.storage.keys import login_file
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite import folder_lock
from desktop.storage.sqlite.folder_lock import RESTORE_READY
from support.backups import I1, KEY, OTHER_KEY, PASSPHRASE, PHOTO, a_desk, an_idle_desk, back_up
from support.builders import FakeClock
from support.quick_keys import make_keys_quick
from support.small_disk import small_disk


@pytest.fixture(autouse=True)
def a_quick_key(monkeypatch):
    """What makes keys costly to guess is tested elsewhere."""
    make_keys_quick(monkeypatch)


def restore(folder: Path, file: Path, passphrase: str = PASSPHRASE) -> None:
    folder.mkdir(exist_ok=True)
    restoring.make_ready(folder, OTHER_KEY, file, passphrase, FakeClock())
    assert restoring.finish(folder, OTHER_KEY) is not None


def test_all_of_it_comes_back_under_the_new_folders_key_but_no_login(tmp_path, backup):
    restore(tmp_path / "new", backup)
    with closing(open_outbox(tmp_path / "new", OTHER_KEY, FakeClock())) as outbox:
        (record,) = outbox.list_unfinished()
        assert record.command.body == {"text": "泵房积水"}
        assert (record.state, record.hold) == (CommandState.HELD, Hold.COPY)
        assert outbox.draft(I1) == "写到一半"
        with closing(open_outbox(tmp_path / "d", KEY, FakeClock())) as original:
            assert outbox.client_id() != original.client_id(), "the county must tell them apart"
            assert original.list_unfinished()[0].state is CommandState.STORED
    with closing(open_files(tmp_path / "new", OTHER_KEY)) as files:
        (upload,) = files.uploads("county")
        assert files.read(upload.ref.digest) == PHOTO
    assert "language=en" in (tmp_path / "new" / "layout.ini").read_text()
    assert login_file.read(tmp_path / "new", OTHER_KEY, "county") is None
    assert restoring.read_profile_text(backup, PASSPHRASE)[0] == "# 我的配置\n"


def test_nothing_in_it_is_readable_and_it_is_its_users_alone(tmp_path, backup):
    held = backup.read_bytes()
    for secret in ("泵房积水", "写到一半", "我的配置", "a secret token", "layout.ini"):
        assert secret.encode() not in held
    assert (KEY in held, KEY.hex().encode() in held) == (False, False)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.cdk", "d", "desk.toml"]


def test_while_it_is_written_no_copy_of_what_is_in_the_clear_comes_onto_a_disk(
    tmp_path, monkeypatch
):
    stick = tmp_path / "stick"
    stick.mkdir()
    seen: dict[Path, bytes] = {}

    def look(_file: int) -> None:
        seen.update({p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()})
        folder_lock.sweep(tmp_path / "d")

    with closing(a_desk(tmp_path / "d")):
        monkeypatch.setattr(writing.os, "fsync", look)
        back_up(tmp_path / "d", stick / "b.cdk")
    assert [p.name for p in seen if stick in p.parents] == ["b.cdk.part"]
    clear = {p.name for p, held in seen.items() if "我的配置".encode() in held}
    assert clear == {"desk.toml"}
    clear = {p for p, held in seen.items() if b"language=en" in held}
    assert clear == {tmp_path / "d" / "layout.ini"}


def test_what_a_killed_backup_left_is_swept_away_and_one_being_written_is_not(tmp_path):
    for name in ("left", "in use"):
        (tmp_path / f"{folder_lock.BACKUP_BEGUN}{name}").mkdir()
    with closing(folder_lock.FolderLock(tmp_path / f"{folder_lock.BACKUP_BEGUN}in use")) as lock:
        assert lock.take()
        folder_lock.sweep(tmp_path)
        assert [p.name for p in tmp_path.iterdir()] == [f"{folder_lock.BACKUP_BEGUN}in use"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda told: told[:-1], "backup_damaged"),
        (lambda told: told[:200], "backup_damaged"),
        (lambda told: told[:40], "backup_damaged"),
        (lambda told: told + b"\0", "backup_damaged"),
        (lambda told: told[:-50] + bytes([told[-50] ^ 1]) + told[-49:], "backup_damaged"),
        (lambda told: b"PK" + told, "backup_not_one"),
        (lambda told: b"", "backup_not_one"),
        (lambda told: told[:19] + b"\2" + told[20:], "backup_newer"),
    ],
)
def test_one_that_is_not_whole_or_not_known_changes_nothing(tmp_path, backup, change, code):
    backup.write_bytes(change(backup.read_bytes()))
    with pytest.raises(StoreError) as refused:
        restore(tmp_path / "new", backup)
    assert refused.value.problem.code == code
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"key.check"}


def test_another_passphrase_opens_nothing(tmp_path, backup):
    with pytest.raises(StoreError) as refused:
        restore(tmp_path / "new", backup, "another passphrase")
    assert refused.value.problem.code == "passphrase_wrong"


def test_a_store_of_a_newer_version_is_refused_before_anything_changes(
    tmp_path, backup, monkeypatch
):
    monkeypatch.setattr("desktop.storage.sqlite.database.migrations", lambda _kind: [])
    with pytest.raises(StoreError) as refused:
        restore(tmp_path / "new", backup)
    assert refused.value.problem.code == "store_newer"
    assert not (tmp_path / "new" / RESTORE_READY).exists()


@pytest.mark.parametrize("name", ["outbox.db", "b.cdk.part"])
def test_a_full_disk_leaves_no_half_of_a_backup(tmp_path, monkeypatch, name):
    """Both while the stores are copied and while the file is written."""
    with closing(a_desk(tmp_path / "d")):
        if name == "outbox.db":
            monkeypatch.setattr(writing, "describe", _full)
        else:
            monkeypatch.setattr(writing.os, "fsync", _full)
        with pytest.raises(StoreError) as refused:
            back_up(tmp_path / "d", tmp_path / "b.cdk")
    assert refused.value.problem.code == "disk_full"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d", "desk.toml"]


def _full(*_given: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_desk_on_a_disk_that_can_only_be_read_is_backed_up_all_the_same(tmp_path):
    with small_disk(tmp_path / "disk", 4) as disk:
        outbox = a_desk(tmp_path / "d")
        # With its log, as a disk leaves it that fails while the program runs.
        shutil.copytree(tmp_path / "d", disk.folder / "d")
        outbox.close()
        disk.forbid_writing()
        contents = back_up(disk.folder / "d", tmp_path / "b.cdk", tmp_path / "desk.toml")
        assert (contents.waiting, contents.drafts, contents.uploads) == (1, 1, 1)
        disk.allow_writing()


def test_a_disk_that_fills_up_before_a_restore_leaves_what_is_there(tmp_path, backup, monkeypatch):
    name = an_idle_desk(tmp_path / "new")
    with monkeypatch.context() as full:
        full.setattr(restoring.os, "fsync", _full)
        with pytest.raises(StoreError) as refused:
            restoring.make_ready(tmp_path / "new", OTHER_KEY, backup, PASSPHRASE, FakeClock())
    assert refused.value.problem.code == "disk_full"
    assert restoring.finish(tmp_path / "new", OTHER_KEY) is None
    with closing(open_outbox(tmp_path / "new", OTHER_KEY, FakeClock())) as outbox:
        assert outbox.client_id() == name
    assert not [path for path in (tmp_path / "new").iterdir() if path.is_dir()]


def test_commands_without_an_answer_are_never_covered(tmp_path, backup):
    with closing(open_outbox(tmp_path / "d", KEY, FakeClock())) as outbox:
        restoring.make_ready(tmp_path / "d", KEY, backup, PASSPHRASE, FakeClock())
        with pytest.raises(StoreError) as refused:
            restoring.finish(tmp_path / "d", KEY)
        assert refused.value.problem.code == "restore_over_waiting"
        assert refused.value.problem.details == {"count": "1", "files": "1"}
        assert outbox.list_unfinished()[0].state is CommandState.STORED
    assert restoring.finish(tmp_path / "d", KEY) is None, "it is given up, not put off"
