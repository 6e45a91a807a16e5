"""Bundles on a stick that may be pulled out at any moment: whole under their name, or not there."""

from __future__ import annotations

import os
from pathlib import Path

NOT_YET = ".part"
"""What the name of a bundle ends with while it is being written."""


def write_verified(path: Path, content: bytes) -> None:
    """Write a file and read it back; OSError when the stick does not give back what it took.

    When this returns it is on the stick under its name, and a file that was there before is gone.
    """
    part = path.with_name(path.name + NOT_YET)
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            _forget_cached(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    if path.read_bytes() != content:
        raise OSError(f"{path}: 读回的内容不同 / reads back as something else")


def _forget_cached(handle: int) -> None:
    """Have the system read the file from the stick again, not from its memory, where it can."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Sync a folder where the system can, so that its new names survive."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
