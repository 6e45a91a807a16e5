"""A restore is finished whatever ends it, and loses nothing that is here."""

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
from desktop.domain.command import Collection, CommandState, Hold, Key
from desktop.domain.incident import FileRef
from desktop.domain.localized_text import Text
from desktop.storage.backup import restoring
from desktop.storage.files.store import open_files
from desktop.storage.outbox.recovery import RESCUED, rescue_damaged
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite import folder_lock
from desktop.storage.sqlite.database import check_key, is_marked_damaged, mark_damaged
from desktop.storage.sqlite.folder_lock import RESTORE_READY
from support.backups import I1, KEY, OTHER_KEY, PASSPHRASE, PHOTO, an_idle_desk
from support.builders import NOW, FakeClock, a_command, an_incident


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
    old_name = an_idle_desk(tmp_path / "old")
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
    old_name = an_idle_desk(tmp_path / "old")
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
    old_name = an_idle_desk(folder)
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
    old_name = an_idle_desk(tmp_path / "old")
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


def a_damaged(path: Path) -> bytes:
    """Break the first page of a store that was found so; returns all of it."""
    broken = b"\xa5" * 4096 + path.read_bytes()[4096:]
    path.write_bytes(broken)
    mark_damaged(path)
    return broken


def test_what_can_be_read_of_a_damaged_outbox_is_taken_along_and_what_is_open_waits(
    tmp_path, backup
):
    folder = tmp_path / "d"
    keys = a_desk_that_went_on(folder)
    draft = Key("county", Collection.INCIDENTS, "I7")
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        keys["waiting"] = outbox.append(a_command(), NOW).command.key
        outbox.keep_draft(draft, "写到一半", NOW)
    a_damaged(folder / "outbox.db")
    restoring.make_ready(folder, KEY, backup, PASSPHRASE, FakeClock())
    done = restoring.finish(folder, KEY)
    assert done is not None
    assert done.held == 2
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        after = {name: outbox.record(key) for name, key in keys.items()}
        assert outbox.draft(draft) == "写到一半"
    assert {name: str(record.state) for name, record in after.items() if record} == {
        "undecided then": "accepted",
        "conflict": "held",
        "refused": "rejected",
        "not safe": "accepted",
        "waiting": "held",
    }
    assert {record.hold for record in after.values() if record} == {Hold.NONE, Hold.COPY}


def test_a_rescue_of_an_earlier_damage_is_not_taken_for_one_of_the_outbox_damaged_now(
    tmp_path, backup
):
    folder = tmp_path / "d"
    keys = a_desk_that_went_on(folder)
    rescue_damaged(folder, KEY)
    os.utime(folder / RESCUED, (1, 1))
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        outbox.set_state(keys["conflict"], CommandState.ACCEPTED, Text("done"), NOW)
        later = outbox.append(a_command(), NOW).command.key
    a_damaged(folder / "outbox.db")
    restoring.make_ready(folder, KEY, backup, PASSPHRASE, FakeClock())
    done = restoring.finish(folder, KEY)
    assert done is not None
    assert done.held == 1
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        record, settled = outbox.record(later), outbox.record(keys["conflict"])
    assert record is not None
    assert record.hold is Hold.COPY
    assert settled is not None
    assert settled.state is CommandState.ACCEPTED


@pytest.mark.parametrize("damaged", ["outbox.db", "files.db"])
def test_a_damaged_store_goes_aside_with_what_can_be_read_of_it_and_is_told(
    tmp_path, backup, damaged
):
    folder = tmp_path / "d"
    a_desk_that_went_on(folder)
    before = a_damaged(folder / damaged)
    restoring.refuse_waiting(folder, KEY)
    restoring.make_ready(folder, KEY, backup, PASSPHRASE, FakeClock())
    done = restoring.finish(folder, KEY)
    assert done is not None
    told = describe_restore(done)
    if damaged == "outbox.db":
        assert (told.code, told.details["count"]) == ("restored_over_damaged", "1")
        assert (Path(done.aside) / RESCUED).exists()
        assert not (folder / RESCUED).exists()
    else:
        assert (told.code, told.details["count"]) == ("restored_over", "0")
    assert (Path(done.aside) / damaged).read_bytes() == before
    assert not is_marked_damaged(folder / damaged)
    with closing(open_outbox(folder, KEY, FakeClock())) as outbox:
        assert outbox.record("k" * 32) is not None
    with closing(open_files(folder, KEY)) as files:
        assert files.read(hashlib.sha256(PHOTO).hexdigest()) == PHOTO
