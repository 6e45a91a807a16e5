"""Plays schedules, or years of an office, and says what broke and what was reached.

run.py --seed S                             one schedule, with its trace
run.py --schedules N --seed S               N schedules from that seed on
run.py --years N --seed S --resume FILE     N office-years; those in the file are not played again
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from simulation import seams  # noqa: E402 - the paths above come first
from simulation.history import History  # noqa: E402
from simulation.play import play  # noqa: E402
from simulation.verdict import violations  # noqa: E402
from simulation.years import play_year  # noqa: E402

Line = dict[str, Any]
SHOWN = 6
"""So many faults of one seed are printed; all are in the file of results."""
COUNTED = ("click done", "exchange", "desk stopped", "server stopped", "put back")


def main(given: list[str] | None = None) -> int:
    """Play what is asked for; 1 when something broke."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schedules", type=int, metavar="N")
    parser.add_argument("--years", type=int, metavar="N")
    parser.add_argument("--days", type=float, default=365.0, help="of a year that is played")
    parser.add_argument("--resume", type=Path, metavar="FILE")
    parser.add_argument("--jobs", type=int, default=1, help="processes that play at once")
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--hashes", action="store_true", help="one line for each seed")
    options = parser.parse_args(given)
    if options.years is not None:
        return _years(options)
    if options.schedules is not None:
        seeds = range(options.seed, options.seed + options.schedules)
        return _many(seeds, play, "schedules", options)
    with seams.laid():
        history = play(options.seed, trace=True)
    found = violations(history)
    print(*found, history.digest(), sep="\n")
    return int(bool(found))


def _years(options: argparse.Namespace) -> int:
    file: Path | None = options.resume
    done = [] if file is None or not file.exists() else list(map(json.loads, file.open()))
    known = {line["seed"] for line in done}
    seeds = [s for s in range(options.seed, options.seed + options.years) if s not in known]
    return _many(
        seeds,
        partial(play_year, days=options.days, trace=options.trace),
        "office-years",
        options,
        before=done,
    )


def _many(
    seeds: Iterable[int],
    played: Callable[[int], History],
    unit: str,
    options: argparse.Namespace,
    before: Iterable[Line] = (),
) -> int:
    began_s, lines = time.monotonic(), list(before)
    count = 0
    # Forked, each process has the seams as they are laid here. It plays one history, which only
    # grows, and ends before garbage matters: to search for it cost a fifth of a year's time.
    forked = get_context("fork")
    with seams.laid(), forked.Pool(options.jobs, gc.disable, maxtasksperchild=1) as pool:
        for line in pool.imap_unordered(partial(_line, played, options.hashes), seeds):
            lines.append(line)
            count += 1
            if options.resume is not None:
                with options.resume.open("a") as out:
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
            if options.hashes:
                print(line["seed"], line["digest"], flush=True)
            for each in line["violations"][:SHOWN]:
                print(f"seed {line['seed']}: {each}", flush=True)
    took_s = time.monotonic() - began_s
    broken = sum(bool(line["violations"]) for line in lines)
    counted: Counter[str] = Counter()
    reached: Counter[str] = Counter()
    for line in lines:
        counted.update(line["counted"])
        reached.update(line["reached"])
    print(f"{len(lines)} {unit}, {broken} broken, {count / max(took_s, 1e-9):.2f} a second")
    print(f"{len(reached)} states reached; {dict(counted)}")
    for state, times in sorted(reached.items()):
        print(f"  {times:6} {state}")
    return int(broken > 0)


def _line(played: Callable[[int], History], hashes: bool, seed: int) -> Line:
    """What is kept of one seed."""
    began_s = time.monotonic()
    try:
        history = played(seed)
    except Exception as error:  # noqa: BLE001 - the seed is worth more than the trace
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} at {Path(where.filename).name}:{where.lineno}"
        return {"seed": seed, "violations": [said], "counted": {}, "reached": {}, "digest": ""}
    return {
        "seed": seed,
        "violations": violations(history),
        "counted": {what: len(history.of(what)) for what in COUNTED},
        "reached": history.reached,
        "digest": history.digest() if hashes else "",
        "took_s": round(time.monotonic() - began_s, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
