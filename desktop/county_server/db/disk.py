"""Private files, written so that a power cut leaves the old or the new content complete."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""A county's rows, files and keys are for the user that serves it alone, whatever the umask."""


def make_private(path: Path | str) -> None:
    """Make an existing file or folder private; one that belongs to another user stays as it is."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            mode = os.stat(path).st_mode  # noqa: PTH116
            wanted = PRIVATE_FOLDER if stat.S_ISDIR(mode) else PRIVATE_FILE
            if stat.S_IMODE(mode) != wanted:
                os.chmod(path, wanted)  # noqa: PTH101


def private_folder(folder: Path) -> None:
    """Create a private folder, or make an existing one private."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    make_private(folder)


def touch_private(path: Path) -> None:
    """Create an empty private file, or make an existing one private.

    An existing file is not opened: closing it would end this process's locks on it.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    except FileExistsError:
        if os.name == "posix" and path.stat().st_mode & 0o077 == 0:
            return
    make_private(path)


def open_private(path: Path, mode: str) -> BinaryIO:
    """Open a private file in binary mode."""
    touch_private(path)
    return path.open(mode)  # type: ignore[return-value]


def copy_private(source: Path, target: Path) -> None:
    """Copy a file's content to a private file."""
    touch_private(target)
    shutil.copyfile(source, target)


def close_tree(folder: Path) -> None:
    """Make a tree private that an older server left open to other users; cheap when it is."""
    if os.name != "posix" or not folder.exists() or folder.stat().st_mode & 0o077 == 0:
        return
    for each in folder.rglob("*"):
        make_private(each)
    # Last, so that after a crash on the way the tree is gone through again.
    make_private(folder)


def sync_folder(folder: Path | str) -> None:
    """Sync a folder, where the system can, so that renames into it survive a power cut."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Sync a file's content, so that it survives a power cut."""
    # Windows flushes only what is open for writing.
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file's content atomically; it is on the disk when this returns.

    OSError, with nothing left of it, where the disk does not take it.
    """
    half = path.with_name(path.name + ".new")
    try:
        with open_private(half, "wb") as file:
            file.write(content)
        sync_file(half)
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
