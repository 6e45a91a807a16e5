"""A folder in memory for what the tests write, which a disk would keep and nobody reads."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACE = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there, for its owner alone
LEAST_FREE_BYTES = 4 * 2**30
"""Far more than a run of all tests writes: others need memory too."""
MEMORY = Path("/proc/meminfo")


@contextmanager
def memory_folder() -> Iterator[Path | None]:
    """A folder of this run's own, gone with it; None where memory is short, or it runs no programs.

    A folder for temporary files that somebody has chosen stays the chosen one.
    """
    if "TMPDIR" in os.environ or not _has_room() or not _runs_programs():
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="cd-", dir=PLACE))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    """Whether both the folder and the machine have memory for it."""
    try:
        free = shutil.disk_usage(PLACE).free
        told = dict(line.split(":") for line in MEMORY.read_text(encoding="ascii").splitlines())
        available = int(told["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return False
    return min(free, available) >= LEAST_FREE_BYTES


def _runs_programs() -> bool:
    """Whether libraries and programs may be loaded from there, as tests of installations do."""
    return os.access(PLACE, os.W_OK) and not os.statvfs(PLACE).f_flag & os.ST_NOEXEC
