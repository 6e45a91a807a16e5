"""The page of sources: what the profile has, and the way to one more."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.application.settings.document import remove_source
from desktop.application.settings.editor import Snapshot
from desktop.application.settings.faults import Fault
from desktop.gui import formatting
from desktop.gui.settings.source_form import SourceForm
from desktop.gui.settings.writing import Writing
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate


class SourcesPage(QStackedWidget):
    """The list of sources, or the form of one of them."""

    def __init__(self, screen: SettingsScreen, writing: Writing) -> None:
        super().__init__()
        self._screen, self._writing = screen, writing
        self._armed = ""
        """The source for which "remove" was pressed once."""
        self.buttons: dict[str, QPushButton] = {}
        """Edit, remove and add buttons, by what they do."""
        self._area = FollowingScroll()
        self.form = SourceForm(screen, writing)
        self.form.left.connect(self._leave_form)
        writing.exchanged.connect(self.form.leave)
        self.addWidget(self._area)
        self.addWidget(self.form)

    def show_snapshot(self, _snapshot: Snapshot) -> None:
        """Show the sources that the file has now."""
        self.retranslate()

    def close_runners(self) -> None:
        """End the probe under way."""
        self.form.close_runner()

    def add(self) -> None:
        """Open an empty form."""
        self._open(None)

    def edit(self, identity: str) -> None:
        """Open the form of a source."""
        self._open(identity)

    def _open(self, identity: str | None) -> None:
        self._armed = ""
        self.form.open(identity)
        self.setCurrentWidget(self.form)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._armed and not event.spontaneous():
            self._armed = ""
            self.retranslate()

    def _leave_form(self) -> None:
        self.setCurrentWidget(self._area)
        self.retranslate()

    def _remove(self, identity: str) -> None:
        """Take a source out, at the second press."""
        if self._armed != identity:
            self._armed = identity
            self.retranslate()
            self.buttons[f"remove {identity}"].setFocus()
            return
        self._armed = ""
        self._writing.write(remove_source(identity), self._note_removed, self._say_refused)

    def _note_removed(self) -> None:
        self._writing.waits_for_start = True

    def _say_refused(self, faults: tuple[Fault, ...]) -> None:
        self.retranslate()
        self._said.show()
        self._said.set_text(" ".join(self._screen.words.reason(fault.reason) for fault in faults))

    def retranslate(self) -> None:
        """Build the list anew in the language in force."""
        self.form.retranslate()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 16)
        column.setSpacing(12)
        self.buttons = {}
        snapshot = self._writing.snapshot
        writable = snapshot.is_toml and snapshot.unwritable is None
        self._said = PlainLabel(self._screen, "body", "orange_text", elide=False)
        self._said.setWordWrap(True)
        column.addWidget(self._said)
        self._said.setVisible(bool(self._armed))
        if self._armed:
            self._said.set_text(
                translate(
                    "Settings",
                    "Its data goes at the next start; commands for it that were not sent stay held "
                    "on this computer.",
                )
            )
        for source in snapshot.sources:
            column.addLayout(self._row(source, writable))
        for source in snapshot.sources_of_county:
            column.addLayout(self._words(source, of_county=True))
        if not snapshot.sources:
            nothing = PlainLabel(self._screen, "body", "second", elide=False)
            nothing.set_text(translate("Settings", "No source yet: a desk needs at least one."))
            column.addWidget(nothing)
        add = self._button("add", translate("Settings", "Add a source …"), self.add)
        add.setProperty("main", True)
        add.setEnabled(writable)
        last = QHBoxLayout()
        last.addWidget(add)
        last.addStretch(1)
        column.addLayout(last)
        column.addStretch(1)
        self._area.setWidget(inner)

    def _words(self, source: dict[str, object], *, of_county: bool = False) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        told = [("strong", "text", self._title(source)), ("second", "second", self._facts(source))]
        if of_county:
            parts = [translate("Settings", "From the county; it can only be changed there")]
            county = self._writing.snapshot.county
            if county is not None and county.brings(source):
                parts.append(translate("Settings", "from the next start on"))
            told.append(("second", "pick", " · ".join(parts)))
        for role, color, text in told:
            label = PlainLabel(self._screen, role, color)
            label.set_text(text)
            words.addWidget(label)
        return words

    def _row(self, source: dict[str, object], writable: bool) -> QHBoxLayout:
        identity = str(source.get("id", ""))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(self._words(source), 1)
        edit = self._button(
            f"edit {identity}", translate("Settings", "Edit …"), partial(self.edit, identity)
        )
        armed = self._armed == identity
        remove = self._button(
            f"remove {identity}",
            translate("Settings", "Press again to remove it")
            if armed
            else translate("Settings", "Remove"),
            partial(self._remove, identity),
        )
        for button in (edit, remove):
            button.setAccessibleName(f"{button.text()} {self._title(source)}")
            button.setEnabled(writable and bool(identity))
            row.addWidget(button)
        return row

    def _button(self, name: str, text: str, press: object) -> QPushButton:
        button = self.buttons[name] = QPushButton(text)
        button.clicked.connect(press)
        return button

    def _title(self, source: dict[str, object]) -> str:
        title = source.get("title")
        if isinstance(title, dict):
            first = "zh" if self._screen.words.chinese else "en"
            title = title.get(first) or next(iter(title.values()), "")
        return formatting.in_one_line(str(title or source.get("id") or "?"))

    def _facts(self, source: dict[str, object]) -> str:
        kind = source.get("kind")
        manifest = self._screen.desk.editor.manifests.get(kind) if isinstance(kind, str) else None
        known = str(kind) if manifest is None else self._screen.say(manifest.title)
        address = "" if manifest is None else manifest.address(source)
        parts = (known, str(source.get("id", "")), address)
        return formatting.in_one_line(" · ".join(part for part in parts if part))
