"""`scroll`: a frame of the list over a million rows, and of the map with 10,000 markers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from desk_folder import filled
from figure import CannotMeasure, Figure, at_most, told

from support.display import Display

TARGET = 1.5
MILLION = 1_000_000
WITHIN_S = 300
FRAMES = Path(__file__).with_name("frames.py")


def measure() -> list[Figure]:
    """List and map in a real window of 1920×1080, each in turns with its floor."""
    folder = filled(MILLION)
    with Display(1920, 1080) as display:
        listed = _frames("list", folder, display)
        panned = _frames("map", folder, display)
    return [
        at_most(
            "scroll-list",
            listed["ours"] / listed["floor"],
            f"× plain QTableView, {listed['rows']:,} rows (ms a frame)",
            TARGET,
            listed["floor"],
        ),
        told("scroll-list-ms", listed["ours"], "ms a frame", listed["floor"]),
        told(
            "scroll-list-blank", listed["blank_share"], "share of frames with a line not yet loaded"
        ),
        at_most(
            "scroll-map",
            panned["ours"] / panned["floor"],
            f"× pyqtgraph scatter, {panned['marks']:,} markers (ms a frame)",
            TARGET,
            panned["floor"],
        ),
        told("scroll-map-ms", panned["ours"], "ms a frame", panned["floor"]),
    ]


def _frames(what: str, folder: Path, display: Display) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, os.fspath(FRAMES), what, os.fspath(folder)],
        env=display.environment(),
        capture_output=True,
        timeout=WITHIN_S,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"{what}: {done.stderr.decode('utf-8', 'replace')[-1500:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured
