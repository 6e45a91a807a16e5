"""Plays schedules and mutants, long or short, and replays one seed.

`run.py --schedules N [--seed S]` prints one line and fails on any violation;
`run.py --seed S` alone plays that schedule again and prints its trace.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import multiprocessing
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import msgspec  # noqa: E402 - the paths above come first for all of these

from model.invariants import Violation  # noqa: E402
from model.mutants import Setting  # noqa: E402
from model.mutants_seen import MUTANTS  # noqa: E402
from model.world import World  # noqa: E402

REPLAY = "python3 packaging/dev.py faults --model --seed"
CHUNK = 250
MUTANT_SEEDS = 20_000
"""A mutant that lives so long is a hole in the tests."""
SHOWN_BY = {
    "answers of another epoch taken": 1052,
    "no fencing": 290,
    "withdrawn although it may have left": 243,
    "no order check": 202,
    "dedupe in another transaction": 152,
    "priority overtakes its own target": 126,
}
"""The seed that showed a mutant last: played first, and all in turn where it shows it no more."""


class Broken(msgspec.Struct, frozen=True):
    """One schedule that did not hold."""

    seed: int
    letter: str
    what: str


def play(
    seed: int, setting: Setting | None = None, trace: list[str] | None = None
) -> Broken | None:
    """One schedule; what broke in it, or None."""
    chosen = setting or Setting()
    try:
        World(seed, trace=trace, county=chosen.county, parts=chosen.parts).run()
    except Violation as violation:
        return Broken(seed, violation.letter, str(violation))
    except Exception:  # noqa: BLE001 - whatever breaks is a finding
        return Broken(seed, "X", "X: " + traceback.format_exc(limit=-4))
    return None


def trace_hash(seed: int) -> str:
    """What identifies everything that happened in a schedule, in order."""
    trace: list[str] = []
    broken = play(seed, trace=trace)
    trace.append(repr(broken))
    return hashlib.sha256("\n".join(trace).encode()).hexdigest()


def _chunk(start_and_count: tuple[int, int]) -> list[Broken]:
    start, count = start_and_count
    found = [broken for seed in range(start, start + count) if (broken := play(seed)) is not None]
    gc.collect()  # Once for many: worlds are full of circles.
    return found


def _caught(name: str) -> tuple[str, Broken | None]:
    with MUTANTS[name]() as setting:
        for seed in (SHOWN_BY.get(name, 0), *range(MUTANT_SEEDS)):
            if (broken := play(seed, setting)) is not None:
                return name, broken
    return name, None


def chunks(first: int, schedules: int) -> Iterator[tuple[int, int]]:
    """The seeds in portions for the workers."""
    for start in range(first, first + schedules, CHUNK):
        yield start, min(CHUNK, first + schedules - start)


def play_all(
    schedules: int, first: int, workers: int, mutants: Sequence[str]
) -> tuple[list[Broken], list[str]]:
    """The schedules that broke and the mutants that lived."""
    broken: list[Broken] = []
    gc.freeze()
    with multiprocessing.get_context("fork").Pool(workers, initializer=gc.disable) as pool:
        survivors = [
            name for name, caught in pool.imap_unordered(_caught, mutants) if caught is None
        ]
        for found in pool.imap_unordered(_chunk, chunks(first, schedules)):
            for each in found:
                print(f"seed {each.seed}: {each.what}\n    {REPLAY} {each.seed}", flush=True)
            broken += found
    for name in survivors:
        print(f"mutant not caught in {MUTANT_SEEDS} schedules: {name}")
    return broken, survivors


def run(schedules: int, first: int, workers: int, mutants: Sequence[str]) -> int:
    """Play, print the summary; 0 when everything held and every mutant was caught."""
    began_s = time.monotonic()
    broken, survivors = play_all(schedules, first, workers, mutants)
    letters = Counter(each.letter for each in broken)
    others = len(broken) - letters["L"] - letters["D"] - letters["O"]
    print(
        f"schedules {schedules}"
        f"  lost {letters['L']}"
        f"  doubled {letters['D']}"
        f"  out of order {letters['O']}"
        f"  other violations {others}"
        f"  mutants caught {len(mutants) - len(survivors)}/{len(mutants)}"
        f"  seconds {time.monotonic() - began_s:.0f}"
    )
    return 1 if broken or survivors else 0


def replay(seed: int) -> int:
    """Play one schedule again and say all that happens in it."""
    trace: list[str] = []
    broken = play(seed, trace=trace)
    print("\n".join(trace))
    print("held" if broken is None else f"broken: {broken.what}")
    return 1 if broken else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's own words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, metavar="N")
    parser.add_argument(
        "--seed", type=int, metavar="S", help="the first seed, or the one to replay"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--hashes", type=int, metavar="N", help="trace hashes of N seeds")
    options = parser.parse_args(arguments)
    first = options.seed or 0
    if options.hashes:
        for seed in range(first, first + options.hashes):
            print(trace_hash(seed))
        return 0
    if options.schedules is None and options.seed is not None:
        return replay(options.seed)
    return run(options.schedules or 0, first, options.workers, list(MUTANTS))


if __name__ == "__main__":
    sys.exit(main())
