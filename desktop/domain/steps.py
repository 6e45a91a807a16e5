"""What an officer may do to a row, what each command needs, and where it leads."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from desktop.domain.command import CommandKind
from desktop.domain.incident import Stage


class FieldKind(StrEnum):
    """How one field of a command is entered and checked."""

    TEXT = "text"  # free text, up to MOST_TEXT characters
    UNIT = "unit"  # the name of a unit, one line
    INSTANT = "instant"  # milliseconds since 1970, UTC
    MINUTES = "minutes"  # a whole number above 0
    LEVEL = "level"  # an EventLevel
    CATEGORY = "category"  # a code of the county's categories
    CHANNEL = "channel"  # a code of the county's channels
    TOWNSHIP = "township"  # a township id
    PLACE = "place"  # [longitude, latitude] in degrees
    PASSED = "passed"  # true or false
    FILE = "file"  # a FileRef's digest, name, media_type, size and thumbnail


class Field(msgspec.Struct, frozen=True):
    """One thing a command's body holds."""

    name: str
    kind: FieldKind
    required: bool = False


MOST_TEXT = 20_000
"""Characters in one text field, as the county API has it."""

REASON = Field("text", FieldKind.TEXT, required=True)

FIELDS: dict[CommandKind, tuple[Field, ...]] = {
    CommandKind.CREATE: (
        Field("title", FieldKind.TEXT, required=True),
        Field("level", FieldKind.LEVEL),
        Field("category", FieldKind.CATEGORY),
        Field("channel", FieldKind.CHANNEL),
        Field("township", FieldKind.TOWNSHIP),
        Field("occurred_at", FieldKind.INSTANT),
        Field("address", FieldKind.TEXT),
        Field("place", FieldKind.PLACE),
        Field("summary", FieldKind.TEXT),
    ),
    CommandKind.ACKNOWLEDGE: (),
    CommandKind.NOTE: (Field("text", FieldKind.TEXT, required=True),),
    CommandKind.DISPATCH: (
        Field("unit", FieldKind.UNIT, required=True),
        Field("text", FieldKind.TEXT),
    ),
    CommandKind.FEEDBACK: (Field("text", FieldKind.TEXT, required=True),),
    CommandKind.VERIFY: (
        Field("passed", FieldKind.PASSED, required=True),
        Field("text", FieldKind.TEXT),
    ),
    CommandKind.CLOSE: (Field("text", FieldKind.TEXT),),
    CommandKind.ESCALATE: (Field("level", FieldKind.LEVEL, required=True), REASON),
    CommandKind.EXTEND: (Field("due_at", FieldKind.INSTANT, required=True), REASON),
    CommandKind.DEFER: (Field("until", FieldKind.INSTANT, required=True), REASON),
    CommandKind.RETURN: (REASON,),
    CommandKind.VOID: (REASON,),
    CommandKind.SHELVE: (Field("minutes", FieldKind.MINUTES, required=True), REASON),
    CommandKind.UNSHELVE: (),
    CommandKind.ATTACH: (Field("file", FieldKind.FILE, required=True),),
}
"""What each command's body holds; 延期, 缓办, 回退, 作废 and a shelf need their reason."""

LONGEST_SHELF_MINUTES = 24 * 60

FROM: dict[CommandKind, frozenset[Stage]] = {
    CommandKind.DISPATCH: frozenset({Stage.COLLECTED, Stage.FILED, Stage.RETURNED, Stage.DEFERRED}),
    CommandKind.FEEDBACK: frozenset({Stage.DISPATCHED, Stage.HANDLING}),
    CommandKind.VERIFY: frozenset({Stage.FED_BACK}),
    CommandKind.CLOSE: frozenset({Stage.VERIFYING}),
    CommandKind.RETURN: frozenset({Stage.DISPATCHED, Stage.HANDLING}),
    CommandKind.DEFER: frozenset({Stage.FILED, Stage.DISPATCHED, Stage.HANDLING}),
    CommandKind.VOID: frozenset({Stage.COLLECTED, Stage.FILED, Stage.RETURNED, Stage.DEFERRED}),
    CommandKind.EXTEND: frozenset(stage for stage in Stage if stage.is_open),
    CommandKind.ESCALATE: frozenset(stage for stage in Stage if stage.is_open),
}
"""The stages a command may start from (GB/T 30428); the others do not look at the stage."""

LEADS_TO: dict[CommandKind, Stage] = {
    CommandKind.DISPATCH: Stage.DISPATCHED,
    CommandKind.FEEDBACK: Stage.FED_BACK,
    CommandKind.VERIFY: Stage.VERIFYING,
    CommandKind.CLOSE: Stage.CLOSED,
    CommandKind.RETURN: Stage.RETURNED,
    CommandKind.DEFER: Stage.DEFERRED,
    CommandKind.VOID: Stage.VOID,
}
"""Where the case stands afterwards; a verification that did not pass leads to HANDLING."""

CHECKS_BASE = frozenset(FROM)
"""Commands that come back as a conflict when the row has changed since the officer saw it.

A note and a file append, an acknowledgement and a shelf are idempotent, a new incident
has nothing before it.
"""


def possible(kind: CommandKind, stage: Stage) -> bool:
    """Whether an incident at that stage may take the command."""
    return stage in FROM[kind] if kind in FROM else True


NEW_INCIDENT = "new-"
"""How the id of an incident begins that a desk reported; its command's key follows."""


def new_incident_id(key: str) -> str:
    """The id of the incident that the create command with that key makes.

    Minted with the command, so that notes and files may follow before the county knows it.
    """
    return NEW_INCIDENT + key
