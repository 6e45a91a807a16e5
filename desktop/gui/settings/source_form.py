"""The form of one source: drawn from its kind's manifest, probed, then written to the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.manifest import Manifest
from desktop.application.ports import StoreError
from desktop.application.settings.desk import Probed, secrets_of
from desktop.application.settings.document import (
    Edit,
    add_source,
    join_edits,
    put_source,
    set_value,
)
from desktop.application.settings.editor import Refused
from desktop.application.settings.faults import Fault
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.settings.fields import ChoiceField
from desktop.gui.settings.source_fields import SourceFields
from desktop.gui.settings.typed_secrets import TypedSecrets
from desktop.gui.settings.writing import Writing
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

T = TypeVar("T")

MOST_CHARS = 60
"""Of a county's name: it stands in a window's title."""


class SourceForm(QWidget):
    """One source, new or of the file; what is typed is written when it is saved."""

    left = Signal()
    """The form is done with, saved or not."""

    def __init__(self, screen: SettingsScreen, writing: Writing) -> None:
        super().__init__()
        self._screen, self._writing = screen, writing
        self._runner = TaskRunner("settings probe", self)
        self._identity: str | None = None
        self._known: dict[str, Any] = {}
        self._passed: object = None
        """What was typed when the last probe went well."""
        self._county = Text()
        """The county's name as that probe found it."""
        self._opened = 0
        """How often the form was opened or left: answers of before are nobody's any more."""
        self._is_asking = False
        self._armed = False
        """Whether "save" was pressed once without a probe that went well."""
        self.fields: SourceFields | None = None
        self.title = PlainLabel(screen, "strong")
        self.said = PlainLabel(screen, "body", "second", elide=False)
        self.said.setWordWrap(True)
        self.kind = ChoiceField(
            screen,
            [(each.kind, each.title) for each in self._manifests()],
        )
        self.kind.committed.connect(self._draw)
        self.probe_button, self.save_button = QPushButton(), QPushButton()
        self.back_button = QPushButton()
        self.probe_button.setProperty("main", True)
        self.probe_button.clicked.connect(self.probe)
        self.save_button.clicked.connect(self.save)
        self.back_button.clicked.connect(self.leave)
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(16, 4, 16, 16)
        self._column.setSpacing(12)
        for part in (self.title, self.kind):
            self._column.addWidget(part)
        self._column.addStretch(1)
        area = FollowingScroll()
        area.setWidget(inner)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.probe_button, self.save_button, self.back_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(8)
        foot.addWidget(self.said)
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addLayout(foot)

    def open(self, identity: str | None) -> None:
        """Show the source of the file with this id, or an empty form for None."""
        self._drop_probe()
        found = self._take_identity(identity)
        kinds = tuple(each.kind for each in self._manifests())
        kind = found.get("kind")
        self.kind.put(kind if kind in kinds else kinds[0])
        self.kind.setVisible(identity is None or kind not in kinds)
        self._draw(self.kind.text())

    def _take_identity(self, identity: str | None) -> dict[str, Any]:
        sources = self._writing.snapshot.sources
        found = next((each for each in sources if each.get("id") == identity), {})
        self._identity, self._known = identity, dict(found)
        return found

    def _drop_probe(self) -> None:
        self._screen.desk.cancel()
        self._opened += 1
        self._is_asking = False

    def _while_open(self, take: Callable[[T], None]) -> Callable[[T], None]:
        """Return what takes an answer only while the form is as it was opened now."""
        opened = self._opened

        def take_or_drop(answer: T) -> None:
            if opened == self._opened:
                take(answer)

        return take_or_drop

    def _draw(self, kind: str) -> None:
        """Build the fields of a kind of source."""
        if self.fields is not None:
            self._column.removeWidget(self.fields)
            self.fields.deleteLater()
        manifest = self._screen.desk.editor.manifests[kind]
        is_new = self._identity is None
        known = self._known or {"id": self._free_id(kind)}
        self.fields = SourceFields(self._screen, manifest, known, is_new=is_new)
        self.fields.touched.connect(self._touch)
        self._column.insertWidget(2, self.fields)
        self._passed, self._armed = None, False
        self._say("")
        self.retranslate()
        self.fields.begin()

    def _manifests(self) -> list[Manifest]:
        """Return every kind's manifest; the one that brings most comes first."""
        found = self._screen.desk.editor.manifests.values()
        return sorted(found, key=lambda each: -len(each.fills))

    def _free_id(self, kind: str) -> str:
        taken = {str(each.get("id")) for each in self._writing.snapshot.sources}
        stem = re.sub(r"[^a-z0-9_-]", "-", kind.lower())
        names = [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))]
        return next(name for name in names if name not in taken)

    def probe(self) -> None:
        """Ask what answers at the source as the form describes it; nothing is written."""
        edit, editor = None if self._is_asking else self._edit(), self._screen.desk.editor
        if edit is None:
            return
        typed, state = self._read_secrets(), self._state()
        identity = self._source_id()

        def ask() -> Probed:
            judged = editor.try_change(edit)
            if judged.profile is None:
                raise Refused(judged.faults)
            settings = next(s for s in judged.profile.sources if s.id == identity)
            secrets = {s.entry: typed[s.kind] for s in secrets_of(settings) if s.kind in typed}
            return self._screen.desk.probe(judged.profile, identity, secrets)

        self._is_asking = True
        self._say(translate("Settings", "Asking the source …"))
        show = self._while_open(partial(self._show_probed, state))
        self._runner.ask(ask, show, self._while_open(self._fail))

    def save(self) -> None:
        """Write the source to the file; without a probe that went well, at the second press."""
        edit = self._edit()
        if edit is None:
            return
        if self._passed != self._state() and not self._armed:
            self._armed = True
            self._say(
                translate("Settings", "Not probed like this. Press again to save it all the same."),
                "orange_text",
            )
            self.retranslate()
            return
        edit = join_edits((*self._name_desk(), edit))
        secrets = TypedSecrets(self._screen.desk, self._source_id(), self._read_secrets())
        then = partial(self._note_written, secrets, self._opened)
        self._writing.write(edit, then, self._while_open(self._refuse), secrets.keep)

    def _name_desk(self) -> Iterator[Edit]:
        """Name a desk that has no name after the county that the probe found."""
        zh, en = (
            " ".join(text.split())[:MOST_CHARS] for text in (self._county.zh, self._county.en)
        )
        has_name = bool(self._writing.snapshot.value("desk", "title"))
        if self._passed == self._state() and (zh or en) and not has_name:
            yield set_value("desk", "title", {"zh": zh, "en": en} if en else zh)

    def close_runner(self) -> None:
        """End the probe under way; the window is about to close."""
        self._screen.desk.cancel()
        self._runner.close()

    def leave(self) -> None:
        """Be done with the form; what was typed and not saved is gone."""
        self._drop_probe()
        if self.fields is not None:
            self.fields.forget_secrets()
        self.left.emit()

    def _source_id(self) -> str:
        assert self.fields is not None
        return self._identity or self.fields.fields["id"].text()

    def _read_secrets(self) -> dict[str, str]:
        return {} if self.fields is None else self.fields.read_secrets()

    def _state(self) -> object:
        """Return all that is typed, to be compared with what was probed."""
        assert self.fields is not None
        texts = {name: field.text() for name, field in self.fields.fields.items()}
        return self.kind.text(), texts, self._read_secrets()

    def _edit(self) -> Edit | None:
        """Return the change of the file, or None where a field cannot be used."""
        assert self.fields is not None
        read = self.fields.read(self._known)
        if read is None:
            self._say(translate("Settings", "One of the fields cannot be used."), "orange_text")
            return None
        values, cleared = read
        if self._identity is None:
            new = {"id": values.pop("id"), "kind": self.kind.text(), **values}
            return add_source(self._source_id(), new)
        return put_source(self._source_id(), values, cleared)

    def _note_written(self, secrets: TypedSecrets, opened: int) -> None:
        """Leave the form of the source just written, unless there is something to be read in it."""
        self._writing.waits_for_start = True
        if opened == self._opened:
            self._take_identity(secrets.source)
            if secrets.error is None:
                self._tell_kept(secrets)
        if secrets.error is not None:
            self._fail(secrets.error)

    def _tell_kept(self, secrets: TypedSecrets) -> None:
        if secrets.is_lost:
            self._say(
                translate("Settings", "The token is not kept: the profile has faults yet."),
                "orange_text",
            )
        elif secrets.waits and self.fields is not None:
            self._say_waiting(self.fields)
        else:
            self.leave()

    def _say_waiting(self, fields: SourceFields) -> None:
        fields.forget_secrets()
        self._passed, self._armed = self._state(), False
        self._say(
            translate("Settings", "There is no keyring: the token is kept once the desk opens.")
        )
        self.retranslate()

    def _touch(self) -> None:
        self._armed = False
        self.retranslate()

    def _show_probed(self, state: object, probed: Probed) -> None:
        self._is_asking = False
        words = self._screen.words
        lines = []
        if probed.problem is not None:
            said = words.problem(probed.problem)  # What it means is of a desk that is open.
            lines.append(f"{said.happened} {said.todo}")
        if probed.found is not None:
            self._passed, self._county = state, probed.found.county
            found = formatting.describe_found(probed.found, words)
            lines.append(translate("Settings", "It answers: {found}").format(found=found))
            lines += [str(words.problem(remark)) for remark in probed.found.remarks]
        if probed.caution is not None:
            lines.append(str(words.problem(probed.caution)))
        self._say("\n".join(lines), "text" if probed.found is not None else "orange_text")
        self.retranslate()

    def _fail(self, error: Exception) -> None:
        self._is_asking = False
        if isinstance(error, Refused):
            self._refuse(error.faults)
        elif isinstance(error, StoreError):
            self._say(str(self._screen.words.problem(error.problem)), "orange_text")
        else:
            raise error

    def _refuse(self, faults: tuple[Fault, ...]) -> None:
        reason = self._screen.words.reason
        self._say("\n".join(reason(fault.reason) for fault in faults), "orange_text")

    def _say(self, said: str, color: str = "second") -> None:
        self.said.set_text(said, color)
        self.said.setVisible(bool(said))

    def retranslate(self) -> None:
        """Set all texts in the language in force."""
        new = translate("Settings", "A new source")
        self.title.set_text(new if self._identity is None else self._identity)
        self.kind.name(translate("Settings", "Kind of source"))
        self.probe_button.setText(translate("Settings", "Probe"))
        self.save_button.setText(
            translate("Settings", "Save all the same") if self._armed
            else translate("Settings", "Save")
        )  # fmt: skip
        self.back_button.setText(translate("Settings", "Back to the sources"))
        if self.fields is not None:
            self.fields.retranslate()
