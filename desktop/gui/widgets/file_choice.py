"""The dialog in which files are chosen: it opens where the last ones were, beside what is plugged
in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QStorageInfo, QUrl
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from desktop.gui.context import UiContext

FOLDER = "files_folder"
"""Name under which the folder of the last chosen file is remembered."""
REMOVABLE = ("/media/", "/run/media/", "/mnt/")
"""Where Linux mounts sticks, cameras and cards."""
OWN_PLACES = (
    QStandardPaths.StandardLocation.PicturesLocation,
    QStandardPaths.StandardLocation.DesktopLocation,
    QStandardPaths.StandardLocation.DownloadLocation,
    QStandardPaths.StandardLocation.DocumentsLocation,
)
MOST_PLACES = 12


def choose(
    screen: UiContext, window: QWidget, title: str, take: Callable[[list[Path]], None]
) -> QFileDialog:
    """Let the officer choose files; `take` gets them. The dialog is deleted when it closes."""
    dialog = QFileDialog(window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # It speaks our language.
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setWindowTitle(title)
    last = screen.remembered.value(FOLDER)
    dialog.setDirectory(last or _pictures())
    dialog.filesSelected.connect(lambda names: _take(screen, [Path(name) for name in names], take))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()

    def offer(places: list[Path]) -> None:
        if isValid(dialog):
            dialog.setSidebarUrls([QUrl.fromLocalFile(str(place)) for place in places])

    # A mount that does not answer must hold up nobody: it is asked beside the GUI thread.
    screen.pictures.ask(find_places, offer, urgent=True)
    return dialog


def find_places() -> list[Path]:
    """Find what is plugged in, phones and sticks first, then the person's own folders; blocks."""
    own = [Path(QStandardPaths.writableLocation(kind)) for kind in OWN_PLACES]
    found = [*_find_mounted(), *own]
    return list(dict.fromkeys(place for place in found if _is_folder(place)))[:MOST_PLACES]


def _find_mounted() -> list[Path]:
    phones = []
    if sys.platform.startswith("linux"):
        phones = find_phones(Path(f"/run/user/{os.getuid()}/gvfs"))
    volumes = [
        Path(volume.rootPath())
        for volume in QStorageInfo.mountedVolumes()
        if volume.isValid() and volume.isReady() and is_removable(volume.rootPath())
    ]
    return [*phones, *(_camera_roll(volume) for volume in volumes)]


def find_phones(mounts: Path) -> list[Path]:
    """Find the storages of phones and cameras that the desktop mounted; blocks."""
    found: list[Path] = []
    for device in _list_folder(mounts):
        if device.name.startswith(("mtp:", "gphoto2:", "afc:")):
            storages = [_camera_roll(storage) for storage in _list_folder(device)]
            found += storages or [device]
    return found


def is_removable(root: str) -> bool:
    """Whether a volume mounted here is a stick or a card rather than the computer's own disk."""
    if sys.platform == "win32":
        return not root.upper().startswith(os.environ.get("SYSTEMDRIVE", "C:").upper())
    return root.startswith((*REMOVABLE, "/Volumes/"))


def _camera_roll(storage: Path) -> Path:
    pictures = storage / "DCIM"
    return pictures if _is_folder(pictures) else storage


def _list_folder(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[:MOST_PLACES]
    except OSError:
        return []


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:
        return False


def _pictures() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)


def _take(screen: UiContext, files: list[Path], take: Callable[[list[Path]], None]) -> None:
    if files:
        screen.remembered.choose(FOLDER, str(files[0].parent))
        take(files)
