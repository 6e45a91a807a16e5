"""Which programs of `tests/` the words after `dev.py faults` ask for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from devkit.place import ROOT

SCHEDULES = ROOT / "tests" / "sim" / "run.py"
KILLS = ROOT / "tests" / "simulation" / "kill_run.py"
REAL = ROOT / "tests" / "faults" / "real" / "run.py"
LONG = ("--schedules", "1000000", "--kills", "1000")


def programs(words: Sequence[str]) -> list[list[str | Path]]:
    """The programs to run one after the other, each with its own words.

    `real` takes the whole line; else kills go to their program and all the rest to the
    schedules, both with the same seed.
    """
    if words[:1] == ["real"]:
        return [[REAL, *words[1:]]]
    parser = argparse.ArgumentParser(prog="dev.py faults")
    parser.add_argument("--kills", metavar="M")
    parser.add_argument("--resume", metavar="FILE", help="go on with the kills of this file")
    parser.add_argument("--seed", metavar="S")
    options, rest = parser.parse_known_args(words or LONG)
    seed = [] if options.seed is None else ["--seed", options.seed]
    resume = [] if options.resume is None else ["--resume", options.resume]
    asked: list[list[str | Path]] = []
    if rest or options.kills is None:
        asked.append([SCHEDULES, *rest, *seed])
    if options.kills is not None:
        asked.append([KILLS, "--kills", options.kills, *seed, *resume])
    return asked
