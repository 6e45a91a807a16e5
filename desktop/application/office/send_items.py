"""Send and receive: every item of this office with how far it is, and what goes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from desktop.application.board import Board
from desktop.application.office.send_plan import Plan, read_plan
from desktop.application.reads.read_models import Usage
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Key
from desktop.domain.localized_text import Text
from desktop.domain.overlay import file_of
from desktop.domain.source import Problem

MOST = 500
"""How many of the newest commands are shown; of older ones those that wait or need the clerk."""


class Item(msgspec.Struct, frozen=True):
    """One command of this office."""

    record: CommandRecord
    number: str = ""
    """The number of what it is on, if the county gave it one."""
    title: Text = Text()
    """The title of what it is on."""
    gone: float | None = None
    """The share of its file's bytes that the county has; None without a file still to be sent."""
    refusal: Problem | None = None
    """Why the county did not take its file."""

    @property
    def needs_clerk(self) -> bool:
        """Whether the clerk has to decide, and has not put it aside."""
        record = self.record
        return not record.seen and (record.state.needs_officer or self.refusal is not None)

    @property
    def is_returned(self) -> bool:
        """Whether the county did not take it."""
        states = (CommandState.REJECTED, CommandState.CONFLICT)
        return self.record.state in states or self.refusal is not None


class Sending(msgspec.Struct, frozen=True):
    """What the page shows, read together."""

    items: tuple[Item, ...] = ()
    """Newest first."""
    plan: Plan = Plan()
    usage: Usage | None = None

    def count(self, *states: CommandState) -> int:
        """Count the items in these states."""
        return sum(item.record.state in states for item in self.items)


def read_sending(board: Board) -> Sending:
    """Read the items, the plan and the day's bytes; costs a query for each case they are on."""
    usage = board.usage()
    records = {record.seq: record for record in board.outbox(MOST)}
    needing = [record for record in board.attention() if record.state.needs_officer]
    for record in (*needing, *board.list_unfinished()):
        records.setdefault(record.seq, record)
    newest = sorted(records.values(), key=lambda record: -record.seq)
    named = _name_targets(board, newest)
    items = tuple(_item(board, record, named) for record in newest)
    return Sending(items, read_plan(board, usage), usage)


def _item(board: Board, record: CommandRecord, named: Mapping[Key, tuple[str, Text]]) -> Item:
    command = record.command
    number, title = named.get(command.target, ("", Text()))
    gone, refusal, file = None, None, file_of(command)
    if file is not None and record.state not in (CommandState.CANCELLED, CommandState.GIVEN_UP):
        refusal = board.files.refusal(command.target.source, file.digest)
        progress = board.files.progress(file.digest)
        gone = None if progress is None else progress[0] / max(1, progress[1])
    return Item(record, number, title, gone, refusal)


def _name_targets(board: Board, records: Iterable[CommandRecord]) -> dict[Key, tuple[str, Text]]:
    """Return the number and title of what the commands are on; a report names its own case."""
    named: dict[Key, tuple[str, Text]] = {}
    others = set()
    for record in records:
        command = record.command
        if command.kind is CommandKind.REPORT:
            named[command.target] = ("", board.reports.name_of(command))
        elif command.kind is CommandKind.CREATE:
            named[command.target] = ("", Text(str(command.body.get("title", ""))))
        if command.kind is not CommandKind.CREATE or record.state is CommandState.ACCEPTED:
            others.add(command.target)
    if any(key.collection is Collection.ALARMS for key in others):
        for group in board.alarms():
            alarm = group.alarm
            named[Key(alarm.source, Collection.ALARMS, alarm.id)] = ("", alarm.title)
    keys = [key for key in others if key.collection is Collection.INCIDENTS]
    numbers = [number for key in keys if (number := board.incident_number(key)) is not None]
    for row in board.incident_rows([number for number in numbers if number >= 0]):
        named[row.key] = (row.number, row.title)
    return named
