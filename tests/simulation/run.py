"""Plays schedules: `run.py --schedules N --seed S`, or one with its trace: `--seed S`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from simulation import seams  # noqa: E402 - the paths above come first
from simulation.play import play  # noqa: E402


def main(given: list[str] | None = None) -> int:
    """Play what is asked for; 1 when a schedule broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schedules", type=int)
    parser.add_argument("--hashes", action="store_true", help="one line for each seed")
    options = parser.parse_args(given)
    with seams.laid():
        if options.schedules is None:
            print(play(options.seed, trace=True).digest())
            return 0
        return _many(options.seed, options.schedules, hashes=options.hashes)


def _many(first: int, count: int, *, hashes: bool) -> int:
    began_s, reached = time.monotonic(), Counter[str]()
    broken = 0
    for seed in range(first, first + count):
        try:
            history = play(seed)
        except Exception as error:  # noqa: BLE001 - the seed is worth more than the trace
            broken += 1
            print(f"seed {seed}: {type(error).__name__}: {error}", flush=True)
            continue
        reached.update(history.reached)
        if hashes:
            print(seed, history.digest(), flush=True)
    took_s = time.monotonic() - began_s
    print(f"{count} schedules, {broken} broken, {count / took_s:.1f} a second")
    for state, times in sorted(reached.items()):
        print(f"  {times:6} {state}")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
