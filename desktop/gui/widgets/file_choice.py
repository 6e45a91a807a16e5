"""The dialog in which files are chosen: it opens where the last ones were, beside what is plugged
in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from PySide6.QtCore import (
    QCoreApplication,
    QDir,
    QSize,
    QStandardPaths,
    QStorageInfo,
    Qt,
    QUrl,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QListView,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from shiboken6 import isValid

from desktop.gui.context import UiContext
from desktop.gui.export import use_our_words
from desktop.gui.widgets.snapshot_list import Index

translate = QCoreApplication.translate

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
SIZE, SPOTS_PX = QSize(960, 600), 220


URL_ROLE = Qt.ItemDataRole.UserRole + 1
"""Under which the dialog's list of places keeps the folder of a row."""


class Spot(NamedTuple):
    """A folder beside the files, and how it is called there; empty for its own name."""

    folder: Path
    name: str = ""


def choose(
    screen: UiContext, window: QWidget, title: str, take: Callable[[list[Path]], None]
) -> QFileDialog:
    """Let the officer choose files; `take` gets them. The dialog is deleted when it closes."""
    dialog = QFileDialog(window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # It speaks our language.
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setWindowTitle(title)
    use_our_words(dialog)
    dialog.resize(SIZE.boundedTo(window.window().size()))
    splitter = dialog.findChild(QSplitter, "splitter")
    if splitter is not None:
        splitter.setSizes([SPOTS_PX, dialog.width() - SPOTS_PX])
    _open_in(dialog, screen.remembered.value(FOLDER))
    dialog.filesSelected.connect(lambda names: _take(screen, [Path(name) for name in names], take))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()

    def offer(spots: list[Spot]) -> None:
        if isValid(dialog):
            _show_spots(dialog, spots)

    # A mount that does not answer must hold up nobody: it is asked beside the GUI thread.
    screen.pictures.ask(find_places, offer, urgent=True)
    return dialog


def choose_folder(window: QWidget, title: str, take: Callable[[Path], None]) -> QFileDialog:
    """Let the officer choose a folder; `take` gets it. The dialog is deleted when it closes."""
    return _choose_one(window, title, take, QFileDialog.FileMode.Directory)


def choose_file(
    window: QWidget, title: str, take: Callable[[Path], None], folder: Path = Path()
) -> QFileDialog:
    """Let the officer choose one file, beginning in a folder with a full path; `take` gets it.

    The dialog is deleted when it closes.
    """
    dialog = _choose_one(window, title, take, QFileDialog.FileMode.ExistingFile)
    if folder.is_absolute():
        dialog.setDirectory(str(folder))
    return dialog


def _choose_one(
    window: QWidget, title: str, take: Callable[[Path], None], mode: QFileDialog.FileMode
) -> QFileDialog:
    dialog = QFileDialog(window, title)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # It speaks our language.
    dialog.setFileMode(mode)
    use_our_words(dialog)
    dialog.fileSelected.connect(lambda name: take(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _open_in(dialog: QFileDialog, last: str) -> None:
    """Open the dialog in the folder of the last file, else among the person's own pictures."""
    pictures, home = QStandardPaths.StandardLocation.PicturesLocation, QDir.homePath()
    for folder in (last, QStandardPaths.writableLocation(pictures), home):
        if folder:
            dialog.setDirectory(folder)
            if dialog.directory() == QDir(folder):  # It stays elsewhere when there is none.
                return


def _show_spots(dialog: QFileDialog, spots: list[Spot]) -> None:
    """Show the places beside the files, each under the name of what is plugged in."""
    dialog.setSidebarUrls([QUrl.fromLocalFile(str(spot.folder)) for spot in spots])
    sidebar = dialog.findChild(QListView, "sidebar")
    if sidebar is not None:
        sidebar.setItemDelegate(_SpotNames(sidebar, spots))


class _SpotNames(QStyledItemDelegate):
    """Painter of the places: Qt's own would call every phone's folder DCIM."""

    def __init__(self, sidebar: QListView, spots: list[Spot]) -> None:
        super().__init__(sidebar)
        self._names = {str(spot.folder): spot.name for spot in spots}

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        url = index.data(URL_ROLE)
        name = self._names.get(url.toLocalFile()) if isinstance(url, QUrl) else ""
        if name:
            option.text = name


def find_places() -> list[Spot]:
    """Find what is plugged in, phones and sticks first, then the person's own folders; blocks."""
    own = [Spot(Path(QStandardPaths.writableLocation(kind))) for kind in OWN_PLACES]
    found = {spot.folder: spot for spot in reversed([*_find_mounted(), *own])}
    return [spot for spot in reversed(found.values()) if _is_folder(spot.folder)][:MOST_PLACES]


def _find_mounted() -> list[Spot]:
    phones = []
    if sys.platform.startswith("linux"):
        phones = find_phones(Path(f"/run/user/{os.getuid()}/gvfs"))
    volumes = [
        Spot(_camera_roll(Path(volume.rootPath())), volume.displayName())
        for volume in QStorageInfo.mountedVolumes()
        if volume.isValid() and volume.isReady() and is_removable(volume.rootPath())
    ]
    return [*phones, *volumes]


def find_phones(mounts: Path) -> list[Spot]:
    """Find the storages of phones and cameras that the desktop mounted; blocks."""
    found: list[Spot] = []
    for device in _list_folder(mounts):
        if device.name.startswith(("mtp:", "gphoto2:", "afc:")):
            name = unquote(device.name.partition("host=")[2] or device.name).replace("_", " ")
            storages = _list_folder(device)
            several = len(storages) > 1
            found += [
                Spot(_camera_roll(each), f"{name} · {each.name}" if several else name)
                for each in storages or [device]
            ]
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


def _take(screen: UiContext, files: list[Path], take: Callable[[list[Path]], None]) -> None:
    if files:
        screen.remembered.choose(FOLDER, str(files[0].parent))
        take(files)
