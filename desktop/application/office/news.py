"""What has come for a township since a moment: new assignments, answers and warnings."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.application.board import Board
from desktop.application.office.assignments import Assignment, read_assignments
from desktop.domain.command import CommandKind, CommandState
from desktop.domain.geo import Township
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant

ANSWERS = frozenset({CommandState.ACCEPTED, CommandState.REJECTED, CommandState.CONFLICT})


class News(msgspec.Struct, frozen=True):
    """How much has come since a moment."""

    since: Instant
    assignments: int = 0
    answers: int = 0
    """Commands of this office that the county has decided about."""
    refused: int = 0
    """Those among them that it refused, or that conflict."""
    warnings: int = 0
    """Warnings in force that name the township."""

    @property
    def is_none(self) -> bool:
        """Whether nothing has come."""
        return not (self.assignments or self.answers or self.warnings)


def read_news(board: Board, township: Township, since: Instant) -> News:
    """Count what has come since then; costs what reading the assignments costs."""
    ours = read_assignments(board, township).ours
    answers = [r.state for r in board.outbox(500) if r.state in ANSWERS and r.changed_at > since]
    return News(
        since=since,
        assignments=count_new(ours, since),
        answers=len(answers),
        refused=sum(state is not CommandState.ACCEPTED for state in answers),
        warnings=sum(
            township.id in warning.townships and warning.issued_at > since
            for warning in board.warnings()
        ),
    )


def count_new(assignments: Iterable[Assignment], since: Instant) -> int:
    """Count the assignments given since then."""
    return sum(find_dispatch_time(assignment.incident) > since for assignment in assignments)


def find_dispatch_time(incident: Incident) -> Instant:
    """Return when the county gave the case to its unit, as recorded; else when it was recorded."""
    dispatched = [e.recorded_at for e in incident.timeline if e.kind == CommandKind.DISPATCH]
    return max(dispatched, default=incident.recorded_at)
