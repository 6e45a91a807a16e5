"""The page of the program's own version: what the county offers, and its packages to fetch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QStandardPaths, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop import VERSION
from desktop.application.ports import Cancelled, SourceError, StoreError
from desktop.application.settings.editor import Snapshot
from desktop.application.settings.kept_bulletins import Kept, is_newer
from desktop.domain.bulletin import Package, ProgramUpdate
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.language import Retranslated
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


class _Offer(NamedTuple):
    """What is known here of a newer program."""

    update: ProgramUpdate | None = None
    """One to fetch now."""
    county: Kept | None = None
    """What is kept of the county's answers; None where it is never asked."""
    is_trusted: bool = False
    answered_at: Instant | None = None
    """When it answered last, since this start."""


class UpdatePage(Retranslated, FollowingScroll):
    """This program's version, the one that the county offers, and a button for each package."""

    came = Signal(int)
    """So many bytes of the package are here; emitted on the runner's thread."""

    def __init__(self, screen: SettingsScreen) -> None:
        super().__init__()
        self._screen = screen
        self._runner = TaskRunner("update", self)
        self._offer: _Offer | None = None
        self._sentence: Callable[[], str] = str
        """What became of the fetching, in the present language."""
        self.fetching: Package | None = None
        """The package that is on its way."""
        self._wanted = ""
        """The name of the package that was fetched last."""
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
        """Recall what the county offers; the file says nothing of it."""
        self._runner.ask(self._look, self._show, slot="update")

    def close_runner(self) -> None:
        """Give up what is on its way."""
        if self._screen.desk.bulletins is not None:
            self._screen.desk.bulletins.cancel()
        self._runner.close()

    def _look(self) -> _Offer:
        """Runs off the GUI thread."""
        bulletins = self._screen.desk.bulletins
        if bulletins is None:
            return _Offer()
        kept, signer = bulletins.recall(), bulletins.fingerprint()
        ours = kept if kept.signer == signer else Kept()
        return _Offer(bulletins.find_update(), ours, bool(signer), bulletins.recall_answer_time())

    def retranslate(self) -> None:
        """Set all texts in the language in force, without a look at anything."""
        if self._offer is not None:
            self._show(self._offer)

    def _show(self, offer: _Offer) -> None:
        self._offer = offer
        held = next((name for name, button in self.buttons.items() if button.hasFocus()), "")
        self.buttons = {}
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for role, text in self._texts(offer):
            label = PlainLabel(self._screen, role, elide=False)
            label.setWordWrap(True)
            label.set_text(text)
            column.addWidget(label)
        for package in () if offer.update is None else offer.update.packages:
            column.addLayout(self._row(package))
        self._column.replaceWidget(self._list, fresh)
        self._list.deleteLater()
        self._list = fresh
        fresh.show()
        self.said.set_text(self._sentence())
        names = (held, "cancel", self._wanted) if held else ()
        for name in [name for name in names if name in self.buttons][:1]:
            self.buttons[name].setFocus()

    def _texts(self, offer: _Offer) -> list[tuple[str, str]]:
        own = translate("Settings", "This program: {version}").format(version=VERSION)
        update = offer.update
        if update is None:
            return [("body", said) for said in (own, *self._say_none(offer))]
        offers = translate("Settings", "The county offers: {version}")
        todo = translate(
            "Settings",
            "Nothing is installed by itself. Fetch the package for this computer here, and have "
            "it installed after the shift.",
        )
        words = self._screen.words.text(update.words)
        said = [("body", own), ("strong", offers.format(version=update.program))]
        return [*said, *([("body", words)] if words else []), ("body", todo)]

    def _say_none(self, offer: _Offer) -> tuple[str, ...]:
        """Return why there is nothing to fetch."""
        if offer.county is None:
            return (
                translate("Settings", "Only a desk with one county's platform asks for these."),
            )
        if not offer.is_trusted:
            said = translate(
                "Settings", "Not asked: this desk has no fingerprint of its county (county_key)."
            )
            return (said,)
        if not offer.county.tag:
            return (translate("Settings", "The county has not answered yet; it is asked again."),)
        if offer.answered_at is None:
            when = translate("Settings", "It has not answered since this start.")
        else:
            at = f"{formatting.local(offer.answered_at):%Y-%m-%d %H:%M}"
            when = translate("Settings", "Answered last: {time}").format(time=at)
        return self._say_answer(offer.county), when

    def _say_answer(self, county: Kept) -> str:
        """Return what the county's last answer comes to, where it is nothing to fetch."""
        update = county.update
        if county.trouble:
            said = translate("Settings", "The county's last answer does not count: {reason}")
            return said.format(reason=self._screen.words.reason(county.trouble))
        if update and update.begins_at is not None and is_newer(update.program, VERSION):
            said = translate("Settings", "The county offers {version} from {day} on.")
            day = f"{formatting.local(update.begins_at):%Y-%m-%d %H:%M}"
            return said.format(version=update.program, day=day)
        return translate("Settings", "The county offers none newer.")

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
        self.fetching, self._wanted = package, package.name
        self.bar.setRange(0, package.size)
        self.bar.setValue(0)
        self.bar.setAccessibleName(package.name)
        self.bar.show()
        self._say(lambda: translate("Settings", "Fetching {name} …").format(name=package.name))
        self._runner.ask(
            lambda: bulletins.fetch(package, Path(place), self.came.emit), self._end, self._fail
        )

    def _cancel(self) -> None:
        if self._screen.desk.bulletins is not None:
            self._screen.desk.bulletins.cancel()

    def _end(self, file: Path) -> None:
        self._stop(
            lambda: translate("Settings", "It is here, whole and checked: {file}").format(
                file=str(file)
            )
        )

    def _fail(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._stop(
                lambda: translate("Settings", "Cancelled; what has come is kept for the next time.")
            )
        elif isinstance(error, SourceError | StoreError):
            problem = error.problem
            self._stop(lambda: str(self._screen.words.problem(problem)))
        else:
            raise error

    def _stop(self, sentence: Callable[[], str]) -> None:
        self.fetching = None
        self.bar.hide()
        self._say(sentence)

    def _say(self, sentence: Callable[[], str]) -> None:
        """Say this until something else is to be said, also after a change of the language."""
        self._sentence = sentence
        self.said.show()
        self.retranslate()
