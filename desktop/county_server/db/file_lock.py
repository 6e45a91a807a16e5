"""A lock that lets one server alone open a county's file, however the server before ended."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop.county_server.db.disk import touch_private

SUFFIX = ".lock"


class InUse(Exception):
    """Another server has the county's file."""


class FileLock:
    """Locks a county's file for this process; the system releases it when the process ends.

    The lock's own file stays: deleting it would let two servers lock two files of one name.
    InUse when another server has the lock, OSError where the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        touch_private(path.with_name(path.name + SUFFIX))
        self._file = os.open(path.with_name(path.name + SUFFIX), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except BlockingIOError:
            os.close(self._file)
            raise InUse(path) from None
        except OSError:
            os.close(self._file)
            raise
        self._is_held = True

    def close(self) -> None:
        """Release the lock. Idempotent."""
        if self._is_held:
            self._is_held = False
            # Closing is what lets go: the lock belongs to the open file.
            os.close(self._file)


def _lock(file: int) -> None:
    """Lock the open file without waiting; BlockingIOError when another process has it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            raise BlockingIOError from None
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
