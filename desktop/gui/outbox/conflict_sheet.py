"""The conflict sheet: both versions side by side, and the officer decides."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.application.reads.read_models import Conflict
from desktop.domain.command import Collection, CommandState
from desktop.domain.incident import Incident
from desktop.domain.overlay import file_of
from desktop.domain.source import Problem, Row
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words, fields_to_compare, name_words, value_words
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.command_request import CommandRequest, is_filled_in
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.folded import make_bounded_label
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 860


class ConflictSheet(Sheet):
    """The resolution of one conflict: 1 submits the command again, 2 edits it, 3 drops it."""

    edit_asked = Signal(object)
    """A `CommandRequest` that begins with what the officer had entered."""
    decided = Signal()

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._submitter = submitter
        self._key = ""
        self._conflict: Conflict | None = None
        self._deciding = False
        self._area = self.scrolling()
        self.buttons = tuple(KeyButton(screen, key, main=key == "1", local=True) for key in "123")
        self.resend_button, self.edit_button, self.drop_button = self.buttons
        self.resend_button.clicked.connect(self.resend)
        self.edit_button.clicked.connect(self.edit)
        self.drop_button.clicked.connect(self.drop)
        acts = QWidget()
        foot = FlowLayout(acts)
        foot.setContentsMargins(16, 8, 16, 8)
        for button in self.buttons:
            foot.addWidget(button)
        self.body.addWidget(acts)
        submitter.failed.connect(lambda _target, _error: self._allow())

    def ask(self, key: str) -> None:
        """Lay the sheet over the window with this command."""
        self._key, self._conflict = key, None
        self._allow()
        self.lay()

    def fill(self) -> None:
        board, key = self._screen.board, self._key
        self.title.set_text(_title(self._conflict))
        self.resend_button.say(translate("ConflictSheet", "Submit mine again as it is"))
        self.edit_button.say(translate("ConflictSheet", "Edit it on the new content"))
        self.drop_button.say(translate("ConflictSheet", "Drop mine"))
        self._screen.reader.ask(
            lambda: board.answering.conflict(key), self._show, slot="conflict", urgent=True
        )

    def resend(self) -> None:
        """Submit the same command again, on the county's present version."""
        conflict, board = self._conflict, self._screen.board
        if conflict is not None and not (self._deciding or conflict.file_gone):
            self._decide(False)
            key, target = self._key, conflict.record.command.target
            self._submitter.submit(
                target, lambda: board.answering.resend(key), lambda _record: self._end()
            )

    def edit(self) -> None:
        """Open the form with the officer's entries; only submitting it replaces this command."""
        if self._conflict is None or self._deciding:
            return
        command = self._conflict.record.command
        theirs = self._conflict.theirs
        incident = theirs if isinstance(theirs, Incident) else None
        called = formatting.in_one_line(incident.number if incident else command.target.id, 40)
        self.put_away()
        self.edit_asked.emit(
            CommandRequest(
                command.kind,
                command.target,
                called,
                getattr(theirs, "version", None),
                incident,
                prefill=dict(command.body),
                replaces=self._key,
            )
        )

    def drop(self) -> None:
        """Keep the county's version; the command stays in the outbox's history."""
        board, key = self._screen.board, self._key
        if self._conflict is not None and not self._deciding:
            self._decide(False)
            self._screen.writer.ask(
                lambda: board.commands.dismiss(key),
                lambda _none: self._end(),
                lambda _error: self._allow(),
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = {
            Qt.Key.Key_1: self.resend,
            Qt.Key.Key_2: self.edit,
            Qt.Key.Key_3: self.drop,
        }.get(Qt.Key(event.key()))
        if act is not None:
            act()
        else:
            super().keyPressEvent(event)

    def _show(self, conflict: Conflict | None) -> None:
        self._conflict = conflict
        self.title.set_text(_title(conflict))
        self.setAccessibleName(self.title.text())
        self._unfolded: set[str] = set()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 0, 16, 8)
        column.setSpacing(8)
        if conflict is None:
            self._say(column, translate("ConflictSheet", "Nothing is to be decided here any more."))
        else:
            self._tell(column, conflict)
        for button in self.buttons:
            button.setVisible(conflict is not None)
        if conflict is not None and conflict.file_gone:
            self.resend_button.setVisible(False)
        editable = conflict is not None and is_filled_in(conflict.record.command.kind)
        self.edit_button.setVisible(editable)
        column.addStretch(1)
        self._area.setWidget(content)
        self.fit(max(content.heightForWidth(self.width() - 8), 0) + 52)

    def _tell(self, column: QVBoxLayout, conflict: Conflict) -> None:
        record = conflict.record
        command, words = record.command, self._screen.words
        kind = words.term("command", command.kind)
        now = self._screen.board.now()
        said = translate("ConflictSheet", "{kind}, submitted {time}: {body}").format(
            kind=kind,
            time=formatting.moment(command.at, now),
            body=body_words(self._screen, command),
        )
        self._say(column, said.removesuffix(": "), "strong")
        refused = record.state is CommandState.REJECTED
        meaning = (
            translate("ConflictSheet", "The county refused it. Nothing was changed there.")
            if refused
            else translate(
                "ConflictSheet",
                "Someone changed the case in between. Nothing of yours was done or lost.",
            )
        )
        self._say(column, meaning)
        if record.reason:
            column.addWidget(
                make_bounded_label(self._screen, words.text(record.reason), self._unfolded)
            )
        file = file_of(command)
        if file is not None and conflict.file_gone:
            gone = words.problem(Problem("file_gone", {"name": file.name}))
            self._say(column, str(gone), color="orange_text")
        if conflict.mine is None and conflict.theirs is None:
            self._say(column, translate("ConflictSheet", "The row itself is not known here."))
            return
        column.addWidget(self._table(conflict))

    def _table(self, conflict: Conflict) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for column, stretch in ((0, 0), (1, 0), (2, 1), (3, 1)):
            grid.setColumnStretch(column, stretch)
        mine = translate("ConflictSheet", "Mine: as I saw it, with my change")
        theirs = translate("ConflictSheet", "The county's now")
        for column, text in ((2, mine), (3, theirs)):
            self._put(grid, 0, column, text, "strong")
        names = fields_to_compare(conflict.mine, conflict.theirs, conflict.differing)
        for row, name in enumerate(names, 1):
            differs = name in conflict.differing
            mark = translate("ConflictSheet", "≠ differs") if differs else ""
            self._put(grid, row, 0, mark, "second", "orange_text")
            self._put(grid, row, 1, name_words(name), "body", "second")
            role = "strong" if differs else "body"
            color = "text" if differs else "second"
            self._put(grid, row, 2, self._value(conflict.mine, name), role, color)
            self._put(grid, row, 3, self._value(conflict.theirs, name), role, color)
        return table

    def _value(self, row: Row | None, name: str) -> str:
        return value_words(self._screen, row, name)

    def _put(
        self, grid: QGridLayout, row: int, column: int, text: str, role: str, color: str = "text"
    ) -> None:
        label = PlainLabel(self._screen, role, color, elide=False)
        label.setWordWrap(column >= 2)
        label.set_text(text)
        grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)

    def _say(self, column: QVBoxLayout, text: str, role: str = "body", color: str = "text") -> None:
        if text:
            label = PlainLabel(self._screen, role, color, elide=False)
            label.setWordWrap(True)
            label.set_text(text)
            column.addWidget(label)

    def _decide(self, allowed: bool) -> None:
        self._deciding = not allowed
        for button in self.buttons:
            button.setEnabled(allowed)

    def _allow(self) -> None:
        self._decide(True)

    def _end(self) -> None:
        self._allow()
        self.put_away()
        self.decided.emit()


def _title(conflict: Conflict | None) -> str:
    """Return what became of the command; until that is read, only whose answer it is."""
    if conflict is None:
        return translate("ConflictSheet", "The county's answer")
    if conflict.file_gone:
        return translate("ConflictSheet", "The county did not take it, and its file is gone")
    if conflict.record.state is CommandState.REJECTED:
        return translate("ConflictSheet", "The county refused it")
    return translate("ConflictSheet", "The county's data had changed")


def is_open_question(state: CommandState, collection: Collection) -> bool:
    """Whether the officer can still decide about a command."""
    return state in (CommandState.CONFLICT, CommandState.REJECTED) and collection in (
        Collection.INCIDENTS,
        Collection.ALARMS,
        Collection.REPORTS,
    )
