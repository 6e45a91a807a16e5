"""A backup holds a desk whole and closed; a restore puts all of it back, or nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from desktop.application.ports import StoreError
from desktop.domain.backup import BackupContents
from desktop.domain.command import Collection, CommandState, Hold, Key
from desktop.domain.incident import FileRef
from desktop.storage.backup import restoring, writing
from desktop.storage.files.store import open_files
from desktop.storage.keys import login_file
from desktop.storage.outbox.store import SqliteOutbox, open_outbox
from desktop.storage.sqlite.database import check_key
from desktop.storage.sqlite.folder_lock import RESTORE_READY
from support.builders import NOW, FakeClock, a_command
from support.quick_keys import make_keys_quick
from support.small_disk import small_disk

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
PASSPHRASE = "a long passphrase"
I1 = Key("county", Collection.INCIDENTS, "i1")
PHOTO = b"a photograph" * 20_000


@pytest.fixture(autouse=True)
def a_quick_key(monkeypatch):
    """What makes keys costly to guess is tested elsewhere."""
    make_keys_quick(monkeypatch)


def a_desk(folder: Path) -> SqliteOutbox:
    """A desk with a command, a draft and a photo to send, still open."""
    folder.mkdir()
    login_file.keep(folder, KEY, "county", "a secret token")
    outbox = open_outbox(folder, KEY, FakeClock())
    outbox.append(a_command(key="k" * 32, body={"text": "泵房积水"}), NOW)
    outbox.keep_draft(I1, "写到一半", NOW)
    with closing(open_files(folder, KEY)) as files:
        ref = FileRef(hashlib.sha256(PHOTO).hexdigest(), "p.jpg", "image/jpeg", len(PHOTO))
        files.keep("county", ref, PHOTO)
    (folder / "layout.ini").write_text("[chosen]\nlanguage=en\n")
    (folder.parent / "desk.toml").write_text("# 我的配置\n")
    return outbox


def back_up(folder: Path, to: Path, profile: Path | None = None) -> BackupContents:
    desk = writing.Desk(folder, KEY, profile or folder.parent / "desk.toml", "desk", "1.0")
    return writing.write_backup(desk, to, PASSPHRASE, NOW)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a desk that was open meanwhile."""
    with closing(a_desk(tmp_path / "d")):
        contents = back_up(tmp_path / "d", tmp_path / "b.cdk")
    assert (contents.waiting, contents.drafts, contents.uploads) == (1, 1, 1)
    return tmp_path / "b.cdk"


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
    name = _an_idle_desk(tmp_path / "new")
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


class Killed(BaseException):
    """The program ends here."""


def test_killed_at_any_moment_the_old_state_stands_or_the_new_one_is_whole(
    tmp_path, backup, monkeypatch
):
    moved = Path.replace
    moment = 0
    while True:
        moment += 1
        folder = tmp_path / f"new{moment}"
        old_name = _an_idle_desk(folder)
        restoring.make_ready(folder, OTHER_KEY, backup, PASSPHRASE, FakeClock())
        left = moment

        def move(path: Path, to: Path) -> Path:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return moved(path, to)

        monkeypatch.setattr(Path, "replace", move)
        try:
            restoring.finish(folder, OTHER_KEY)
            was_killed = False
        except Killed:
            was_killed = True
        monkeypatch.setattr(Path, "replace", moved)
        restoring.finish(folder, OTHER_KEY)
        with closing(open_outbox(folder, OTHER_KEY, FakeClock())) as outbox:
            assert [r.hold for r in outbox.list_unfinished()] == [Hold.COPY]
            assert outbox.client_id() != old_name
            assert outbox.draft(I1) == "在这里写的", "typed here after the backup"
        (aside,) = folder.glob("before-restore-*")
        check_key(aside, OTHER_KEY)
        with closing(open_outbox(aside, OTHER_KEY, FakeClock())) as outbox:
            assert outbox.client_id() == old_name, "what was here is kept whole"
        if not was_killed:
            break
    assert moment > 3


def _an_idle_desk(folder: Path) -> str:
    """A desk with nothing to send and a draft, newer than the backup's; its name."""
    folder.mkdir()
    open_files(folder, OTHER_KEY).close()
    (folder / "layout.ini").write_text("old")
    with closing(open_outbox(folder, OTHER_KEY, FakeClock())) as outbox:
        outbox.keep_draft(I1, "在这里写的", NOW + 1)
        return outbox.client_id()
