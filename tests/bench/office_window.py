"""The office's window on an old PC: how soon its assignments are painted, and what it weighs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from figure import Figure, at_most, median, told
from memory_bench import weigh_living, weigh_still_mb
from office import TOWNSHIP, Office, start_county
from startup_bench import bare_window, painted_after_s

from support.display import Display
from support.program import PROGRAM

RUNS = 5
START, MEMORY_MB = 3.0, 160.0
LIVED_S = 30.0
SCREEN = (1366, 768)


def measure_window() -> list[Figure]:
    """A window that fills its own store, and the same again with the county gone."""
    with tempfile.TemporaryDirectory() as scratch, Display(*SCREEN) as display:
        folder = Path(scratch)
        with start_county(folder) as county:
            asked = "SELECT count(*) FROM rows WHERE collection = 'incidents' AND townships = ?"
            [(incidents,)] = county.ask(asked, TOWNSHIP)
            fresh, office = Office(folder / "fresh", county.url), Office(folder / "o", county.url)
            own = weigh_living(
                fresh.words, display, folder, LIVED_S, posture="township", wanted=incidents
            )
            office.sync()
        bare, painted = _painted_s(office, display, folder)
        still_mb = weigh_still_mb(office.words, display, folder, LIVED_S, "township")
    what = f"{incidents} incidents of the township, {SCREEN[0]}×{SCREEN[1]}"
    return [
        at_most("township-start", painted / bare, "× bare window (ms)", START, bare * 1000),
        told("township-start-ms", painted * 1000, "ms from process start to assignments painted"),
        at_most("township-memory", still_mb, f"MB PSS, county gone, {what}", MEMORY_MB),
        at_most("township-memory-first", own.lived_mb, "MB PSS, own first sync", MEMORY_MB),
        told("township-memory-highest", own.highest_mb, "MB PSS, the most at any second of it"),
    ]


def _painted_s(office: Office, display: Display, scratch: Path) -> tuple[float, float]:
    """Seconds to the first paint, in the middle of several: of a bare window, of the office's."""
    commands = (
        bare_window,
        lambda _scratch: [*PROGRAM, "township", *map(str, office.words)],
    )
    runs = [
        [painted_after_s(command, scratch, display) for command in commands]
        for _ in range(RUNS + 1)
    ]
    # The first round fills the disk cache, and compiles.
    bare, painted = (median(taken) for taken in zip(*runs[1:], strict=True))
    return bare, painted
