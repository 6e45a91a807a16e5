"""Files for the county's own eyes, written so that a power cut leaves the old or the new, whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Rows, files and keys of a county are for the user that serves it, whatever the umask is."""


def make_private(path: Path | str) -> None:
    """Close a file or folder that is there to other users; one that is another user's stays."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            mode = os.stat(path).st_mode  # noqa: PTH116
            wanted = PRIVATE_FOLDER if stat.S_ISDIR(mode) else PRIVATE_FILE
            if stat.S_IMODE(mode) != wanted:
                os.chmod(path, wanted)  # noqa: PTH101


def private_folder(folder: Path) -> None:
    """See that a folder is there, and closed to other users."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    make_private(folder)


def touch_private(path: Path) -> None:
    """See that a file is there, and closed to other users before anything is in it.

    One that is there is not opened: closing it would end the locks of this process on it.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    except FileExistsError:
        if os.name == "posix" and path.stat().st_mode & 0o077 == 0:
            return
    make_private(path)


def open_private(path: Path, mode: str) -> BinaryIO:
    """A file opened for bytes, closed to other users."""
    touch_private(path)
    return path.open(mode)  # type: ignore[return-value]


def copy_private(source: Path, target: Path) -> None:
    """A copy of a file's content, closed to other users."""
    touch_private(target)
    shutil.copyfile(source, target)


def close_tree(folder: Path) -> None:
    """Close to other users what an older server left open to them; cheap when it is closed."""
    if os.name != "posix" or not folder.exists() or folder.stat().st_mode & 0o077 == 0:
        return
    for each in folder.rglob("*"):
        make_private(each)
    # Last, so that a crash on the way has it gone through again.
    make_private(folder)


def sync_folder(folder: Path) -> None:
    """Make what was renamed into a folder outlive a power cut, where folders can be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make a file's content outlive a power cut."""
    # Windows flushes only what is open for writing.
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file's content; it is on the disk when this returns."""
    half = path.with_name(path.name + ".new")
    with open_private(half, "wb") as file:
        file.write(content)
    sync_file(half)
    half.replace(path)
    sync_folder(path.parent)
