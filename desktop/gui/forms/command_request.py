"""The command a form is for, and the texts of its fields."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QCoreApplication

from desktop.application.board import Board
from desktop.domain.command import Collection, CommandKind, CommandRecord, Key
from desktop.domain.geo import Place
from desktop.domain.incident import Incident
from desktop.domain.levels import EventLevel
from desktop.gui.context import UiContext
from desktop.gui.forms.datetime_field import InstantEntry
from desktop.gui.forms.drafts import Draft, draft_key
from desktop.gui.forms.field_widgets import (
    Entry,
    LevelEntry,
    LineEntry,
    MinutesEntry,
    PassedEntry,
    TextEntry,
)
from desktop.gui.forms.lookup import LookupEntry
from desktop.gui.forms.place_field import PlaceEntry
from desktop.protocol.fields import Field, FieldKind
from desktop.protocol.levels import GRADES

translate = QCoreApplication.translate

NOWHERE = Key("", Collection.INCIDENTS, "")
"""The target of a new incident while its source has not been chosen."""

ONE_LINE = frozenset({"title", "address"})


class CommandRequest(msgspec.Struct, frozen=True):
    """One command to be filled in."""

    kind: CommandKind
    target: Key = NOWHERE
    called: str = ""
    """The target's name on screen."""
    base: int | None = None
    incident: Incident | None = None
    near: Place | None = None
    """Position of the thing picked on the desk, offered for a new incident."""
    prefill: dict[str, object] = {}
    replaces: str = ""
    """Key of the conflicting command that this one is to replace."""

    @property
    def draft_key(self) -> Key:
        """Return the id of its draft: a new incident's source may still change."""
        target = NOWHERE if self.kind is CommandKind.CREATE else self.target
        return draft_key(self.kind, target, self.replaces)

    def submit_to(self, board: Board, source: str, draft: Draft) -> CommandRecord:
        """Make it durable with these values, and delete its draft; one key is one command."""
        if self.replaces:
            record = board.answering.rebase(self.replaces, draft.values)
        elif self.kind is CommandKind.CREATE:
            record = board.commands.create(source, draft.values, key=draft.key)
        else:
            record = board.commands.submit(
                self.kind, self.target, draft.values, base=self.base, key=draft.key
            )
        board.commands.keep_draft(self.draft_key, "")
        return record


def is_filled_in(kind: CommandKind) -> bool:
    """Whether a form drawn from the table of commands takes such a command."""
    kinds = {field.kind for field in kind.row.fields}
    return bool(kinds - {FieldKind.FILE}) and FieldKind.VALUES not in kinds


def entry_for(screen: UiContext, task: CommandRequest, field: Field) -> Entry:
    """Build the widget for this field."""
    match field.kind:
        case FieldKind.TEXT:
            return LineEntry(screen) if field.name in ONE_LINE else TextEntry(screen)
        case FieldKind.UNIT:
            return LookupEntry(screen, free=True)
        case FieldKind.CATEGORY | FieldKind.CHANNEL | FieldKind.TOWNSHIP:
            return LookupEntry(screen)
        case FieldKind.INSTANT:
            due = task.incident.due_at if task.incident and field.name == "due_at" else None
            return InstantEntry(screen, past=field.name == "occurred_at", after=due)
        case FieldKind.MINUTES:
            return MinutesEntry(screen)
        case FieldKind.LEVEL:
            return LevelEntry(screen, _levels(task))
        case FieldKind.PASSED:
            return PassedEntry(screen)
        case FieldKind.PLACE:
            return PlaceEntry(screen, task.near)
        case FieldKind.FILE | FieldKind.WORD | FieldKind.EDITION | FieldKind.VALUES:
            raise ValueError(f"{field.name} is not filled in here")


def warning(kind: CommandKind) -> str:
    """Return the warning shown before a grave command is submitted."""
    return {
        CommandKind.VOID: translate(
            "CommandForm", "The case ends without being handled. It cannot be taken back here."
        ),
        CommandKind.RETURN: translate("CommandForm", "The case goes back to be dispatched again."),
        CommandKind.SHELVE: translate(
            "CommandForm", "Until then the alarm does not call; it returns by itself."
        ),
    }.get(kind, "")


def _levels(task: CommandRequest) -> tuple[EventLevel, ...]:
    """Return every level for a new incident; for an escalation those above the present one."""
    if task.kind is CommandKind.CREATE or task.incident is None:
        return (*GRADES, EventLevel.NONE)
    above = tuple(x for x in GRADES if x.rank < task.incident.level.rank)
    return above or GRADES[:1]
