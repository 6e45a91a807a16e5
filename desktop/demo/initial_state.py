"""The county as it stands when the demo begins: history, plant and the evening's storm."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from desktop.demo.geography import Ground, near
from desktop.demo.incident_writer import OPEN_STAGES, OPEN_WEIGHTS, MatterWriter
from desktop.demo.sensor_curves import LOCAL, traffic
from desktop.wire.level1 import (
    Alarm,
    Asset,
    Deadline,
    Incident,
    Phrase,
    TimelineEntry,
    Warning,
)

HISTORY_DAYS = 400
OPEN = 300
ORDINARY_OPEN = 12
OVERDUE_OPEN = 3
"""Open incidents that are overdue, besides those of the story."""
STORY = "story"
"""Prefix of the ids of the story's incidents."""


def _ago(now: datetime, minutes: float) -> datetime:
    return now - timedelta(seconds=round(minutes * 60))


def phrase(pair: Sequence[str]) -> Phrase:
    """Turn a pair from a table into a text in both languages."""
    return Phrase(pair[0], pair[1])


def history(
    writer: MatterWriter, random: Random, now: datetime, count: int, first: int
) -> Iterator[Incident]:
    """Write `count` incidents of the last 400 days, oldest first; about 300 of them open."""
    still_open = min(OPEN, count // 2)
    recorded = sorted(_past_moment(random, now) for _ in range(count - still_open))
    for number, at in enumerate(recorded):
        yield _close(writer, random, at, first + number, now)
    titles: set[str] = set()
    begun = [
        _open(writer, random, number, first + len(recorded) + number, now, titles)
        for number in range(still_open)
    ]
    begun.sort(key=lambda each: each.recorded_at)
    yield from begun


def _past_moment(random: Random, now: datetime) -> datetime:
    """Draw a moment of the last 400 days but not the last half day; more by day than by night."""
    while True:
        at = now - timedelta(seconds=random.randint(43_200, HISTORY_DAYS * 86_400))
        local = at.astimezone(LOCAL)
        weight = 0.35 + 0.3 * traffic(local.hour + local.minute / 60)
        if random.random() < weight * (0.75 if local.weekday() >= 5 else 1.0) + 0.06:
            return at.replace(microsecond=0)


def _close(
    writer: MatterWriter, random: Random, at: datetime, serial: int, now: datetime
) -> Incident:
    told = writer.tell(random)
    return writer.write(
        random,
        told,
        serial=serial,
        recorded_at=at,
        until=now,
        stage="closed" if random.random() < 0.985 else "void",
        level=writer.level(random, told.matter),
        channel=writer.channel(random),
    )


def _open(
    writer: MatterWriter,
    random: Random,
    number: int,
    serial: int,
    now: datetime,
    titles: set[str],
) -> Incident:
    wanted = "ordinary" if number < ORDINARY_OPEN else "none"
    told = writer.tell(random)
    while told.title.zh in titles or (wanted != "none" and not told.matter.levels):
        told = writer.tell(random)
    titles.add(told.title.zh)
    channel = writer.channel(random)
    rules = writer.clocks.rules(wanted, told.matter.category, channel)
    overdue = ORDINARY_OPEN <= number < ORDINARY_OPEN + OVERDUE_OPEN
    part = random.uniform(1.02, 1.2) if overdue else random.uniform(0.02, 0.95)
    recorded_at = _ago(now, rules[0].minutes * part).replace(microsecond=0)
    stage = random.choices(OPEN_STAGES, OPEN_WEIGHTS)[0]
    return writer.write(
        random,
        told,
        serial=serial,
        recorded_at=recorded_at,
        until=now,
        stage="dispatched" if overdue else stage,
        level=wanted,
        channel=channel,
    )


class Opening:
    """The storm evening of `opening.toml`."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self._ground = ground
        self._table = tomllib.loads((folder / "opening.toml").read_text(encoding="utf-8"))

    def story_incident(
        self, key: str, random: Random, now: datetime, serial: int, round_number: int
    ) -> Incident:
        """Write one of the story's incidents, with its times counted back from `now`."""
        table = next(each for each in self._table["incident"] if each["key"] == key)
        township = self._ground.township(table["township"])
        sites = self._ground.sites[township.id]
        site = sites[table["site"] % len(sites)]
        recorded_at = _ago(now, table["recorded"])
        units = self._ground.units
        assert isinstance(township.name, Phrase)
        return Incident(
            id=f"{STORY}-{key}-{round_number}",
            number=f"SJ-{recorded_at.year}-{serial:06d}",
            title=phrase(table["title"]),
            recorded_at=recorded_at,
            level=table["level"],
            stage=table["stage"],
            category=table["category"],
            channel=table["channel"],
            township=township.id,
            occurred_at=_ago(now, table["recorded"] + 6),
            address=Phrase(township.name.zh + site.name.zh, f"{site.name.en}, {township.name.en}"),
            place=near(random, site, township.outline),
            summary=phrase(table["detail"]),
            lead_unit=units[table["unit"]],
            co_units=(*(units[each] for each in table["co"]), township.name),
            deadlines=tuple(_deadline(each, now) for each in table["deadlines"]),
            timeline=tuple(_entry(each, now) for each in table["timeline"]),
            assets=tuple(table["assets"]),
        )

    def story_keys(self) -> tuple[str, ...]:
        """Return the keys of the story's incidents, worst first."""
        return tuple(each["key"] for each in self._table["incident"])

    def with_failures(self, assets: Sequence[Asset], now: datetime) -> tuple[Asset, ...]:
        """Return the assets with the evening's failures applied."""
        states = {each["asset"]: each for each in self._table["state"]}
        down = {each for each, state in states.items() if each.startswith("gateway-")}
        gone = [s["minutes"] for s in self._table["state"] if s["asset"] in down]
        found = []
        for asset in assets:
            change: dict[str, Any] = {}
            if asset.id in states:
                state = states[asset.id]
                change = {
                    "state": state["state"],
                    "since_at": _ago(now, state["minutes"]),
                    "note": phrase(state["note"]),
                }
            elif down.intersection(asset.depends_on):
                change = {"state": "unknown", "since_at": _ago(now, gone[0])}
            else:
                change = {"since_at": now - timedelta(days=30)}
            found.append(msgspec.structs.replace(asset, **change))
        return tuple(found)

    def alarms(self, assets: Sequence[Asset], now: datetime) -> tuple[Alarm, ...]:
        """Return the alarms that call and those that follow, suppressed by logic (ISA-18.2)."""
        heads = [
            Alarm(
                id=each["id"],
                title=phrase(each["title"]),
                raised_at=_ago(now, each["minutes"]),
                priority=each["priority"],
                township=next(a.township for a in assets if a.id == each["asset"]),
                asset=each["asset"],
                detail=phrase(each["detail"]),
            )
            for each in self._table["alarm"]
        ]
        followers = [
            follower(head, asset, head.raised_at + timedelta(seconds=5))
            for head in heads
            for asset in assets
            if head.asset in asset.depends_on and asset.state != "normal"
        ]
        return (*heads, *followers)

    def warning(self, now: datetime, round_number: int) -> Warning:
        """Build the storm's warning, in force."""
        table = self._table["warning"]
        rings = tuple(self._ground.township(each).outline for each in table["townships"])
        return Warning(
            id=f"{table['id']}-{round_number}",
            headline=phrase(table["headline"]),
            issued_at=_ago(now, table["issued"]),
            category=table["category"],
            level=table["level"],
            issuer=self._ground.units["weather"],
            starts_at=_ago(now, table["issued"]),
            ends_at=now + timedelta(hours=4),
            area=phrase(table["area"]),
            rings=rings,
            townships=(),
            description=phrase(table["description"]),
            instruction=phrase(table["instruction"]),
        )

    def past_warnings(self, now: datetime) -> tuple[Warning, ...]:
        """Return warnings that were lifted long ago."""
        everywhere = Phrase("全县", "The whole county")
        return tuple(
            Warning(
                id=f"W-past-{number}",
                headline=phrase(each["headline"]),
                issued_at=now - timedelta(days=each["days"]),
                category=each["category"],
                level=each["level"],
                issuer=self._ground.units["weather"],
                starts_at=now - timedelta(days=each["days"]),
                ends_at=now - timedelta(days=each["days"]) + timedelta(hours=each["hours"]),
                lifted_at=now - timedelta(days=each["days"]) + timedelta(hours=each["hours"]),
                area=everywhere,
                description=phrase(each["description"]),
                instruction=Phrase("注意防范。", "Take care."),
            )
            for number, each in enumerate(self._table["past_warning"], 1)
        )


def follower(head: Alarm, asset: Asset, at: datetime, state: str = "suppressed") -> Alarm:
    """Make the alarm of an asset that failed with the one it depends on."""
    assert isinstance(asset.name, Phrase)
    return Alarm(
        id=f"{head.id}/{asset.id}",
        title=Phrase(f"{asset.name.zh} 状态未知", f"{asset.name.en}: state unknown")
        if asset.state == "unknown"
        else Phrase(f"{asset.name.zh} 受影响", f"{asset.name.en} affected"),
        raised_at=at,
        priority="low",
        state=state,
        township=asset.township,
        asset=asset.id,
        cause=head.id,
        detail=Phrase("随上级设施一并归并", "Grouped with what it depends on"),
    )


def _deadline(table: dict[str, Any], now: datetime) -> Deadline:
    done = table.get("done")
    return Deadline(
        table["kind"],
        _ago(now, -table["due"]),
        int(table.get("prealarm", 15) * 60),
        None if done is None else _ago(now, done),
    )


def _entry(table: dict[str, Any], now: datetime) -> TimelineEntry:
    at = _ago(now, table["at"])
    return TimelineEntry(table["kind"], phrase(table["text"]), at, at)
