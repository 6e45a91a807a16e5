"""The data of the wall, read in one go off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication

from desktop.application.board import Board
from desktop.application.i18n import ProblemText, Words
from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.application.reads.calls import GRAVE, is_alarm_calling, list_each
from desktop.application.reads.doubts import doubt_text
from desktop.application.reads.read_models import AlarmGroup, Overview, QueueLine
from desktop.domain.asset import AssetState
from desktop.domain.certainty import Known, judge_certainty
from desktop.domain.changes import NOTHING, Changes
from desktop.domain.command import Collection, Key
from desktop.domain.freshness import Freshness
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.source import SourceStatus
from desktop.domain.warning import Warning
from desktop.gui import formatting
from desktop.gui.panes.map.geometry import County
from desktop.gui.panes.map.label_text import say_left_out
from desktop.gui.panes.map.layout import lay_out

translate = QCoreApplication.translate

CLOCKED = frozenset({Collection.INCIDENTS, Collection.WARNINGS})
"""What the clock alone changes on the map: deadlines pass, warnings end."""
URGENT = 24
"""So many of the most urgent incidents may be shown."""
COMMANDED = frozenset({Collection.INCIDENTS, Collection.ALARMS})
"""What is shown with this desk's commands applied."""
PARTS = (
    "urgent", "calling", "is_grave", "queues", "warnings", "alarms", "townships", "unread_ends"
)  # fmt: skip
"""What of a state was read beside overview and map."""


@dataclass(frozen=True)
class WallState:
    """The county's data at one moment."""

    overview: Overview
    county: County
    urgent: tuple[IncidentRow, ...]
    """The most urgent ones, as many as may be shown."""
    calling: tuple[IncidentRow, ...]
    """Every incident that calls, the most urgent first."""
    is_grave: bool
    """Whether an open incident is of the two gravest levels, acknowledged or not."""
    queues: tuple[QueueLine, ...]
    warnings: tuple[Warning, ...]
    alarms: tuple[AlarmGroup, ...]
    townships: dict[str, Township]
    unread_ends: frozenset[tuple[str, str]]
    """Source and id of warnings whose end could not be read."""

    def asset_count(self, state: AssetState) -> int:
        """Return how many assets are in a state."""
        return self.overview.asset_states.get(state, 0)

    def certainty_of(self, collection: Collection) -> Known:
        """Judge how complete the rows of a collection are: only then is zero a fact."""
        return self._certainties[collection]

    @cached_property
    def _certainties(self) -> dict[Collection, Known]:
        sources, now = self.overview.sources, self.overview.now
        return {each: judge_certainty(sources, frozenset({each}), now) for each in Collection}

    def looks_like(self, other: WallState) -> bool:
        """Whether the scenes are painted alike: of the overview only moments differ."""
        moments = {"now": other.overview.now, "sources": other.overview.sources}
        return (
            self.county.looks_like(other.county)
            and self.county.unplaced == other.county.unplaced
            and say_left_out(self.county) == say_left_out(other.county)
            and self._certainties == other._certainties
            and msgspec.structs.replace(self.overview, **moments) == other.overview
            and all(getattr(self, part) == getattr(other, part) for part in PARTS)
        )

    def was_heard(self, collection: Collection) -> bool:
        """Whether any source of the collection has ever given rows."""
        return not self.certainty_of(collection).is_blind

    def doubt(self, collection: Collection, words: Words, *, any_shown: bool) -> ProblemText | None:
        """Return why an empty part of the wall may not be "none", or a full one incomplete."""
        return doubt_text(self.certainty_of(collection), collection, words, any_shown=any_shown)

    def township_name(self, township: str, words: Words) -> str:
        """Return the name of a township, or its id when nothing tells the name."""
        found = self.townships.get(township)
        return words.text(found.name) if found else township

    def top_alarm(self) -> AlarmGroup | None:
        """Return the standing unacknowledged alarm of top priority that has waited longest, of
        those that follow from another only where no cause is one."""
        calls = list(filter(is_alarm_calling, self.alarms)) or self._calling_alarms()
        return min(calls, key=lambda g: g.alarm.raised_at, default=None)

    def _calling_alarms(self) -> list[AlarmGroup]:
        return list(filter(is_alarm_calling, list_each(self.alarms)))

    def top_incident(self) -> IncidentRow | None:
        """Return the most urgent incident that calls."""
        return next(iter(self.calling), None)

    @cached_property
    def matters(self) -> frozenset[Key]:
        """Whatever calls and stops the rotation for a while."""
        alarms = (
            Key(g.alarm.source, Collection.ALARMS, g.alarm.id) for g in self._calling_alarms()
        )
        return frozenset((*alarms, *(row.key for row in self.calling)))


def read_wall(
    board: Board, before: WallState | None = None, changed: Changes = NOTHING
) -> WallState:
    """Read what the wall shows; runs on the reader thread.

    With the state before, only what changed since or what time changes is read and laid out again.
    """
    overview = board.overview()
    due = _due(before, changed, overview.now)
    old = before.county if before is not None else None
    layer = board.map_layer(since=old.layer if old is not None else None, changed=due)
    fresh: dict[str, Any] = {
        "overview": overview,
        "county": lay_out(layer, overview.sources, overview.now, old),
        "warnings": board.warnings(),
    }
    if Collection.INCIDENTS in due:
        numbers = board.incident_numbers(IncidentFilter(open_only=True), limit=URGENT)
        fresh["urgent"] = tuple(board.incident_rows(numbers))
        fresh["calling"] = tuple(board.calling_incidents())
        fresh["is_grave"] = bool(board.incident_numbers(GRAVE, limit=1))
    if due & {Collection.QUEUES, Collection.TRENDS}:
        fresh["queues"] = board.queues()
    if Collection.ALARMS in due:
        fresh["alarms"] = board.alarms()
    if Collection.TOWNSHIPS in due:
        fresh["townships"] = {t.id: t for t in board.townships()}
    if Collection.WARNINGS in due:
        fresh["unread_ends"] = board.unread_ends()
    return WallState(**fresh) if before is None else replace(before, **fresh)


def _due(before: WallState | None, changed: Changes, now: Instant) -> frozenset[Collection]:
    """Return the collections to read again."""
    if before is None or changed.sources:
        return frozenset(Collection)
    due = frozenset(changed) | (COMMANDED if changed.commands else frozenset())
    passes_at = before.county.changes_at
    return due | (CLOCKED if passes_at is not None and passes_at <= now else frozenset())


OF_THE_DISK = ("disk_full", "read_only")
"""Problems of this computer that people in front of the wall can fix."""


LOGINS_LOCKED = "logins_locked"
"""The problem of a source whose login is in a keyring that nobody unlocked."""


@dataclass(frozen=True)
class AgeLine:
    """A sentence for the banner: one source's age, or why none can be asked."""

    text: str
    ink: str


def keyring_lines(statuses: Iterable[SourceStatus], *, asks: bool) -> list[AgeLine]:
    """Say that sources wait for the keyring, and what to do: `asks` whether its window is open."""
    if asks:
        said = translate(
            "Wall", "Sources wait for the locked keyring: type its password in its window"
        )
    elif any(s.problem is not None and s.problem.code == LOGINS_LOCKED for s in statuses):
        said = translate("Wall", "Sources wait for the locked keyring: unlock it on this computer")
    else:
        return []
    return [AgeLine(said, "orange")]


def age_lines(statuses: Iterable[SourceStatus], now: Instant, words: Words) -> list[AgeLine]:
    """Describe old or unreadable sources, the worst first; empty if all are fresh and readable."""
    known_sources = tuple(statuses)
    order = (Freshness.UNKNOWN, Freshness.STALE, Freshness.AGEING)
    old = [s for s in known_sources if s.freshness(now) in order]
    old.sort(key=lambda s: (order.index(s.freshness(now)), s.last_good_at or 0))
    unread = [_unread_line(s, words) for s in known_sources if s.bad_items]
    return [*unread, *(_age_line(source, now, words) for source in old)]


def _unread_line(source: SourceStatus, words: Words) -> AgeLine:
    title = formatting.in_one_line(words.text(source.title), 40)
    missing = msgspec.structs.replace(source, spoiled={}, uncompared={})
    counts = translate("Wall", ", ").join(formatting.unread_lines(missing, words))
    return AgeLine(f"{title} · {counts}", "orange")


def _age_line(source: SourceStatus, now: Instant, words: Words) -> AgeLine:
    title = formatting.in_one_line(words.text(source.title), 40)
    if source.last_good_at is None:
        text = translate("Wall", "nothing ever received from {source}").format(source=title)
        if source.partial:
            text = translate("Wall", "not all received yet from {source}").format(source=title)
        if source.problem is not None:
            text += f" · {words.problem(source.problem).happened}"
        return AgeLine(text, "orange")
    text = translate("Wall", "{source} not updated for {span}; showing data of {time}").format(
        source=title,
        span=words.format_lasted(now - source.last_good_at),
        time=formatting.moment(source.last_good_at, now),
    )
    if source.problem is not None and source.problem.code in OF_THE_DISK:
        text += f" · {words.problem(source.problem).happened}"
    return AgeLine(text, "orange")


def time_left(due_at: Instant | None, now: Instant, words: Words) -> tuple[str, bool]:
    """Return `left 12:40` or `overdue 08:15`, and whether it is overdue; empty without a
    deadline."""
    if due_at is None:
        return "", False
    left = abs(due_at - now)
    span = formatting.say_length(left, words) or formatting.minutes_of_hour(left)
    overdue = due_at <= now
    if words.is_later():
        span = f"{'≥' if overdue else '≤'} {span}"
    if overdue:
        return translate("Wall", "overdue {span}").format(span=span), True
    return translate("Wall", "left {span}").format(span=span), False
