"""Which programs of `tests/` the words after `dev.py faults` ask for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from devkit.place import ROOT

MODEL = ROOT / "tests" / "model" / "run.py"
WHOLE = ROOT / "tests" / "simulation" / "run.py"
MUTANTS = ROOT / "tests" / "simulation" / "run_mutants.py"
KILLS = ROOT / "tests" / "simulation" / "kill_run.py"
HOSTILE = ROOT / "tests" / "hostile" / "run.py"
REAL = ROOT / "tests" / "faults" / "real" / "run.py"
LONG = ("--model", "1000000", "--schedules", "20000", "--mutants", "--kills", "1000", "--jobs", "2")


def programs(words: Sequence[str]) -> list[list[str | Path]]:
    """The programs to run one after the other, each with its own words.

    `real` and `hostile` take the whole line; else each number goes to its program, all with
    the same seed. A seed alone plays one schedule again.
    """
    for name, program in (("real", REAL), ("hostile", HOSTILE)):
        if words[:1] == [name]:
            return [[program, *words[1:]]]
    options = _read(words or LONG)
    seed = [] if options.seed is None else ["--seed", options.seed]
    jobs = ["--jobs", options.jobs]
    resume = [] if options.resume is None else ["--resume", options.resume]
    asked: list[list[str | Path]] = []
    if options.model is not None:
        many = ["--schedules", options.model] if options.model else []
        asked.append([MODEL, *many, *seed])
    if options.schedules is not None:
        asked.append([WHOLE, "--schedules", options.schedules, *seed, *jobs])
    if options.years is not None:
        asked.append([WHOLE, "--years", options.years, *seed, *jobs, *resume])
    if options.mutants is not None:
        only = ["--only", options.mutants] if options.mutants else []
        asked.append([MUTANTS, *only, *seed, *jobs])
    if options.kills is not None:
        asked.append([KILLS, "--kills", options.kills, *seed, *resume])
    return asked or [[WHOLE, *seed]]


def _read(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py faults")
    parser.add_argument("--schedules", metavar="N", help="of the whole program, simulated")
    parser.add_argument("--years", metavar="N", help="of simulated offices")
    parser.add_argument("--model", metavar="N", nargs="?", const="", help="of its model: fast")
    parser.add_argument("--mutants", metavar="NAME", nargs="?", const="", help="all, or one")
    parser.add_argument("--kills", metavar="M", help="of real processes")
    parser.add_argument("--resume", metavar="FILE", help="go on with the kills or years in it")
    parser.add_argument("--seed", metavar="S")
    parser.add_argument("--jobs", metavar="J", default="1", help="processes at once")
    options = parser.parse_args(words)
    if options.resume is not None and (options.years is None) == (options.kills is None):
        parser.error("--resume goes with --years or with --kills: each keeps a file of its own")
    return options
