"""Incidents of the fictional county, written from templates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from desktop.demo.geography import Ground, Site, near
from desktop.demo.reporting_deadlines import ReportClocks
from desktop.wire.level1 import Deadline, Incident, Phrase, TimelineEntry, Township

Pair = tuple[str, str]
OPEN_STAGES = ("filed", "dispatched", "handling", "fed_back", "verifying", "returned", "deferred")
OPEN_WEIGHTS = (18, 26, 36, 7, 7, 3, 3)
TOWNSHIP_WEIGHT = {"chengguan": 9, "liulin": 4, "dongqiao": 4, "daxi": 3, "qinglong": 3}
"""How much more happens there than in a quiet township."""
STEPS = {
    "filed": (),
    "dispatched": ("dispatch",),
    "handling": ("dispatch", "handling"),
    "fed_back": ("dispatch", "handling", "feedback"),
    "verifying": ("dispatch", "handling", "feedback", "verify"),
    "returned": ("dispatch", "returned"),
    "deferred": ("dispatch", "deferred"),
    "closed": ("dispatch", "feedback", "closed"),
    "void": ("dispatch", "void"),
}
"""By stage, the steps in an incident's timeline after its intake."""
ENTRY_KINDS = {
    "handling": "handle",
    "closed": "close",
    "returned": "return",
    "deferred": "defer",
}
"""The timeline's names of the steps that `work.toml` names by the stage they lead to."""
DONE_STAGES = frozenset({"closed", "void", "fed_back", "verifying"})
ON_TIME = 0.95


class Matter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One template of `matters.toml`."""

    category: str
    weight: int
    where: str
    unit: str
    work: str
    title: Pair
    detail: Pair
    n: tuple[int, int]
    a: tuple[Pair, ...] = ()
    b: tuple[Pair, ...] = ()
    levels: dict[str, float] = {}


class Told(msgspec.Struct, frozen=True):
    """A template filled in: with its place and its texts."""

    matter: Matter
    township: Township
    site: Site
    title: Phrase
    detail: Phrase


def _fill(templates: Sequence[str], zh: Mapping[str, Any], en: Mapping[str, Any]) -> Phrase:
    english = templates[1].format_map(en)
    return Phrase(templates[0].format_map(zh), english[:1].upper() + english[1:])


class MatterWriter:
    """Writes incidents; random sources with one seed give the same ones."""

    def __init__(self, ground: Ground, folder: Path, clocks: ReportClocks) -> None:
        self.ground = ground
        self.clocks = clocks
        table = tomllib.loads((folder / "matters.toml").read_text(encoding="utf-8"))
        self.matters = msgspec.convert(table["matter"], tuple[Matter, ...])
        self._work = tomllib.loads((folder / "work.toml").read_text(encoding="utf-8"))
        self._matter_weights = list(accumulate(each.weight for each in self.matters))
        self._township_weights = list(
            accumulate(TOWNSHIP_WEIGHT.get(each.id, 2) for each in ground.townships)
        )
        self._channels = list(self._work["channels"])
        self._channel_weights = list(
            accumulate(each["weight"] for each in self._work["channels"].values())
        )

    def matter(self, category: str) -> Matter:
        """Return the template of a category."""
        return next(each for each in self.matters if each.category == category)

    def tell(
        self, random: Random, matter: Matter | None = None, township: Township | None = None
    ) -> Told:
        """Choose what happens where, and put it into words."""
        if matter is None:
            matter = random.choices(self.matters, cum_weights=self._matter_weights)[0]
        if township is None:
            township = random.choices(self.ground.townships, cum_weights=self._township_weights)[0]
        sites = self.ground.sites[township.id]
        if matter.where != "any":
            sites = tuple(site for site in sites if site.is_street == (matter.where == "street"))
        site = random.choice(sites)
        a = random.choice(matter.a) if matter.a else ("", "")
        b = random.choice(matter.b) if matter.b else ("", "")
        n = random.randint(*matter.n)
        zh = {"site": site.name.zh, "n": n, "a": a[0], "b": b[0]}
        en = {"site": site.name.en, "n": n, "a": a[1], "b": b[1]}
        return Told(
            matter, township, site, _fill(matter.title, zh, en), _fill(matter.detail, zh, en)
        )

    def level(self, random: Random, matter: Matter) -> str:
        """Draw an event level by the template's chances; most incidents have none."""
        roll = random.random() * 100
        for level, chance in matter.levels.items():
            if roll < chance:
                return level
            roll -= chance
        return "none"

    def channel(self, random: Random) -> str:
        """Draw the channel by which an incident was reported."""
        channel: str = random.choices(self._channels, cum_weights=self._channel_weights)[0]
        return channel

    def step(self, random: Random, kind: str, matter: Matter, at: datetime) -> TimelineEntry:
        """Write the timeline entry of one kind of step."""
        if kind in self._work["common"]:
            texts = self._work["common"][kind]
        else:
            texts = self._work["work"][matter.work][kind]
        unit = self.ground.units[matter.unit]
        text = _fill(random.choice(texts), {"unit": unit.zh}, {"unit": unit.en})
        return TimelineEntry(ENTRY_KINDS.get(kind, kind), text, at, at)

    def write(
        self,
        random: Random,
        told: Told,
        *,
        serial: int,
        recorded_at: datetime,
        until: datetime,
        stage: str,
        level: str,
        channel: str,
    ) -> Incident:
        """Write one incident as it stands at `until`, in that stage."""
        matter = told.matter
        occurred_at = recorded_at - timedelta(seconds=random.randint(60, 2400))
        steps = self._steps(random, told, recorded_at, until, stage, channel)
        seen = stage == "closed" or random.random() < 0.86
        seen_at = recorded_at + timedelta(seconds=random.randint(20, 900))
        deadlines = self.clocks.deadlines(level, matter.category, channel, recorded_at)
        if stage in DONE_STAGES:
            deadlines = tuple(
                _meet_deadline(random, each, recorded_at, until) for each in deadlines
            )
        local = told.township.name
        assert isinstance(local, Phrase)
        return Incident(
            id=f"SJ{serial:07d}",
            number=f"SJ-{recorded_at.year}-{serial:06d}",
            title=told.title,
            recorded_at=recorded_at,
            level=level,
            stage=stage,
            category=matter.category,
            channel=channel,
            township=told.township.id,
            occurred_at=occurred_at,
            address=Phrase(local.zh + told.site.name.zh, f"{told.site.name.en}, {local.en}"),
            place=near(random, told.site, told.township.outline),
            summary=told.detail,
            lead_unit=self.ground.units[matter.unit],
            co_units=(local,) if random.random() < 0.3 else (),
            deadlines=deadlines,
            timeline=steps,
            acknowledged_at=seen_at if seen and seen_at <= until else None,
            acknowledged_by=f"值班员 {random.randint(1, 12):02d}"
            if seen and seen_at <= until
            else "",
        )

    def _steps(
        self,
        random: Random,
        told: Told,
        recorded_at: datetime,
        until: datetime,
        stage: str,
        channel: str,
    ) -> tuple[TimelineEntry, ...]:
        intake = _fill(self._work["channels"][channel]["intake"], {}, {})
        entries = [TimelineEntry("intake", intake, recorded_at, recorded_at)]
        kinds = STEPS[stage]
        span_s = (until - recorded_at).total_seconds()
        if stage == "closed":
            span_s = min(span_s, random.lognormvariate(9.6, 0.9) + 1800)
        moments = sorted(random.uniform(0.05, 0.97) for _ in kinds)
        for kind, moment in zip(kinds, moments, strict=True):
            at = recorded_at + timedelta(seconds=int(moment * span_s))
            entries.append(self.step(random, kind, told.matter, at))
        return tuple(entries)


def _meet_deadline(
    random: Random, deadline: Deadline, recorded_at: datetime, until: datetime
) -> Deadline:
    """Return the deadline as met, nearly always in time."""
    whole = deadline.due_at - recorded_at
    part = random.uniform(0.1, 0.9) if random.random() < ON_TIME else 1.2
    met_at = recorded_at + timedelta(seconds=int(whole.total_seconds() * part))
    return msgspec.structs.replace(deadline, done_at=min(met_at, until))
