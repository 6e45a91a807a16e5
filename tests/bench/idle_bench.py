"""`idle`: what each posture costs while nobody touches it, thread by thread."""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from burst_bench import HERE, SETTLED_WITHIN_S, Told
from figure import CannotMeasure, Figure, at_most, told

from support.display import Display
from support.program import County, county_desk, until, write_profile

INCIDENTS = 10_000
POSTURES = ("desk", "wall", "township")
SECONDS = 40.0
REST_S = 20.0
"""How long a window is left alone before it is measured: its first rows have been drawn then."""
PERIOD_S = 5.0
STATES = {"quiet": "source alive, nothing new", "pace": "at the demo's pace", "gone": "source gone"}
MOST_PERCENT = {"quiet": 0.5, "pace": 2.0, "gone": 0.5}
"""Of one core, all threads together."""
BUDGET_MS = {
    "MainThread": {"quiet": 220, "pace": 600, "gone": 260},
    "reader": {"quiet": 10, "pace": 150, "gone": 10},
    "worker-county": {"quiet": 50, "pace": 300, "gone": 20},
    "hints-county": {"quiet": 5, "pace": 10, "gone": 2},
    "writer-cache": {"quiet": 10, "pace": 90, "gone": 3},
    "others": {"quiet": 5, "pace": 50, "gone": 5},
}
"""Milliseconds of CPU a minute by thread; together what all may take."""


class Cost(NamedTuple):
    """What one thread used in a minute."""

    cpu_ms: float
    wakes: float


def measure(seconds: float = SECONDS) -> list[Figure]:
    """Each posture with its source alive and quiet, gone, and alive at the demo's pace; and a bare
    clock, which tells how dear a second's repaint is on this computer now."""
    return [
        _floor(seconds),
        *_postures(seconds),
    ]


def _floor(seconds: float) -> Figure:
    with (
        Display() as display,
        Told(HERE / "idle_floor.py", environment=display.environment()) as window,
    ):
        threading.Event().wait(REST_S)
        percent = sum(cost.cpu_ms for cost in _cost(window, seconds).values()) / 600
    return told("idle-floor", percent, "% of a core, a bare window with a clock of seconds")


def _postures(seconds: float) -> list[Figure]:
    return [
        figure
        for posture in POSTURES
        for speed in (0, 1)
        for state, costs in _watch(posture, speed, seconds)
        for figure in _figures(posture, state, costs)
    ]


def _watch(posture: str, speed: int, seconds: float) -> Iterator[tuple[str, dict[str, Cost]]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        display = stack.enter_context(Display())
        words = ("--speed", str(speed), "--incidents", str(INCIDENTS))
        county = stack.enter_context(County(folder, *words))
        window = stack.enter_context(_opened(posture, county, folder, display))
        threading.Event().wait(REST_S)
        yield ("pace" if speed else "quiet"), _cost(window, seconds)
        if not speed:
            county.stop()
            threading.Event().wait(REST_S)
            yield "gone", _cost(window, seconds)


def _opened(posture: str, county: County, folder: Path, display: Display) -> Told:
    """A window with the county's rows that has come to rest."""
    profile = write_profile(folder / "desk.toml", county.url, period_s=PERIOD_S)
    words = ("sync", "--once", "--profile", profile, "--profile-dir", folder / "desk")
    synced = county_desk(*words, "--key", "file", within_s=120)
    if synced.returncode:
        raise CannotMeasure(synced.stdout + synced.stderr)
    [store] = [each.parent for each in (folder / "desk").rglob("cache.db")]
    window = Told(HERE / "idle_desk.py", profile, store, posture, environment=display.environment())
    until(lambda: json.loads(window.ask("settled")), SETTLED_WITHIN_S, "a settled window")
    return window


def _cost(window: Told, seconds: float) -> dict[str, Cost]:
    """What each thread uses in a minute, by its name; a pool's threads together."""
    before = {number: rest for number, *rest in json.loads(window.ask("threads"))}
    threading.Event().wait(seconds)
    spent: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for number, name, cpu_s, wakes in json.loads(window.ask("threads")):
        _, had_s, had_wakes = before.get(number, (name, 0.0, 0))
        of = spent[_kind(name)]
        of[0] += (cpu_s - had_s) * 1000 * 60 / seconds
        of[1] += (wakes - had_wakes) * 60 / seconds
    return {name: Cost(*of) for name, of in spent.items()}


def _kind(name: str) -> str:
    """A thread's name without its number."""
    return re.sub(r"[-_ ]?\d+( \(.*\))?$", "", name)


def _figures(posture: str, state: str, costs: dict[str, Cost]) -> Iterator[Figure]:
    label = f"idle-{posture}-{state}"
    percent = sum(cost.cpu_ms for cost in costs.values()) / 600
    yield at_most(label, percent, f"% of a core, {posture}, {STATES[state]}", MOST_PERCENT[state])
    wakes = sum(cost.wakes for cost in costs.values())
    yield told(f"{label}-wakes", wakes, "wake-ups a minute, all threads")
    named = {name: costs.pop(name, Cost(0, 0)) for name in BUDGET_MS if name != "others"}
    rest = Cost(sum(c.cpu_ms for c in costs.values()), sum(c.wakes for c in costs.values()))
    for name, cost in {**named, "others": rest}.items():
        unit = f"ms of CPU a minute, {cost.wakes:.0f} wake-ups"
        if name == "others":
            most = sorted(costs, key=lambda each: -costs[each].cpu_ms)[:3]
            unit += f": {', '.join(f'{each} {costs[each].cpu_ms:.0f}' for each in most)}"
        yield at_most(f"{label}-{name}", cost.cpu_ms, unit, BUDGET_MS[name][state])
