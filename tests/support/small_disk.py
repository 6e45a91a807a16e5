"""A real file system of a few megabytes that can be filled up or made read-only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FILLER = "filler"


class SmallDisk:
    """A folder on a file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Take every byte that is left."""
        with (self.folder / FILLER).open("ab", buffering=0) as file:
            for size in (65_536, 4_096):
                try:
                    while file.write(b"\0" * size) == size:
                        pass
                except OSError:
                    continue

    def make_room(self) -> None:
        """Give back what `fill` took."""
        (self.folder / FILLER).unlink()

    def forbid_writing(self) -> None:
        """Make all of it read-only, for root as well."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)

    def allow_writing(self) -> None:
        """Make it as it was."""
        subprocess.run(["mount", "-o", "remount,rw", str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A new one, gone at the end; the test is passed over where none can be mounted."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system; test_faulty_disk.py injects it")
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine mounts no tmpfs; test_faulty_disk.py injects a full disk")
    try:
        yield SmallDisk(folder)
    finally:
        # At once, also when a failed test left a file open in it.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
