"""A backup holds a desk whole and closed; a restore puts all of it back, or nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.application.ports import StoreError
from desktop.commands.backup import describe_restore
from desktop.domain.backup import BackupContents
from desktop.domain.command import Collection, CommandState, Hold, Key
from desktop.domain.incident import FileRef
from desktop.domain.localized_text import Text
from desktop.storage.backup import restoring, writing
from desktop.storage.files.store import open_files
from desktop.storage.keys import login_file
from desktop.storage.outbox.recovery import export_rescued
from desktop.storage.outbox.store import SqliteOutbox, open_outbox
from desktop.storage.sqlite import folder_lock
from desktop.storage.sqlite.database import check_key, is_marked_damaged, mark_damaged
from desktop.storage.sqlite.folder_lock import RESTORE_READY
from support.builders import NOW, FakeClock, a_command, an_incident
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


STEPS = ("rename", "replace", "unlink", "rmdir", "mkdir", "fsync")


class Steps:
    """Ends the program, as far as the disk can tell, before a step on it."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        error: BaseException | None = None,
        names: Sequence[str] = STEPS,
    ) -> None:
        self._monkeypatch, self._error = monkeypatch, error or Killed()
        self.said = ""
        self._left, self._real = 0, {name: getattr(os, name) for name in names}

    def stops(self, number: int, work: Callable[[], object]) -> bool:
        """Whether that step was reached; everything after it failed too."""
        self._left = number
        with self._monkeypatch.context() as stopping:
            for name in self._real:
                stopping.setattr(os, name, partial(self._step, name))
            try:
                work()
            except StoreError as error:
                self.said = error.problem.code
                return True
            except Killed:
                return True
        return self._left < 0

    def _step(self, name: str, *given: Any, **named: Any) -> object:
        self._left -= 1
        if self._left < 0:
            raise self._error
        return self._real[name](*given, **named)


def test_killed_at_any_step_the_old_state_stands_or_the_new_one_is_whole(
    tmp_path, backup, monkeypatch
):
    old_name = _an_idle_desk(tmp_path / "old")
    restoring.make_ready(tmp_path / "old", OTHER_KEY, backup, PASSPHRASE, FakeClock())
    steps, number, was_stopped = Steps(monkeypatch), -1, True
    while was_stopped:
        number += 1
        folder = tmp_path / f"new{number}"
        shutil.copytree(tmp_path / "old", folder)
        was_stopped = steps.stops(number, partial(restoring.finish, folder, OTHER_KEY))
        folder_lock.sweep(folder)
        restoring.finish(folder, OTHER_KEY)
        _is_restored(folder, old_name)
    assert number > 15


def _is_restored(folder: Path, old_name: str) -> None:
    """Everything is of the backup, and all of before is aside."""
    with closing(open_outbox(folder, OTHER_KEY, FakeClock())) as outbox:
        assert [r.hold for r in outbox.list_unfinished()] == [Hold.COPY]
        assert outbox.client_id() != old_name
        assert outbox.draft(I1) == "在这里写的", "typed here after the backup"
    with closing(open_files(folder, OTHER_KEY)) as files:
        assert len(files.uploads("county")) == 1
    assert "language=en" in (folder / "layout.ini").read_text()
    (aside,) = folder.glob("before-restore-*")
    assert (aside / "layout.ini").read_text() == "old"
    check_key(aside, OTHER_KEY)
    with closing(open_outbox(aside, OTHER_KEY, FakeClock())) as outbox:
        assert outbox.client_id() == old_name, "what was here is kept whole"
    assert not [*folder.glob("restore.*")]


def test_killed_while_it_is_made_ready_the_restore_before_it_is_whole_or_gone(
    tmp_path, backup, monkeypatch
):
    old_name = _an_idle_desk(tmp_path / "old")
    restoring.make_ready(tmp_path / "old", OTHER_KEY, backup, PASSPHRASE, FakeClock())
    steps = Steps(monkeypatch, names=("rename", "rmdir", "unlink"))
    number, was_stopped = -1, True
    while was_stopped:
        number += 1
        folder = tmp_path / f"new{number}"
        shutil.copytree(tmp_path / "old", folder)
        again = partial(restoring.make_ready, folder, OTHER_KEY, backup, PASSPHRASE, FakeClock())
        was_stopped = steps.stops(number, again)
        folder_lock.sweep(folder)
        if restoring.finish(folder, OTHER_KEY) is not None:
            _is_restored(folder, old_name)
        else:
            with closing(open_outbox(folder, OTHER_KEY, FakeClock())) as outbox:
                assert outbox.client_id() == old_name
    assert number > 5


def test_a_log_never_goes_aside_before_the_file_it_belongs_to(tmp_path, backup, monkeypatch):
    folder = tmp_path / "new"
    old_name = _an_idle_desk(folder)
    restoring.make_ready(folder, OTHER_KEY, backup, PASSPHRASE, FakeClock())
    (folder / "outbox.db-wal").touch()
    # As left by one killed when it had just begun to put files in place.
    ready = folder / RESTORE_READY
    shutil.copy(ready / restoring.TOLD, ready / folder_lock.PLACING)
    moved: list[str] = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (moved.append(Path(a).name), replace(a, b)))
    restoring.finish(folder, OTHER_KEY)
    monkeypatch.setattr(os, "replace", replace)
    assert moved[:3] == ["outbox.db", "outbox.db-wal", "outbox.db"]
    with closing(open_outbox(folder, OTHER_KEY, FakeClock())) as outbox:
        assert outbox.client_id() != old_name


def test_a_disk_that_fails_in_mid_restore_leaves_it_to_be_finished_and_says_so(
    tmp_path, backup, monkeypatch
):
    old_name = _an_idle_desk(tmp_path / "old")
    restoring.make_ready(tmp_path / "old", OTHER_KEY, backup, PASSPHRASE, FakeClock())
    said: set[str] = set()
    steps, number, was_stopped = Steps(monkeypatch, OSError(errno.EIO, "I/O error")), -1, True
    while was_stopped:
        number += 1
        folder = tmp_path / f"new{number}"
        shutil.copytree(tmp_path / "old", folder)
        was_stopped = steps.stops(number, partial(restoring.finish, folder, OTHER_KEY))
        if was_stopped:
            is_half = folder_lock.is_half_restored(folder)
            assert is_half == (steps.said == "restore_halfway")
            said.add(steps.said)
        restoring.finish(folder, OTHER_KEY)
        folder_lock.sweep(folder)
        _is_restored(folder, old_name)
    assert said == {"store_unreachable", "restore_halfway"}


def _an_idle_desk(folder: Path) -> str:
    """A desk with nothing to send and a draft, newer than the backup's; its name."""
    folder.mkdir()
    open_files(folder, OTHER_KEY).close()
    (folder / "layout.ini").write_text("old")
    with closing(open_outbox(folder, OTHER_KEY, FakeClock())) as outbox:
        outbox.keep_draft(I1, "在这里写的", NOW + 1)
        return outbox.client_id()


LATER = b"a later photograph" * 20_000


def a_desk_that_went_on(folder: Path) -> dict[str, str]:
    """The backup's desk with nothing left to send; the keys of its later commands."""
    states = {
        "undecided then": CommandState.ACCEPTED,
        "conflict": CommandState.CONFLICT,
        "refused": CommandState.REJECTED,
        "not safe": CommandState.ACCEPTED,
        "safe": CommandState.ACCEPTED,
    }
    keys = {name: "k" * 32 if name == "undecided then" else a_command().key for name in states}
    theirs = an_incident(version=9)
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        for name, key in keys.items():
            outbox.append(a_command(key=key), NOW, basis=theirs)
            outbox.set_state(key, states[name], Text(name), NOW, theirs)
        for name in ("not safe", "safe"):
            outbox.mark_seen(keys[name])
        outbox.retire([keys["safe"], keys["refused"]])
    with closing(open_files(folder, KEY)) as files:
        ref = FileRef(hashlib.sha256(LATER).hexdigest(), "q.jpg", "image/jpeg", len(LATER))
        files.keep("county", ref, LATER)
        for upload in files.uploads("county"):
            files.mark_sent("county", upload.ref.digest, upload.ref.size)
    return keys


def test_what_the_county_may_lose_or_the_officer_has_not_seen_is_taken_along(tmp_path, backup):
    folder = tmp_path / "d"
    keys = a_desk_that_went_on(folder)
    restoring.make_ready(folder, KEY, backup, PASSPHRASE, FakeClock())
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        keys["later"] = outbox.append(a_command(), NOW).command.key
        outbox.set_state(keys["later"], CommandState.REJECTED, Text("later"), NOW)
        before = {name: outbox.record(key) for name, key in keys.items()}
        rows = outbox.conflict_rows(keys["conflict"])
    done = restoring.finish(folder, KEY)
    assert done is not None
    assert done.held == 0, "what became of the only one is known here"
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        after = {name: outbox.record(key) for name, key in keys.items()}
        assert outbox.conflict_rows(keys["conflict"]) == rows
        assert {row is None for row in rows} == {False}
        assert outbox.needing_officer() == 3
    assert after.pop("safe") is None, "that the county keeps for good"
    for name, record in after.items():
        known = before[name]
        assert record is not None
        assert known is not None
        assert record == msgspec.structs.replace(known, seq=record.seq)
    with closing(open_files(folder, KEY)) as files:
        assert files.read(hashlib.sha256(LATER).hexdigest()) == LATER


@pytest.mark.parametrize("damaged", ["outbox.db", "files.db"])
def test_a_damaged_store_goes_aside_with_what_can_be_read_of_it_and_is_told(
    tmp_path, backup, damaged
):
    folder = tmp_path / "d"
    a_desk_that_went_on(folder)
    before = b"\xa5" * 4096 + (folder / damaged).read_bytes()[4096:]
    (folder / damaged).write_bytes(before)
    mark_damaged(folder / damaged)
    restoring.refuse_waiting(folder, KEY)
    restoring.make_ready(folder, KEY, backup, PASSPHRASE, FakeClock())
    done = restoring.finish(folder, KEY)
    assert done is not None
    told = describe_restore(done)
    if damaged == "outbox.db":
        assert (told.code, told.details["count"]) == ("restored_over_damaged", "1")
        assert export_rescued(folder, KEY, tmp_path / "rescued.jsonl") == 6
    else:
        assert (told.code, told.details["count"]) == ("restored_over", "0")
    assert (Path(done.aside) / damaged).read_bytes() == before
    assert not is_marked_damaged(folder / damaged)
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        assert outbox.record("k" * 32) is not None
    with closing(open_files(folder, KEY)) as files:
        assert files.read(hashlib.sha256(PHOTO).hexdigest()) == PHOTO
