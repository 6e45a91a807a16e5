"""The entries of one command below one another, each beside or under its name."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.domain.geo import Place
from desktop.domain.source import SourceStatus
from desktop.gui.commands.field_names import field_name
from desktop.gui.context import UiContext
from desktop.gui.forms.choices import Choices
from desktop.gui.forms.command_request import CommandRequest, entry_for
from desktop.gui.forms.datetime_field import InstantEntry
from desktop.gui.forms.field_widgets import Entry
from desktop.gui.forms.lookup import LookupEntry
from desktop.gui.forms.place_field import PlaceEntry
from desktop.gui.forms.source_entry import SourceEntry
from desktop.gui.widgets.label import FieldLabel, PlainLabel
from desktop.protocol.fields import Field, FieldKind

translate = QCoreApplication.translate

LABEL_PX = 88


class FieldGrid(QWidget):
    """The entries, made anew for every command; `sources` are those a new incident may go to."""

    touched = Signal(str, object)
    """Name of the field the officer has changed, and its value now."""
    map_asked = Signal()

    def __init__(
        self,
        screen: UiContext,
        task: CommandRequest | None = None,
        sources: tuple[SourceStatus, ...] = (),
        *,
        wide: bool = False,
    ) -> None:
        super().__init__()
        self._screen, self._task, self._wide = screen, task, wide
        self._fields = () if task is None else task.kind.row.fields
        self._checked = False
        """Whether the faults of the entries were looked for, and some found."""
        self.entries: dict[str, Entry] = {}
        self.labels: dict[str, PlainLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8 if wide else 4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, LABEL_PX if wide else 0)
        self.source = SourceEntry(screen, sources) if len(sources) > 1 else None
        if self.source is not None:
            self._add("source", self.source)
        for field in self._fields:
            if task is not None and field.kind is not FieldKind.FILE:
                entry = self.entries[field.name] = entry_for(screen, task, field)
                entry.changed.connect(lambda name=field.name: self._touch(name))
                self._add(field.name, entry)
                if isinstance(entry, PlaceEntry):
                    entry.map_asked.connect(self.map_asked)

    def say(self) -> None:
        """Set the names of the fields in the current language."""
        for field in self._fields:
            if field.name in self.labels:
                name = self._name(field)
                self.labels[field.name].set_text(f"{name} *" if field.required else name)
                self.entries[field.name].name(name)
        if self.source is not None:
            self.labels["source"].set_text(translate("CommandForm", "Goes to"))

    @property
    def has_choices(self) -> bool:
        """Whether an entry needs names that must be read first."""
        return any(isinstance(entry, LookupEntry) for entry in self.entries.values())

    def offer(self, known: Choices) -> None:
        """Give these choices to every entry that offers names."""
        choices = {
            FieldKind.UNIT: known.units,
            FieldKind.CATEGORY: known.categories,
            FieldKind.CHANNEL: known.channels,
            FieldKind.TOWNSHIP: known.townships,
        }
        for field in self._fields:
            entry = self.entries.get(field.name)
            if isinstance(entry, LookupEntry):
                entry.offer(choices[field.kind])

    def values(self) -> dict[str, Any]:
        """Return the body of the command with the present entries."""
        found = {name: entry.value() for name, entry in self.entries.items()}
        return {name: value for name, value in found.items() if value is not None}

    def show_values(self, values: dict[str, Any]) -> None:
        """Show values read from a draft or another command."""
        for name, value in values.items():
            if name in self.entries:
                self.entries[name].put(value)

    def follow_clock(self, but: Container[str]) -> None:
        """Bring moments that were offered, not chosen, up to date; those of these names stay."""
        for name, entry in self.entries.items():
            if isinstance(entry, InstantEntry) and name not in but:
                entry.follow_clock()

    def show_place(self, place: Place) -> None:
        """Take a place picked on the map."""
        for entry in self.entries.values():
            if isinstance(entry, PlaceEntry):
                entry.show_place(place)

    def find_fault(self) -> str:
        """Describe the first fault, focus its entry and mark every faulty one; empty when all is
        well."""
        first = ""
        for field in self._fields:
            entry, fault = self.entries[field.name], self._fault_of(field)
            entry.mark(bool(fault))
            if fault and not first:
                entry.setFocus()
                pattern = translate("CommandForm", "{field}: {fault}")
                first = pattern.format(field=self._name(field), fault=fault)
        self._checked = bool(first)
        return first

    def settle(self) -> None:
        """Take what is highlighted in an open list of names."""
        for entry in self.entries.values():
            entry.settle()

    def fold(self) -> bool:
        """Close an open list of names; False if none is open."""
        return any(entry.fold() for entry in self.entries.values())

    def _fault_of(self, field: Field) -> str:
        entry = self.entries[field.name]
        if field.required and entry.value() is None:
            return entry.fault() or translate("CommandForm", "is still missing")
        return entry.fault()

    def _name(self, field: Field) -> str:
        assert self._task is not None
        return field_name(self._screen.words, self._task.kind, field.name)

    def _touch(self, name: str) -> None:
        if self._checked:
            # A faulty entry keeps its ring until it is mended.
            field = next(field for field in self._fields if field.name == name)
            self.entries[name].mark(bool(self._fault_of(field)))
        self.touched.emit(name, self.entries[name].value())

    def _add(self, name: str, entry: Entry) -> None:
        font = "body" if self._wide else "second"
        label = self.labels[name] = FieldLabel(self._screen, font, "second", elide=False)
        row = self._grid.rowCount()
        if self._wide:
            label.setContentsMargins(0, 4, 0, 0)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(entry, row, 1)
        else:
            self._grid.addWidget(label, row, 0, 1, 2)
            self._grid.addWidget(entry, row + 1, 0, 1, 2)
