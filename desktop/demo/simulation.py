"""The county through time: a scenario's cues and the steady stream of events around them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import cast

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.db.transaction import Transaction
from desktop.demo.incident_writer import MatterWriter
from desktop.demo.infrastructure import Plant
from desktop.demo.initial_state import OPEN, STORY, Opening
from desktop.demo.scenario import Cue, Script
from desktop.demo.scenario_effects import Stage
from desktop.demo.sensor_curves import STEP_S
from desktop.demo.sensor_curves import STEPS as DAY_STEPS
from desktop.protocol.stages import LIFE_CYCLE
from desktop.wire.level1 import Asset, Incident, Queue, Trend

NEXT = {
    "collected": "filed",
    **{here.value: there.value for here, there in pairwise(LIFE_CYCLE)},
    "returned": "dispatched",
    "deferred": "dispatched",
}
ENTRY = {
    "dispatched": "dispatch",
    "handling": "handling",
    "fed_back": "feedback",
    "verifying": "verify",
    "closed": "closed",
}
NEAREST = 25
"""The incident to advance is mostly picked from this many with the nearest deadlines."""
SECONDS_PER_STEP = 9
"""About how often an open incident goes on to its next stage."""
TIDY_EVERY_S = 120


class Course:
    """Plays the county second by second; the same seed and seconds give the same events."""

    def __init__(
        self,
        database: Database,
        script: Script,
        plant: Plant,
        writer: MatterWriter,
        opening: Opening,
        seed: int,
    ) -> None:
        self._script = script
        self._plant = plant
        self._writer = writer
        self._database = database
        self.second = int(database.recall("second") or 0)
        self._serial = int(database.recall("serial") or 1)
        self._random = Random(f"{seed}/course/{self.second}")
        assets = sorted(cast(list[Asset], database.rows("assets")), key=lambda each: each.id)
        self._stage = Stage(assets, opening, self._random)
        self._random.shuffle(self._stage.order)
        self._queues = {each.id: each for each in cast(list[Queue], database.rows("queues"))}
        self._queue_order = sorted(self._queues)
        self._open = {
            each.id: _due(each)
            for each in cast(list[Incident], database.rows("incidents", open_only=True))
            if not each.id.startswith(STORY)
        }
        self._trends = {each.id: each for each in cast(list[Trend], database.rows("trends"))}

    @property
    def rain(self) -> float:
        """How hard it rains now, from 0 to 1."""
        return self._script.rain_at(self.second)

    def advance(self, seconds: int, now: datetime) -> None:
        """Play some seconds of the scenario in one transaction, stamped `now`."""
        with self._database.transaction() as transaction:
            for _ in range(seconds):
                self.second += 1
                self._live(transaction, now)
            self._extend_trends(transaction, now)
            transaction.remember("second", str(self.second))
            transaction.remember("serial", str(self._serial))

    def _live(self, transaction: Transaction, now: datetime) -> None:
        for cue in self._script.cues_at(self.second):
            self._play(transaction, cue, now)
        self._read_meter(transaction, now)
        if self.second % 2 == 0:
            self._count_queue(transaction, now)
        calm, wet = self._script.new
        if self._random.random() * 3600 < calm + (wet - calm) * self.rain:
            self._begin_incident(transaction, now)
        crowd = max(0.25, 1 + (len(self._open) - OPEN) / 40)
        if self._random.random() * SECONDS_PER_STEP < crowd:
            self._move_incident(transaction, now)
        if self.second % TIDY_EVERY_S == 0:
            self._stage.tidy_alarms(transaction, now)

    def _play(self, transaction: Transaction, cue: Cue, now: datetime) -> None:
        round_number = self._script.round_at(self.second)
        actions: dict[str, Callable[[], None]] = {
            "fail": lambda: self._stage.fail(transaction, cue, now),
            "restore": lambda: self._stage.restore(transaction, cue, now),
            "warn": lambda: self._stage.warn(transaction, cue, now, round_number),
            "lift": lambda: self._stage.lift(transaction, now, round_number),
            "story": lambda: self._stage.begin_story(
                transaction, cue, now, self._next_serial(), round_number
            ),
            "tell": lambda: self._stage.tell_story(transaction, cue, now, round_number),
            "met": lambda: self._stage.tell_story(transaction, cue, now, round_number),
        }
        actions[cue.do]()

    def _next_serial(self) -> int:
        self._serial += 1
        return self._serial

    def _read_meter(self, transaction: Transaction, now: datetime) -> None:
        """Give the next asset in turn a new reading, unless it is failed or unknown."""
        order = self._stage.order
        asset = self._stage.assets[order[self.second % len(order)]]
        if asset.state in ("failed", "unknown"):
            return
        value = self._plant.read(asset, now, self.rain, self._random)
        self._stage.set_assets(
            transaction, (msgspec.structs.replace(asset, value=value, observed_at=now),)
        )

    def _count_queue(self, transaction: Transaction, now: datetime) -> None:
        name = self._queue_order[self.second // 2 % len(self._queue_order)]
        queue = self._plant.fill_queue(self._queues[name], now, self.rain, self._random)
        self._queues[name] = queue
        transaction.put("queues", (queue,))

    def _begin_incident(self, transaction: Transaction, now: datetime) -> None:
        matter = None
        if self._script.storm_matters and self._random.random() < self.rain * 0.8:
            matter = self._writer.matter(self._random.choice(self._script.storm_matters))
        told = self._writer.tell(self._random, matter)
        level = "ordinary" if told.matter.levels and self._random.random() < 0.2 else "none"
        incident = self._writer.write(
            self._random,
            told,
            serial=self._next_serial(),
            recorded_at=now,
            until=now,
            stage="filed",
            level=level,
            channel=self._writer.channel(self._random),
        )
        transaction.put("incidents", (incident,))
        self._open[incident.id] = _due(incident)

    def _move_incident(self, transaction: Transaction, now: datetime) -> None:
        """Advance one open incident by a stage; mostly one with a near deadline."""
        if not self._open:
            return
        near = sorted(self._open, key=lambda each: (self._open[each], each))
        name = self._random.choice(near[:NEAREST] if self._random.random() < 0.7 else near)
        incident = cast(Incident | None, transaction.get("incidents", name))
        if incident is None or incident.stage not in NEXT:
            del self._open[name]
            return
        moved = self._move(incident, NEXT[incident.stage], now)
        transaction.put("incidents", (moved,))
        self._open[name] = _due(moved)
        if moved.stage == "closed":
            del self._open[name]

    def _move(self, incident: Incident, stage: str, now: datetime) -> Incident:
        matter = self._writer.matter(incident.category)
        entry = self._writer.step(self._random, ENTRY.get(stage, "dispatch"), matter, now)
        done = stage in ("fed_back", "verifying", "closed")
        return msgspec.structs.replace(
            incident,
            stage=stage,
            timeline=(*incident.timeline, entry),
            deadlines=tuple(
                msgspec.structs.replace(each, done_at=now)
                if each.done_at is None and (done or each.kind == "first_phone")
                else each
                for each in incident.deadlines
            ),
            acknowledged_at=incident.acknowledged_at or now,
            acknowledged_by=incident.acknowledged_by or "值班员 03",
        )

    def _extend_trends(self, transaction: Transaction, now: datetime) -> None:
        """Add the newest readings once a step has passed; steps that were not played are gaps."""
        changed = []
        for trend in self._trends.values():
            end = trend.start_at + timedelta(seconds=STEP_S * len(trend.values))
            missing = int((now - end).total_seconds() // STEP_S) + 1
            if missing <= 0:
                continue
            values = (*trend.values, *(None,) * (missing - 1), self._newest(trend))[-DAY_STEPS:]
            last = end + timedelta(seconds=STEP_S * (missing - 1))
            start = last - timedelta(seconds=STEP_S * (len(values) - 1))
            changed.append(msgspec.structs.replace(trend, start_at=start, values=values))
        if changed:
            self._trends.update((each.id, each) for each in changed)
            transaction.put("trends", changed, quiet=True)

    def _newest(self, trend: Trend) -> float | None:
        if trend.kind == "queue":
            waiting = self._queues[trend.id].waiting
            return None if waiting is None else float(waiting)
        asset = self._stage.assets[trend.id]
        return None if asset.state in ("failed", "unknown") else asset.value


def _due(incident: Incident) -> float:
    """Return the next unmet deadline in seconds since 1970; a far one when there is none."""
    return min((d.due_at.timestamp() for d in incident.deadlines if d.done_at is None), default=4e9)
