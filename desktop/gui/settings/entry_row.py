"""One setting on screen: what it is, its value, its default, and the way back to it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.settings import forms
from desktop.application.settings.central import CountySettings, Given
from desktop.application.settings.entries import AT_START, NEW_FOLDER, Entry
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.settings.fields import make_field
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.label import FieldLabel, PlainLabel

translate = QCoreApplication.translate

FIELD_SHARE, WORDS_SHARE = 5, 6


class EntryRow(QWidget):
    """A row of the window; `typed` and `reset` are for whoever writes the file."""

    typed = Signal(object, str)
    """The entry, and what a person typed in its field."""
    reset = Signal(object)
    """The entry that is to have its default again."""

    def __init__(self, screen: SettingsScreen, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self._screen = screen
        self._is_set = self._differs = False
        self._writable = True
        self._fault = ""
        self._county: CountySettings | None = None
        self._given: Given | None = None
        self._default = entry.default
        """What counts where the file is silent: the county's value, else the program's."""
        self.title = FieldLabel(screen, "strong", elide=False)
        self.hint = PlainLabel(screen, "second", "second", elide=False)
        self.place = PlainLabel(screen, "second", "second", elide=False)
        self.field = make_field(screen, entry.form, entry.choices)
        self.field.committed.connect(lambda text: self.typed.emit(self.entry, text))
        self.note = PlainLabel(screen, "second", "second", elide=False)
        self.reset_button = QPushButton()
        self.reset_button.setProperty("quiet", True)
        self.reset_button.clicked.connect(lambda: self.reset.emit(self.entry))
        self.county = PlainLabel(screen, "second", "pick", elide=False)
        self.fault = PlainLabel(screen, "second", "orange_text", elide=False)
        for label in (self.title, self.hint, self.place, self.note, self.county, self.fault):
            label.setWordWrap(True)
        self._arrange()

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self.title, self.hint, self.place):
            words.addWidget(label)
        words.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.note, 1)
        below.addWidget(self.reset_button, 0, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(self.field)
        beside.addWidget(self.fault)
        beside.addWidget(self.county)
        beside.addLayout(below)
        beside.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(24)
        row.addLayout(words, WORDS_SHARE)
        row.addLayout(beside, FIELD_SHARE)
        self.fault.hide()
        self.county.hide()

    def show_value(self, value: object, county: CountySettings | None, *, writable: bool) -> None:
        """Show what the file says, None for nothing, and what the county does."""
        entry = self.entry
        self._county = county
        self._given = None if county is None else county.find(entry.table, entry.name)
        self._default = entry.default if self._given is None else self._given.value
        self._is_set, self._writable, self._fault = value is not None, writable, ""
        self._differs = value not in (None, self._default)
        known = self._default if value is None or self._is_fixed else value
        self.field.put("" if known is None else forms.show(entry.form, known))
        self.field.setEnabled(writable and not self._is_fixed)
        self.retranslate()

    @property
    def _is_fixed(self) -> bool:
        """Whether the county has the last word."""
        return self._given is not None and self._given.fixed

    @property
    def _waits(self) -> bool:
        """Whether what the county says counts from the next start only."""
        entry, county = self.entry, self._county
        return county is not None and county.is_waiting(entry.table, entry.name)

    @property
    def is_refused(self) -> bool:
        """Whether the field holds what is not written, and why is said."""
        return bool(self._fault)

    def say_fault(self, said: str) -> None:
        """Say why what was typed is not written; an empty text takes that back."""
        self._fault = said
        self.fault.set_text(said)
        self.fault.setVisible(bool(said))
        self.field.mark(bool(said))

    def retranslate(self) -> None:
        """Set all texts in the language in force."""
        entry, say = self.entry, self._screen.say
        self.title.set_text(say(entry.title))
        self.hint.set_text(say(entry.hint))
        self.hint.setVisible(bool(entry.hint))
        self.place.set_text(
            self._effect() if self._screen.is_plain else f"{entry.place} · {self._effect()}"
        )
        self.field.name(say(entry.title))
        self.note.set_text(self._note())
        self.county.set_text(self._say_county())
        self.county.setVisible(self._given is not None)
        self.reset_button.setText(translate("Settings", "Reset"))
        self.reset_button.setAccessibleName(f"{self.reset_button.text()} {say(entry.title)}")
        self.reset_button.setVisible(self._differs and self._writable and not self._is_fixed)
        self.say_fault(self._fault)

    def _effect(self) -> str:
        if self.entry.effect == NEW_FOLDER:
            return translate("Settings", "at the next start, with another folder of data")
        at_start = translate("Settings", "at the next start")
        return at_start if self.entry.effect == AT_START else translate("Settings", "at once")

    def _note(self) -> str:
        entry = self.entry
        live = self._screen.live.get(entry.name)
        parts = [translate("Settings", "choices told by the county")] if entry.is_told else []
        if entry.name == "max_file_bytes":
            parts += [
                translate("Settings", "in force for {source}: {size}").format(
                    source=source, size=formatting.size(limit)
                )
                for source, limit in self._screen.file_limits().items()
            ]
        if self._given is not None:
            parts += [self._say_idle()] * (self._is_fixed and self._differs)
        elif self._differs:
            said = translate("Settings", "Default: {value}")
            parts.append(said.format(value=self._say_default()))
        elif not self._is_set:
            parts.append(translate("Settings", "Not in the file: the default counts"))
        else:
            parts.append(translate("Settings", "as by default"))
        if live is not None and live.get() != self.field.text():
            said = translate("Settings", "now in force: {value}, switched at the desk")
            if self._waits and not self._is_set:
                said = translate("Settings", "now in force: {value}")
            parts.append(said.format(value=self._name_of(live.get())))
        return " · ".join(parts)

    def _say_idle(self) -> str:
        if self._waits:
            return translate("Settings", "from then on, what the file says does not count")
        return translate("Settings", "what the file says does not count")

    def _say_default(self) -> str:
        if self._default in (None, "", []):
            return translate("Settings", "nothing")
        return formatting.in_one_line(self._name_of(forms.show(self.entry.form, self._default)))

    def _say_county(self) -> str:
        """Return since when the county says what it does, who made it, and what it allows."""
        county = self._county
        if county is None or self._given is None:
            return ""
        settings = county.settings
        parts = [
            self._say_word(),
            translate("Settings", "No. {n}").format(n=settings.version),
            f"{formatting.local(settings.made_at):%Y-%m-%d}",
            *([self._screen.words.text(Text(settings.by))] if settings.by else []),
            *([translate("Settings", "from the next start on")] if county.is_next else []),
        ]
        return " · ".join(parts)

    def _say_word(self) -> str:
        """Return how far the county's word goes."""
        if self._is_fixed:
            return translate("Settings", "Fixed by the county")
        if self._differs:
            said = translate("Settings", "The county's default: {value}")
            return said.format(value=self._say_default())
        return translate("Settings", "From the county")

    def _name_of(self, code: str) -> str:
        return self._screen.say(dict(self.entry.choices).get(code, Text(code, code)))
