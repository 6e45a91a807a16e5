"""The pending overlay: this desk's commands applied to the rows until a pull confirms them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import msgspec

from desktop.application.ports import Cache, IncidentFilter, IncidentRow, OutboxStore
from desktop.domain import overlay
from desktop.domain.alarm import Alarm
from desktop.domain.clock import Clock, CorrectedClock
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    CommandState,
    Key,
)
from desktop.domain.dating import with_county_dates
from desktop.domain.incident import Incident
from desktop.domain.report import Report
from desktop.domain.source import Row, SourceStatus

RECENT = 200
"""How many of the latest commands are looked at for answers not yet seen in rows."""


class PendingOverlay:
    """The overlay, read from outbox and cache together; nothing is kept between two calls."""

    def __init__(
        self,
        cache: Cache,
        outbox: OutboxStore,
        statuses: Callable[[], tuple[SourceStatus, ...]],
        clock: Clock,
    ) -> None:
        self._cache, self._outbox, self._statuses = cache, outbox, statuses
        self._clock = clock

    def records(self) -> list[CommandRecord]:
        """Return every pending command, in the order of the clicks."""
        found = {record.seq: record for record in self._outbox.list_unfinished()}
        recent = self._outbox.recent(RECENT)
        # Asked last: a command is unconfirmed before it can be accepted.
        unconfirmed = self._collect_unconfirmed()
        known = {record.command.key for record in recent}
        # More may have been given since than are looked at.
        older = (self._outbox.record(key) for key in unconfirmed - known)
        for record in (*recent, *filter(None, older)):
            # Both lists may straddle an answer: the later one is right.
            found.pop(record.seq, None)
            if overlay.is_pending(record, unconfirmed):
                found[record.seq] = record
        return self.with_county_dates(found[seq] for seq in sorted(found))

    def by_target(self) -> dict[Key, list[CommandRecord]]:
        """Return the pending commands by the row they are on."""
        grouped: defaultdict[Key, list[CommandRecord]] = defaultdict(list)
        for record in self.records():
            grouped[record.command.target].append(record)
        return dict(grouped)

    def on(self, target: Key) -> list[CommandRecord]:
        """Return the pending commands on one row."""
        given = self._outbox.on_target(target)
        unconfirmed = self._collect_unconfirmed()
        return self.with_county_dates(
            record for record in given if overlay.is_pending(record, unconfirmed)
        )

    def with_county_dates(self, records: Iterable[CommandRecord]) -> list[CommandRecord]:
        """Return the records dated as the county will date them, once a server gave the time."""
        clock = self._clock
        if not isinstance(clock, CorrectedClock) or not clock.is_told:
            return list(records)
        return with_county_dates(records, clock.offset_ms, clock.now())

    def incident(self, key: Key) -> Incident | None:
        """Return one incident with its pending commands applied, also one still to be created."""
        found = self._cache.incident(key)
        records = self.on(key)
        if found is None:
            made = next((r for r in records if _is_create(r)), None)
            if made is None:
                return None
            found = overlay.new_incident(made.command)
        return overlay.apply_commands(found, commands(records))

    def row(self, key: Key) -> Row | None:
        """Return a row as the officer sees it, pending commands applied."""
        if key.collection is Collection.INCIDENTS:
            return self.incident(key)
        found = self.county_row(key)
        if key.collection is Collection.REPORTS:
            told = found if isinstance(found, Report) else None
            return overlay.report_over(told, commands(self.on(key)))
        if found is None:
            return None
        return overlay.row_over(found, commands(self.on(key)), self._clock.now())

    def county_row(self, key: Key) -> Row | None:
        """Return one row as last pulled, without pending commands."""
        if key.collection is Collection.INCIDENTS:
            return self._cache.incident(key)
        rows = self._cache.rows(key.collection)
        return next((row for row in rows if (row.source, row.id) == (key.source, key.id)), None)

    def creates(self, wanted: IncidentFilter = IncidentFilter()) -> list[CommandRecord]:  # noqa: B008
        """Return matching create commands, newest first, whose incident no source has yet."""
        made = [record for record in self.records() if _is_create(record)]
        return [
            record
            for record in reversed(made)
            if _matches(overlay.new_incident(record.command), wanted)
            and self._cache.incident_number(record.command.target) is None
        ]

    def new_incidents(self) -> list[Incident]:
        """Return the incidents of those commands, with later commands on them applied."""
        found = (self.incident(record.command.target) for record in self.creates())
        return [incident for incident in found if incident is not None]

    def lines(self, rows: Sequence[IncidentRow]) -> list[IncidentRow]:
        """Return the list's rows with pending commands applied."""
        by_target = self.by_target()
        if not by_target:
            return list(rows)
        return [
            self._line(row, by_target[row.key]) if row.key in by_target else row for row in rows
        ]

    def new_lines(self, numbers: Iterable[int]) -> dict[int, IncidentRow]:
        """Return the list's rows of incidents still to be created, by their negative numbers."""
        wanted = set(numbers)
        if not wanted:
            return {}
        by_target = self.by_target()
        return {
            -record.seq: new_line(record, by_target[record.command.target])
            for record in self.creates()
            if -record.seq in wanted
        }

    def alarm(self, alarm: Alarm, records: Sequence[CommandRecord]) -> Alarm:
        """Return an alarm with these commands applied."""
        return overlay.alarm_over(alarm, commands(records), self._clock.now())

    def _line(self, row: IncidentRow, records: Sequence[CommandRecord]) -> IncidentRow:
        incident = self._cache.incident(row.key)
        if incident is None:
            return row
        return line_over(row, overlay.apply_commands(incident, commands(records)), records)

    def _collect_unconfirmed(self) -> frozenset[str]:
        return frozenset().union(*(status.unconfirmed for status in self._statuses()))


def commands(records: Iterable[CommandRecord]) -> list[Command]:
    """Return the commands in these records."""
    return [record.command for record in records]


def line_over(
    row: IncidentRow, incident: Incident, records: Sequence[CommandRecord]
) -> IncidentRow:
    """Return the list's row of an incident to which pending commands were applied."""
    deadline = incident.next_deadline()
    return msgspec.structs.replace(
        row,
        level=incident.level,
        stage=incident.stage,
        lead_unit=incident.lead_unit,
        due_at=None if deadline is None else deadline.due_at,
        acknowledged=incident.acknowledged_at is not None,
        pending=pending_state(records),
    )


def new_line(made: CommandRecord, records: Sequence[CommandRecord]) -> IncidentRow:
    """Return the list's row of an incident still to be created; its number is negative."""
    incident = overlay.apply_commands(overlay.new_incident(made.command), commands(records))
    return IncidentRow(
        row=-made.seq,
        key=made.command.target,
        number=incident.number,
        title=incident.title,
        level=incident.level,
        stage=incident.stage,
        township=incident.township,
        lead_unit=incident.lead_unit,
        due_at=incident.due_at,
        prealarm_ms=0,
        recorded_at=incident.recorded_at,
        version=incident.version,
        acknowledged=True,
        pending=pending_state(records),
    )


def pending_state(records: Sequence[CommandRecord]) -> CommandState | None:
    """State of the newest unfinished command, if any."""
    return next((r.state for r in reversed(records) if not r.state.is_final), None)


def _is_create(record: CommandRecord) -> bool:
    return record.command.kind is CommandKind.CREATE


def _matches(incident: Incident, wanted: IncidentFilter) -> bool:
    """Whether a new incident, without number, deadline or acknowledgement, matches the filter."""
    if wanted.overdue_at is not None or wanted.unacknowledged:
        return False
    if wanted.worst_rank is not None and incident.level.rank > wanted.worst_rank:
        return False
    if wanted.channel is not None and incident.channel != wanted.channel:
        return False
    if wanted.township is not None and incident.township != wanted.township:
        return False
    said = " ".join(
        part
        for text in (incident.title, incident.address, incident.summary)
        for part in (text.zh, text.en)
    ).casefold()
    return all(word in said for word in wanted.text.casefold().split())
