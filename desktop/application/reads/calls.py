"""What calls for attention at once: it holds a wall's rotation, and is heard at a desk."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.application.reads.read_models import AlarmGroup
from desktop.domain.alarm import AlarmPriority
from desktop.domain.incident import Incident
from desktop.domain.levels import EventLevel

TOP_LEVELS = (EventLevel.ESPECIALLY_MAJOR, EventLevel.MAJOR)
GRAVE = IncidentFilter(worst_rank=max(level.rank for level in TOP_LEVELS))
CALLING = IncidentFilter(worst_rank=GRAVE.worst_rank, unacknowledged=True)


def is_grave(incident: IncidentRow | Incident) -> bool:
    """Whether an incident is of the two gravest levels."""
    return incident.level in TOP_LEVELS


def is_calling(row: IncidentRow) -> bool:
    """Whether an incident is grave and nobody has acknowledged it."""
    return is_grave(row) and not row.acknowledged


def is_alarm_calling(group: AlarmGroup) -> bool:
    """Whether an alarm of high priority stands that nobody has acknowledged."""
    return group.stands and group.alarm.priority is AlarmPriority.HIGH


def list_each(groups: Iterable[AlarmGroup]) -> list[AlarmGroup]:
    """Return each alarm and each that follows from it: a cause may be of lower priority."""
    return [each for group in groups for each in (group, *group.followers)]
