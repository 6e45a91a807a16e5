"""Files written so that a power cut leaves the old one or the new one, whole."""

from __future__ import annotations

import os
from pathlib import Path


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
    half.write_bytes(content)
    sync_file(half)
    half.replace(path)
    sync_folder(path.parent)
