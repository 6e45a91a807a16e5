"""The county's infrastructure and service queues, with a day of readings."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from random import Random

import msgspec

from desktop.demo.geography import Ground, Site, near
from desktop.demo.sensor_curves import LOCAL, STEP_S, asset_reading, queue_length, step_times
from desktop.wire.level1 import Asset, Phrase, Queue, Township, Trend

Pair = tuple[str, str]

APPROACH_STEPS = 8
"""The last readings of a seeded trend, over which it approaches its queue's length."""


class AssetKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"inside": "in"}):
    """One kind of `assets.toml`."""

    code: str
    each: int
    metric: Pair
    unit: str
    low: float
    high: float
    base: float
    swing: float
    shape: str
    at: str
    names: tuple[Pair, ...]
    inside: dict[str, int] = {}
    needs: str = ""


class QueueCourse(msgspec.Struct, frozen=True):
    """How busy a queue gets."""

    busy: float
    minutes_each: float


class Plant:
    """Makes assets and queues from their kinds, courses and names, and their readings."""

    def __init__(self, ground: Ground, folder: Path, hour_shift: Callable[[datetime], datetime]):
        self.ground = ground
        self._shift = hour_shift
        table = tomllib.loads((folder / "assets.toml").read_text(encoding="utf-8"))
        kinds = msgspec.convert(table["kind"], tuple[AssetKind, ...])
        self.kinds: Mapping[str, AssetKind] = {each.code: each for each in kinds}
        self._named: dict[str, dict[str, list[Pair]]] = table["named"]
        self._queues = tomllib.loads((folder / "queues.toml").read_text(encoding="utf-8"))
        self.courses: dict[str, QueueCourse] = {}
        self.blank_queues = tuple(self._make_queues())

    def assets(self, random: Random, now: datetime) -> tuple[Asset, ...]:
        """Make every asset, in a fixed sequence and without a reading yet."""
        found: list[Asset] = []
        for kind in self.kinds.values():
            for township in self.ground.townships:
                count = kind.inside.get(township.id, kind.each)
                sites = list(self.ground.sites[township.id])
                random.shuffle(sites)
                found += [
                    self._asset(random, kind, township, number, sites, now)
                    for number in range(1, count + 1)
                ]
        return tuple(found)

    def _asset(
        self,
        random: Random,
        kind: AssetKind,
        township: Township,
        number: int,
        sites: list[Site],
        now: datetime,
    ) -> Asset:
        wanted = [s for s in sites if s.is_street != (kind.at == "village")] or sites
        site = (sites if kind.at == "site" else wanted)[number % len(sites if kind.at == "site"
                                                                     else wanted)]  # fmt: skip
        place = near(random, site, township.outline)
        return Asset(
            id=f"{kind.code}-{township.id}-{number}",
            name=self._name(kind, township, number, site),
            kind=kind.code,
            state="normal",
            township=township.id,
            place=place if kind.code != "gateway" or township.seat is None else township.seat,
            since_at=now,
            metric=Phrase(*kind.metric),
            unit=kind.unit,
            low=kind.low,
            high=kind.high,
            depends_on=self._needs(kind, township.id, number),
        )

    def _name(self, kind: AssetKind, township: Township, number: int, site: Site) -> Phrase:
        named = self._named.get(township.id, {}).get(kind.code, [])
        if number <= len(named):
            return Phrase(*named[number - 1])
        template = kind.names[min(number, len(kind.names)) - 1]
        assert isinstance(township.name, Phrase)
        town = (township.name.zh[:-1], township.name.en.rsplit(" ", 1)[0])
        tail = f" {number}" if number > len(kind.names) else ""
        return Phrase(
            template[0].format(town=town[0], site=site.name.zh) + tail,
            template[1].format(town=town[1], site=site.name.en) + tail,
        )

    def _needs(self, kind: AssetKind, township: str, number: int) -> tuple[str, ...]:
        if kind.code == "power":
            return () if (number <= 2 and township == "chengguan") or number == 1 else (
                f"power-{township}-{1 + number % 2 if township == 'chengguan' else 1}",
            )  # fmt: skip
        if not kind.needs:
            return ()
        feeds = 2 if township == "chengguan" and kind.needs == "power" else 1
        return (f"{kind.needs}-{township}-{2 - number % 2 if feeds == 2 else 1}",)

    def read(self, asset: Asset, at: datetime, rain: float, random: Random) -> float:
        """Return the asset's reading at a moment."""
        kind = self.kinds[asset.kind]
        return asset_reading(
            kind.shape, kind.base, kind.swing, kind.high, self._shift(at), rain, random
        )

    def asset_trend(
        self, asset: Asset, now: datetime, rain: Callable[[datetime], float], random: Random
    ) -> Trend:
        """Make a trend of a day's readings up to now; a failed or unknown asset's ends in a gap."""
        silent_since = (
            asset.since_at if asset.state in ("failed", "unknown") and asset.since_at else None
        )
        times = step_times(now)
        values = tuple(
            None
            if silent_since is not None and at >= silent_since
            else self.read(asset, at, rain(at), random)
            for at in times
        )
        return Trend(asset.id, "asset", times[0], STEP_S, values, asset.unit)

    def _make_queues(self) -> list[Queue]:
        found: list[Queue] = []
        for site in self._queues["site"]:
            site_name = Phrase(site["zh"], site["en"])
            for line in site["queues"]:
                found.append(self._queue(len(found) + 1, site["kind"], site_name, site, line))
        halls = self._queues["halls"]
        for township_id in halls["townships"]:
            township = self.ground.township(township_id)
            assert isinstance(township.name, Phrase)
            name = Phrase(f"{township.name.zh}{halls['zh']}", f"{township.name.en} {halls['en']}")
            line = [f"{township.name.zh}{halls['queue'][0]}", name.en, *halls["queue"][2:]]
            found.append(
                self._queue(len(found) + 1, "counter", name, {"township": township_id}, line)
            )
        return found

    def _queue(
        self, number: int, kind: str, site: Phrase, place: Mapping[str, str], line: list[object]
    ) -> Queue:
        zh, en, busy, limit, minutes_each, counters = msgspec.convert(
            line, tuple[str, str, float, int, float, int]
        )
        queue = Queue(
            id=f"queue-{number:02d}",
            name=Phrase(zh, en),
            kind=kind,
            site=site,
            township=place["township"],
            counters_total=counters,
            waiting_limit=limit,
            wait_limit_s=round(limit * minutes_each * 60 / counters / 60) * 60,
        )
        self.courses[queue.id] = QueueCourse(busy, minutes_each)
        return queue

    def fill_queue(
        self, queue: Queue, at: datetime, rush: float, random: Random, waiting: int | None = None
    ) -> Queue:
        """Return the queue with its figures at a moment; `waiting` overrides its course."""
        course = self.courses[queue.id]
        limit, total = queue.waiting_limit or 1, queue.counters_total or 1
        if waiting is None:
            length = queue_length(queue.kind, course.busy, limit, self._shift(at), rush, random)
            waiting = min(length, limit - 1) if rush < 0.5 else length
        counters = max(1, round(total * (0.7 + 0.3 * min(1.0, waiting / limit))))
        wait_s = waiting * course.minutes_each * 60 / counters
        served = random.randint(0, 2) + (
            round(course.busy * 6)
            if queue.observed_at is None or queue.served_today is None
            else queue.served_today
            if queue.observed_at.astimezone(LOCAL).date() == at.astimezone(LOCAL).date()
            else 0
        )
        return msgspec.structs.replace(
            queue,
            waiting=waiting,
            longest_wait_s=min(round(wait_s), queue.wait_limit_s - 60)
            if queue.wait_limit_s and waiting < limit
            else round(wait_s * 1.1),
            average_wait_s=round(wait_s * 0.6),
            served_today=served,
            counters_open=counters,
            observed_at=at,
        )

    def queue_trend(
        self, queue: Queue, now: datetime, rush: Callable[[datetime], float], random: Random
    ) -> Trend:
        """Make a trend of a day's lengths up to now."""
        course = self.courses[queue.id]
        times = step_times(now)
        values = [
            float(
                queue_length(
                    queue.kind, course.busy, queue.waiting_limit or 1,
                    self._shift(at), rush(at), random,
                )
            )
            for at in times
        ]  # fmt: skip
        if queue.waiting is not None:
            # The trend leads to the queue's present length: no jump in its last minutes.
            gap = queue.waiting - values[-1]
            for back in range(APPROACH_STEPS):
                share = 1 - back / APPROACH_STEPS
                values[-1 - back] = max(0.0, float(round(values[-1 - back] + gap * share)))
        return Trend(queue.id, "queue", times[0], STEP_S, tuple(values), "")
