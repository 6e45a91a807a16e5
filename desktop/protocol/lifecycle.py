"""The life of a case: from which stages each command may be given, and where it leads.

After GB/T 30428. A command may skip a stage that was not reported: feedback on a dispatched
case means that it was handled. An unknown stage counts as open.
"""

from __future__ import annotations

from desktop.protocol.commands import CommandKind
from desktop.protocol.stages import Stage

FIRST_STAGE = Stage.FILED
"""The first stage of a case that a desk has reported."""

ALLOWED_FROM: dict[CommandKind, frozenset[Stage]] = {
    kind: frozenset(kind.row.allowed_from) for kind in CommandKind if kind.row.allowed_from
}
"""The stages each command may start from; a command that is not here may start from any."""

RESULTING_STAGE: dict[CommandKind, Stage] = {
    kind: kind.row.leads_to for kind in CommandKind if kind.row.leads_to is not None
}
"""The stage each command leads to, where it does not report a failure."""

NEW_INCIDENT = "new-"
"""Prefix of the id of an incident that a desk reported; its command's key follows."""


def is_allowed(kind: CommandKind, stage: Stage) -> bool:
    """Whether an incident at that stage may take the command."""
    return stage in ALLOWED_FROM[kind] if kind in ALLOWED_FROM else True


def resulting_stage(kind: CommandKind, stage: Stage, *, passed: bool = True) -> Stage:
    """Return the stage of a case after the command, given its stage before."""
    if not passed and kind.row.failing_leads_to is not None:
        return kind.row.failing_leads_to
    return RESULTING_STAGE.get(kind, stage)


def new_incident_id(key: str) -> str:
    """Return the id of the incident that the create command with that key makes.

    It is known with the command, so that notes and files may follow before the county has it.
    """
    return NEW_INCIDENT + key
