"""Notices that another version was installed while this one runs."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QFileSystemWatcher, QObject

from desktop import VERSION
from desktop.application.installed import Installed, find_installed
from desktop.domain.source import Problem


class InstallationWatch(QObject):
    """Tells once of each version set up beside the one that runs; costs nothing until then."""

    def __init__(
        self, installed: Installed, tell: Callable[[Problem], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._installed, self._tell, self._told = installed, tell, ""
        watcher = QFileSystemWatcher([str(installed.folder)], self)
        watcher.directoryChanged.connect(self._look)

    def _look(self) -> None:
        version = self._installed.read_other()
        if version and version != self._told:
            self._told = version
            own = self._installed.build if "+" in version else VERSION
            self._tell(Problem("other_installed", {"version": version, "own": own}))


def watch_installation(parent: QObject, tell: Callable[[Problem], object]) -> None:
    """Have it told as long as the parent lives, where another version can be set up at all."""
    installed = find_installed(sys.prefix)
    if installed is not None:
        InstallationWatch(installed, tell, parent)
