"""What is said of the profile's file above the pages: where it is, what is wrong, what waits."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.profile import NO_SOURCE
from desktop.application.settings.editor import Snapshot
from desktop.domain.source import Problem
from desktop.gui.settings.fault_text import list_faults
from desktop.gui.settings.writing import Writing, is_conflict
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

SHOWN_FAULTS = 3


class FileBar(QWidget):
    """A line for the file, one for what is wrong with it, and the buttons that mend that."""

    def __init__(self, screen: SettingsScreen, writing: Writing) -> None:
        super().__init__()
        self._screen, self._writing = screen, writing
        self._problem: Problem | None = None
        self.place = PlainLabel(screen, "second", "second")
        self.said = PlainLabel(screen, "body", "orange_text", elide=False)
        self.said.setWordWrap(True)
        self.take_button, self.over_button = QPushButton(), QPushButton()
        self.restart_button = QPushButton()
        self.take_button.clicked.connect(writing.take_theirs)
        self.over_button.clicked.connect(writing.write_over)
        self.restart_button.clicked.connect(self._restart)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.place, 1)
        head.addWidget(self.restart_button)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.take_button, self.over_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.said)
        column.addLayout(buttons)
        writing.changed.connect(self._show)
        writing.failed.connect(self._fail)
        self.retranslate()

    def _restart(self) -> None:
        if self._screen.restart is not None:
            self._screen.restart()

    def _fail(self, problem: Problem | None) -> None:
        self._problem = problem
        self.retranslate()

    def _show(self, _snapshot: Snapshot) -> None:
        self.retranslate()

    def retranslate(self) -> None:
        """Say all that is to be said, in the language in force."""
        snapshot = self._writing.snapshot
        self.place.set_text(self._place_text(snapshot))
        said = self._trouble(snapshot)
        self.said.set_text(said)
        self.said.setVisible(bool(said))
        conflict = is_conflict(self._problem)
        self.take_button.setText(translate("Settings", "Take the file as it is now"))
        self.over_button.setText(translate("Settings", "Write mine over it"))
        self.restart_button.setText(translate("Settings", "Restart now"))
        self.take_button.setVisible(conflict)
        self.over_button.setVisible(conflict)
        county = snapshot.county
        waits = self._writing.waits_for_start or (county is not None and county.is_next)
        can_restart = self._screen.restart is not None and snapshot.profile is not None
        self.restart_button.setVisible(waits and can_restart)

    def _place_text(self, snapshot: Snapshot) -> str:
        if self._screen.desk.is_demo:
            return translate("Settings", "The demo's profile: what is changed here goes with it")
        if self._screen.is_plain:
            waits = self._writing.waits_for_start
            later = translate("Settings", "Saved; counts at the next start")
            return later if waits else translate("Settings", "Every change is saved at once")
        if self._writing.waits_for_start and self._screen.restart is not None:
            return translate("Settings", "Written to {file}; counts at the next start").format(
                file=snapshot.file
            )
        return translate("Settings", "Written at once to {file}").format(file=snapshot.file)

    def _trouble(self, snapshot: Snapshot) -> str:
        words = self._screen.words
        problem = self._problem or snapshot.unwritable
        if problem is not None:
            return str(words.problem(problem))
        faults = tuple(f for f in snapshot.faults if f.reason != NO_SOURCE)  # Its page says so.
        return list_faults(faults, words, SHOWN_FAULTS)
