"""The page of the program's own version: what the county offers, and its packages to fetch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.application.ports import Cancelled, SourceError, StoreError
from desktop.application.settings.editor import Snapshot
from desktop.domain.bulletin import Package, ProgramUpdate
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

KINDS = {
    "deb": Text("Debian 12", "Debian 12"),
    "deb13": Text("Debian 13", "Debian 13"),
    "uos": Text("统信 UOS", "UOS"),
    "folder": Text("其他 Linux，解开即用", "Any Linux, nothing to install"),
    "wheel": Text("Python 包", "Python wheel"),
    "windows": Text("Windows", "Windows"),
    "macos": Text("macOS", "macOS"),
}
"""For which computers a package is; one of another kind has its name alone."""


class UpdatePage(FollowingScroll):
    """This program's version, the one that the county offers, and a button for each package."""

    came = Signal(int)
    """So many bytes of the package are here; emitted on the runner's thread."""

    def __init__(self, screen: SettingsScreen) -> None:
        super().__init__()
        self._screen = screen
        self._runner = TaskRunner("update", self)
        self._update: ProgramUpdate | None = None
        self._own = ""
        self.fetching: Package | None = None
        """The package that is on its way."""
        self.buttons: dict[str, QPushButton] = {}
        """By the names of packages, and `cancel`."""
        self.said = PlainLabel(screen, "body", "text", elide=False)
        self.said.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.came.connect(self.bar.setValue)
        self._list = QWidget()
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(16, 4, 16, 16)
        self._column.setSpacing(12)
        for part in (self._list, self.said, self.bar):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.said.hide()
        self.bar.hide()
        self.setWidget(inner)

    def show_snapshot(self, _snapshot: Snapshot) -> None:
        """Ask what the county offers now; the file says nothing of it."""
        self._runner.ask(self._look, self._show, slot="update")

    def close_runner(self) -> None:
        """Give up what is on its way."""
        if self._screen.desk.bulletins is not None:
            self._screen.desk.bulletins.cancel()
        self._runner.close()

    def _look(self) -> ProgramUpdate | None:
        """Runs off the GUI thread."""
        from importlib.metadata import version

        self._own = version("county-desk")
        bulletins = self._screen.desk.bulletins
        return None if bulletins is None else bulletins.find_update()

    def _show(self, update: ProgramUpdate | None) -> None:
        self._update = update
        self.buttons = {}
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for role, text in self._texts(update):
            label = PlainLabel(self._screen, role, elide=False)
            label.setWordWrap(True)
            label.set_text(text)
            column.addWidget(label)
        for package in () if update is None else update.packages:
            column.addLayout(self._row(package))
        self._column.replaceWidget(self._list, fresh)
        self._list.deleteLater()
        self._list = fresh

    def _texts(self, update: ProgramUpdate | None) -> list[tuple[str, str]]:
        own = translate("Settings", "This program: {version}").format(version=self._own)
        if update is None:
            return [("body", own), ("body", translate("Settings", "The county offers none newer."))]
        offers = translate("Settings", "The county offers: {version}")
        todo = translate(
            "Settings",
            "Nothing is installed by itself. Fetch the package for this computer here, and have "
            "it installed after the shift.",
        )
        words = self._screen.words.text(update.words)
        said = [("body", own), ("strong", offers.format(version=update.program))]
        return [*said, *([("body", words)] if words else []), ("body", todo)]

    def _row(self, package: Package) -> QHBoxLayout:
        label = PlainLabel(self._screen, "body")
        kind = KINDS.get(package.kind)
        told = [] if kind is None else [self._screen.say(kind)]
        label.set_text(" · ".join([*told, package.name, formatting.size(package.size)]))
        here = package == self.fetching
        text = translate("Settings", "Cancel") if here else translate("Settings", "Fetch it")
        button = self.buttons["cancel" if here else package.name] = QPushButton(text)
        button.setAccessibleName(f"{text} {package.name}")
        button.setEnabled(here or self.fetching is None)
        press: Callable[[], None] = self._cancel if here else partial(self._fetch, package)
        button.clicked.connect(press)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label, 1)
        row.addWidget(button)
        return row

    def _fetch(self, package: Package) -> None:
        bulletins = self._screen.desk.bulletins
        if bulletins is None:
            return
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        self.fetching = package
        self.bar.setRange(0, package.size)
        self.bar.setValue(0)
        self.bar.setAccessibleName(package.name)
        self.bar.show()
        self._say(translate("Settings", "Fetching {name} …").format(name=package.name))
        self._show(self._update)
        self._runner.ask(
            lambda: bulletins.fetch(package, Path(place), self.came.emit), self._end, self._fail
        )

    def _cancel(self) -> None:
        if self._screen.desk.bulletins is not None:
            self._screen.desk.bulletins.cancel()

    def _end(self, file: Path) -> None:
        self._stop(
            translate("Settings", "It is here, whole and checked: {file}").format(file=str(file))
        )

    def _fail(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._stop(translate("Settings", "Cancelled; what has come is kept for the next time."))
        elif isinstance(error, SourceError | StoreError):
            self._stop(str(self._screen.words.problem(error.problem)))
        else:
            raise error

    def _stop(self, said: str) -> None:
        self.fetching = None
        self.bar.hide()
        self._say(said)
        self._show(self._update)

    def _say(self, said: str) -> None:
        self.said.set_text(said)
        self.said.show()
