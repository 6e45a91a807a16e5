"""One form for every command, drawn from the fields of its row in `protocol.commands`."""

from __future__ import annotations

import logging
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.command import CommandKind, Key
from desktop.domain.instant import Instant
from desktop.domain.place import Place
from desktop.domain.source import SourceStatus
from desktop.gui.commands.field_names import field_name
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms import drafts
from desktop.gui.forms.choices import Choices, read_choices
from desktop.gui.forms.command_request import NOWHERE, CommandRequest, entry_for, warning
from desktop.gui.forms.drafts import Draft
from desktop.gui.forms.field_widgets import Entry
from desktop.gui.forms.lookup import LookupEntry
from desktop.gui.forms.place_field import PlaceEntry
from desktop.gui.forms.source_entry import SourceEntry
from desktop.gui.language import Retranslated
from desktop.gui.widgets.focus import holds_keyboard
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.protocol.fields import Field, FieldKind

log = logging.getLogger(__name__)

translate = QCoreApplication.translate

SAVE_PAUSE_MS = 400
LABEL_PX = 88


class CommandForm(Retranslated, QWidget):
    """Fills in one command at a time. Esc keeps what was entered, Ctrl+Enter gives it."""

    left = Signal(bool)
    """The form was put away, given or not; whether it had the keyboard."""
    given = Signal(object)
    """The `CommandRecord` of what was given and is now durable."""
    map_asked = Signal()

    def __init__(
        self, screen: UiContext, submitter: CommandSubmitter, *, wide: bool = False
    ) -> None:
        super().__init__()
        self._screen, self._submitter, self._wide = screen, submitter, wide
        self.task: CommandRequest | None = None
        self.entries: dict[str, Entry] = {}
        self.source: SourceEntry | None = None
        self.labels: dict[str, PlainLabel] = {}
        self._draft = drafts.new_draft()
        self._touched: set[str] = set()
        """Fields the officer changed since the form was opened."""
        self._unkept: dict[Key, Draft] = {}
        """Drafts the outbox has not taken yet, or could not; they last as long as the window."""
        self._giving = self._awaited = False
        """Whether it is being submitted; whether what was begun before has not been read yet."""
        self._give_then = False
        """Whether it is to be given as soon as that has been read."""
        self._taker = ""
        self.title = PlainLabel(screen, "strong")
        self.warning = PlainLabel(screen, "second", "orange_text", elide=False)
        self.warning.setWordWrap(True)
        self.clock_warning = PlainLabel(screen, "second", "orange_text", elide=False)
        self.clock_warning.setWordWrap(True)
        self.hint = PlainLabel(screen, "second", "second", elide=False)
        self.hint.setWordWrap(True)
        self.give_button = KeyButton(screen, "Ctrl+Enter", main=True)
        self.give_button.clicked.connect(self.give)
        self.leave_button = QPushButton()
        self.leave_button.setProperty("quiet", True)
        self.leave_button.clicked.connect(self.leave)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SAVE_PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        self._body = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._arrange()
        submitter.failed.connect(self._stay)
        screen.feed.ticked.connect(self._tick)
        self.hide()

    def open(self, task: CommandRequest, takers: tuple[SourceStatus, ...] = ()) -> None:
        """Fill in this command; what was begun on it before is there again.

        `takers` are the sources a new incident may go to; it must then have one at least.
        """
        same = self.task is not None and _place(self.task) == _place(task)
        if same and not self.isHidden():
            self._focus()
            return
        self.keep()
        self.task = task
        self._draft = drafts.new_draft(dict(task.prefill))
        self._touched.clear()
        self._giving, self._awaited, self._give_then = False, True, False
        self._taker = takers[0].id if takers else task.target.source
        self._build(task, takers)
        self.say_words()
        self._show(self._draft.values)
        self.show()
        self._focus()
        self._read(task)

    def give(self) -> None:
        """Submit it, once; the form stays until the command is durable."""
        if self.task is None or self._giving:
            return
        if self._awaited:
            self._give_then = True
            return
        wrong = self._first_fault()
        if wrong is not None:
            self._say_wrong(*wrong)
            return
        self.keep()
        self._giving = True
        self.give_button.setEnabled(False)
        task, where = self.task, self._where(self.task)
        draft = Draft(self._draft.key, self._values())
        source = self.source.value() if self.source is not None else self._taker
        board = self._screen.board

        def work() -> Any:
            if task.replaces:
                record = board.rebase(task.replaces, draft.values)
            elif task.kind is CommandKind.CREATE:
                record = board.create(source, draft.values, key=draft.key)
            else:
                record = board.submit(
                    task.kind, task.target, draft.values, base=task.base, key=draft.key
                )
            board.keep_draft(where, "")
            return record

        self._submitter.submit(
            task.target, work, lambda record: self._end(task, record), self._release
        )

    def leave(self) -> None:
        """Put the form away; what was entered is kept."""
        if self.task is not None:
            self.keep()
            self._put_away()

    def keep(self) -> None:
        """Have what was entered written down now, beside the GUI thread."""
        self._pause.stop()
        if self.task is None or not self._touched or self._giving:
            return
        if self._awaited:
            # What was begun before is on its way: it must not be written over unread.
            self._pause.start()
            return
        self._draft = Draft(self._draft.key, self._values())
        where, draft = self._where(self.task), self._draft
        self._unkept[where] = draft
        drafts.keep(
            *(self._screen, where, draft),
            lambda: self._end_keeping(where, draft),
            lambda error: self._say_not_kept(where, error),
        )

    def _end_keeping(self, where: Key, draft: Draft) -> None:
        if self._unkept.get(where) is draft:
            del self._unkept[where]
        self._say_kept()

    def show_place(self, place: Place | None) -> None:
        """Take a place picked on the map."""
        for entry in self.entries.values():
            if isinstance(entry, PlaceEntry) and place is not None:
                entry.show_place(place)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Esc and Ctrl+Enter work in every entry, and letters submit nothing from a chip."""
        if not isinstance(event, QKeyEvent):
            return False
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride:
            plain = event.key() < Qt.Key.Key_Escape and not held
            if plain or event.key() == Qt.Key.Key_Escape or (enter and held):
                event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if enter and held:
                self.give()
                return True
        return False

    def say_words(self) -> None:
        """Say every word of the form again; the names it may choose from stay."""
        if self.task is None:
            return
        words, kind = self._screen.words, self.task.kind
        verb = words.term("command", kind)
        self.title.set_text(f"{verb} · {self.task.called}" if self.task.called else verb)
        self.warning.set_text(warning(kind))
        self.warning.setVisible(bool(warning(kind)))
        self._say_clock()
        self.give_button.say(verb)
        self.leave_button.setText(translate("CommandForm", "Later"))
        for field in kind.row.fields:
            if field.name in self.labels:
                name = field_name(words, kind, field.name)
                must = name if not field.required else f"{name} *"
                self.labels[field.name].set_text(must)
                self.entries[field.name].name(name)
        if self.source is not None:
            self.labels["source"].set_text(translate("CommandForm", "Goes to"))
        self._say_kept()

    def _tick(self, _now: Instant) -> None:
        if self.task is not None:
            self._say_clock()

    def _say_clock(self) -> None:
        """Say before a command is given that its time will be corrected, and why."""
        problem = self._screen.board.clock_problem()
        said = None if problem is None else self._screen.words.problem(problem)
        parts = () if said is None else (said.happened, said.meaning)
        self.clock_warning.set_text(("" if self._screen.words.chinese else " ").join(parts))
        self.clock_warning.setVisible(bool(parts))

    def retranslate(self) -> None:
        self.say_words()
        if self.task is not None:
            self._ask_known()

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.leave_button)
        foot.addWidget(self.give_button)
        for widget in (self.title, self.warning, self.clock_warning, self._body):
            self._column.addWidget(widget)
        self._column.addLayout(foot)
        for button in (self.give_button, self.leave_button):
            button.installEventFilter(self)

    def _build(self, task: CommandRequest, takers: tuple[SourceStatus, ...]) -> None:
        """New entries for this command in place of those before."""
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8 if self._wide else 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, LABEL_PX if self._wide else 0)
        self.entries, self.labels = {}, {}
        self.source = SourceEntry(self._screen, takers) if len(takers) > 1 else None
        if self.source is not None:
            self._add(grid, "source", self.source)
        for field in task.kind.row.fields:
            if field.kind is not FieldKind.FILE:
                entry = self.entries[field.name] = entry_for(self._screen, task, field)
                entry.changed.connect(lambda name=field.name: self._touch(name))
                self._add(grid, field.name, entry)
                if isinstance(entry, PlaceEntry):
                    entry.map_asked.connect(self.map_asked)
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()
        self._body = body
        for child in body.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                child.installEventFilter(self)
        self._ask_known()

    def _add(self, grid: QGridLayout, name: str, entry: Entry) -> None:
        label = self.labels[name] = PlainLabel(
            self._screen, "body" if self._wide else "second", "second", elide=False
        )
        row = grid.rowCount()
        if self._wide:
            label.setContentsMargins(0, 4, 0, 0)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(entry, row, 1)
        else:
            grid.addWidget(label, row, 0, 1, 2)
            grid.addWidget(entry, row + 1, 0, 1, 2)

    def _ask_known(self) -> None:
        board, words = self._screen.board, self._screen.words
        if any(isinstance(entry, LookupEntry) for entry in self.entries.values()):
            self._screen.reader.ask(
                lambda: read_choices(board, words), self._offer, slot="known names"
            )

    def _offer(self, known: Choices) -> None:
        choices = {
            FieldKind.UNIT: known.units,
            FieldKind.CATEGORY: known.categories,
            FieldKind.CHANNEL: known.channels,
            FieldKind.TOWNSHIP: known.townships,
        }
        for field in self.task.kind.row.fields if self.task else ():
            entry = self.entries.get(field.name)
            if isinstance(entry, LookupEntry):
                entry.offer(choices[field.kind])

    def _read(self, task: CommandRequest) -> None:
        """Look for what was begun; asked on the writing lane, after what is still to be kept."""
        board, where = self._screen.board, self._where(task)
        self._screen.writer.ask(
            lambda: drafts.read(board, where),
            lambda found: self._take_up(task, found),
            lambda error: self._take_up(task, None, error),
        )

    def _take_up(
        self, task: CommandRequest, found: Draft | None, error: Exception | None = None
    ) -> None:
        if error is not None:
            log.error("a draft could not be read", exc_info=error)
        if self.task is None or _place(self.task) != _place(task):
            return
        self._awaited = False
        # What the outbox could not take is newer than what it has.
        found = self._unkept.get(self._where(task), found)
        if found is not None:
            self._draft = Draft(found.key, {**found.values, **self._touched_values()})
            self._show({k: v for k, v in found.values.items() if k not in self._touched})
            self._say_kept()
        if self._give_then:
            self._give_then = False
            self.give()

    def _touched_values(self) -> dict[str, Any]:
        return {k: v for k, v in self._values().items() if k in self._touched}

    def _show(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if name in self.entries:
                self.entries[name].put(value)

    def _values(self) -> dict[str, Any]:
        """What the body of the command would hold now."""
        found = {name: entry.value() for name, entry in self.entries.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _first_fault(self) -> tuple[Entry, str] | None:
        assert self.task is not None
        for entry in self.entries.values():
            entry.mark(False)
        for field in self.task.kind.row.fields:
            fault = self._fault(field)
            if fault:
                return self.entries[field.name], fault
        return None

    def _fault(self, field: Field) -> str:
        assert self.task is not None
        entry = self.entries[field.name]
        name = field_name(self._screen.words, self.task.kind, field.name)
        fault = entry.fault()
        if not fault and field.required and entry.value() is None:
            fault = translate("CommandForm", "is still missing")
        pattern = translate("CommandForm", "{field}: {fault}")
        return pattern.format(field=name, fault=fault) if fault else ""

    def _say_wrong(self, entry: Entry, fault: str) -> None:
        self.hint.set_text(fault, "orange_text")
        entry.mark(True)
        entry.setFocus()

    def _touch(self, name: str) -> None:
        self._touched.add(name)
        self.entries[name].mark(False)
        self._pause.start()

    def _end(self, task: CommandRequest, record: Any) -> None:
        self._unkept.pop(self._where(task), None)
        if self.task is not None and _place(self.task) == _place(task):
            self._giving = False
            self._touched.clear()
            self._put_away()
        self.give_button.setEnabled(True)
        self.given.emit(record)

    def _put_away(self) -> None:
        held = holds_keyboard(self)
        self.task = None
        self.hide()
        self.left.emit(held)

    def _release(self) -> None:
        self._giving = False
        self.give_button.setEnabled(True)

    def _stay(self, _target: Key, _error: Exception) -> None:
        self._release()

    def _where(self, task: CommandRequest) -> Key:
        target = NOWHERE if task.kind is CommandKind.CREATE else task.target
        return drafts.draft_key(task.kind, target, task.replaces)

    def _focus(self) -> None:
        first = next(iter(self.entries.values()), None)
        (first or self.give_button).setFocus()

    def _say_kept(self) -> None:
        self.hint.set_text(translate("CommandForm", "Esc keeps what was entered"), "second")

    def _say_not_kept(self, where: Key, error: Exception) -> None:
        log.error("a draft could not be kept", exc_info=error)
        if self.task is not None and self._where(self.task) == where:
            now = translate("CommandForm", "The draft cannot be saved: give it now")
            self.hint.set_text(drafts.why_not_kept(self._screen, error, now), "orange_text")


def _place(task: CommandRequest) -> tuple[CommandKind, str, str]:
    """What tells one form from another: a new incident's source may still change."""
    return task.kind, task.target.id, task.replaces
