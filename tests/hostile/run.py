"""Gives every parser hostile bytes and says the worst of it, one line each.

run.py [--inputs N] [--seed S] [--only NAME] [--jobs J] [--guided] [--by WAY] [--resume FILE]
    N of Hypothesis' making for each parser; `--guided` adds N led by what they reach (atheris),
    `--by atheris` gives these alone

Each parser is read in a process of its own. What broke it is kept in `--keep DIR`, one file an
input. A run that was interrupted goes on from its FILE: a parser in there is not read again.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from multiprocessing.pool import ThreadPool
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

WAYS = ("hypothesis", "atheris")


def main(words: Sequence[str] | None = None) -> int:
    """1 when anything broke, hung, cost more than it may, or was not read to its end."""
    options = _read(words)
    if options.one:
        # Before anything of the program is here: what leads the inputs changes what it imports.
        from hostile.feeding import feed

        feed(options.by, options.one, options.inputs, options.seed, options.told)
        return 0
    from hostile.parsers import PARSERS
    from hostile.readings import HEAD, LIMIT_MB, LIMIT_MS, Kept, Reading, read_apart

    ways = WAYS if options.guided else (options.by,)
    names = [name for name in PARSERS if not options.only or options.only in name]
    kept = Kept(options.resume, options.seed, options.inputs)

    def judged(name: str, way: str) -> Reading:
        found = kept.of(name, way)
        if found is None:
            found = read_apart(asked(name, way), name, way, options.minutes * 60, options.keep)
            kept.add(found)
        print(found.line(options.inputs), flush=True)
        return found

    def asked(name: str, way: str) -> list[str]:
        counts = ["--inputs", str(options.inputs), "--seed", str(options.seed)]
        return [sys.executable, __file__, "--one", name, "--by", way, *counts]

    print(HEAD)
    with ThreadPool(options.jobs) as pool:
        work = [(name, way) for name in names for way in ways]
        found = pool.starmap(judged, work, chunksize=1)
    for each in found:
        if each.died:
            print(f"\n{each.name} by {each.way}, the last it said:\n{each.died}\n")
    bad = sum(each.bad for each in found)
    short = sum(each.seen.inputs < options.inputs for each in found)
    print(
        f"{len(names)} parsers, {bad} broken or beyond {LIMIT_MS:.0f} ms or {LIMIT_MB:.0f} MB,"
        f" {short} not read to the end"
    )
    return int(bad + short > 0)


def _read(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py faults hostile", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, metavar="N", help="of each parser")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--only", metavar="NAME", help="parsers with this in their name")
    parser.add_argument("--guided", action="store_true", help="N more led by what they reach")
    parser.add_argument("--by", choices=WAYS, default=WAYS[0], help="one way alone")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="processes at once")
    parser.add_argument(
        "--minutes", type=float, default=60, metavar="M",
        help="for each parser; what it reached in them is said",
    )  # fmt: skip
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on from here, keep here")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where what broke is kept")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--told", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    guided = options.guided or options.by == "atheris"
    if guided and importlib.util.find_spec("atheris") is None:
        parser.error("atheris is not here: pip install -r packaging/constraints/fuzz.txt")
    return options


if __name__ == "__main__":
    sys.exit(main())
