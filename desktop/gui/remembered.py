"""What the officer chose, kept beside the layout: language, theme, folder of exports, notices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths

GROUP = "chosen"

Later = Callable[[Callable[[], None]], None]
"""Runs this off the GUI thread."""


class Remembered:
    """Choices by name, as text; without a file they last as long as the window."""

    def __init__(self, file: Path | None = None, later: Later = lambda work: work()) -> None:
        self._file, self._later = file, later
        self._known: dict[str, str] = read(file) if file is not None else {}

    def value(self, name: str) -> str:
        """Return what was chosen; an empty text if nothing was."""
        return self._known.get(name, "")

    def choose(self, name: str, value: str) -> None:
        """Remember this choice from now on."""
        if self.value(name) == value:
            return
        self._known[name] = value
        file = self._file
        if file is not None:
            self._later(lambda: _write(file, name, value))

    @property
    def export_folder(self) -> str:
        """The folder of the last export, else the person's documents."""
        chosen = self.value("export_folder")
        if chosen and Path(chosen).is_dir():
            return chosen
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def read(file: Path) -> dict[str, str]:
    """Return the choices kept in a layout's file, whatever else is in it."""
    if not file.exists():
        return {}
    kept = QSettings(str(file), QSettings.Format.IniFormat)
    kept.beginGroup(GROUP)
    return {name: str(kept.value(name)) for name in kept.childKeys()}


def _write(file: Path, name: str, value: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = QSettings(str(file), QSettings.Format.IniFormat)
    kept.setValue(f"{GROUP}/{name}", value)
    kept.sync()
