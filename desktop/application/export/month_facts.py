"""What a desk's stores and log say of one month: counted, nothing estimated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from desktop.application.board import Board
from desktop.application.ports import Cache
from desktop.domain.alarm import Alarm
from desktop.domain.command import Collection, CommandRecord, CommandState
from desktop.domain.incident import DeadlineKind, Incident
from desktop.domain.incident_list import IncidentFilter
from desktop.domain.instant import DAY, MINUTE, Instant, from_datetime, to_datetime
from desktop.domain.source import SourceStatus

PEAK_MS = 10 * MINUTE
"""EEMUA 191 judges alarm loads by ten minutes."""
EVERY = 1_000_000


class Period(msgspec.Struct, frozen=True):
    """A month of the county's calendar, as far as it is over."""

    name: str
    """Such as `2026-11`."""
    begin: Instant
    end: Instant
    zone: ZoneInfo

    def holds(self, at: Instant | None) -> bool:
        """Whether an instant is in it."""
        return at is not None and self.begin <= at < self.end

    @property
    def days(self) -> list[str]:
        """Its days, each as `2026-11-01`."""
        first, last = (to_datetime(at).astimezone(self.zone) for at in (self.begin, self.end - 1))
        count = (last.date() - first.date()).days + 1
        return [(first.date() + timedelta(n)).isoformat() for n in range(count)]


def period_of(name: str, zone: ZoneInfo, now: Instant) -> Period:
    """Return the month of a name such as `2026-11`; ValueError for another, or one to come."""
    begin = datetime.strptime(name, "%Y-%m").replace(tzinfo=zone)
    after = (begin + timedelta(days=32)).replace(day=1)
    start = from_datetime(begin)
    if start >= now:
        raise ValueError("a month to come")
    return Period(name, start, min(from_datetime(after), now), zone)


class SourceEvent(msgspec.Struct, frozen=True):
    """A source began to fail, or was back."""

    source: str
    at: Instant
    code: str
    """Why it fails; empty when it is back."""


class History(msgspec.Struct, frozen=True):
    """What the log still tells of sources, oldest first."""

    since: Instant | None
    """When it begins; None where it holds nothing."""
    events: Sequence[SourceEvent]


class SourceLine(msgspec.Struct, frozen=True):
    """How one source was in the period."""

    status: SourceStatus
    outages: int
    failed_ms: int
    longest_ms: int
    watched_ms: int
    """Of how much of the period the log tells."""

    @property
    def reached(self) -> float | None:
        """The share of that time in which it answered."""
        return 1 - self.failed_ms / self.watched_ms if self.watched_ms else None


def judge_sources(
    statuses: Iterable[SourceStatus], history: History, period: Period
) -> list[SourceLine]:
    """Return every source's line, the one that answered most of the time first."""
    begin = max(period.begin, period.end if history.since is None else history.since)
    watched = max(0, period.end - begin)
    lines = []
    for status in statuses:
        spans = _outages(status.id, history.events, begin, period.end)
        lengths = [until - since for since, until in spans]
        lines.append(SourceLine(status, len(spans), sum(lengths), max(lengths, default=0), watched))
    return sorted(lines, key=lambda line: (line.failed_ms, line.outages, line.status.id))


def _outages(
    source: str, events: Iterable[SourceEvent], begin: Instant, end: Instant
) -> list[tuple[Instant, Instant]]:
    """Return when a source failed, cut to the period; one not over lasts to its end."""
    spans: list[tuple[Instant, Instant]] = []
    since: Instant | None = None
    for event in events:
        if event.source != source:
            continue
        if event.code and since is None:
            since = event.at
        elif not event.code and since is not None:
            spans.append((since, event.at))
            since = None
    if since is not None:
        spans.append((since, end))
    cut = ((max(begin, first), min(end, last)) for first, last in spans)
    return [(first, last) for first, last in cut if first < last]


class OnTime(msgspec.Struct, frozen=True):
    """Deadlines of one kind that fell in the period."""

    kind: DeadlineKind
    met: int
    late: int
    open: int
    """Past and still not met."""

    @property
    def share(self) -> float | None:
        """The share that was met in time."""
        count = self.met + self.late + self.open
        return self.met / count if count else None


def judge_deadlines(incidents: Iterable[Incident], period: Period) -> list[OnTime]:
    """Count the deadlines of each kind that fell in the period."""
    counts: dict[DeadlineKind, list[int]] = defaultdict(lambda: [0, 0, 0])
    for incident in incidents:
        for deadline in incident.deadlines:
            if period.holds(deadline.due_at):
                done = deadline.done_at
                place = 2 if done is None else int(done > deadline.due_at)
                counts[deadline.kind][place] += 1
    return [OnTime(kind, *counts[kind]) for kind in DeadlineKind if kind in counts]


class AlarmFacts(msgspec.Struct, frozen=True):
    """Alarms raised in the period that are still in the sources' lists."""

    raised: int
    days: int
    peak: int
    """Most raised within ten minutes."""
    acknowledged: int
    to_acknowledge_ms: int | None
    """Median time from the alarm to its acknowledgement."""
    standing: int
    """Raised more than a day before the period's end and not cleared in it."""


def judge_alarms(alarms: Iterable[Alarm], period: Period) -> AlarmFacts:
    """Count the alarms of the period."""
    raised = sorted((a for a in alarms if period.holds(a.raised_at)), key=lambda a: a.raised_at)
    times = [alarm.raised_at for alarm in raised]
    peak = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= PEAK_MS:
            first += 1
        peak = max(peak, last - first + 1)
    waits = [a.acknowledged_at - a.raised_at for a in raised if a.acknowledged_at is not None]
    standing = sum(a.cleared_at is None and period.end - a.raised_at > DAY for a in raised)
    typical = round(median(waits)) if waits else None
    return AlarmFacts(len(raised), len(period.days), peak, len(waits), typical, standing)


class CommandFacts(msgspec.Struct, frozen=True):
    """Commands given on this desk in the period."""

    by_state: dict[CommandState, int]
    to_answer_ms: int | None
    """Median time from the click to the acceptance."""


def judge_commands(records: Iterable[CommandRecord], period: Period) -> CommandFacts:
    """Count the commands given in the period by the state they have now."""
    given = [record for record in records if period.holds(record.command.at)]
    states = {s: sum(r.state is s for r in given) for s in CommandState}
    waits = [r.changed_at - r.command.at for r in given if r.state is CommandState.ACCEPTED]
    return CommandFacts(
        {state: count for state, count in states.items() if count},
        round(median(waits)) if waits else None,
    )


class IncidentFacts(msgspec.Struct, frozen=True):
    """Incidents recorded in the period that the sources still send."""

    recorded: int
    closed: int
    to_acknowledge_ms: int | None
    deadlines: list[OnTime]


def judge_incidents(incidents: Sequence[Incident], period: Period) -> IncidentFacts:
    """Count the incidents of the period, and the deadlines that fell in it."""
    recorded = [each for each in incidents if period.holds(each.recorded_at)]
    waits = [
        each.acknowledged_at - each.recorded_at
        for each in recorded
        if each.acknowledged_at is not None and each.acknowledged_at >= each.recorded_at
    ]
    return IncidentFacts(
        len(recorded),
        sum(not each.stage.is_open for each in recorded),
        round(median(waits)) if waits else None,
        judge_deadlines(incidents, period),
    )


class MonthFacts(msgspec.Struct, frozen=True):
    """All of one month."""

    period: Period
    since: Instant | None
    """From when on the log tells of sources."""
    sources: list[SourceLine]
    incidents: IncidentFacts
    alarms: AlarmFacts
    commands: CommandFacts
    bytes_by_day: dict[str, tuple[int, int]]
    """Sent and received on each day of which they are still kept."""


def gather_month(board: Board, cache: Cache, history: History, period: Period) -> MonthFacts:
    """Read all of a month; takes as long as listing every incident."""
    numbers = cache.incident_numbers(IncidentFilter(open_only=False))
    keys = [row.key for row in cache.incident_rows(numbers)]
    incidents = [found for key in keys if (found := cache.incident(key)) is not None]
    alarms = [row for row in cache.rows(Collection.ALARMS) if isinstance(row, Alarm)]
    return MonthFacts(
        period,
        history.since,
        judge_sources(board.statuses(), history, period),
        judge_incidents(incidents, period),
        judge_alarms(alarms, period),
        judge_commands(board.outbox(EVERY), period),
        {day: spent for day in period.days if (spent := _count_bytes(cache, day)) != (0, 0)},
    )


def _count_bytes(cache: Cache, day: str) -> tuple[int, int]:
    counts = cache.traffic(day).values()
    return sum(each.sent for each in counts), sum(each.received for each in counts)
