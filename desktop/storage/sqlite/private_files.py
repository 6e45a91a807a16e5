"""Files and folders that belong to one user alone, refused when others may use them."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

from desktop.application.ports import StoreError
from desktop.domain.source import Problem

OTHERS_WRITE = 0o022
OTHERS_USE = 0o077
LONGEST_SECRET = 65_536
"""Bytes of the longest secret read: nobody makes a longer one, and a device has no end."""


def check_folder(folder: Path) -> None:
    """Refuse a folder in which others may put or take away files; raises StoreError."""
    if sys.platform == "win32":
        return  # There a user's own folders are closed by their access lists.
    try:
        told = folder.stat()
    except OSError:
        return  # The next to open it fails in the same way and reports it.
    mode = stat.S_IMODE(told.st_mode)
    if told.st_uid not in (os.geteuid(), 0):
        raise StoreError(Problem("folder_of_another", {"file": str(folder)}))
    if mode & OTHERS_WRITE:
        raise StoreError(Problem("folder_open", {"file": str(folder), "mode": f"{mode:04o}"}))


def secret_in(file: Path, *, from_pipe: bool = False) -> bytes:
    """Return what a file with a secret holds; raises StoreError when others may read or write it.

    Also OSError, as for any file, and for what is no file or far too long for a secret. Only with
    `from_pipe` something else, such as a pipe, is waited for: it is another program's to guard.
    """
    wait = 0 if from_pipe else getattr(os, "O_NONBLOCK", 0)
    handle = os.open(file, os.O_RDONLY | wait)
    with os.fdopen(handle, "rb") as opened:
        told = os.fstat(handle)
        if sys.platform != "win32" and stat.S_ISREG(told.st_mode):
            mode = stat.S_IMODE(told.st_mode)
            if told.st_uid not in (os.geteuid(), 0):
                raise StoreError(Problem("key_of_another", {"file": str(file)}))
            if mode & OTHERS_USE:
                raise StoreError(Problem("key_open", {"file": str(file), "mode": f"{mode:04o}"}))
        elif sys.platform != "win32" and not from_pipe:
            raise OSError(errno.EINVAL, "no file")
        found = opened.read(LONGEST_SECRET + 1)
    if len(found) > LONGEST_SECRET:
        raise OSError(errno.EFBIG, "too long for a secret")
    return found
