"""The board: the reads that screens make, and the parts through which officers act.

Reads may be called from any thread and answer with immutable values; each costs
one or a few queries, so a screen asks on a reader thread, never on the GUI thread
(the first paint's fifty rows excepted). Commands are durable when their call returns.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING, cast

import msgspec

from desktop.application.commands.answering import Answering
from desktop.application.commands.command_service import CommandService, latest_heard
from desktop.application.commands.own_files import OwnFiles
from desktop.application.listeners import Listeners
from desktop.application.ports import (
    Cache,
    FileStore,
    IncidentFilter,
    IncidentRow,
    OutboxStore,
)
from desktop.application.reads.alarm_groups import group_alarms
from desktop.application.reads.asset_counts import AssetCounts
from desktop.application.reads.pending_overlay import PendingOverlay, pending_state
from desktop.application.reads.read_models import (
    AlarmGroup,
    IncidentDetail,
    Infrastructure,
    MapLayer,
    MapMark,
    Overview,
    QueueLine,
    Usage,
    map_mark,
)
from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.asset import Asset, Trend, TrendKind
from desktop.domain.clock import Clock, CorrectedClock, clock_problem
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Key
from desktop.domain.directory import Contact, Plan, find_plans
from desktop.domain.geo import MapLine, Township
from desktop.domain.incident import Incident
from desktop.domain.instant import DAY, Instant, to_datetime
from desktop.domain.queue import ServiceQueue
from desktop.domain.source import Problem, SourceStatus, UnreadableItem
from desktop.domain.warning import Warning, alertness, sort_warnings

if TYPE_CHECKING:
    from desktop.application.commands.reports import Reports


class Board:
    """Reads over cache and outbox together, and the parts through which officers act.

    `commands` takes their commands, `answering` their answers to commands that were not taken,
    `files` the files they attach or fetch, `reports` report tables; `listeners` are called after
    every change.
    """

    def __init__(
        self,
        cache: Cache,
        outbox: OutboxStore,
        clock: CorrectedClock | Clock,
        officer: str,
        statuses: Callable[[], tuple[SourceStatus, ...]],
        day_began_at: Callable[[Instant], Instant],
        accepts: Callable[[Key, CommandKind], bool],
        files: FileStore | None = None,
        file_limit: Callable[[str], int | None] = lambda source: None,
        usage: Callable[[], Usage] | None = None,
        login: Callable[[str], str] = lambda source: "",
        asks_keyring: Callable[[], bool] = lambda: False,
    ) -> None:
        """`login` returns the fingerprint of a source's present login token; `asks_keyring`,
        whether a source waits for it because the keyring asks for its password."""
        self._cache, self._outbox, self._clock = cache, outbox, clock
        self._statuses, self._day_began_at, self._usage = statuses, day_began_at, usage
        self._standing = PendingOverlay(cache, outbox, statuses, clock)
        self.asks_keyring = asks_keyring
        self._counts = AssetCounts()
        self.listeners = Listeners()
        self.files = OwnFiles(outbox, files, file_limit, self.listeners.announce)
        self.commands = CommandService(
            *(outbox, self.files, self._standing, clock, officer, statuses, accepts),
            announce=self.listeners.announce,
            login=login,
        )
        self.answering = Answering(outbox, self.files, self._standing, clock, self.commands)

    @cached_property
    def reports(self) -> Reports:
        """Report tables; what they need is loaded when they are first asked for."""
        from desktop.application.commands.reports import Reports

        return Reports(self._cache, self._outbox, self._standing, self._clock, self.commands)

    def now(self) -> Instant:
        """Server-corrected time, which all ages and deadlines use."""
        return self._clock.now()

    def clock_problem(self) -> Problem | None:
        """Return what is wrong with this computer's clock by the servers' times; from memory."""
        return clock_problem(self._clock, latest_heard(self._statuses()))

    def outbox(self, limit: int = 200) -> list[CommandRecord]:
        """The latest commands with their states, newest first."""
        return self._standing.with_county_dates(self._outbox.recent(limit))

    def list_unfinished(self) -> list[CommandRecord]:
        """Return the commands without a final answer, in the order in which they will be sent."""
        return self._outbox.list_unfinished()

    def attention(self) -> list[CommandRecord]:
        """Return the commands with an outcome that the officer has not yet dismissed."""
        return self._standing.with_county_dates(self._outbox.attention())

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Every source of the profile, in its order; cheap, from memory."""
        return self._statuses()

    def overview(self) -> Overview:
        """Return the figures of the status strip, pane heads and wall, all of one moment."""
        now = self.now()
        began = self._day_began_at(now)
        queues = cast(list[ServiceQueue], self._cache.rows(Collection.QUEUES))
        assets = cast(list[Asset], self._cache.rows(Collection.ASSETS))
        recent = self._outbox.recent(500)
        new = len(self._standing.creates())
        counts = self._cache.counts(now, began)
        return Overview(
            now=now,
            sources=self.statuses(),
            counts=msgspec.structs.replace(
                counts,
                incidents=counts.incidents + new,
                open_incidents=counts.open_incidents + new,
                recorded_today=counts.recorded_today + new,
            ),
            asset_states=self._counts.states(assets),
            queues=len(queues),
            congested=sum(q.congested for q in queues),
            longest_wait_s=max(
                (q.longest_wait_s for q in queues if q.longest_wait_s is not None), default=None
            ),
            unfinished=len(self._outbox.list_unfinished()),
            accepted_today=sum(
                r.state is CommandState.ACCEPTED and r.changed_at >= began for r in recent
            ),
            attention=self._outbox.needing_officer(),
            alertness=alertness(self.warnings()),
        )

    def usage(self) -> Usage:
        """The bytes of today, by class, and whether the day's budget is spent."""
        if self._usage is None:
            day = to_datetime(self.now()).date().isoformat()
            return Usage(day, None, self._cache.traffic(day), False, None)
        return self._usage()

    def incident_numbers(self, wanted: IncidentFilter, limit: int | None = None) -> array[int]:
        """Return row numbers of the matching incidents, most urgent first (see `Cache`).

        This desk's new incidents that no source has returned yet come before all, under the
        negative numbers of their commands.
        """
        new = array("q", [-record.seq for record in self._standing.creates(wanted)])[:limit]
        return new + self._cache.incident_numbers(
            wanted, None if limit is None else limit - len(new)
        )

    def incident_rows(self, numbers: Sequence[int]) -> list[IncidentRow]:
        """Return rows of the list, with this desk's commands applied until a pull confirms them."""
        told = self._cache.incident_rows([number for number in numbers if number >= 0])
        lines = {line.row: line for line in self._standing.lines(told)}
        lines |= self._standing.new_lines(number for number in numbers if number < 0)
        return [lines[number] for number in numbers if number in lines]

    def calling_incidents(self) -> list[IncidentRow]:
        """Return every incident that calls, however many there are, most urgent first."""
        from desktop.application.reads.calls import CALLING, is_calling

        return list(filter(is_calling, self.incident_rows(self.incident_numbers(CALLING))))

    def incident_number(self, key: Key) -> int | None:
        """The row number of an incident, for selecting it in a list."""
        found = self._cache.incident_number(key)
        if found is not None or key.collection is not Collection.INCIDENTS:
            return found
        return next(
            (-r.seq for r in self._standing.on(key) if r.command.kind is CommandKind.CREATE), None
        )

    def incident(self, key: Key) -> IncidentDetail | None:
        """Return one incident in full with this desk's commands applied.

        None when neither a source nor this desk has it.
        """
        incident = self._standing.incident(key)
        if incident is None:
            return None
        related = set(incident.assets)
        assets = cast(list[Asset], self._cache.rows(Collection.ASSETS)) if related else []
        return IncidentDetail(
            key=key,
            incident=incident,
            commands=tuple(self._standing.with_county_dates(self._outbox.on_target(key))),
            assets=tuple(a for a in assets if a.source == key.source and a.id in related),
            acknowledged=incident.acknowledged_at is not None,
            draft=self._outbox.draft(key),
        )

    def map_layer(
        self,
        limit: int = 5_000,
        *,
        since: MapLayer | None = None,
        changed: Set[Collection] = frozenset(),
    ) -> MapLayer:
        """Everything the map draws: outlines, lines, open incidents, assets, warnings in force.

        With the answer before (`since`), only the collections that changed are read again.
        """

        def is_due(collection: Collection) -> bool:
            return since is None or collection in changed

        layer = since or MapLayer((), (), (), 0, (), ())
        if is_due(Collection.INCIDENTS):
            layer = self._with_marks(layer, limit)
        if is_due(Collection.TOWNSHIPS):
            layer = msgspec.structs.replace(layer, townships=self.townships())
        if is_due(Collection.LINES):
            lines = tuple(cast(list[MapLine], self._cache.rows(Collection.LINES)))
            layer = msgspec.structs.replace(layer, lines=lines)
        if is_due(Collection.ASSETS):
            assets = tuple(cast(list[Asset], self._cache.rows(Collection.ASSETS)))
            layer = msgspec.structs.replace(layer, assets=assets)
        if is_due(Collection.WARNINGS):
            layer = msgspec.structs.replace(layer, warnings=self.warnings())
        return layer

    def _with_marks(self, layer: MapLayer, limit: int) -> MapLayer:
        """Return the layer with the open incidents that have a place, worst last.

        One that stands as it did before is the same object: what is drawn holds it already.
        """
        before = layer.incidents
        now, known = self.now(), {mark.key: mark for mark in before}
        found: list[MapMark | None] = []

        def keep(incident: Incident) -> None:
            mark = map_mark(incident, now)
            old = None if mark is None else known.get(mark.key)
            found.append(old if old == mark else mark)

        open_in_all = self._cache.visit_open_incidents(limit, keep)
        left_out = max(0, open_in_all - len(found))
        for incident in self._standing.new_incidents():
            keep(incident)
        marks = tuple(mark for mark in reversed(found) if mark is not None)
        return msgspec.structs.replace(
            layer,
            incidents=before if marks == before else marks,
            unplaced=len(found) - len(marks),
            left_out=left_out,
        )

    def townships(self) -> tuple[Township, ...]:
        """Every township, one per id: sources of one county share its codes."""
        found = cast(list[Township], self._cache.rows(Collection.TOWNSHIPS))
        first = {t.id: t for t in reversed(found)}
        return tuple(first[id] for id in sorted(first))

    def contacts(self) -> tuple[Contact, ...]:
        """Return whom to call, in the county's own sequence."""
        found = cast(list[Contact], self._cache.rows(Collection.CONTACTS))
        return tuple(sorted(found, key=lambda each: (each.position, each.id)))

    def plans(self) -> tuple[Plan, ...]:
        """Return the emergency plans, in the county's own sequence."""
        found = cast(list[Plan], self._cache.rows(Collection.PLANS))
        return tuple(sorted(found, key=lambda each: (each.position, each.id)))

    def plans_for(self, incident: Incident) -> tuple[Plan, ...]:
        """Return its county's plans that fit an incident, the one made for just that first."""
        about = (incident.category, incident.level, incident.township)
        return find_plans((p for p in self.plans() if p.source == incident.source), *about)

    def initials(self, of: Sequence[str]) -> dict[str, str]:
        """Return the pinyin initials of each name, as the search uses them."""
        return self._cache.initials(of)

    def infrastructure(self) -> Infrastructure:
        """All assets as a matrix and a list, worst first."""
        assets = cast(list[Asset], self._cache.rows(Collection.ASSETS))
        return self._counts.infrastructure(assets, self.townships())

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
        """Warnings in force, actual ones before exercises, gravest first."""
        now = self.now()
        return sort_warnings(w for w in self._all_warnings() if w.in_force(now))

    def past_warnings(self) -> tuple[Warning, ...]:
        """Return warnings lifted or run out within a day, latest first: none just vanishes."""
        now = self.now()
        over = ((w, w.over_at()) for w in self._all_warnings() if not w.in_force(now))
        recent = [(at, w) for w, at in over if at is not None and at > now - DAY]
        return tuple(w for _, w in sorted(recent, key=lambda each: (-each[0], each[1].id)))

    def unread_ends(self) -> frozenset[tuple[str, str]]:
        """Return (source, id) of each warning that has an end which could not be read."""
        return frozenset(
            (source, item.id)
            for source, item in self._cache.bad_items()
            if item.collection is Collection.WARNINGS and item.field in ("expires", "ends_at")
        )

    def _all_warnings(self) -> list[Warning]:
        return cast(list[Warning], self._cache.rows(Collection.WARNINGS))

    def alarms(self) -> tuple[AlarmGroup, ...]:
        """Return alarms by cause and condition: those that stand and need attention first."""
        rows = cast(list[Alarm], self._cache.rows(Collection.ALARMS))
        by_target = self._standing.by_target()

        def show(head: Alarm) -> AlarmGroup:
            given = by_target.get(Key(head.source, Collection.ALARMS, head.id), [])
            return AlarmGroup(self._standing.alarm(head, given), (), pending_state(given))

        return group_alarms((a for a in rows if a.state is not AlarmState.NORMAL), show)

    def bad_items(self) -> list[tuple[str, UnreadableItem]]:
        """Items of the last answers that could not be read, as (source, item)."""
        return self._cache.bad_items()


def _queue_order(queue: ServiceQueue) -> tuple[bool, float, str]:
    load = (
        queue.waiting / queue.waiting_limit
        if queue.waiting is not None and queue.waiting_limit
        else 0.0
    )
    return (not queue.congested, -load, queue.id)
