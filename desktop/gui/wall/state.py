"""The data of the wall, read in one go off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QCoreApplication

from desktop.application.board import Board
from desktop.application.i18n import ProblemText, Words
from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.application.reads.doubts import doubt_text
from desktop.application.reads.read_models import AlarmGroup, Overview, QueueLine
from desktop.domain.alarm import AlarmPriority
from desktop.domain.asset import AssetState
from desktop.domain.certainty import Known, judge_certainty
from desktop.domain.command import Collection, Key
from desktop.domain.freshness import Freshness
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.domain.source import SourceStatus
from desktop.domain.warning import Warning
from desktop.gui import formatting
from desktop.gui.panes.map.geometry import County
from desktop.gui.panes.map.layout import lay_out

translate = QCoreApplication.translate

URGENT = 24
"""How many of the most urgent incidents are read; each scene shows as many as fit."""
TOP_LEVELS = (EventLevel.ESPECIALLY_MAJOR, EventLevel.MAJOR)


@dataclass(frozen=True)
class WallState:
    """The county's data at one moment."""

    overview: Overview
    county: County
    urgent: tuple[IncidentRow, ...]
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
        return judge_certainty(self.overview.sources, frozenset({collection}), self.overview.now)

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

    def calling(self) -> AlarmGroup | None:
        """Return the standing unacknowledged alarm of top priority that has waited longest."""
        return min(self._calls(), key=lambda g: g.alarm.raised_at, default=None)

    def _calls(self) -> list[AlarmGroup]:
        return [g for g in self.alarms if g.stands and g.alarm.priority is AlarmPriority.HIGH]

    @staticmethod
    def calls(row: IncidentRow) -> bool:
        """Whether an incident is of the two gravest levels and unacknowledged."""
        return row.level in TOP_LEVELS and not row.acknowledged

    def top_incident(self) -> IncidentRow | None:
        """Return the most urgent incident that calls."""
        return next((row for row in self.urgent if self.calls(row)), None)

    @property
    def matters(self) -> frozenset[Key]:
        """Whatever calls and stops the rotation for a while."""
        alarms = (Key(g.alarm.source, Collection.ALARMS, g.alarm.id) for g in self._calls())
        return frozenset((*alarms, *(row.key for row in self.urgent if self.calls(row))))


def read_wall(board: Board, before: County | None = None) -> WallState:
    """Read everything the wall shows; runs on the reader thread.

    What the map shows as in the county before is taken over from it.
    """
    overview = board.overview()
    numbers = board.incident_numbers(IncidentFilter(open_only=True), limit=URGENT)
    return WallState(
        overview=overview,
        county=lay_out(board.map_layer(), overview.sources, overview.now, before),
        urgent=tuple(board.incident_rows(numbers)),
        queues=board.queues(),
        warnings=board.warnings(),
        alarms=board.alarms(),
        townships={t.id: t for t in board.townships()},
        unread_ends=board.unread_ends(),
    )


OF_THE_DISK = ("disk_full", "read_only")
"""Problems of this computer that people in front of the wall can fix."""


@dataclass(frozen=True)
class AgeLine:
    """One source's age as a sentence for the banner."""

    text: str
    ink: str


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
