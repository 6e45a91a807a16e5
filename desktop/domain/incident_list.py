"""The list of incidents: its filter, its rows, and the figures over all incidents."""

from __future__ import annotations

import msgspec

from desktop.domain.command import CommandState, Key
from desktop.domain.incident import Stage
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text


class IncidentFilter(msgspec.Struct, frozen=True):
    """Which incidents a list shows; the fields narrow one another."""

    open_only: bool = True
    overdue_at: Instant | None = None
    """Only those with an unmet deadline before this instant."""
    worst_rank: int | None = None
    """Only levels whose rank is at most this (2 keeps 较大 and above)."""
    channel: str | None = None
    township: str | None = None
    unacknowledged: bool = False
    text: str = ""
    """Words, a place, a number, or pinyin initials of a township or category to search for."""


class IncidentRow(msgspec.Struct, frozen=True):
    """The few fields that a row of the list needs, with pending commands already applied."""

    row: int
    """The store's own number for the incident, as in `incident_rows`."""
    key: Key
    number: str
    title: Text
    level: EventLevel
    stage: Stage
    township: str
    lead_unit: Text
    due_at: Instant | None
    prealarm_ms: int
    recorded_at: Instant
    version: int
    acknowledged: bool
    pending: CommandState | None
    """State of the newest unfinished command on it, if any."""


class Counts(msgspec.Struct, frozen=True):
    """Figures for pane heads and the wall, all from one moment of the store."""

    incidents: int = 0
    open_incidents: int = 0
    overdue: int = 0
    unacknowledged: int = 0
    recorded_today: int = 0
