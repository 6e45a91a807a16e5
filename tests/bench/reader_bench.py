"""`reader`: a desk with 20,000 open incidents while a reader of the screen listens."""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing

import psutil
from burst_bench import MOST_MS, Told, desk_on_busy_county
from figure import Figure, at_most, median, told

from support import spoken_rules
from support.display import Display
from support.screen import Hands
from support.screen_reader import Buses, Reader

ROWS, STEPS, UPDATES = 20_000, 60, 500
SAID_WITHIN_S, UNDER_WAY_S = 10.0, 8.0
ROW = "SJ-"
SPOKEN_AIM_MS = 100.0
TREE_AIM_MB = 8.0


def measure() -> list[Figure]:
    """One desk on one county, stepped through, read, and updated."""
    with (
        Display() as display,
        Buses(display.environment()) as buses,
        Reader(buses) as reader,
        desk_on_busy_county("busy_desk.py", buses.environment(), ROWS, ROWS) as (county, desk),
    ):
        with closing(Hands(display.name)) as hands:
            hands.focus(int(desk.ask("window")))
        return [*_steps(reader, desk), *_memory(reader, desk), *_updates(reader, county, desk)]


def _steps(reader: Reader, desk: Told) -> list[Figure]:
    """From the key to what is told, and how late the window's own events are meanwhile."""
    _step(reader, "j")
    desk.tell("begin")
    took = sorted(_step(reader, "Down" if number % 2 else "j") for number in range(STEPS))
    late = json.loads(desk.ask("end"))
    unit = f"ms from the key to the row told, p95 of {STEPS}, median {median(took):.0f}"
    return [
        at_most("reader-row-p95", took[int(0.95 * STEPS)], unit, SPOKEN_AIM_MS),
        *_late("steps", f"{STEPS} steps among {ROWS:,} rows", late),
    ]


def _step(reader: Reader, key: str) -> float:
    reader.heard.clear()
    begun_s = time.perf_counter()
    reader.press(key)
    reader.hear(lambda said: said.startswith(ROW), SAID_WITHIN_S, "the next row")
    return (time.perf_counter() - begun_s) * 1000


def _memory(reader: Reader, desk: Told) -> list[Figure]:
    """What a walk through all that is shown adds to the desk."""
    before = _resident_mb(desk)
    desk.tell("begin")
    things = len(spoken_rules.read(reader, reader.windows()))
    late = json.loads(desk.ask("end"))
    added = _resident_mb(desk) - before
    what = f"a walk through {things:,} things"
    return [
        told("reader-memory", before, "MB of the desk that is read"),
        at_most("reader-walk-memory", added, f"MB more after {what}", TREE_AIM_MB),
        *_late("walk", what, late),
    ]


def _resident_mb(desk: Told) -> float:
    return float(psutil.Process(desk.pid).memory_info().rss) / 1e6


def _updates(reader: Reader, county: Told, desk: Told) -> list[Figure]:
    """How late the window's own events are while rows change under the reader."""
    desk.tell("begin")
    changing = threading.Thread(target=county.ask, args=(f"update {UPDATES} 1",))
    changing.start()
    reader.listen(UNDER_WAY_S)
    changing.join()
    late = json.loads(desk.ask("end"))
    return _late("updates", f"{UPDATES} updates of {ROWS:,} rows", late)


def _late(label: str, what: str, late: dict[str, float]) -> list[Figure]:
    return [
        at_most(f"reader-{label}-p99", late["p99"], f"ms late, {what}: p99", 16.0),
        at_most(f"reader-{label}-max", late["max"], f"ms late, {what}: the latest", MOST_MS),
    ]
