"""A page of settings: rows of entries below one another, each written as soon as it is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.settings.editor import Snapshot
from desktop.application.settings.entries import Entry
from desktop.gui.settings.entry_row import EntryRow
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.slices import Slices
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel


class EntriesPage(FollowingScroll):
    """Rows of entries in a scrolled column, built a few at a time."""

    typed = Signal(object, str)
    reset = Signal(object)

    def __init__(self, screen: SettingsScreen, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._screen = screen
        self._snapshot: Snapshot | None = None
        self._shown: frozenset[str] | None = None
        self.rows: dict[str, EntryRow] = {}
        inner = _Lined(screen)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 16)
        self._column.setSpacing(0)
        self.nothing = PlainLabel(screen, "body", "second", elide=False)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self._column.addWidget(self.nothing)
        self.nothing.hide()
        self._column.addStretch(1)
        self.setWidget(inner)
        Slices(self).begin(self._build(entries))

    def _build(self, entries: Sequence[Entry]) -> Iterator[None]:
        for at, entry in enumerate(entries):
            row = self.rows[entry.place] = EntryRow(self._screen, entry)
            row.typed.connect(self.typed)
            row.reset.connect(self.reset)
            self._column.insertWidget(at, row)
            self._fill(row)
            yield

    def show_only(self, entries: Iterable[Entry]) -> None:
        """Show the rows of these entries alone, or say that there are none."""
        self._shown = frozenset(entry.place for entry in entries)
        self.nothing.setVisible(not self._shown)
        for row in self.rows.values():
            row.setVisible(row.entry.place in self._shown)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what the file says now."""
        self._snapshot = snapshot
        for row in self.rows.values():
            self._fill(row)

    def _fill(self, row: EntryRow) -> None:
        snapshot, entry = self._snapshot, row.entry
        if self._shown is not None:
            row.setVisible(entry.place in self._shown)
        if snapshot is not None:
            writable = snapshot.is_toml and snapshot.unwritable is None
            if row.is_refused or row.field.is_typed:
                row.retranslate()
            else:
                row.show_value(
                    snapshot.value(entry.table, entry.name), snapshot.county, writable=writable
                )


class _Lined(QWidget):
    """A column with a hairline between its rows."""

    def __init__(self, screen: SettingsScreen) -> None:
        super().__init__()
        self._screen = screen

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setPen(self._screen.theme.color("line"))
            for row in filter(QWidget.isVisible, self.findChildren(EntryRow)):
                bottom = row.geometry().bottom()
                painter.drawLine(16, bottom, self.width() - 16, bottom)
