"""The outbox as a table: the commands submitted here, with state and answer."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QObject,
    Qt,
)
from PySide6.QtGui import QBrush

from desktop.application.board import Board
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Key
from desktop.domain.localized_text import Text
from desktop.domain.overlay import file_of
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words
from desktop.gui.context import UiContext
from desktop.gui.widgets.snapshot_list import NOWHERE, Index, SnapshotRows

translate = QCoreApplication.translate

MOST = 2_000
"""How many of the newest commands are read; older ones are answered or far too many to read."""


class Column(IntEnum):
    """Columns of a row, from left to right."""

    RECEIPT = 0
    KIND = 1
    TARGET = 2
    WORDS = 3
    AGE = 4


class Outbox(NamedTuple):
    """The data of the sheet, read together."""

    records: tuple[CommandRecord, ...]
    """Newest first."""
    unseen: frozenset[str]
    """Keys of answers and holds the officer has not dismissed."""
    names: dict[Key, tuple[str, Text]]
    """Each target's number, if it has one, and its title."""
    refused: dict[str, Problem]
    """By command key, the county's reason for refusing the file of an attach command."""

    def of(self, name: str) -> list[CommandRecord]:
        """Return the rows of one filter; waiting commands are in the order in which they will be
        sent."""
        match name:
            case "waiting":
                waiting = [r for r in self.records if not r.state.is_final]
                return sorted(waiting, key=lambda r: (-r.priority, r.seq))
            case "needs":
                return [r for r in self.records if self._needs(r) and self._unseen(r)]
            case "answered":
                return [r for r in self.records if r.state.is_final and self._unseen(r)]
            case _:
                return list(self.records)

    def _needs(self, record: CommandRecord) -> bool:
        return record.state.needs_officer or record.command.key in self.refused

    def _unseen(self, record: CommandRecord) -> bool:
        return record.command.key in self.unseen


def read_outbox(board: Board) -> Outbox:
    """Read the commands and their targets; costs a query for each target."""
    attention, recent = board.attention(), board.outbox(MOST)
    known = {record.command.key for record in recent}
    older = [record for record in attention if record.command.key not in known]
    names: dict[Key, tuple[str, Text]] = {
        Key(group.alarm.source, Collection.ALARMS, group.alarm.id): ("", group.alarm.title)
        for group in board.alarms()
    }
    for target in {record.command.target for record in (*recent, *older)}:
        detail = board.incident(target) if target.collection is Collection.INCIDENTS else None
        if detail is not None:
            names[target] = (detail.incident.number, detail.incident.title)
    unseen = frozenset(record.command.key for record in attention)
    records = (*recent, *older)
    for command in (record.command for record in records):
        if command.kind is CommandKind.REPORT:
            names[command.target] = ("", board.reports.name_of(command))
    return Outbox(records, unseen, names, _find_refusals(board, records))


def _find_refusals(board: Board, records: Iterable[CommandRecord]) -> dict[str, Problem]:
    found = {}
    for command in (record.command for record in records):
        file = file_of(command)
        problem = file and board.files.refusal(command.target.source, file.digest)
        if problem:
            found[command.key] = problem
    return found


class OutboxModel(SnapshotRows[CommandRecord], QAbstractTableModel):
    """The commands of one filter."""

    columns = len(Column)

    def __init__(self, screen: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self.key = lambda record: record.command.key
        self._names: dict[Key, tuple[str, Text]] = {}
        self._refused: dict[str, Problem] = {}

    def show_records(self, records: list[CommandRecord], outbox: Outbox) -> None:
        """Show these commands of the outbox in this order."""
        self._names, self._refused = outbox.names, outbox.refused
        self.show(tuple(records))

    def record(self, row: int) -> CommandRecord | None:
        """Return the command of a row."""
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def name_of(self, target: Key) -> str:
        """Return a target's number and title, else its id."""
        number, title = self._names.get(target, ("", Text()))
        said = f"{number} {self._screen.words.text(title)}".strip()
        return formatting.in_one_line(said or target.id, 80)

    def refusal(self, record: CommandRecord) -> Problem | None:
        """Return the county's reason for refusing the file of an attach command."""
        return self._refused.get(record.command.key)

    def sentence(self, record: CommandRecord) -> str:
        """Describe a command in one line: kind, target, body."""
        command = record.command
        parts = (
            self._screen.words.term("command", command.kind),
            self.name_of(command.target),
            body_words(self._screen, command),
        )
        return " · ".join(part for part in parts if part)

    def state(self, record: CommandRecord) -> str:
        """Describe a command's state and what can still be done to it."""
        words, now = self._screen.words, self._screen.board.now()
        said = translate("OutboxSheet", "{state} since {time}").format(
            state=formatting.record_state(record, words),
            time=formatting.moment(record.changed_at, now),
        )
        refusal = self.refusal(record)
        reason = str(words.problem(refusal)) if refusal else words.text(record.reason)
        more = ""
        if not record.state.is_final and record.offered:
            more = translate(
                "OutboxSheet",
                "It may have reached the county: it can no longer be withdrawn, only answered.",
            )
        elif record.state is CommandState.STORED:
            more = translate("OutboxSheet", "Nothing of it has left this computer.")
        return "\n".join(part for part in (said, reason, more) if part)

    def needs_officer(self, record: CommandRecord) -> bool:
        """Whether the officer must act on it."""
        return record.state.needs_officer or self.refusal(record) is not None

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self.columns

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("OutboxSheet", "State"),
            translate("OutboxSheet", "Command"),
            translate("OutboxSheet", "On"),
            translate("OutboxSheet", "What it says"),
            translate("OutboxSheet", "Submitted"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record = self.record(index.row()) if index.isValid() else None
        if record is None:
            return None
        said = self._text(record, Column(index.column()))
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return formatting.in_one_line(said, 160)
            case Qt.ItemDataRole.ToolTipRole:
                return formatting.plain_tip(said)
            case Qt.ItemDataRole.ForegroundRole:
                return QBrush(self._screen.theme.color(self._ink(record, index.column())))
            case _:
                return None

    def _ink(self, record: CommandRecord, column: int) -> str:
        if self.needs_officer(record) and column in (Column.RECEIPT, Column.WORDS):
            return "orange_text"
        quiet = record.state is CommandState.CANCELLED or column in (Column.AGE, Column.WORDS)
        return "second" if quiet else "text"

    def _text(self, record: CommandRecord, column: Column) -> str:
        words, command = self._screen.words, record.command
        match column:
            case Column.RECEIPT:
                return formatting.record_state(record, self._screen.words)
            case Column.KIND:
                return words.term("command", command.kind)
            case Column.TARGET:
                return self.name_of(command.target)
            case Column.WORDS:
                refusal = self.refusal(record)
                said = (
                    words.problem(refusal).happened if refusal else "",
                    words.text(record.reason),
                    body_words(self._screen, command),
                )
                return " · ".join(part for part in said if part)
            case Column.AGE:
                return words.age(self._screen.board.now() - command.at)
