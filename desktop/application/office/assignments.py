"""What the county asked of a township: the open cases in it that are being handled."""

from __future__ import annotations

import msgspec

from desktop.application.board import Board
from desktop.application.ports import IncidentFilter
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandKind
from desktop.domain.geo import Township
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.protocol.commands import AT_WORK
from desktop.protocol.stages import Stage

MOST = 200
"""How many open cases of a township are looked through, the most urgent first."""


class Assignment(msgspec.Struct, frozen=True):
    """One case the county asked for, with what may be done to it now."""

    detail: IncidentDetail
    is_ours: bool
    """Whether the township is named on it, and not only lies around it."""
    steps: tuple[CommandKind, ...]

    @property
    def incident(self) -> Incident:
        """Return the case itself."""
        return self.detail.incident


class Assignments(msgspec.Struct, frozen=True):
    """A township's assignments, soonest due first."""

    ours: tuple[Assignment, ...] = ()
    others: tuple[Assignment, ...] = ()
    """In the township, but asked of the county's own units: only to be seen."""
    more: int = 0
    """Open cases of the township that were not looked through."""

    @property
    def new(self) -> int:
        """How many of ours nobody has taken up yet."""
        return sum(assignment.incident.stage is Stage.DISPATCHED for assignment in self.ours)


def read_assignments(board: Board, township: Township) -> Assignments:
    """Read the assignments; costs a few queries a case."""
    numbers = board.incident_numbers(IncidentFilter(township=township.id))
    rows = board.incident_rows(numbers[:MOST])
    at_work = [row for row in rows if row.stage in AT_WORK]
    details = [detail for row in at_work if (detail := board.incident(row.key)) is not None]
    assignments = sorted(
        (_assignment(board, detail, township) for detail in details), key=_when_due
    )
    return Assignments(
        ours=tuple(assignment for assignment in assignments if assignment.is_ours),
        others=tuple(assignment for assignment in assignments if not assignment.is_ours),
        more=max(0, len(numbers) - MOST),
    )


def is_asked_of(incident: Incident, township: Township) -> bool:
    """Whether the township, or an office in its name (柳林镇应急办), is to handle the case."""
    return any(_is_in_name_of(unit, township) for unit in (incident.lead_unit, *incident.co_units))


def _is_in_name_of(unit: Text, township: Township) -> bool:
    name = township.name
    return bool((name.zh and name.zh in unit.zh) or (name.en and name.en in unit.en))


def _assignment(board: Board, detail: IncidentDetail, township: Township) -> Assignment:
    ours = is_asked_of(detail.incident, township)
    return Assignment(detail, ours, board.commands.steps(detail.key) if ours else ())


def _when_due(assignment: Assignment) -> tuple[bool, Instant, str]:
    due = assignment.incident.due_at
    return due is None, due or 0, assignment.detail.key.id
