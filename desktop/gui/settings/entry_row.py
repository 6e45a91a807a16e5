"""One setting on screen: what it is, its value, its default, and the way back to it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.settings import forms
from desktop.application.settings.entries import AT_START, NEW_FOLDER, Entry
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.settings.fields import make_field
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.label import PlainLabel

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
        self.title = PlainLabel(screen, "strong", elide=False)
        self.hint = PlainLabel(screen, "second", "second", elide=False)
        self.place = PlainLabel(screen, "second", "second", elide=False)
        self.field = make_field(screen, entry.form, entry.choices)
        self.field.committed.connect(lambda text: self.typed.emit(self.entry, text))
        self.note = PlainLabel(screen, "second", "second", elide=False)
        self.reset_button = QPushButton()
        self.reset_button.setProperty("quiet", True)
        self.reset_button.clicked.connect(lambda: self.reset.emit(self.entry))
        self.fault = PlainLabel(screen, "second", "orange_text", elide=False)
        for label in (self.title, self.hint, self.place, self.note, self.fault):
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
        beside.addLayout(below)
        beside.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(24)
        row.addLayout(words, WORDS_SHARE)
        row.addLayout(beside, FIELD_SHARE)
        self.fault.hide()

    def show_value(self, value: object, *, writable: bool) -> None:
        """Show what the file says, None for nothing."""
        entry = self.entry
        self._is_set, self._writable, self._fault = value is not None, writable, ""
        self._differs = value not in (None, entry.default)
        known = entry.default if value is None else value
        self.field.put("" if known is None else forms.show(entry.form, known))
        self.field.setEnabled(writable)
        self.retranslate()

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
        self.reset_button.setText(translate("Settings", "Reset"))
        self.reset_button.setAccessibleName(f"{self.reset_button.text()} {say(entry.title)}")
        self.reset_button.setVisible(self._differs and self._writable)
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
        if self._differs:
            parts.append(translate("Settings", "Default: {value}").format(value=self._default()))
        elif not self._is_set:
            parts.append(translate("Settings", "Not in the file: the default counts"))
        else:
            parts.append(translate("Settings", "as by default"))
        if live is not None and live.get() != self.field.text():
            said = translate("Settings", "now in force: {value}, switched at the desk")
            parts.append(said.format(value=self._name_of(live.get())))
        return " · ".join(parts)

    def _default(self) -> str:
        if self.entry.default in (None, "", []):
            return translate("Settings", "nothing")
        return self._name_of(forms.show(self.entry.form, self.entry.default))

    def _name_of(self, code: str) -> str:
        return self._screen.say(dict(self.entry.choices).get(code, Text(code, code)))
