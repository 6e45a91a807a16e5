"""A folder belongs to one program at a time, and to none once that has ended."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from desktop.application.ports import StoreError
from desktop.storage.sqlite.folder_lock import FILE, FolderLock
from support.small_disk import small_disk

HOLD = """
import sys
from pathlib import Path
from desktop.storage.sqlite.folder_lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""


def test_a_second_program_is_told_until_the_first_is_killed(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "True\n"
        second = FolderLock(tmp_path)
        assert not second.take()
        assert second.holder() == (tmp_path / FILE).read_text() == str(first.pid)
        first.kill()
        first.wait()
        assert second.holder() is None
        assert second.take()
        assert (tmp_path / FILE).read_text() == str(os.getpid())
        second.close()


def test_taking_it_twice_is_taking_it_once(tmp_path):
    lock, other = FolderLock(tmp_path / "new"), FolderLock(tmp_path / "new")
    assert lock.take()
    assert lock.take()
    assert not other.take(), "also within one program"
    lock.close()
    lock.close()
    assert other.take()
    assert (tmp_path / "new" / FILE).stat().st_mode & 0o777 == 0o600
    other.close()


def test_two_folders_have_two_locks(tmp_path):
    one, two = FolderLock(tmp_path / "1"), FolderLock(tmp_path / "2")
    assert one.take()
    assert two.take()
    one.close()
    two.close()


def test_one_program_reads_a_folder_in_which_no_lock_can_be_written(tmp_path):
    with small_disk(tmp_path / "small", 1) as disk:
        for locked_before in (False, True):
            disk.forbid_writing()
            first, second = FolderLock(disk.folder), FolderLock(disk.folder)
            assert first.take()
            assert not second.take()
            first.close()
            assert second.take()
            second.close()
            disk.allow_writing()
            if not locked_before:
                assert first.take(), "and leaves its file behind"
                first.close()


def test_a_folder_that_cannot_be_locked_is_said_in_words(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError) as caught:
        FolderLock(tmp_path).take()
    assert caught.value.problem.code == "store_unreachable"
