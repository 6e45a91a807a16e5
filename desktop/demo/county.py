"""The fictional county of Yunlu as a running backend."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.http.listening import Listening
from desktop.county_server.load.directory import put_directory, read_contacts, read_plans
from desktop.county_server.load.forms import put_forms, read_forms
from desktop.county_server.server import CountyServer
from desktop.demo.geography import Ground, read_ground
from desktop.demo.incident_writer import MatterWriter
from desktop.demo.infrastructure import Plant
from desktop.demo.initial_state import Opening, history
from desktop.demo.reporting_deadlines import ReportClocks
from desktop.demo.scenario import read_scripts
from desktop.demo.sensor_curves import LOCAL
from desktop.demo.simulation import Course
from desktop.demo.township_reports import TownshipReports
from desktop.paths import county_table, frame_dictionaries, resources
from desktop.wire.level1 import Asset, Queue

LOG = logging.getLogger(__name__)
EXPECTED_PERIOD_S = 30.0
REPLICA_EVERY_S = 60.0
TICK_S = 1.0
CLOSE_TIMEOUT_S = 30.0
"""More than the longest tick takes on a slow disk."""
MOST_SECONDS_A_TICK = 120
"""The most seconds played at once: after a pause (a suspended computer) the scenario goes on from
where it was."""
BUSY_HOUR = 10.0
"""The hour of day the readings begin at, whatever the real hour: a demo is shown at any time."""
THIS_COMPUTER = Listening()
DAILY = "daily"
"""The form by which the townships report each day."""
SCENARIOS = ("storm", "quiet", "flood")
OPENING_QUEUES = {"queue-01": 46, "queue-15": 17, "queue-16": 64, "queue-18": 13}
"""Waiting at the start of the storm; numbers 16 and 18 are past their limits."""


class DemoCounty:
    """Yunlu County with its history and its evening, served over HTTP.

    An empty database is filled; one that already holds a county goes on from where
    it was. Without a path the county is forgotten at `close()`.
    """

    def __init__(
        self,
        database_path: Path | None = None,
        *,
        seed: int = 1,
        speed: float = 1.0,
        scenario: str = "storm",
        now: datetime | None = None,
        incidents: int = 10_000,
        reset: bool = False,
        accept_loss: bool = False,
        reached: Listening = THIS_COMPUTER,
        drill: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._script = read_scripts(resources() / "demo")[scenario]
        self._scenario = scenario
        self._speed = speed
        self._began_at = now or datetime.now(UTC)
        self._began_s = time.monotonic()
        self.database = Database(
            database_path, time_s=lambda: self.now().timestamp(), accept_loss=accept_loss
        )
        if reset:
            self.database.clear()
        self.ground = read_ground(resources() / "demo", seed)
        self._fill(seed, incidents)
        self.server = self._server(reached, (host, port), drill=drill)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def _server(self, reached: Listening, place: tuple[str, int], *, drill: bool) -> CountyServer:
        return CountyServer(
            self.database,
            Settings(
                self.ground.county,
                EXPECTED_PERIOD_S,
                accounts=reached.accounts,
                accounts_file=reached.accounts_file,
                drill=drill,
                dictionaries=frame_dictionaries(),
            ),
            host=place[0],
            port=place[1],
            tls=reached.tls,
            names=reached.names,
            plain=reached.plain,
            proxy=reached.proxy,
        )

    def now(self) -> datetime:
        """Return the county's time: real time, or the given beginning plus the real time since."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began_s)

    def _fill(self, seed: int, incidents: int) -> None:
        folder = resources() / "demo"
        clocks = ReportClocks(resources() / "county" / "report_clocks.toml")
        writer = MatterWriter(self.ground, folder, clocks)
        opening = Opening(self.ground, folder)
        began_at = datetime.fromisoformat(
            self.database.recall("began") or self._began_at.isoformat()
        )
        plant = Plant(self.ground, folder, _hour_shift(began_at))
        forms = read_forms(county_table("forms.toml"))
        daily = max((each for each in forms if each.form == DAILY), key=lambda each: each.edition)
        self.reports = TownshipReports(self.database, self.ground.townships, daily)
        is_new = self.database.recall("began") is None
        put_forms(self.database, forms)
        contacts = read_contacts(county_table("contacts.toml"))
        put_directory(self.database, contacts, read_plans(county_table("plans.toml")))
        if is_new:
            seed_county(
                self.database,
                Cast(self.ground, writer, opening, plant),
                seed=seed,
                now=self._began_at.replace(microsecond=0),
                incidents=incidents,
                calm=self._scenario == "quiet",
            )
            self.reports.begin(self._began_at)
        self.course = Course(self.database, self._script, plant, writer, opening, seed)

    def start(self) -> str:
        """Start serving and the passage of time; return the base URL."""
        url = self.server.start()
        self._thread = threading.Thread(target=self._run, name="demo-county", daemon=True)
        self._thread.start()
        return url

    def _run(self) -> None:
        owed, last_s = 0.0, time.monotonic()
        marked_s = last_s
        while not self._stop.is_set():
            try:
                if self._stop.wait(TICK_S):
                    return
                now_s = time.monotonic()
                owed = min(owed + (now_s - last_s) * self._speed, MOST_SECONDS_A_TICK)
                last_s = now_s
                seconds, owed = int(owed), owed % 1
                if seconds:
                    self.course.advance(seconds, self.now())
                if self._is_over(marked_s):
                    marked_s = time.monotonic()
                    self.database.mark_durable()
                    self.reports.go_on(self.now())
            except BaseException:
                # A full disk must not freeze the county for good; the next tick tries again.
                LOG.exception("the county could not go on")

    @staticmethod
    def _is_over(last_s: float) -> bool:
        """Whether a minute has passed: a replica has all commands, townships give reports."""
        return time.monotonic() - last_s >= REPLICA_EVERY_S

    def close(self) -> None:
        """Stop time and the server, and close the database. Idempotent."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT_S)
            self._thread = None
        self.server.close()
        self.database.close()


class Cast(msgspec.Struct, frozen=True):
    """The makers of a county's rows."""

    ground: Ground
    writer: MatterWriter
    opening: Opening
    plant: Plant


def _hour_shift(began_at: datetime) -> Callable[[datetime], datetime]:
    local = began_at.astimezone(LOCAL)
    shift = timedelta(hours=BUSY_HOUR - local.hour - local.minute / 60)
    return lambda at: at + shift


def _evening_rain(now: datetime) -> Callable[[datetime], float]:
    """The rain that led to the opening: none two hours ago, heavy now."""

    def rain(at: datetime) -> float:
        minutes = (now - at).total_seconds() / 60
        return max(0.0, min(0.85, (110 - minutes) / 95))

    return rain


def seed_county(
    database: Database, cast_: Cast, *, seed: int, now: datetime, incidents: int, calm: bool
) -> None:
    """Fill an empty database in one transaction; the same arguments give the same rows."""
    random = Random(f"{seed}/county")
    rain: Callable[[datetime], float] = (lambda _at: 0.0) if calm else _evening_rain(now)
    keys = () if calm else cast_.opening.story_keys()
    plain = max(0, incidents - len(keys))
    past = history(cast_.writer, random, now, plain, 1)
    story = [
        cast_.opening.story_incident(key, random, now, plain + number, 0)
        for number, key in enumerate(reversed(keys), 1)
    ]
    assets = _opening_assets(cast_, now, calm, random, rain(now))
    queues = [
        _opening_queue(cast_.plant, each, now, calm, random) for each in cast_.plant.blank_queues
    ]
    with database.transaction() as transaction:
        transaction.put("townships", cast_.ground.townships)
        transaction.put("lines", cast_.ground.lines)
        transaction.put("incidents", chain(past, story))
        transaction.put("assets", assets)
        transaction.put("queues", queues)
        transaction.put("warnings", cast_.opening.past_warnings(now))
        if not calm:
            transaction.put("warnings", (cast_.opening.warning(now, 0),))
            transaction.put("alarms", cast_.opening.alarms(assets, now))
        transaction.put(
            "trends", [cast_.plant.asset_trend(each, now, rain, random) for each in assets]
        )
        transaction.put(
            "trends", [cast_.plant.queue_trend(each, now, rain, random) for each in queues]
        )
        transaction.remember("began", now.isoformat())
        transaction.remember("serial", str(incidents))


def _opening_assets(
    cast_: Cast, now: datetime, calm: bool, random: Random, rain: float
) -> list[Asset]:
    assets = cast_.plant.assets(random, now - timedelta(days=30))
    if not calm:
        assets = cast_.opening.with_failures(assets, now)
    read = []
    for each in assets:
        silent = each.state in ("failed", "unknown")
        seen_at = now - timedelta(seconds=random.randint(1, 240))
        value = None if silent else cast_.plant.read(each, now, rain, random)
        observed_at = each.since_at if silent else seen_at
        read.append(msgspec.structs.replace(each, value=value, observed_at=observed_at))
    return read


def _opening_queue(plant: Plant, queue: Queue, now: datetime, calm: bool, random: Random) -> Queue:
    waiting = None if calm else OPENING_QUEUES.get(queue.id)
    seen_at = now - timedelta(seconds=random.randint(1, 60))
    return plant.fill_queue(queue, seen_at, 0.0, random, waiting)
