"""Rows that an account may no longer see."""

from __future__ import annotations

from desktop.application.ports import Cache, IncidentFilter
from desktop.domain.alarm import Alarm
from desktop.domain.asset import Asset
from desktop.domain.command import Collection
from desktop.domain.place import Township
from desktop.domain.queue import ServiceQueue

_PLACED = (Collection.ASSETS, Collection.QUEUES, Collection.ALARMS)


def holds_more(cache: Cache, source: str, townships: frozenset[str]) -> bool:
    """Whether rows of another township of that source are still here."""
    for collection in _PLACED:
        for row in cache.rows(collection):
            if (
                isinstance(row, Asset | ServiceQueue | Alarm)
                and row.source == source
                and row.township
                and row.township not in townships
            ):
                return True
    return any(
        cache.incident_numbers(IncidentFilter(open_only=False, township=each), 1)
        for each in _known_townships(cache, source) - townships
    )


def _known_townships(cache: Cache, source: str) -> frozenset[str]:
    return frozenset(
        row.id
        for row in cache.rows(Collection.TOWNSHIPS)
        if isinstance(row, Township) and row.source == source
    )
