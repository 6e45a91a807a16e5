"""The outbox sheet: every command of this desk with its state and its actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandRecord
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.list_export import ListSnapshot, ask_printer, offer_to_save, say_limits
from desktop.gui.outbox.columns import outbox_columns
from desktop.gui.outbox.conflict_sheet import is_open_question
from desktop.gui.outbox.hold_panel import HoldPanel
from desktop.gui.outbox.table import Outbox, OutboxModel, read_outbox
from desktop.gui.outbox.undo_bar import UndoBar
from desktop.gui.outbox.view import OutboxTable
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 960
HEIGHT_PX = 560
STATE_LINES, STATE_PX = 3, 54
TARGETS = frozenset({Collection.INCIDENTS, Collection.ALARMS, Collection.REPORTS})
"""What a command may be on."""
FILTERS = ("waiting", "needs", "answered", "all")
KEYS = {Qt.Key.Key_Delete: "withdraw", Qt.Key.Key_Space: "dismiss"}
CONTROL_KEYS = {Qt.Key.Key_Up: "first", Qt.Key.Key_Down: "last"}


class RecordAction(NamedTuple):
    """An action on the picked command."""

    key: str
    """Its key as shown on its button; empty if it has none."""
    say: Callable[[], str]
    fits: Callable[[CommandRecord], bool]
    """Whether it applies to this command now: only then it has a button and its key works."""
    run: Callable[[CommandRecord], None]


class OutboxSheet(Sheet):
    """The sheet of commands; states change while it is open, and the picked row stays."""

    decide_asked = Signal(str)
    """The key of a command the officer has to decide about."""
    target_asked = Signal(object)
    """The `Key` of a command's target."""
    failed = Signal(object)
    """The `Problem` that prevented an export."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._outbox = Outbox((), frozenset(), {}, {})
        self._first = True
        self.chips = SegmentedControl(FILTERS, screen.theme.font("second"))
        self.chips.chosen.connect(lambda _name: self._narrow())
        self.model = OutboxModel(screen, self)
        self.export_button = QPushButton()
        self.export_button.clicked.connect(
            lambda: offer_to_save(screen, self, self.snapshot, self.failed.emit)
        )
        self.export_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table = OutboxTable(screen, self.model)
        self.current = self.table.current
        self.table.activated.connect(lambda _index: self._activate())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._say_picked())
        self.empty = EmptyState(screen)
        self.said = PlainLabel(screen, "strong")
        self.state = PlainLabel(screen, "second", "second", elide=False)
        self.hold = HoldPanel(screen)
        self.hold.acted.connect(self.fill)
        self.hold.report_asked.connect(self.decide_asked)
        self.undo = UndoBar(screen, submitter)
        self._record_actions = self._every_action()
        self.buttons = {name: self._button(name) for name in self._record_actions}
        """The action buttons by name."""
        self._arrange()
        screen.feed.changed.connect(self._hear)

    def _every_action(self) -> dict[str, RecordAction]:
        """Build the actions on a command, in the order of the buttons."""
        board, waits = self._screen.board, lambda record: not record.state.is_final
        return {
            "decide": RecordAction(
                "Enter", lambda: translate("OutboxSheet", "Decide"), _is_undecided,
                lambda record: self.decide_asked.emit(record.command.key),
            ),
            "open": RecordAction(
                "", lambda: translate("OutboxSheet", "Show the case"), lambda _record: True,
                self._open_target,
            ),
            "withdraw": RecordAction(
                "Del", lambda: translate("OutboxSheet", "Withdraw"), _is_withdrawable,
                self._withdraw,
            ),
            "first": RecordAction(
                "Ctrl+↑", lambda: translate("OutboxSheet", "Send first"), waits,
                lambda record: self._write(board.commands.prioritise, record),
            ),
            "last": RecordAction(
                "Ctrl+↓", lambda: translate("OutboxSheet", "Send last"), waits,
                lambda record: self._write(board.commands.deprioritise, record),
            ),
            "dismiss": RecordAction(
                "Space", lambda: translate("OutboxSheet", "Noted"),
                lambda record: record.command.key in self._outbox.unseen,
                lambda record: self._write(board.commands.dismiss, record),
            ),
            "copy": RecordAction(
                "", lambda: translate("OutboxSheet", "Copy text"),
                lambda record: bool(record.command.body), self._copy,
            ),
        }  # fmt: skip

    def lay(self) -> None:
        self._first = True
        super().lay()
        self.table.setFocus()

    def _hear(self, changed: Changes) -> None:
        if changed.sources or changed.commands or changed.files or changed & TARGETS:
            self.refresh()

    def fill(self) -> None:
        self._say_words()
        board = self._screen.board
        self._screen.reader.ask(lambda: read_outbox(board), self._show, slot="outbox", urgent=True)

    @property
    def filter(self) -> str:
        """The name of the chosen filter."""
        return self.chips.choice

    @property
    def records(self) -> list[CommandRecord]:
        """The commands of the chosen filter."""
        return self._outbox.of(self.filter)

    def print_rows(self) -> None:
        """Offer to print the rows of the chosen filter."""
        ask_printer(self._screen, self, self.snapshot(), self.failed.emit)

    def snapshot(self) -> ListSnapshot[CommandRecord]:
        """Return the rows of the chosen filter; as JSON they have every field."""
        board, records = self._screen.board, self.records
        said = translate("OutboxSheet", "Outbox of {officer}, exported {now}")
        now = formatting.date_time(board.now())
        return ListSnapshot(
            title=translate("OutboxSheet", "Outbox"),
            said=say_limits(
                said.format(officer=board.commands.officer, now=now),
                () if self.filter == "all" else (self.chips.said,),
            ),
            columns=outbox_columns(self._screen, self.model),
            rows=records,
            count=len(records),
            none="\n".join(filter(None, (self.empty.title.text(), self.empty.sentence.text()))),
            whole=msgspec.to_builtins,
        )

    def act(self, name: str) -> None:
        """Run this action on the picked command, if it applies."""
        record, action = self.current(), self._record_actions[name]
        if record is not None and action.fits(record):
            action.run(record)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = Qt.Key(event.key())
        name = KEYS.get(key) or (CONTROL_KEYS.get(key) if control else None)
        if name is not None:
            self.act(name)
        elif control and key == Qt.Key.Key_Z:
            self.undo.submit_again()
        else:
            super().keyPressEvent(event)

    def sheet_height(self) -> int:
        return HEIGHT_PX

    def _button(self, name: str) -> KeyButton:
        key = self._record_actions[name].key
        button = KeyButton(self._screen, key, main=name == "decide", local=True)
        button.clicked.connect(lambda: self.act(name))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 4, 16, 8)
        top.addWidget(self.chips)
        top.addStretch(1)
        top.addWidget(self.export_button)
        self.body.addLayout(top)
        listed = QVBoxLayout()
        listed.setContentsMargins(12, 0, 12, 0)
        listed.addWidget(self.table, 1)
        listed.addWidget(self.empty, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(listed, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 4)
        foot.setSpacing(4)
        lines_px = STATE_LINES * self.state.fontMetrics().lineSpacing()
        self.state.setFixedHeight(max(STATE_PX, lines_px))
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._actions = QWidget()
        row = FlowLayout(self._actions)
        for button in self.buttons.values():
            row.addWidget(button)
        for widget in (self.said, self.state, self._actions, self.hold, self.undo):
            foot.addWidget(widget)
        column.addLayout(foot)
        area = FollowingScroll(self._screen.theme, self.title.text)
        area.setWidget(inner)
        self.body.addWidget(area, 1)

    def _say_words(self) -> None:
        self.title.set_text(translate("OutboxSheet", "Outbox"))
        for name, button in self.buttons.items():
            button.say(self._record_actions[name].say())
        self.undo.say()
        self.export_button.setText(translate("OutboxSheet", "Export"))
        self.table.setAccessibleName(translate("OutboxSheet", "Outbox"))
        self._say_chips()

    def _say_chips(self) -> None:
        counts = {name: len(self._outbox.of(name)) for name in FILTERS}
        self.chips.say(
            {
                "waiting": translate("OutboxSheet", "Unfinished {n}").format(n=counts["waiting"]),
                "needs": translate("OutboxSheet", "Needs you {n}").format(n=counts["needs"]),
                "answered": translate("OutboxSheet", "Answered {n}").format(n=counts["answered"]),
                "all": translate("OutboxSheet", "All {n}").format(n=counts["all"]),
            }
        )

    def _show(self, outbox: Outbox) -> None:
        self._outbox = outbox
        if self._first:
            self._first = False
            wanted = next((n for n in ("needs", "answered", "waiting") if outbox.of(n)), "all")
            self.chips.choose(wanted)
        self._say_chips()
        self._narrow()

    def _narrow(self) -> None:
        """Show the rows of the chosen filter; the picked one stays picked."""
        records = self.records
        self.table.show_records(records, self._outbox)
        self.table.setVisible(bool(records))
        self.empty.setVisible(not records)
        if not records:
            self._say_empty()
        self._say_picked()

    def _say_empty(self) -> None:
        of_filter = {
            "waiting": translate("OutboxSheet", "Everything has its answer."),
            "needs": translate("OutboxSheet", "Nothing needs you."),
            "answered": translate("OutboxSheet", "No new answers."),
        }.get(self.filter, "")
        none = translate("OutboxSheet", "Nothing has been submitted from this computer.")
        self.empty.say(of_filter if self._outbox.records else none)

    def _say_picked(self) -> None:
        record = self.current()
        for name, button in self.buttons.items():
            button.setVisible(record is not None and self._record_actions[name].fits(record))
        for widget in (self.said, self.state, self._actions):
            widget.setVisible(record is not None)
        self.hold.show_record(record)
        if record is not None:
            sentence = formatting.in_one_line(self.model.sentence(record), 300)
            self.said.set_text(sentence)
            set_tip(self.said, sentence)
            state, needs = self.model.state(record), self.model.needs_officer(record)
            self.state.set_text(state, "orange_text" if needs else "second")
            set_tip(self.state, state)

    def _activate(self) -> None:
        record = self.current()
        self.act("decide" if record is not None and _is_undecided(record) else "open")

    def _open_target(self, record: CommandRecord) -> None:
        """Show the target of a command."""
        self.put_away()
        self.target_asked.emit(record.command.target)

    def _withdraw(self, record: CommandRecord) -> None:
        """Take back a command of which nothing has left; it can be submitted again."""
        board = self._screen.board

        def end(withdrawn: bool) -> None:
            self.undo.show_withdrawn(record if withdrawn else None, self.model.sentence(record))
            self.fill()

        self._screen.writer.ask(lambda: board.commands.cancel(record.command.key), end)

    def _write(self, work: Callable[[str], object], record: CommandRecord) -> None:
        self._screen.writer.ask(lambda: work(record.command.key), lambda _none: self.fill())

    def _copy(self, record: CommandRecord) -> None:
        text = record.command.body.get("text")
        QApplication.clipboard().setText(str(text) if text else self.model.sentence(record))


def _is_withdrawable(record: CommandRecord) -> bool:
    return not record.state.is_final and not record.offered


def _is_undecided(record: CommandRecord) -> bool:
    collection = record.command.target.collection
    return not record.seen and is_open_question(record.state, collection)
