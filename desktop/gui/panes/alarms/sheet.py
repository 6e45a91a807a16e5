"""The sheet of alarms: calling, acknowledged and shelved."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.board import Board
from desktop.application.i18n import ProblemText
from desktop.application.reads.doubts import doubt_text
from desktop.application.reads.read_models import AlarmGroup
from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.certainty import judge_certainty
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.command_request import CommandRequest
from desktop.gui.panes.alarms.pane import key_of
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 720
SHOWN = 100

MARKS = {
    AlarmPriority.HIGH: "◆",
    AlarmPriority.MEDIUM: "▲",
    AlarmPriority.LOW: "■",
    AlarmPriority.UNKNOWN: "○",
}
INKS = {
    AlarmPriority.HIGH: "red",
    AlarmPriority.MEDIUM: "orange_text",
    AlarmPriority.LOW: "text",
    AlarmPriority.UNKNOWN: "second",
}

Standing = tuple[AlarmGroup, tuple[CommandKind, ...]]
"""An alarm and the commands allowed on it now."""


def read_alarms(board: Board) -> tuple[Standing, ...]:
    """Read every alarm that is not over, with the commands allowed on it."""
    groups = board.alarms()[:SHOWN]
    return tuple((group, board.commands.steps(key_of(group.alarm))) for group in groups)


def shelf_task(screen: UiContext, alarm: Alarm) -> CommandRequest:
    """Build the request for the form that shelves an alarm."""
    called = formatting.in_one_line(screen.words.text(alarm.title), 60)
    return CommandRequest(CommandKind.SHELVE, key_of(alarm), called, alarm.version or None)


class AlarmSheet(Sheet):
    """The list of alarms with their states in words; shelving asks for a reason."""

    shelve_asked = Signal(object)
    """The `Alarm` to be shelved."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._submitter = submitter
        self._area = self.scrolling()
        self.buttons: dict[tuple[Key, CommandKind], QPushButton] = {}
        screen.feed.changed.connect(self._hear)

    def _hear(self, changed: Changes) -> None:
        if changed.sources or changed.commands or Collection.ALARMS in changed:
            self.refresh()

    def fill(self) -> None:
        self.title.set_text(translate("AlarmSheet", "Alarms"))
        board = self._screen.board
        self._screen.reader.ask(
            lambda: read_alarms(board), self._show, slot="alarm sheet", urgent=True
        )

    def _show(self, standing: tuple[Standing, ...]) -> None:
        place = self._area.verticalScrollBar().value()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(12)
        self.buttons = {}
        for group, steps in standing:
            column.addLayout(self._line(group, steps))
        said = self._doubt(any_shown=bool(standing))
        if standing and said is not None:
            besides = PlainLabel(self._screen, "body", "orange_text", elide=False)
            besides.setWordWrap(True)
            besides.set_text(said.happened)
            column.insertWidget(0, besides)
        if not standing:
            empty = EmptyState(self._screen)
            if said is None:
                empty.say(translate("AlarmSheet", "No alarm stands."))
            else:
                empty.say(said.happened, f"{said.meaning} {said.todo}")
            column.addWidget(empty)
        column.addStretch(1)
        self._area.setWidget(content)
        self.fit(content.sizeHint().height())
        self._area.verticalScrollBar().setValue(place)

    def _doubt(self, *, any_shown: bool) -> ProblemText | None:
        """Describe why the list may be incomplete, or empty without being "none"."""
        board, what = self._screen.board, Collection.ALARMS
        found = judge_certainty(board.statuses(), frozenset({what}), board.now())
        return doubt_text(found, what, self._screen.words, any_shown=any_shown)

    def _line(self, group: AlarmGroup, steps: tuple[CommandKind, ...]) -> QHBoxLayout:
        words, alarm = self._screen.words, group.alarm
        row = QHBoxLayout()
        row.setSpacing(8)
        said = QVBoxLayout()
        said.setSpacing(2)
        mark = PlainLabel(self._screen, "body", INKS[alarm.priority], elide=False)
        mark.set_text(MARKS[alarm.priority])
        mark.setFixedWidth(20)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        title = PlainLabel(self._screen, "strong" if alarm.state.calls else "body")
        title.set_text(formatting.in_one_line(words.text(alarm.title)))
        state = PlainLabel(self._screen, "second", "second")
        state.set_text(self._state(group))
        said.addWidget(title)
        said.addWidget(state)
        row.addLayout(said, 1)
        for kind in (CommandKind.ACKNOWLEDGE, CommandKind.SHELVE, CommandKind.UNSHELVE):
            if kind in steps:
                row.addWidget(self._button(alarm, kind))
        return row

    def _button(self, alarm: Alarm, kind: CommandKind) -> QPushButton:
        button = QPushButton(self._screen.words.term("command", kind))
        button.clicked.connect(lambda _=False: self._submit(alarm, kind, button))
        self.buttons[key_of(alarm), kind] = button
        return button

    def _submit(self, alarm: Alarm, kind: CommandKind, button: QPushButton) -> None:
        key, board = key_of(alarm), self._screen.board
        if kind is CommandKind.SHELVE:
            self.put_away()
            self.shelve_asked.emit(alarm)
            return
        button.setEnabled(False)
        if kind is CommandKind.ACKNOWLEDGE:
            self._submitter.acknowledge(key, alarm.version or None)
            return
        base = alarm.version or None
        self._submitter.submit(
            key, lambda: board.commands.submit(kind, key, base=base), lambda _record: None
        )

    def _state(self, group: AlarmGroup) -> str:
        """Describe priority, state, since when, until when, and what follows from it."""
        words, alarm, now = self._screen.words, group.alarm, self._screen.board.now()
        parts = [
            words.term("alarm_priority", alarm.priority),
            words.term("alarm_state", alarm.state),
            formatting.moment(alarm.raised_at, now),
        ]
        if alarm.state is AlarmState.SHELVED and alarm.shelved_until is not None:
            until = translate("AlarmSheet", "shelved until {time} by {who}").format(
                time=formatting.moment(alarm.shelved_until, now), who=alarm.shelved_by or "—"
            )
            parts.append(until)
        if group.followers:
            following = translate("AlarmStrip", "{n} that follow from it are grouped here")
            parts.append(following.format(n=len(group.followers)))
        if group.pending is not None:
            parts.append(formatting.command_state(group.pending, self._screen.words))
        return " · ".join(parts)
