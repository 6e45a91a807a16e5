"""One program for each data folder, however the one before ended."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path

from desktop.application.ports import StoreError
from desktop.storage.sqlite.database import why_not

FILE = "open.lock"
RESTORE_READY = "restore.ready"
"""The folder, in a desk's, of a restore that whoever locks it next has to finish."""
PLACING = "placing.json"
"""In that folder once the first file is about to be put in place."""
RESTORE_BEGUN, DROPPED = "restore.part", "restore.dropped"
"""Folders of a restore that is not ready yet, and of one that is no longer needed."""
BACKUP_BEGUN = "backup.part-"
"""How the name begins of a folder that whoever writes a backup has locked."""
UNWRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT)
_BEYOND = 1 << 30
"""Where Windows locks a byte: past the content, so that others can still read it."""


class FolderLock:
    """Holds a folder for this process; the system lets go of it whenever the process ends.

    The file stays behind: taking it away would let two programs lock two files of one name.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._file: int | None = None

    def take(self) -> bool:
        """Lock the folder for this process; false when another program has it.

        Raises StoreError where the folder cannot be made or knows no locks.
        """
        if self._file is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._open()
        except OSError as error:
            raise StoreError(why_not(self._path, error)) from None
        try:
            _lock(file)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError as error:
            os.close(file)
            raise StoreError(why_not(self._path, error)) from None
        self._file = file
        self._say_who(file)
        return True

    def holder(self) -> str | None:
        """Return the number of the process that holds the folder; None where none does.

        Nothing is made or kept locked. Empty where the holder did not write who it is.
        """
        try:
            file = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            _lock(file)
        except BlockingIOError:
            return os.read(file, 20).decode("ascii", "replace").strip()
        finally:
            os.close(file)
        return None

    def _open(self) -> int:
        """Open the lock file, for reading where it cannot be written, or else the folder."""
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            return os.open(self._path if self._path.exists() else self._path.parent, os.O_RDONLY)

    def close(self) -> None:
        """Let another program have the folder; idempotent."""
        file, self._file = self._file, None
        if file is not None:
            # Closing is what lets go: the lock belongs to the open file.
            os.close(file)

    def _say_who(self, file: int) -> None:
        try:
            os.truncate(file, 0)
            os.write(file, str(os.getpid()).encode())
        except OSError:
            return  # A full disk: the lock itself needs no room.


def is_half_restored(folder: Path) -> bool:
    """Whether some files of the desk are of a backup, and others of before."""
    return (folder / RESTORE_READY / PLACING).exists()


def sweep(folder: Path) -> None:
    """Delete what a killed restore or backup left in a folder that the caller has locked."""
    for name in (RESTORE_BEGUN, DROPPED):
        if (folder / name).is_dir():
            shutil.rmtree(folder / name, ignore_errors=True)
    for left in folder.glob(f"{BACKUP_BEGUN}*"):
        lock = FolderLock(left)
        try:
            is_free = lock.take()
        except StoreError:
            continue  # Where nothing can be locked nothing can be deleted either.
        lock.close()
        if is_free:
            shutil.rmtree(left, ignore_errors=True)


def _lock(file: int) -> None:
    """Lock the open file at once; BlockingIOError when another has it."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            raise BlockingIOError from None
        finally:
            os.lseek(file, 0, os.SEEK_SET)
    else:
        import fcntl

        # Not lockf: its lock is lost when any other handle of this process on it closes.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
