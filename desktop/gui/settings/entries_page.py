"""A page of settings: rows of entries below one another, each written as soon as it is changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.settings.editor import Snapshot
from desktop.application.settings.entries import Entry
from desktop.gui.settings.entry_row import EntryRow
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel


class EntriesPage(FollowingScroll):
    """Rows of entries in a scrolled column."""

    typed = Signal(object, str)
    reset = Signal(object)

    def __init__(self, screen: SettingsScreen, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._screen = screen
        self.rows: dict[str, EntryRow] = {}
        inner = _Lined(screen)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(0)
        for entry in entries:
            row = self.rows[entry.place] = EntryRow(screen, entry)
            row.typed.connect(self.typed)
            row.reset.connect(self.reset)
            column.addWidget(row)
        self.nothing = PlainLabel(screen, "body", "second", elide=False)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.nothing)
        self.nothing.setVisible(not entries)
        column.addStretch(1)
        self.setWidget(inner)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what the file says now."""
        writable = snapshot.is_toml and snapshot.unwritable is None
        for row in self.rows.values():
            value = snapshot.value(row.entry.table, row.entry.name)
            row.show_value(value, writable=writable)

    def retranslate(self) -> None:
        """Set all texts in the language in force."""
        for row in self.rows.values():
            row.retranslate()


class _Lined(QWidget):
    """A column with a hairline between its rows."""

    def __init__(self, screen: SettingsScreen) -> None:
        super().__init__()
        self._screen = screen

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setPen(self._screen.theme.color("line"))
            for row in self.findChildren(EntryRow):
                bottom = row.geometry().bottom()
                painter.drawLine(16, bottom, self.width() - 16, bottom)
