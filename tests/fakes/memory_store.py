"""A cache and an outbox that keep everything in memory, for screens and their tests."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import cast

from desktop.application.ports import Counts, IncidentFilter, IncidentRow
from desktop.domain.asset import Trend, TrendKind
from desktop.domain.command import Collection, Command, CommandKind, CommandRecord, Key, Receipt
from desktop.domain.incident import Deadline, Incident
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.domain.place import Township
from desktop.domain.source import (
    ROW_TYPES,
    BadItem,
    Batch,
    Problem,
    Row,
    SyncState,
)
from desktop.domain.text import Text

COLLECTION_OF = {row_type: collection for collection, row_type in ROW_TYPES.items()}


def row_id(row: Row) -> str:
    """A row's identity within its source and collection."""
    return f"{row.kind}:{row.id}" if isinstance(row, Trend) else row.id


class MemoryCache:
    """The Cache protocol over dictionaries; one thread at a time is enough for screens."""

    def __init__(self) -> None:
        self._rows: dict[Collection, dict[tuple[str, str], Row]] = {c: {} for c in Collection}
        self._numbers: dict[Key, int] = {}
        self._keys: dict[int, Key] = {}
        self._states: dict[str, SyncState] = {}
        self._failures: dict[str, tuple[Instant, Problem]] = {}
        self._bad: dict[str, tuple[BadItem, ...]] = {}
        self.before_read: Callable[[], None] = lambda: None
        """Called before each list read; a test may hold or break it."""
        self.rows_read = 0

    def apply(self, batch: Batch) -> frozenset[Collection]:
        """Put and delete the batch's rows."""
        changed = set(batch.complete)
        for collection in batch.complete:
            kept = self._rows[collection]
            for where in [w for w in kept if w[0] == batch.source]:
                del kept[where]
        for row in batch.puts:
            collection = COLLECTION_OF[type(row)]
            self._rows[collection][row.source, row_id(row)] = row
            changed.add(collection)
            if isinstance(row, Incident):
                self._number(Key(row.source, Collection.INCIDENTS, row.id))
        for collection, gone in batch.deletes:
            self._rows[collection].pop((batch.source, gone), None)
            changed.add(collection)
        self._bad[batch.source] = batch.bad_items
        return frozenset(changed)

    def _number(self, key: Key) -> int:
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        self._keys[number] = key
        return number

    def mark_good(self, source: str, at: Instant, offset_ms: int) -> None:
        self._states[source] = SyncState(source, last_good_at=at, offset_ms=offset_ms)
        self._failures.pop(source, None)

    def mark_failed(self, source: str, at: Instant, problem: Problem) -> None:
        since = self._failures.get(source, (at, problem))[0]
        self._failures[source] = (since, problem)

    def failure(self, source: str) -> tuple[Instant, Problem] | None:
        return self._failures.get(source)

    def forget_token(self, source: str) -> None:
        """Nothing to forget: this cache keeps no tokens."""

    def sync_state(self, source: str) -> SyncState:
        return self._states.get(source, SyncState(source))

    def incident_numbers(self, wanted: IncidentFilter, limit: int | None = None) -> array[int]:
        self.before_read()
        names = {t.id: t for t in cast(list[Township], self.rows(Collection.TOWNSHIPS))}
        found = [i for i in self._incidents() if _matches(i, wanted, names)]
        found.sort(key=_order)
        keys = (Key(i.source, Collection.INCIDENTS, i.id) for i in found[:limit])
        return array("q", (self._numbers[key] for key in keys))

    def incident_rows(self, numbers: Sequence[int]) -> list[IncidentRow]:
        self.before_read()
        self.rows_read += len(numbers)
        rows = []
        for number in numbers:
            key = self._keys.get(number)
            incident = self.incident(key) if key else None
            if key is not None and incident is not None:
                rows.append(_row(number, key, incident))
        return rows

    def incident(self, key: Key) -> Incident | None:
        row = self._rows[Collection.INCIDENTS].get((key.source, key.id))
        return cast(Incident | None, row)

    def incident_number(self, key: Key) -> int | None:
        return self._numbers.get(key) if self.incident(key) else None

    def open_incidents(self, limit: int) -> list[Incident]:
        found = [i for i in self._incidents() if i.stage.is_open]
        return sorted(found, key=_order)[:limit]

    def rows(self, collection: Collection) -> list[Row]:
        kept = self._rows[collection]
        return [kept[where] for where in sorted(kept)]

    def trend(self, source: str, kind: TrendKind, id: str) -> Trend | None:
        row = self._rows[Collection.TRENDS].get((source, f"{kind}:{id}"))
        return cast(Trend | None, row)

    def counts(self, now: Instant, day_began_at: Instant) -> Counts:
        incidents = self._incidents()
        opened = [i for i in incidents if i.stage.is_open]
        return Counts(
            incidents=len(incidents),
            open_incidents=len(opened),
            overdue=sum(i.due_at is not None and i.due_at <= now for i in opened),
            unacknowledged=sum(i.acknowledged_at is None for i in opened),
            recorded_today=sum(i.recorded_at >= day_began_at for i in incidents),
        )

    def bad_items(self, source: str | None = None) -> list[tuple[str, BadItem]]:
        return [(s, b) for s, items in self._bad.items() for b in items if source in (None, s)]

    def close(self) -> None:
        """Nothing to let go of."""

    def _incidents(self) -> list[Incident]:
        return cast(list[Incident], list(self._rows[Collection.INCIDENTS].values()))


class MemoryOutbox:
    """The OutboxStore protocol over a list."""

    def __init__(self) -> None:
        self.records: list[CommandRecord] = []
        self.drafts: dict[Key, str] = {}

    def append(self, command: Command, now: Instant) -> CommandRecord:
        for record in self.records:
            if record.command.key == command.key:
                return record
        record = CommandRecord(len(self.records) + 1, command, Receipt.STORED, now)
        self.records.append(record)
        if command.kind is CommandKind.NOTE:
            self.drafts.pop(command.target, None)
        return record

    def unfinished(self, source: str | None = None) -> list[CommandRecord]:
        return [
            r
            for r in self.records
            if not r.receipt.is_final and source in (None, r.command.target.source)
        ]

    def attention(self) -> list[CommandRecord]:
        found = [r for r in self.records if r.receipt.needs_officer and not r.seen]
        return found[::-1]

    def recent(self, limit: int) -> list[CommandRecord]:
        return self.records[::-1][:limit]

    def on_target(self, target: Key) -> list[CommandRecord]:
        return [r for r in self.records if r.command.target == target]

    def set_receipt(self, key: str, receipt: Receipt, reason: Text, now: Instant) -> CommandRecord:
        at = next(i for i, r in enumerate(self.records) if r.command.key == key)
        old = self.records[at]
        self.records[at] = CommandRecord(old.seq, old.command, receipt, now, reason, old.seen)
        return self.records[at]

    def mark_seen(self, key: str) -> None:
        at = next(i for i, r in enumerate(self.records) if r.command.key == key)
        old = self.records[at]
        self.records[at] = CommandRecord(
            old.seq, old.command, old.receipt, old.changed_at, old.reason, seen=True
        )

    def client_id(self) -> str:
        return "test-desk"

    def keep_draft(self, target: Key, text: str, now: Instant) -> None:
        self.drafts[target] = text
        if not text:
            del self.drafts[target]

    def draft(self, target: Key) -> str:
        return self.drafts.get(target, "")

    def close(self) -> None:
        """Nothing to let go of."""


def _row(number: int, key: Key, incident: Incident) -> IncidentRow:
    deadline: Deadline | None = incident.next_deadline()
    return IncidentRow(
        row=number,
        key=key,
        number=incident.number,
        title=incident.title,
        level=incident.level,
        stage=incident.stage,
        township=incident.township,
        lead_unit=incident.lead_unit,
        due_at=deadline.due_at if deadline else None,
        prealarm_ms=deadline.prealarm_ms if deadline else 0,
        recorded_at=incident.recorded_at,
        version=incident.version,
        acknowledged=incident.acknowledged_at is not None,
        pending=None,
    )


def _order(incident: Incident) -> tuple[bool, Instant, int, Instant, str]:
    calls = (
        incident.acknowledged_at is None
        and incident.level.rank <= EventLevel.LARGER.rank
        and incident.stage.is_open
    )
    due = incident.due_at if incident.due_at is not None else 1 << 62
    return (not calls, due, incident.level.rank, -incident.recorded_at, incident.id)


def _matches(incident: Incident, wanted: IncidentFilter, townships: dict[str, Township]) -> bool:
    due = incident.due_at
    township = townships.get(incident.township)
    said = (
        incident.number,
        incident.title.zh,
        incident.title.en,
        incident.address.zh,
        incident.address.en,
        township.name.zh if township else "",
        township.name.en if township else "",
    )
    return (
        (not wanted.open_only or incident.stage.is_open)
        and (wanted.overdue_at is None or (due is not None and due < wanted.overdue_at))
        and (wanted.worst_rank is None or incident.level.rank <= wanted.worst_rank)
        and wanted.channel in (None, incident.channel)
        and wanted.township in (None, incident.township)
        and (not wanted.unacknowledged or incident.acknowledged_at is None)
        and any(wanted.text.lower() in part.lower() for part in said)
    )
