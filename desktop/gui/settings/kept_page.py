"""The page of what the program remembers on this computer beside the profile."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.settings.editor import Snapshot
from desktop.domain.localized_text import Text
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

NOTED = "noted_"
"""Begins the name of each notice that was noted."""
KEPT = {
    "export_folder": Text("上次导出的文件夹", "Folder of the last export"),
    "files_folder": Text("上次选文件的文件夹", "Folder of the last file chosen"),
    "township": Text("选定的乡镇", "Township picked"),
    "office_number": Text("本所在县里的编号", "Number of this office at its county"),
}
"""Names of what is remembered, as it is called on the page."""


class KeptPage(FollowingScroll):
    """A row for each thing remembered, with a button to forget it."""

    def __init__(self, screen: SettingsScreen) -> None:
        super().__init__()
        self._screen = screen
        self.buttons: dict[str, QPushButton] = {}
        self.retranslate()

    def show_snapshot(self, _snapshot: Snapshot) -> None:
        """Show what is remembered now; the file says nothing of it."""
        self.retranslate()

    def retranslate(self) -> None:
        """Build the rows anew in the language in force."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 16)
        column.setSpacing(12)
        self.buttons = {}
        remembered = self._screen.remembered
        for name, title in KEPT.items():
            if value := remembered.value(name):
                column.addLayout(self._row(name, self._screen.say(title), value))
        if noted := remembered.names(NOTED):
            said = translate("Settings", "%n noted; shown again once forgotten", "", len(noted))
            column.addLayout(self._row(NOTED, translate("Settings", "Notices"), said))
        if not self.buttons:
            nothing = PlainLabel(self._screen, "body", "second", elide=False)
            nothing.set_text(translate("Settings", "Nothing is remembered yet."))
            column.addWidget(nothing)
        column.addStretch(1)
        self.setWidget(inner)

    def _row(self, name: str, title: str, value: str) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        for text, role, color in ((title, "strong", "text"), (value, "second", "second")):
            label = PlainLabel(self._screen, role, color)
            label.set_text(text)
            words.addWidget(label)
        button = self.buttons[name] = QPushButton(translate("Settings", "Forget"))
        button.setAccessibleName(f"{button.text()} {title}")
        button.clicked.connect(partial(self._forget, name))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(button)
        return row

    def _forget(self, name: str) -> None:
        remembered = self._screen.remembered
        for each in remembered.names(NOTED) if name == NOTED else (name,):
            remembered.choose(each, "")
        self.retranslate()
