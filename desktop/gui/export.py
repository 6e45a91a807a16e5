"""What leaves the screen as text: CSV that a spreadsheet cannot run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QIODevice, QSaveFile, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell beginning so is taken for a formula by at least one spreadsheet."""


def rows_to_csv(head: Sequence[str], rows: Iterable[Sequence[object]], data_time: str) -> str:
    """A CSV table whose first line says what moment the data are of.

    None is an empty cell. Numbers stand as they are; text that a spreadsheet would
    run as a formula is preceded by an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(data_time)])
    writer.writerow([harmless(cell) for cell in head])
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def harmless(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, (int, float)):
        return str(cell)
    text = str(cell).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def offer_to_save(parent: QWidget, name: str, text: str) -> QFileDialog:
    """Ask where to, beside the window and without blocking it, then write the file whole."""
    dialog = QFileDialog(parent, "", name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setDefaultSuffix("csv")
    dialog.fileSelected.connect(lambda path: save(path, text))
    dialog.open()
    return dialog


def save(path: str, text: str) -> bool:
    """Write the text as UTF-8 with a mark that spreadsheets need; all of it or nothing."""
    file = QSaveFile(path)
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        return False
    file.write(b"\xef\xbb\xbf" + text.encode("utf-8"))
    return file.commit()
