"""Incidents (事件) and their life cycle, after the GB/T 30428 series."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from desktop.domain.geo import Place
from desktop.domain.instant import MINUTE, Instant
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.protocol.stages import Stage as Stage  # noqa: PLC0414 - re-exported
from desktop.protocol.word import OpenWord


class DeadlineKind(OpenWord):
    """What a deadline is for: an upward report or the handling itself."""

    FIRST_PHONE = "first_phone"  # 初报 电话
    FIRST_WRITTEN = "first_written"  # 初报 书面
    CONTINUED = "continued"  # 续报
    FINAL = "final"  # 终报
    HANDLE = "handle"  # 处置时限
    UNKNOWN = "unknown"


class Urgency(StrEnum):
    """How near a deadline is."""

    OVERDUE = "overdue"
    SOON = "soon"
    RUNNING = "running"
    DONE = "done"


class Deadline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One deadline of an incident (报送时限 or 处置时限)."""

    kind: DeadlineKind
    due_at: Instant
    prealarm_ms: int = 15 * MINUTE
    done_at: Instant | None = None

    def urgency(self, now: Instant) -> Urgency:
        """Judge how near the deadline is at corrected time `now`."""
        if self.done_at is not None:
            return Urgency.DONE
        if now >= self.due_at:
            return Urgency.OVERDUE
        return Urgency.SOON if now >= self.due_at - self.prealarm_ms else Urgency.RUNNING


class TimelineEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something that was done or noted, with when it happened and when it was recorded."""

    kind: str
    """`intake`, `note`, `acknowledge`, `dispatch`, `feedback`, `report` … as the backend says."""
    text: Text
    happened_at: Instant
    recorded_at: Instant
    by: str = ""


class FileRef(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file attached to an incident, named by its content."""

    digest: str
    """SHA-256 of the original, 64 hexadecimal digits."""
    name: str
    media_type: str
    size: int
    """Bytes of the original."""
    thumbnail: str = ""
    """SHA-256 of a small JPEG made where the file was attached, or empty."""
    at: Instant = 0
    by: str = ""
    here: bool = True
    """Whether the county has all of the original; false while it is still being uploaded."""


class Incident(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One incident as last received from its source. `source` + `id` is its identity."""

    source: str
    id: str
    number: str
    """The number people use for it, e.g. `SJ-2026-004127`."""
    title: Text
    level: EventLevel
    stage: Stage
    category: str
    """A code of `resources/county/categories.toml`; an unlisted one is shown as it is."""
    channel: str
    """How it arrived: `12345`, `patrol`, `phone`, `sensor`, `report` …"""
    township: str
    """A township id of the same source, or empty."""
    occurred_at: Instant
    recorded_at: Instant
    version: int = 0
    address: Text = Text()
    place: Place | None = None
    summary: Text = Text()
    lead_unit: Text = Text()
    co_units: tuple[Text, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    assets: tuple[str, ...] = ()
    """Ids of related assets of the same source."""
    acknowledged_at: Instant | None = None
    acknowledged_by: str = ""
    files: tuple[FileRef, ...] = ()
    whole: bool = True
    """False while only the fields of the list have been received: the screen says that more
    follows."""

    @property
    def due_at(self) -> Instant | None:
        """Return when its next unmet deadline falls, or None when it has none."""
        return min((d.due_at for d in self.deadlines if d.done_at is None), default=None)

    def next_deadline(self) -> Deadline | None:
        """Return the unmet deadline that falls first."""
        return min(
            (d for d in self.deadlines if d.done_at is None), key=lambda d: d.due_at, default=None
        )
