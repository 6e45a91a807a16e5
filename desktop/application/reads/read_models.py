"""What screens are shown: immutable values, each of one moment of the board."""

from __future__ import annotations

from sys import intern

import msgspec

from desktop.application.ports import Counts
from desktop.domain.alarm import Alarm
from desktop.domain.asset import Asset, AssetState, Trend
from desktop.domain.command import Collection, CommandRecord, CommandState, Key
from desktop.domain.geo import MapLine, Township
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.link import ByteCount, TrafficClass
from desktop.domain.localized_text import Text
from desktop.domain.queue import ServiceQueue
from desktop.domain.source import Row, SourceStatus
from desktop.domain.warning import Alertness, Warning


class Overview(msgspec.Struct, frozen=True):
    """The figures of the status strip, pane heads and wall, all of one moment."""

    now: Instant
    sources: tuple[SourceStatus, ...]
    counts: Counts
    asset_states: dict[AssetState, int]
    queues: int
    congested: int
    longest_wait_s: int | None
    unfinished: int
    """Commands still without a final answer (待发)."""
    accepted_today: int
    attention: int
    """Refused, conflicting and held commands the officer has not yet dismissed."""
    alertness: Alertness = Alertness()
    """What the warnings in force amount to."""


class IncidentDetail(msgspec.Struct, frozen=True):
    """One incident in full with this desk's own commands on it."""

    key: Key
    incident: Incident
    commands: tuple[CommandRecord, ...]
    """Oldest first; not yet accepted ones are shown in the timeline with their state."""
    assets: tuple[Asset, ...]
    """Related assets the cache holds."""
    acknowledged: bool
    """By anyone, or by this desk with the county's confirmation still to come."""
    draft: str = ""
    """The draft of a note at this desk, not yet submitted."""


class MapMark(msgspec.Struct, frozen=True):
    """One incident on the map."""

    key: Key
    title: Text
    level: str
    lon: float
    lat: float
    overdue: bool
    township: str = ""
    due_at: Instant | None = None


def map_mark(incident: Incident, now: Instant) -> MapMark | None:
    """Return the mark of an incident on the map, or None when it has no place."""
    place, due_at = incident.place, incident.due_at
    if place is None:
        return None
    return MapMark(
        # Thousands of them name few sources and townships.
        key=Key(intern(incident.source), Collection.INCIDENTS, incident.id),
        title=incident.title,
        level=incident.level,
        lon=place.lon,
        lat=place.lat,
        overdue=due_at is not None and due_at <= now,
        township=intern(incident.township),
        due_at=due_at,
    )


class MapLayer(msgspec.Struct, frozen=True):
    """Everything the one map draws."""

    townships: tuple[Township, ...]
    lines: tuple[MapLine, ...]
    incidents: tuple[MapMark, ...]
    """Worst last, so that it is drawn on top."""
    unplaced: int
    """Open incidents without coordinates: counted on the map, never silently missing."""
    assets: tuple[Asset, ...]
    warnings: tuple[Warning, ...]
    left_out: int = 0
    """Open incidents that are less urgent than all of these and were not read: the map says so."""

    @property
    def worst(self) -> int:
        """How many open incidents were read, the most urgent ones, with or without a place."""
        return len(self.incidents) + self.unplaced

    def changes_at(self, now: Instant) -> Instant | None:
        """Return when the clock alone changes it next: a deadline passes, or a warning ends."""
        moments = [mark.due_at for mark in self.incidents]
        moments += [warning.ends_at for warning in self.warnings]
        return min((at for at in moments if at is not None and at > now), default=None)


class MatrixCell(msgspec.Struct, frozen=True):
    """Assets of one kind in one township."""

    states: dict[AssetState, int]

    @property
    def worst(self) -> AssetState:
        """The worst state among them."""
        return min(self.states, key=lambda s: s.rank)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.states.values())


class Infrastructure(msgspec.Struct, frozen=True):
    """Assets as a matrix of township × kind and as a list, worst first."""

    assets: tuple[Asset, ...]
    townships: tuple[Township, ...]
    """Rows of the matrix; assets of an unlisted township stand under id ``""``."""
    kinds: tuple[str, ...]
    cells: dict[tuple[str, str], MatrixCell]
    """By (township id, kind); absent means there is no such asset."""


class QueueLine(msgspec.Struct, frozen=True):
    """One queue with its recent trend."""

    queue: ServiceQueue
    trend: Trend | None


class AlarmGroup(msgspec.Struct, frozen=True):
    """An alarm with those that follow from it (连带), so one cause is one line."""

    alarm: Alarm
    """With this desk's unfinished commands applied."""
    followers: tuple[AlarmGroup, ...]
    """Each a group of its own, worst first; none of them has any."""
    pending: CommandState | None
    """State of this desk's newest command on it, while its outcome is not in the rows."""
    repeats: tuple[Alarm, ...] = ()
    """Earlier ones of the same condition that still need attention: one acknowledgement does."""

    @property
    def calls(self) -> bool:
        """Whether the alarm still needs attention."""
        return self.alarm.state.calls

    @property
    def stands(self) -> bool:
        """Whether it needs attention now: what it tells of has not gone."""
        return self.calls and not self.alarm.state.is_returned

    @property
    def latest_at(self) -> Instant:
        """When it was raised last, repeats included."""
        return max(alarm.raised_at for alarm in (self.alarm, *self.repeats))


class Conflict(msgspec.Struct, frozen=True):
    """A command the county did not take because the row had changed: both versions."""

    record: CommandRecord
    mine: Row | None
    """The row as the officer saw it at the click, with the command done."""
    theirs: Row | None
    """The row as the county had it when it answered."""
    differing: tuple[str, ...]
    """Names of the fields in which the two differ; the version is not one of them."""
    file_gone: bool = False
    """Whether the file it attaches is no longer here, so that it can only be attached anew."""


class Usage(msgspec.Struct, frozen=True):
    """The bytes of one county day, all sources together."""

    day: str
    """As `2026-11-23`."""
    budget: int | None
    """Bytes allowed in a day; None without a limit."""
    spent: dict[TrafficClass, ByteCount]
    over: bool
    """Whether snapshots and files wait for tomorrow; commands and changes go on."""
    originals_hours: tuple[str, str] | None
    """Local times between which originals are fetched unasked, as ("22:00", "06:00")."""
    originals_now: bool = False
    """Whether it is one of those times."""
    only_words: bool = False
    """Whether files wait, both ways, until the day ends: so the officer wants it."""

    @property
    def total(self) -> int:
        """Both ways, all classes."""
        return sum(each.total for each in self.spent.values())
