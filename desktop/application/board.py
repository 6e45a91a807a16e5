"""The board: what screens ask for, and what officers ask of it.

Reads may be called from any thread and answer with immutable values; each costs
one or a few queries, so a screen asks on its reader lane, never on the GUI thread
(the first paint's fifty rows excepted). Commands are durable when their call returns.
"""

from __future__ import annotations

import logging
from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import cast

import msgspec

from desktop.application.ports import (
    Cache,
    IncidentFilter,
    IncidentRow,
    Listener,
    OutboxStore,
)
from desktop.application.views import (
    AlarmGroup,
    IncidentDetail,
    Infrastructure,
    MapLayer,
    MapMark,
    MatrixCell,
    Overview,
    QueueLine,
)
from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.asset import Asset, AssetState, Trend, TrendKind
from desktop.domain.clock import Clock, CorrectedClock
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    Key,
    Receipt,
    mint_key,
)
from desktop.domain.instant import Instant
from desktop.domain.place import MapLine, Township
from desktop.domain.queue import ServiceQueue
from desktop.domain.source import BadItem, SourceStatus
from desktop.domain.warning import Warning

log = logging.getLogger(__name__)


class Board:
    """Reads over cache and outbox together, and the officer's commands."""

    def __init__(
        self,
        cache: Cache,
        outbox: OutboxStore,
        clock: CorrectedClock | Clock,
        officer: str,
        statuses: Callable[[], tuple[SourceStatus, ...]],
        day_began_at: Callable[[Instant], Instant],
        accepts: Callable[[Key, CommandKind], bool],
    ) -> None:
        self._cache, self._outbox, self._clock = cache, outbox, clock
        self.officer = officer
        self._statuses, self._day_began_at, self._accepts = statuses, day_began_at, accepts
        self._listeners: list[Listener] = []
        self._lock = Lock()
        self.on_command: Callable[[CommandRecord], None] = lambda record: None
        """Called after a command is durable; the engine sends it at once."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change; the answer ends it."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def announce(self, changed: frozenset[Collection]) -> None:
        """Tell every listener; an empty set means that only statuses or receipts changed."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(changed)
            except Exception:
                # The command is durable and the rows are kept: one deaf screen undoes neither.
                log.exception("a listener broke")

    def now(self) -> Instant:
        """Server-corrected time, which all ages and deadlines use."""
        return self._clock.now()

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Every source of the profile, in its order; cheap, from memory."""
        return self._statuses()

    def overview(self) -> Overview:
        """All head figures of one moment."""
        now = self.now()
        began = self._day_began_at(now)
        queues = cast(list[ServiceQueue], self._cache.rows(Collection.QUEUES))
        states: defaultdict[AssetState, int] = defaultdict(int)
        for asset in cast(list[Asset], self._cache.rows(Collection.ASSETS)):
            states[asset.state] += 1
        recent = self._outbox.recent(500)
        return Overview(
            now=now,
            sources=self.statuses(),
            counts=self._cache.counts(now, began),
            asset_states=dict(states),
            queues=len(queues),
            congested=sum(q.congested for q in queues),
            longest_wait_s=max(
                (q.longest_wait_s for q in queues if q.longest_wait_s is not None), default=None
            ),
            unfinished=len(self._outbox.unfinished()),
            accepted_today=sum(
                r.receipt is Receipt.ACCEPTED and r.changed_at >= began for r in recent
            ),
            attention=sum(r.receipt.needs_officer for r in self._outbox.attention()),
            drifting=isinstance(self._clock, CorrectedClock) and self._clock.drifting,
        )

    def incident_numbers(self, wanted: IncidentFilter, limit: int | None = None) -> array[int]:
        """Row numbers of the matching incidents, most urgent first (see `Cache`)."""
        return self._cache.incident_numbers(wanted, limit)

    def incident_rows(self, numbers: Sequence[int]) -> list[IncidentRow]:
        """Lines of the list, with this desk's unfinished commands laid over them."""
        rows = self._cache.incident_rows(numbers)
        overlay = self._overlay()
        if not overlay:
            return rows
        return [_laid_over(row, overlay[row.key]) if row.key in overlay else row for row in rows]

    def incident_number(self, key: Key) -> int | None:
        """The row number of an incident, for selecting it in a list."""
        return self._cache.incident_number(key)

    def incident(self, key: Key) -> IncidentDetail | None:
        """One incident in full, or None when it is not (or no longer) in the cache."""
        incident = self._cache.incident(key)
        if incident is None:
            return None
        commands = tuple(self._outbox.on_target(key))
        related = set(incident.assets)
        assets = cast(list[Asset], self._cache.rows(Collection.ASSETS)) if related else []
        return IncidentDetail(
            key=key,
            incident=incident,
            commands=commands,
            assets=tuple(a for a in assets if a.source == key.source and a.id in related),
            acknowledged=incident.acknowledged_at is not None
            or any(_stands_acknowledged(record) for record in commands),
            draft=self._outbox.draft(key),
        )

    def map_layer(self, limit: int = 5_000) -> MapLayer:
        """Everything the map draws: outlines, lines, open incidents, assets, warnings in force."""
        now = self.now()
        marks: list[MapMark] = []
        unplaced = 0
        for incident in self._cache.open_incidents(limit):
            if incident.place is None:
                unplaced += 1
                continue
            marks.append(
                MapMark(
                    key=Key(incident.source, Collection.INCIDENTS, incident.id),
                    title=incident.title,
                    level=incident.level,
                    lon=incident.place.lon,
                    lat=incident.place.lat,
                    overdue=incident.due_at is not None and incident.due_at <= now,
                )
            )
        marks.reverse()
        return MapLayer(
            townships=self.townships(),
            lines=tuple(cast(list[MapLine], self._cache.rows(Collection.LINES))),
            incidents=tuple(marks),
            unplaced=unplaced,
            assets=tuple(cast(list[Asset], self._cache.rows(Collection.ASSETS))),
            warnings=self.warnings(),
        )

    def townships(self) -> tuple[Township, ...]:
        """Every township, one per id: sources of one county share its codes."""
        found = cast(list[Township], self._cache.rows(Collection.TOWNSHIPS))
        first = {t.id: t for t in reversed(found)}
        return tuple(first[id] for id in sorted(first))

    def infrastructure(self) -> Infrastructure:
        """All assets as a matrix and a list, worst first."""
        assets = cast(list[Asset], self._cache.rows(Collection.ASSETS))
        townships = self.townships()
        known = {t.id for t in townships}
        counts: defaultdict[tuple[str, str], defaultdict[AssetState, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        for asset in assets:
            township = asset.township if asset.township in known else ""
            counts[township, asset.kind][asset.state] += 1
        return Infrastructure(
            assets=tuple(sorted(assets, key=lambda a: (a.state.rank, a.source, a.id))),
            townships=townships,
            kinds=tuple(sorted({asset.kind for asset in assets})),
            cells={where: MatrixCell(dict(states)) for where, states in counts.items()},
        )

    def queues(self) -> tuple[QueueLine, ...]:
        """Every queue with its trend: congested first, then by how near its limit it is."""
        lines = [
            QueueLine(q, self._cache.trend(q.source, TrendKind.QUEUE, q.id))
            for q in cast(list[ServiceQueue], self._cache.rows(Collection.QUEUES))
        ]
        return tuple(sorted(lines, key=lambda line: _queue_order(line.queue)))

    def asset_trend(self, source: str, asset: str) -> Trend | None:
        """The last 24 hours of one asset's value."""
        return self._cache.trend(source, TrendKind.ASSET, asset)

    def warnings(self) -> tuple[Warning, ...]:
        """Warnings in force, gravest first."""
        now = self.now()
        found = cast(list[Warning], self._cache.rows(Collection.WARNINGS))
        return tuple(
            sorted(
                (w for w in found if w.in_force(now)), key=lambda w: (w.level.rank, -w.issued_at)
            )
        )

    def alarms(self) -> tuple[AlarmGroup, ...]:
        """Alarms grouped by cause: those that call first, by priority, oldest first."""
        found = [
            a
            for a in cast(list[Alarm], self._cache.rows(Collection.ALARMS))
            if a.state is not AlarmState.NORMAL
        ]
        present = {(a.source, a.id): a for a in found}
        followers: defaultdict[tuple[str, str], list[Alarm]] = defaultdict(list)
        heads: list[Alarm] = []
        for alarm in found:
            root = _root_cause(alarm, present)
            if root is alarm:
                heads.append(alarm)
            else:
                followers[root.source, root.id].append(alarm)
        overlay = self._overlay()
        groups = [
            AlarmGroup(
                alarm=head,
                followers=tuple(followers[head.source, head.id]),
                pending=_acknowledging(
                    overlay.get(Key(head.source, Collection.ALARMS, head.id), [])
                ),
            )
            for head in heads
        ]
        return tuple(
            sorted(groups, key=lambda g: (not g.calls, g.alarm.priority.rank, g.alarm.raised_at))
        )

    def bad_items(self) -> list[tuple[str, BadItem]]:
        """Items of the last answers that could not be read, as (source, item)."""
        return self._cache.bad_items()

    def accepts(self, target: Key, kind: CommandKind) -> bool:
        """Whether the target's source takes such a command: what is offered on screen."""
        return self._accepts(target, kind)

    def acknowledge(self, target: Key, base: int | None = None) -> CommandRecord:
        """Record that the officer has seen an incident or alarm; durable on return."""
        return self._give(CommandKind.ACKNOWLEDGE, target, base, {})

    def note(self, target: Key, text: str, key: str | None = None) -> CommandRecord:
        """Add a note; durable on return.

        `key` is minted by the screen at the click (`mint_key`), so that a second
        press of the same button is the same note.
        """
        return self._give(CommandKind.NOTE, target, None, {"text": text}, key)

    def draft(self, target: Key) -> str:
        """The note begun on this row, or an empty text."""
        return self._outbox.draft(target)

    def keep_draft(self, target: Key, text: str) -> None:
        """Keep a note begun, durable on return; an empty one goes, as does one ordered."""
        self._outbox.keep_draft(target, text, self.now())

    def outbox(self, limit: int = 200) -> list[CommandRecord]:
        """The latest commands with their receipts, newest first."""
        return self._outbox.recent(limit)

    def attention(self) -> list[CommandRecord]:
        """Outcomes the officer has not yet dismissed."""
        return self._outbox.attention()

    def dismiss(self, key: str) -> None:
        """The officer has seen this outcome."""
        self._outbox.mark_seen(key)
        self.announce(frozenset())

    def _give(
        self,
        kind: CommandKind,
        target: Key,
        base: int | None,
        body: dict[str, str],
        key: str | None = None,
    ) -> CommandRecord:
        now = self.now()
        command = Command(
            key=key or mint_key(),
            kind=kind,
            target=target,
            at=now,
            by=self.officer,
            base=base,
            body=dict(body),
        )
        record = self._outbox.append(command, now)
        self.announce(frozenset({target.collection}))
        self.on_command(record)
        return record

    def _overlay(self) -> dict[Key, list[CommandRecord]]:
        overlay: defaultdict[Key, list[CommandRecord]] = defaultdict(list)
        for record in self._outbox.unfinished():
            overlay[record.command.target].append(record)
        return dict(overlay)


def _root_cause(alarm: Alarm, present: Mapping[tuple[str, str], Alarm]) -> Alarm:
    """The alarm at the end of its chain of causes; in a circle, the smallest id of it."""
    chain = [alarm]
    while True:
        cause = present.get((alarm.source, chain[-1].cause)) if chain[-1].cause else None
        if cause is None:
            return chain[-1]
        if cause in chain:
            return min(chain[chain.index(cause) :], key=lambda a: a.id)
        chain.append(cause)


def _stands_acknowledged(record: CommandRecord) -> bool:
    """Whether a command of this desk makes its target count as acknowledged here."""
    return record.command.kind is CommandKind.ACKNOWLEDGE and record.receipt not in (
        Receipt.REJECTED,
        Receipt.CONFLICT,
    )


def _acknowledging(records: list[CommandRecord]) -> Receipt | None:
    return next((r.receipt for r in reversed(records) if _stands_acknowledged(r)), None)


def _laid_over(row: IncidentRow, records: list[CommandRecord]) -> IncidentRow:
    return msgspec.structs.replace(
        row,
        acknowledged=row.acknowledged or any(map(_stands_acknowledged, records)),
        pending=records[-1].receipt,
    )


def _queue_order(queue: ServiceQueue) -> tuple[bool, float, str]:
    load = (
        queue.waiting / queue.waiting_limit
        if queue.waiting is not None and queue.waiting_limit
        else 0.0
    )
    return (not queue.congested, -load, queue.id)
