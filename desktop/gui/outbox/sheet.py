"""The outbox sheet: every command of this desk with its receipt, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.command import CommandKind, CommandRecord, Receipt
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.outbox.conflict_sheet import is_open_question
from desktop.gui.outbox.export import OutboxExport
from desktop.gui.outbox.hold_panel import HoldPanel
from desktop.gui.outbox.table import Column, Outbox, OutboxModel, read_outbox
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 960
HEIGHT_PX = 560
ROW_PX = 32
STATE_PX = 54
FILTERS = ("waiting", "needs", "answered", "all")


class OutboxTable(QTableView):
    """Leaves to the sheet the keys that mean something there."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Delete) or (moves and held):
            event.ignore()
        else:
            super().keyPressEvent(event)


class OutboxSheet(Sheet):
    """Lives on while it is open: receipts change under the eyes, the picked line stays."""

    decide_asked = Signal(str)
    """The key of a command the officer has to decide about."""
    target_asked = Signal(object)
    """The `Key` of what a command was about."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._submitter = submitter
        self._outbox = Outbox((), frozenset(), {}, {})
        self._withdrawn: CommandRecord | None = None
        self._picked = ""
        self._first = True
        self.chips = SegmentedControl(FILTERS, screen.theme.font("second"))
        self.chips.chosen.connect(lambda _name: self._narrow())
        self.model = OutboxModel(screen, self)
        self.export = OutboxExport(screen, self.model, self)
        self.table = OutboxTable()
        self.empty = EmptyState(screen)
        self.said = PlainLabel(screen, "strong")
        self.state = PlainLabel(screen, "second", "second", elide=False)
        self.undo_said = PlainLabel(screen, "body", "text")
        self.hold = HoldPanel(screen)
        self.hold.acted.connect(self.fill)
        self.hold.report_asked.connect(self.decide_asked)
        self._make_buttons(screen)
        self._dress_table()
        self._arrange()
        screen.feed.changed.connect(lambda _changed: self.refresh())
        screen.feed.ticked.connect(lambda _now: self._tick())

    def lay(self) -> None:
        self._first = True
        super().lay()
        self.table.setFocus()

    def fill(self) -> None:
        self._say_words()
        board = self._screen.board
        self._screen.reader.ask(lambda: read_outbox(board), self._show, slot="outbox")

    def current(self) -> CommandRecord | None:
        """The command of the picked line."""
        return self.model.record(self.table.currentIndex().row())

    def print_rows(self) -> None:
        """Offer to print the lines of the chosen filter."""
        none = "\n".join(filter(None, (self.empty.title.text(), self.empty.sentence.text())))
        self.export.ask_printer(self._outbox.of(self.filter), none)

    def open_target(self) -> None:
        """Show what the picked command was about."""
        record = self.current()
        if record is not None:
            self.put_away()
            self.target_asked.emit(record.command.target)

    def decide(self) -> None:
        """Compare both versions of a command that came back."""
        record = self.current()
        if record is not None and _undecided(record):
            self.decide_asked.emit(record.command.key)

    def withdraw(self) -> None:
        """Take back a command of which nothing has left; it can be submitted again."""
        record, board = self.current(), self._screen.board
        if record is None or not _withdrawable(record):
            return

        def done(withdrawn: bool) -> None:
            self._withdrawn = record if withdrawn else None
            self.undo_said.set_text(
                translate("OutboxSheet", "Withdrawn: {command}").format(
                    command=self._sentence(record)
                )
                if withdrawn
                else translate("OutboxSheet", "Too late: it may have reached the county.")
            )
            self._show_undo()
            self.fill()

        self._screen.writer.ask(lambda: board.commands.cancel(record.command.key), done)

    def submit_again(self) -> None:
        """Submit what was withdrawn once more, as a new command."""
        record, board = self._withdrawn, self._screen.board
        if record is None:
            return
        self._withdrawn = None
        command = record.command

        def work() -> CommandRecord:
            if command.kind is CommandKind.CREATE:
                return board.commands.create(command.target.source, command.body)
            return board.commands.submit(
                command.kind, command.target, command.body, base=command.base
            )

        self._submitter.submit(command.target, work, lambda _record: self._show_undo())

    def dismiss(self) -> None:
        """The officer has seen the answer of the picked command."""
        record = self.current()
        if record is not None:
            self._dismiss(record.command.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Delete:
                self.withdraw()
            case Qt.Key.Key_Z if control:
                self.submit_again()
            case Qt.Key.Key_Up if control:
                self._move(first=True)
            case Qt.Key.Key_Down if control:
                self._move(first=False)
            case Qt.Key.Key_Space:
                self.dismiss()
            case _:
                super().keyPressEvent(event)

    def sheet_height(self) -> int:
        return HEIGHT_PX

    def _make_buttons(self, screen: UiContext) -> None:
        self.decide_button = KeyButton(screen, "Enter", main=True)
        self.open_button = QPushButton()
        self.first_button = KeyButton(screen, "Ctrl+↑")
        self.last_button = KeyButton(screen, "Ctrl+↓")
        self.withdraw_button = KeyButton(screen, "Del")
        self.noted_button = KeyButton(screen, "Space")
        self.copy_button = QPushButton()
        self.undo_button = KeyButton(screen, "Ctrl+Z")
        self.export_button = QPushButton()
        pressed: tuple[tuple[QPushButton, Callable[[], None]], ...] = (
            (self.decide_button, self.decide),
            (self.open_button, self.open_target),
            (self.first_button, lambda: self._move(first=True)),
            (self.last_button, lambda: self._move(first=False)),
            (self.withdraw_button, self.withdraw),
            (self.noted_button, self.dismiss),
            (self.copy_button, self._copy),
            (self.undo_button, self.submit_again),
            (self.export_button, lambda: self.export.ask_where(self._outbox.of(self.filter))),
        )
        for button, act in pressed:
            button.clicked.connect(lambda _=False, act=act: act())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def filter(self) -> str:
        """The name of the chosen filter."""
        return self.chips.choice

    def _dress_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        rows, columns = table.verticalHeader(), table.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.TARGET, QHeaderView.ResizeMode.Stretch)
        columns.setSectionResizeMode(Column.WORDS, QHeaderView.ResizeMode.Stretch)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setHighlightSections(False)
        for column, width in ((Column.RECEIPT, 128), (Column.KIND, 120), (Column.AGE, 88)):
            table.setColumnWidth(column, width)
        table.activated.connect(lambda _index: self._activate())
        table.selectionModel().currentRowChanged.connect(lambda *_: self._say_picked())

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
        self.body.addLayout(listed, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 4)
        foot.setSpacing(4)
        self.state.setFixedHeight(STATE_PX)
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        foot.addWidget(self.said)
        foot.addWidget(self.state)
        self._actions = QWidget()
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (
            self.decide_button,
            self.open_button,
            self.withdraw_button,
            self.first_button,
            self.last_button,
            self.noted_button,
            self.copy_button,
        ):
            row.addWidget(button)
        row.addStretch(1)
        foot.addWidget(self._actions)
        foot.addWidget(self.hold)
        undo = QHBoxLayout()
        undo.addWidget(self.undo_said, 1)
        undo.addWidget(self.undo_button)
        foot.addLayout(undo)
        self.body.addLayout(foot)
        self._show_undo()

    def _say_words(self) -> None:
        self.title.set_text(translate("OutboxSheet", "Outbox"))
        self.decide_button.say(translate("OutboxSheet", "Decide"))
        self.open_button.setText(translate("OutboxSheet", "Show the case"))
        self.first_button.say(translate("OutboxSheet", "Send first"))
        self.last_button.say(translate("OutboxSheet", "Send last"))
        self.withdraw_button.say(translate("OutboxSheet", "Withdraw"))
        self.noted_button.say(translate("OutboxSheet", "Noted"))
        self.copy_button.setText(translate("OutboxSheet", "Copy text"))
        self.undo_button.say(translate("OutboxSheet", "Submit it again"))
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
        """Show the lines of the chosen filter; the picked one stays picked."""
        lines = self._outbox.of(self.filter)
        place, picked = self.table.verticalScrollBar().value(), self._picked
        before = max(self.table.currentIndex().row(), 0)
        self.model.show_lines(lines, self._outbox)
        row = self.model.row_of(picked)
        if lines:
            self.table.selectRow(min(before, len(lines) - 1) if row is None else row)
        self.table.verticalScrollBar().setValue(place)
        self.table.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        if not lines:
            self._say_empty()
        self._say_picked()

    def _say_empty(self) -> None:
        if not self._outbox.records:
            self.empty.say(
                translate("OutboxSheet", "Nothing has been submitted from this computer.")
            )
            return
        self.empty.say(
            {
                "waiting": translate("OutboxSheet", "Everything has its answer."),
                "needs": translate("OutboxSheet", "Nothing needs you."),
                "answered": translate("OutboxSheet", "No new answers."),
            }.get(self.filter, "")
        )

    def _say_picked(self) -> None:
        record = self.current()
        self._picked = record.command.key if record is not None else ""
        waiting = record is not None and not record.receipt.is_final
        unseen = record is not None and record.command.key in self._outbox.unseen
        self.decide_button.setVisible(record is not None and _undecided(record))
        self.open_button.setVisible(record is not None)
        self.copy_button.setVisible(record is not None and bool(record.command.body))
        self.noted_button.setVisible(unseen)
        self.withdraw_button.setVisible(record is not None and _withdrawable(record))
        self.first_button.setVisible(waiting)
        self.last_button.setVisible(waiting)
        self._actions.setVisible(record is not None)
        for label in (self.said, self.state):
            label.setVisible(record is not None)
        self.hold.show_record(record)
        if record is not None:
            sentence = formatting.in_one_line(self._sentence(record), 300)
            self.said.set_text(sentence)
            self.said.setToolTip(formatting.plain_tip(sentence))
            needs = record.receipt.needs_officer or self.model.refusal(record) is not None
            self.state.set_text(self._state(record), "orange_text" if needs else "second")
            self.state.setToolTip(formatting.plain_tip(self._state(record)))

    def _sentence(self, record: CommandRecord) -> str:
        """A command in one line: kind, target, body."""
        command, words = record.command, self._screen.words
        parts = (
            words.term("command", command.kind),
            self.model.called(command.target),
            body_words(self._screen, command),
        )
        return " · ".join(part for part in parts if part)

    def _state(self, record: CommandRecord) -> str:
        """Where it stands and what can still be done to it, in words."""
        now = self._screen.board.now()
        said = translate("OutboxSheet", "{receipt} since {time}").format(
            receipt=formatting.record_receipt(record, self._screen.words),
            time=formatting.moment(record.changed_at, now),
        )
        reason = self._screen.words.text(record.reason)
        if refusal := self.model.refusal(record):
            reason = str(self._screen.words.problem(refusal))
        more = ""
        if not record.receipt.is_final and record.offered:
            more = translate(
                "OutboxSheet",
                "It may have reached the county: it can no longer be withdrawn, only answered.",
            )
        elif record.receipt is Receipt.STORED:
            more = translate("OutboxSheet", "Nothing of it has left this computer.")
        return "\n".join(part for part in (said, reason, more) if part)

    def _activate(self) -> None:
        record = self.current()
        if record is not None and _undecided(record):
            self.decide()
        else:
            self.open_target()

    def _move(self, *, first: bool) -> None:
        record, board = self.current(), self._screen.board
        if record is None or record.receipt.is_final:
            return
        key = record.command.key
        work = board.commands.prioritise if first else board.commands.deprioritise
        self._screen.writer.ask(lambda: work(key), lambda _none: self.fill())

    def _dismiss(self, key: str) -> None:
        board = self._screen.board
        self._screen.writer.ask(lambda: board.commands.dismiss(key), lambda _none: self.fill())

    def _copy(self) -> None:
        record = self.current()
        if record is not None:
            text = record.command.body.get("text")
            QApplication.clipboard().setText(str(text) if text else self._sentence(record))

    def _show_undo(self) -> None:
        self.undo_said.setVisible(self._withdrawn is not None)
        self.undo_button.setVisible(self._withdrawn is not None)

    def _tick(self) -> None:
        if self.isVisible():
            self.model.say_anew()


def _withdrawable(record: CommandRecord) -> bool:
    return not record.receipt.is_final and not record.offered


def _undecided(record: CommandRecord) -> bool:
    collection = record.command.target.collection
    return not record.seen and is_open_question(record.receipt, collection)
