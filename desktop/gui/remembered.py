"""What the officer chose, kept beside the layout: language, theme, folder of exports, notices."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QSettings, QStandardPaths

from desktop.application.profile import OVER, drop_outdated

GROUP = "chosen"

Later = Callable[[Callable[[], None]], None]
"""Runs this off the GUI thread."""


class Remembered:
    """Choices by name, as text; without a file they last as long as the window."""

    def __init__(
        self,
        file: Path | None = None,
        later: Later = lambda work: work(),
        of_profile: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`of_profile` is what the profile says of names that can be chosen here, too."""
        self._file, self._later, self._of_profile = file, later, of_profile
        self._known = read(file, of_profile) if file is not None else {}

    def value(self, name: str) -> str:
        """Return what was chosen; an empty text if nothing was."""
        return self._known.get(name, "")

    def choose(self, name: str, value: str) -> None:
        """Remember this choice from now on."""
        if self.value(name) == value:
            return
        self._known[name] = value
        written = {name: value}
        if name in self._of_profile:
            written[OVER + name] = self._of_profile[name]
        file = self._file
        if file is not None:
            self._later(lambda: _write(file, written))

    def follow(self, name: str, read: Callable[[], str]) -> Callable[[], None]:
        """Return what to call where a value may have changed: what is another by then is chosen."""
        known = read()

        def look() -> None:
            nonlocal known
            if read() != known:
                known = read()
                self.choose(name, known)

        return look

    def names(self, beginning: str) -> tuple[str, ...]:
        """Return the names of choices that begin so, of which something is remembered."""
        return tuple(n for n, value in self._known.items() if value and n.startswith(beginning))

    @property
    def export_folder(self) -> str:
        """The folder of the last export, else the person's documents."""
        chosen = self.value("export_folder")
        if chosen and Path(chosen).is_dir():
            return chosen
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def read(file: Path, of_profile: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Return the choices kept in a layout's file, whatever else is in it.

    One that was made before the profile said something else is not among them; none are where the
    file cannot be read.
    """
    if not os.access(file, os.R_OK):
        return {}
    kept = QSettings(str(file), QSettings.Format.IniFormat)
    kept.beginGroup(GROUP)
    found = {name: str(kept.value(name)) for name in kept.childKeys()}
    return drop_outdated(found, of_profile)


def _write(file: Path, choices: Mapping[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = QSettings(str(file), QSettings.Format.IniFormat)
    for name, value in choices.items():
        kept.setValue(f"{GROUP}/{name}", value)
    kept.sync()
