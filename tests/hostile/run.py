"""Gives every parser hostile bytes and says the worst of it.

run.py [--inputs N] [--seed S] [--only NAME] [--jobs J] [--guided] [--keep DIR]
    N of Hypothesis' making for each parser; `--guided` adds N led by what they reach (atheris)

Each parser is read in a process of its own. What broke it is kept in DIR, one file an input.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.pool import ThreadPool
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

LIMIT_MS, LIMIT_MB = 500.0, 64.0
"""What one input may cost, by the project's own figures."""
STUCK_S = 3_600.0
LONGEST = 4_096


class Enough(BaseException):
    """So many inputs were wanted, and have been read."""


def main(words: Sequence[str] | None = None) -> int:
    """1 when anything broke, hung, or cost more than it may."""
    options = _read(words)
    if options.one:
        return _one(options)
    from hostile.parsers import PARSERS

    names = [name for name in PARSERS if not options.only or options.only in name]
    ways = ["hypothesis", *(["atheris"] if options.guided else [])]
    print(
        f"{'parser':24}{'by':>11}{'inputs':>9}{'taken':>9}{'worst ms':>10}{'worst MB':>10}  broke"
    )
    with ThreadPool(options.jobs) as pool:
        asked = [(name, way, options) for name in names for way in ways]
        bad = sum(pool.starmap(_judged, asked, chunksize=1))
    print(f"{len(names)} parsers, {bad} broken or beyond {LIMIT_MS:.0f} ms or {LIMIT_MB:.0f} MB")
    return int(bad > 0)


def _judged(name: str, way: str, options: argparse.Namespace) -> bool:
    """Have one parser read in a process of its own, and print its line; whether it is bad."""
    from hostile.watch import GREW_MB, Worst, name_of

    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        asked = [sys.executable, __file__, "--one", name, "--way", way, "--told", told]
        asked += ["--inputs", str(options.inputs), "--seed", str(options.seed)]
        done = subprocess.run(asked, capture_output=True, check=False, timeout=STUCK_S)
        if not told.exists():
            print(f"{name:24}{way:>11}  died: {done.stderr[-600:].decode(errors='replace')}")
            return True
        seen = msgspec.msgpack.decode(told.read_bytes(), type=Worst)
    ways = ", ".join(sorted(seen.broke)) or "-"
    grew = f"{seen.mb:.1f}" if seen.mb else f"< {GREW_MB:.0f}"  # Less is not looked into.
    print(
        f"{name:24}{way:>11}{seen.inputs:9}{seen.taken:9}{seen.ms:10.1f}{grew:>10}  {ways}",
        flush=True,
    )
    bad = {**seen.broke}
    if seen.ms > LIMIT_MS:
        bad["slow"] = seen.slowest
    if seen.mb > LIMIT_MB:
        bad["large"] = seen.largest
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
        for body in bad.values():
            (options.keep / f"{name.replace(' ', '-')}-{name_of(body)}").write_bytes(body)
    return bool(bad)


def _one(options: argparse.Namespace) -> int:
    """One parser in this process; what was seen goes to a file."""
    how: dict[str, Callable[[argparse.Namespace], None]] = {
        "hypothesis": _generated,
        "atheris": _guided,
    }
    how[options.way](options)
    return 0


def _generated(options: argparse.Namespace) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from hostile.inputs import hostile
    from hostile.parsers import PARSERS
    from hostile.watch import Watch

    watch = Watch(PARSERS[options.one])

    @seeded(options.seed)
    @settings(
        max_examples=options.inputs, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(hostile(watch.parser.samples))
    def feed(bodies: list[bytes]) -> None:
        for body in bodies:
            watch.feed(body)
        if watch.seen.inputs >= options.inputs:
            raise Enough

    with suppress(Enough):
        feed()
    watch.look()
    options.told.write_bytes(msgspec.msgpack.encode(watch.seen))


def _guided(options: argparse.Namespace) -> None:
    import atheris

    with atheris.instrument_imports(include=["desktop"]):
        from hostile.parsers import PARSERS
    from hostile.watch import Watch

    watch = Watch(PARSERS[options.one])

    def feed(body: bytes) -> None:
        watch.feed(body)
        if watch.seen.inputs >= options.inputs:
            watch.look()
            options.told.write_bytes(msgspec.msgpack.encode(watch.seen))
            os._exit(0)  # The library never comes back by itself.

    with tempfile.TemporaryDirectory() as folder:
        for number, sample in enumerate(watch.parser.samples):
            (Path(folder) / str(number)).write_bytes(sample)
        flags = [f"-seed={options.seed}", f"-max_len={LONGEST}", "-rss_limit_mb=0", "-timeout=0"]
        atheris.Setup([sys.argv[0], *flags, folder], feed)
        atheris.Fuzz()


def _read(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py faults hostile", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, metavar="N", help="of each parser")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--only", metavar="NAME", help="parsers with this in their name")
    parser.add_argument("--guided", action="store_true", help="N more led by what they reach")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="processes at once")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where what broke is kept")
    for hidden in ("--one", "--way"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--told", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.guided and importlib.util.find_spec("atheris") is None:
        parser.error("--guided needs atheris: pip install -r packaging/constraints/fuzz.txt")
    return options


if __name__ == "__main__":
    sys.exit(main())
