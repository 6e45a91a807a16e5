"""An entry that finds a code or a name by words or pinyin initials."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.forms.choices import Choice, matching
from desktop.gui.forms.field_widgets import Entry
from desktop.protocol.fields import LONGEST_LINE

translate = QCoreApplication.translate

SHOWN = 8


class LookupEntry(Entry):
    """A text field with the matching names below it while one types.

    With `free` any text counts (such as a unit nobody has named yet); else only names for which the
    county has a code.
    """

    def __init__(self, screen: UiContext, *, free: bool = False) -> None:
        super().__init__(screen)
        self._free = free
        self._choices: tuple[Choice, ...] = ()
        self._code: Any = None
        """The code chosen, or read from a draft before the choices were loaded."""
        self.line = QLineEdit()
        self.line.setMaxLength(LONGEST_LINE)
        self._names = QStringListModel(self)
        self._completer = QCompleter(self._names, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(SHOWN)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.activated[str].connect(self._take)  # type: ignore[index]
        self.line.setCompleter(self._completer)
        self.line.textEdited.connect(self._narrow)
        self._fill(self.line)
        self.retranslate()

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """Set the choices offered."""
        self._choices = choices
        self._offer_all()
        if self._code is not None:
            self.put(self._code)

    def value(self) -> str | None:
        if self._free:
            return self.line.text().strip() or None
        return str(self._code) if self._code is not None else None

    def put(self, value: Any) -> None:
        if isinstance(value, str) and value:
            self._code = value
            self.line.setText(self._name_of(value))

    def fault(self) -> str:
        if self._free or self._code is not None or not self.line.text().strip():
            return ""
        return translate("CommandForm", "Nothing is called “{typed}”").format(
            typed=formatting.in_one_line(self.line.text(), 30)
        )

    def _name_of(self, code: str) -> str:
        return next((c.name for c in self._choices if c.code == code), code)

    def _narrow(self, typed: str) -> None:
        found = matching(self._choices, typed)
        exact = next((c for c in found if c.name.lower() == typed.strip().lower()), None)
        alone = found[0] if len(found) == 1 and typed.strip() else None
        chosen = exact or (None if self._free else alone)
        self._code = chosen.code if chosen else None
        self._names.setStringList([c.name for c in found])
        self.changed.emit()

    def _take(self, name: str) -> None:
        self._code = next((c.code for c in self._choices if c.name == name), None)
        self.changed.emit()

    def _offer_all(self) -> None:
        self._names.setStringList([c.name for c in self._choices])

    def retranslate(self) -> None:
        self.line.setPlaceholderText(
            translate("CommandForm", "Name or pinyin initials")
            if self.screen_context.words.chinese
            else translate("CommandForm", "Name")
        )
