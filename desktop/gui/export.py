"""What leaves the screen as text: CSV that a spreadsheet cannot run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QIODevice, QSaveFile, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.application.outgoing import csv_text
from desktop.domain.source import Problem


def rows_to_csv(head: Sequence[str], rows: Iterable[Sequence[object]], data_time: str) -> str:
    """A CSV table whose first line says what moment the data are of (see `csv_text`)."""
    return csv_text([data_time], [head, *rows])


def offer_to_save(
    parent: QWidget, name: str, text: str, failed: Callable[[Problem], None]
) -> QFileDialog:
    """Ask where to, beside the window and without blocking it, then write the file whole."""
    dialog = QFileDialog(parent, "", name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setDefaultSuffix("csv")

    def write(path: str) -> None:
        problem = save(path, text)
        if problem is not None:
            failed(problem)

    dialog.fileSelected.connect(write)
    dialog.open()
    return dialog


def save(path: str, text: str, *, marked: bool = True) -> Problem | None:
    """Write the text as UTF-8, `marked` as spreadsheets need it; the problem when it cannot.

    All of it is written or nothing: a file that was there before stays whole.
    """
    body = (b"\xef\xbb\xbf" if marked else b"") + text.encode("utf-8")
    reason = save_bytes(path, body)
    return Problem("export_failed", {"reason": reason}) if reason else None


def save_bytes(path: str, body: bytes) -> str:
    """Write all of it or nothing; why not, in the system's words, or an empty text."""
    file = QSaveFile(path)
    if file.open(QIODevice.OpenModeFlag.WriteOnly):
        file.write(body)
        if file.commit():
            return ""
    return file.errorString() or path
