"""`burst`: the desk's event loop under 1,000 updates a second, also beside other work, and under a
flood of alarms."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from figure import CannotMeasure, Figure, at_most, told

from support.display import Display
from support.program import county_desk, until, write_profile

HERE = Path(__file__).parent
INCIDENTS, AT_WORK = 10_000, 4_500
"""With its 500 assets the county then has 5,000 marks on the map."""
RATE, SECONDS, IDLE_SECONDS = 1_000, 60.0, 20.0
ALARMS = 5_000
P99_MS, MOST_MS = 16.0, 50.0
SETTLED_WITHIN_S = 60.0


class Told:
    """A process that is told what to do line by line and answers in lines."""

    def __init__(
        self,
        *words: str | Path,
        program: Sequence[str] = (sys.executable,),
        environment: dict[str, str] | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            [*program, *map(os.fspath, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | (environment or {}),
        )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def line(self) -> str:
        """The next line it says; CannotMeasure when it ends instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CannotMeasure(f"a process of the bench ended with {self._process.wait(10)}")
        return line.strip()

    def tell(self, request: str) -> None:
        """Give a request that is not answered."""
        assert self._process.stdin is not None
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()

    def ask(self, request: str) -> str:
        """The answer to a request."""
        self.tell(request)
        return self.line()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@contextmanager
def desk_on_busy_county(
    program: str,
    environment: dict[str, str],
    incidents: int = INCIDENTS,
    at_work: int = AT_WORK,
) -> Iterator[tuple[Told, Told]]:
    """A busy county, and a desk in that environment that has its rows and has come to rest.

    `program` holds the desk: one of this folder that answers `settled`.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        county = stack.enter_context(Told(HERE / "busy_county.py", str(incidents), str(at_work)))
        profile = write_profile(folder / "desk.toml", county.line(), period_s=5)
        words = ("sync", "--once", "--profile", profile, "--profile-dir", folder / "desk")
        synced = county_desk(*words, "--key", "file", within_s=120)
        if synced.returncode:
            raise CannotMeasure(synced.stdout + synced.stderr)
        [store] = [each.parent for each in (folder / "desk").rglob("cache.db")]
        desk = stack.enter_context(Told(HERE / program, profile, store, environment=environment))
        until(lambda: json.loads(desk.ask("settled")), SETTLED_WITHIN_S, "a settled desk")
        yield county, desk


@contextmanager
def other_work() -> Iterator[None]:
    """Work that lets others go first, on every core."""
    busy = [
        subprocess.Popen(["nice", "-n", "19", sys.executable, "-c", "while True: pass"])
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for each in busy:
            each.kill()
            each.wait()


def measure() -> list[Figure]:
    """One desk on one county: idle, under updates, under updates beside other work, under
    alarms."""
    with (
        Display() as display,
        desk_on_busy_county("busy_desk.py", display.environment()) as (county, desk),
    ):
        return _measured(county, desk)


def _measured(county: Told, desk: Told) -> list[Figure]:
    desk.tell("begin")
    threading.Event().wait(IDLE_SECONDS)
    idle = json.loads(desk.ask("end"))
    burst, kept = _under(county, desk, f"update {RATE} {SECONDS}", "incidents")
    with other_work():
        beside, held = _under(county, desk, f"update {RATE} {SECONDS}", "incidents")
    flood, rang = _under(county, desk, f"alarms {ALARMS}", "alarms")
    what = f"{RATE:,} updates/s for {SECONDS:g} s"
    return [
        told("burst-idle-p99", idle["p99"], "ms late, the same window idle"),
        told("burst-idle-max", idle["max"], "ms late, the same window idle"),
        at_most("burst-p99", burst["p99"], f"ms late, {what}", P99_MS, idle["p99"]),
        at_most("burst-max", burst["max"], f"ms late, {what}", MOST_MS, idle["max"]),
        at_most("burst-beside-p99", beside["p99"], f"ms late, {what}, other work", P99_MS),
        at_most("burst-beside-max", beside["max"], f"ms late, {what}, other work", MOST_MS),
        at_most("burst-dropped", 0 if kept and held else 1, "1 when any row differs at the end", 0),
        at_most("flood-p99", flood["p99"], f"ms late, {ALARMS:,} alarms in 1 s", P99_MS),
        at_most("flood-max", flood["max"], f"ms late, {ALARMS:,} alarms in 1 s", MOST_MS),
        at_most("flood-dropped", 0 if rang else 1, "1 when any alarm differs at the end", 0),
    ]


def _under(county: Told, desk: Told, request: str, collection: str) -> tuple[dict[str, Any], bool]:
    """The desk's delays while the county does so, and whether every row came in the end."""
    desk.tell("begin")
    expected = county.ask(request)
    delays: dict[str, Any] = json.loads(desk.ask("end"))
    same: Callable[[], bool] = lambda: desk.ask(f"digest {collection}") == expected  # noqa: E731
    try:
        until(same, SETTLED_WITHIN_S, "the same rows at both ends")
    except AssertionError:
        return delays, False
    return delays, True
