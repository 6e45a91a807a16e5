"""The sheet of alarms: a list in which every row is reached and answered by a key."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.application.i18n import ProblemText
from desktop.application.reads.doubts import doubt_text
from desktop.domain.alarm import Alarm
from desktop.domain.certainty import judge_certainty
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import Instant
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.command_request import CommandRequest
from desktop.gui.panes.alarms.model import (
    AlarmModel,
    AlarmRow,
    Groups,
    arrange_rows,
    key_of,
    may_take,
)
from desktop.gui.panes.alarms.painter import ROW_PX, AlarmPainter
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet
from desktop.gui.widgets.snapshot_list import RowList

translate = QCoreApplication.translate

WIDTH_PX = 720
FOOT_PX = 44
EMPTY_PX = 160
KEYS = {
    Qt.Key.Key_A: "acknowledge",
    Qt.Key.Key_S: "shelve",
    Qt.Key.Key_Return: "show",
    Qt.Key.Key_Enter: "show",
    Qt.Key.Key_Right: "unfold",
    Qt.Key.Key_Left: "fold",
}
STEPS = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}


def shelf_task(screen: UiContext, alarm: Alarm) -> CommandRequest:
    """Build the request for the form that shelves an alarm."""
    called = formatting.in_one_line(screen.words.text(alarm.title), 60)
    return CommandRequest(CommandKind.SHELVE, key_of(alarm), called, alarm.version or None)


def acknowledge_groups(screen: UiContext, submitter: CommandSubmitter, groups: Groups) -> None:
    """Acknowledge these alarms and their repeats; with a returned one what returned with it."""
    alarms: list[Alarm] = []
    for group in groups:
        along = () if group.stands else group.followers
        returned = (f.alarm for f in along if f.alarm.state.is_returned)
        alarms += (group.alarm, *group.repeats, *returned)
    submitter.acknowledge_all(
        (key_of(alarm), alarm.version or None)
        for alarm in alarms
        if may_take(screen, alarm, CommandKind.ACKNOWLEDGE)
    )


class AlarmList(RowList[AlarmRow]):
    """A list that takes J, K, A, S, Enter and arrows before the window does."""

    acted = Signal(str)
    """The name of the action whose key was pressed, or whose place in the row was clicked."""

    def __init__(self, table: AlarmModel, painter: AlarmPainter) -> None:
        super().__init__(table, painter)
        self._model, self._marks = table, painter
        self.doubleClicked.connect(lambda _index: self.acted.emit("show"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self._row_of_arrow(event)
        if row is not None and row is self.current:
            self.acted.emit("fold" if self._model.is_open(row) else "unfold")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take a second click on an arrow for no more than that."""
        if self._row_of_arrow(event) is None:
            super().mouseDoubleClickEvent(event)

    def _row_of_arrow(self, event: QMouseEvent) -> AlarmRow | None:
        """Return the row whose arrow is where the left button was clicked."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        if not index.isValid() or event.button() is not Qt.MouseButton.LeftButton:
            return None
        row = self._model.rows[index.row()]
        return row if self._marks.is_on_arrow(place.x(), row) else None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if event.modifiers() == Qt.KeyboardModifier.NoModifier and (
                key in KEYS or key in STEPS
            ):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in STEPS:
            self.step(STEPS[key])
        elif key in KEYS:
            if not event.isAutoRepeat():
                self.acted.emit(KEYS[key])
        else:
            super().keyPressEvent(event)


class AlarmSheet(Sheet):
    """The list of alarms with their states in words; shelving asks for a reason."""

    shelve_asked = Signal(object)
    """The `Alarm` to be shelved."""
    shown = Signal(object)
    """The `Key` of the asset whose alarm is to be shown in the panes."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._submitter = submitter
        self._groups: Groups = ()
        self.model = AlarmModel(screen)
        self.list = AlarmList(self.model, AlarmPainter(screen, self.model))
        self.besides = PlainLabel(screen, "body", "orange_text", elide=False)
        self.besides.setWordWrap(True)
        self.besides.setContentsMargins(16, 4, 16, 8)
        self.empty = EmptyState(screen)
        self.buttons = {
            "acknowledge": KeyButton(screen, "A", main=True, local=True),
            "shelve": KeyButton(screen, "S", local=True),
            "show": KeyButton(screen, "Enter", local=True),
            "fold": KeyButton(screen, "Left", local=True),
        }
        """The buttons for the current row by the name of what they do."""
        self._arrange()
        self.list.acted.connect(self.act)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._say_current())
        screen.theme.changed.connect(self.list.viewport().update)
        screen.feed.changed.connect(self._hear)
        screen.feed.ticked.connect(self._tick)
        self._ages: list[str] = []

    def _hear(self, changed: Changes) -> None:
        if changed.sources or changed.commands or Collection.ALARMS in changed:
            self.refresh()

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 0)
        foot.setSpacing(8)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.act(name))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            foot.addWidget(button)
        foot.addStretch(1)
        column = QVBoxLayout()
        column.setContentsMargins(1, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(self.besides)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        self.body.addLayout(column, 1)
        self.body.addLayout(foot)

    def lay(self) -> None:
        if not self.isVisible():
            self.model.unfolded.clear()
            self._show(self._groups)
        super().lay()
        self.list.setFocus()

    def fill(self) -> None:
        self.title.set_text(translate("AlarmSheet", "Alarms"))
        self.list.setAccessibleName(self.title.text())
        self._say_current()
        self._screen.reader.ask(
            self._screen.board.alarms, self._show, slot="alarm sheet", urgent=True
        )

    def act(self, name: str) -> None:
        """Do this to the current row, and go on to the next one if it was acknowledged."""
        row = self.list.current
        if row is None or not self._fits(name, row):
            return
        match self._meaning(name, row):
            case "acknowledge":
                self.list.step(1)
                acknowledge_groups(self._screen, self._submitter, row.groups)
            case "shelve":
                self._shelve(row.group.alarm)
            case "unfold":
                self._unfold(row)
            case "fold":
                self._fold(row)
            case "show":
                self.put_away()
                alarm = row.group.alarm
                self.shown.emit(Key(alarm.source, Collection.ASSETS, alarm.asset))

    def _meaning(self, name: str, row: AlarmRow) -> str:
        """Return what is done to the row: Enter unfolds it first, and then shows its asset."""
        if name != "show":
            return name
        if row.beneath and not self.model.is_open(row):
            return "unfold"
        has_no_asset = row.is_fold or not row.group.alarm.asset
        return "fold" if row.beneath and has_no_asset else "show"

    def _unfold(self, row: AlarmRow) -> None:
        """Show what is under a row; once it is shown, go down to it."""
        if self.model.is_open(row):
            self.list.step(1)
        else:
            self.model.unfolded.add(row.key)
            self._show(self._groups)

    def _fold(self, row: AlarmRow) -> None:
        """Hide what is under a row, else the row and what is beside it under another."""
        over = row if self.model.is_open(row) else self.model.find_over(row)
        self.list.stand_again(self.model.row(over.key) or 0)
        self.model.unfolded.discard(over.key)
        self._show(self._groups)

    def _shelve(self, alarm: Alarm) -> None:
        """Ask for reason and time; an alarm on the shelf is taken back at once."""
        if alarm.state.allows(CommandKind.SHELVE):
            self.put_away()
            self.shelve_asked.emit(alarm)
            return
        key, board, base = key_of(alarm), self._screen.board, alarm.version or None
        self._submitter.submit(
            key,
            lambda: board.commands.submit(CommandKind.UNSHELVE, key, base=base),
            lambda _record: None,
        )

    def _fits(self, name: str, row: AlarmRow) -> bool:
        """Whether this can be done to the row now: only then it has a button and its key works."""
        if name == "show":
            return bool(row.beneath or row.group.alarm.asset)
        if name == "unfold":
            return bool(row.beneath)
        if name == "fold":
            return self.model.is_open(row) or row.within
        if name == "acknowledge":
            takes = partial(may_take, self._screen, kind=CommandKind.ACKNOWLEDGE)
            return any(takes(group.alarm) for group in row.groups)
        return not row.is_fold and may_take(self._screen, row.group.alarm, self._shelving(row))

    def _shelving(self, row: AlarmRow) -> CommandKind:
        shelved = row.group.alarm.state.allows(CommandKind.UNSHELVE)
        return CommandKind.UNSHELVE if shelved else CommandKind.SHELVE

    def _show(self, groups: Groups) -> None:
        self._groups = groups
        rows = arrange_rows(groups, self.model.unfolded)
        self.list.show_rows(rows)
        if rows and self.list.current is None:
            self.list.step(1)
        said = self._doubt(any_shown=bool(rows))
        self.besides.setVisible(bool(rows) and said is not None)
        self.besides.set_text(said.happened if said is not None else "")
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if said is None:
            self.empty.say(translate("AlarmSheet", "No alarm stands."))
        else:
            self.empty.say(said.happened, f"{said.meaning} {said.todo}")
        besides = self.besides.heightForWidth(WIDTH_PX) if self.besides.text() and rows else 0
        self.fit(len(rows) * ROW_PX + besides + FOOT_PX if rows else EMPTY_PX)
        self._say_current()

    def _doubt(self, *, any_shown: bool) -> ProblemText | None:
        """Describe why the list may be incomplete, or empty without being "none"."""
        board, what = self._screen.board, Collection.ALARMS
        found = judge_certainty(board.statuses(), frozenset({what}), board.now())
        return doubt_text(found, what, self._screen.words, any_shown=any_shown)

    def _say_current(self) -> None:
        """Offer what can be done to the current row."""
        row = self.list.current
        for name, button in self.buttons.items():
            button.setVisible(row is not None and self._fits(name, row))
            if row is not None:
                button.say(self._verb(self._meaning(name, row), row))
        if row is not None and self._meaning("show", row) == "fold":
            self.buttons["fold"].hide()  # The one for Enter says it.

    def _verb(self, name: str, row: AlarmRow) -> str:
        words = self._screen.words
        if name == "acknowledge":
            all_of_them = translate("AlarmSheet", "Acknowledge all %n", "", len(row.groups))
            return all_of_them if row.is_fold else translate("AlarmStrip", "Acknowledge")
        if name == "shelve":
            return words.term("command", self._shelving(row))
        return {
            "show": translate("AlarmSheet", "Show the asset"),
            "fold": translate("AlarmSheet", "Fold"),
            "unfold": translate("AlarmSheet", "Unfold"),
        }[name]

    def _tick(self, _now: Instant) -> None:
        """Repaint the ages once one of them reads otherwise."""
        ages = [self.model.age(row) for row in self.model.rows] if self.isVisible() else []
        if ages != self._ages:
            self._ages = ages
            self.list.viewport().update()
