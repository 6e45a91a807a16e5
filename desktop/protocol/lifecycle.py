"""The life of a case: from which stages each command may be given, and where it leads.

After GB/T 30428. A command may pass a stage nobody reported: feedback on a dispatched case
means that it was handled. A stage nobody knows counts as open.
"""

from __future__ import annotations

from desktop.protocol.commands import CommandKind
from desktop.protocol.stages import Stage

FIRST_STAGE = Stage.FILED
"""Where a case begins that a desk has reported."""

ALLOWED_FROM: dict[CommandKind, frozenset[Stage]] = {
    kind: frozenset(kind.row.allowed_from) for kind in CommandKind if kind.row.allowed_from
}
"""The stages each command may start from; the others do not look at the stage."""

RESULTING_STAGE: dict[CommandKind, Stage] = {
    kind: kind.row.leads_to for kind in CommandKind if kind.row.leads_to is not None
}
"""Where the case stands afterwards, unless a command that can fail did."""

NEW_INCIDENT = "new-"
"""How the id of an incident begins that a desk reported; its command's key follows."""


def is_allowed(kind: CommandKind, stage: Stage) -> bool:
    """Whether an incident at that stage may take the command."""
    return stage in ALLOWED_FROM[kind] if kind in ALLOWED_FROM else True


def resulting_stage(kind: CommandKind, stage: Stage, *, passed: bool = True) -> Stage:
    """Where a case stands after the command that was at that stage before it."""
    if not passed and kind.row.failing_leads_to is not None:
        return kind.row.failing_leads_to
    return RESULTING_STAGE.get(kind, stage)


def new_incident_id(key: str) -> str:
    """The id of the incident that the create command with that key makes.

    Minted with the command, so that notes and files may follow before the county knows it.
    """
    return NEW_INCIDENT + key
