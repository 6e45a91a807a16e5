"""Where a stick may be: the removable drives that are plugged in now."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QStorageInfo

from desktop.gui.widgets.file_choice import is_removable


class Drive(NamedTuple):
    """One drive that can be written to."""

    folder: Path
    name: str
    free_bytes: int


def find_drives() -> list[Drive]:
    """Return the drives that are plugged in, by their folders; asks the system, so not often."""
    found = []
    for volume in QStorageInfo.mountedVolumes():
        folder = volume.rootPath()
        if is_removable(folder) and volume.isReady() and not volume.isReadOnly():
            name = volume.displayName() or Path(folder).name
            found.append(Drive(Path(folder), name, volume.bytesAvailable()))
    return sorted(found, key=lambda drive: str(drive.folder))
