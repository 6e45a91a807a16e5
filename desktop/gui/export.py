"""Where a file is to go, and writing it there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QIODevice, QSaveFile, Qt
from PySide6.QtWidgets import QFileDialog, QTreeView, QWidget

from desktop.domain.instant import Instant
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.remembered import Remembered

translate = QCoreApplication.translate

KIND_COLUMN = 2
FORBIDDEN = '<>:"/\\|?*'
"""Characters that some system refuses in a file name."""


def name_with_date(title: str, now: Instant, kind: str) -> str:
    """Return a file name such as `事件-20261126-1410.csv`, in the county's time."""
    bare = "".join("-" if c in FORBIDDEN or c.isspace() else c for c in title)
    return f"{bare}-{formatting.local(now):%Y%m%d-%H%M}.{kind}"


def ask_where(
    parent: QWidget,
    remembered: Remembered,
    name: str,
    chosen: Callable[[str], None],
    *,
    title: str = "",
    kinds: Sequence[str] = (),
) -> QFileDialog:
    """Ask for a file without blocking the window; `chosen` is called with its path.

    `kinds` are file name endings; the first is written unless another is chosen. It opens in the
    folder of the last export.
    """
    dialog = QFileDialog(parent, title, remembered.export_folder)
    # The system's own dialog speaks the system's language, not the one in force here.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    use_our_words(dialog)
    if kinds:
        endings = {f"{kind.upper()} (*.{kind})": kind for kind in kinds}
        dialog.setNameFilters(list(endings))
        dialog.setDefaultSuffix(kinds[0])
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(endings[chosen]))
    dialog.selectFile(name)
    dialog.fileSelected.connect(
        lambda path: remembered.choose("export_folder", str(Path(path).parent))
    )
    dialog.fileSelected.connect(chosen)
    dialog.open()
    return dialog


def use_our_words(dialog: QFileDialog) -> None:
    """Name in our language what Qt's own translation leaves out, and hide what stays English."""
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, translate("FileChoice", "Folder:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, translate("FileChoice", "Kind:"))
    tree = dialog.findChild(QTreeView, "treeView")
    if tree is not None:
        tree.hideColumn(KIND_COLUMN)


def save(path: str, text: str, *, marked: bool = True) -> Problem | None:
    """Write the text as UTF-8, `marked` with the byte order mark that spreadsheets need; return the
    problem if that fails.

    All of it is written or nothing: a file that was there before stays whole.
    """
    body = (b"\xef\xbb\xbf" if marked else b"") + text.encode("utf-8")
    reason = save_bytes(path, body)
    return Problem("export_failed", {"reason": reason}) if reason else None


def save_bytes(path: str, body: bytes) -> str:
    """Write all bytes or nothing; return the system's error message, or an empty text."""
    file = QSaveFile(path)
    if file.open(QIODevice.OpenModeFlag.WriteOnly):
        file.write(body)
        if file.commit():
            return ""
    return file.errorString() or path
