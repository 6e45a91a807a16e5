"""A bundle is whole under its name or not there, whenever the stick is pulled out."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.storage.files.bundle_file import NOT_YET, write_verified

WRITER = """
import os, signal, sys
from pathlib import Path
from desktop.storage.files.bundle_file import write_verified

left, name, size = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
real_fsync = os.fsync

def count(event, arguments):
    global left
    if event in ("open", "os.rename", "os.fsync"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

def fsync(handle):
    count("os.fsync", ())
    real_fsync(handle)
    count("os.fsync", ())

os.fsync = fsync
sys.addaudithook(count)
write_verified(Path(name), bytes(size))
"""


def test_a_stick_pulled_out_at_any_step_holds_the_old_bundle_or_the_new_one(
    tmp_path: Path,
) -> None:
    file, seen = tmp_path / "up.cdb", set()
    for step in range(40):
        file.write_bytes(b"old")
        done = subprocess.run(
            [sys.executable, "-c", WRITER, str(step), str(file), "100000"],
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
        content = file.read_bytes()
        assert content in (b"old", bytes(100_000))
        seen.add((done.returncode, len(content)))
        if done.returncode == 0:
            break
    assert seen == {(-signal.SIGKILL, 3), (-signal.SIGKILL, 100_000), (0, 100_000)}


def test_a_stick_that_gives_back_something_else_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "up.cdb"
    monkeypatch.setattr(Path, "read_bytes", lambda _self: b"rotten")
    with pytest.raises(OSError, match="reads back"):
        write_verified(file, b"good")


def test_a_stick_that_is_full_keeps_what_was_there_and_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "up.cdb"
    file.write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_verified(file, b"new")
    assert file.read_bytes() == b"old"
    assert not file.with_name(file.name + NOT_YET).exists()
