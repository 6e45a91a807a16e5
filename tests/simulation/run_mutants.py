"""Plays schedules under each mutant until the judge objects, and says which survive.

run_mutants.py --schedules N --seed S               all of them, and the product as it is
run_mutants.py --schedules N --seed S --only NAME   one of them, by its name or a part of it

A mutant that makes a mistake of its own has proved nothing: it counts as broken. One that
names the words that are due is dead once they are said: others blame what came of it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from simulation import seams  # noqa: E402 - the paths above come first
from simulation.acts import Act  # noqa: E402
from simulation.carried.acts import EVERY_ACT  # noqa: E402
from simulation.mutants import BROKEN, CALLS, HINTS, MUTANTS, WITHOUT, WORDS  # noqa: E402
from simulation.play import play  # noqa: E402
from simulation.verdict import violations  # noqa: E402

PRODUCT = ""
"""Stands for the product as it is."""
MOST_S = 60
"""Of the processor's time for one schedule: one that takes longer goes in a circle."""
SHOWN = 200


class Told(NamedTuple):
    """What became of one mutant."""

    name: str
    schedules: int
    said: str = ""
    """What was said first against it; empty for one that survives."""
    aside: str = ""
    """What was said before that, in other words than are due."""
    broken: str = ""
    calls: int = 0
    took_s: float = 0.0


class Circle(BaseException):
    """A schedule that does not come to its end; nothing of the program catches it."""


def main(given: list[str] | None = None) -> int:
    """Play what is asked for; 1 when a mutant survives or breaks, or the product is blamed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schedules", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(given)
    wanted = [n for n in MUTANTS if not options.only or any(o in n for o in options.only)]
    work = [(name, options.seed, options.schedules) for name in wanted]
    if not options.only:
        # The product is played last and in pieces: it takes longest.
        step = -(-options.schedules // options.jobs)
        ends = range(options.seed, options.seed + options.schedules, step)
        last = options.seed + options.schedules
        work += [(PRODUCT, seed, min(step, last - seed)) for seed in ends]
    return _told(list(_played(work, options.jobs)))


def _played(work: list[tuple[str, int, int]], jobs: int) -> Iterator[Told]:
    """What became of each, as it is known; each has a process of its own."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawned, max_tasks_per_child=1) as pool:
        for done in as_completed([pool.submit(outlive, *each) for each in work]):
            told = done.result()
            print(_line(told), flush=True)
            yield told


def outlive(name: str, seed: int, schedules: int) -> Told:
    """Play schedules under one mutant until something is said against one."""
    began_s, mutant = time.monotonic(), MUTANTS[name]() if name else nullcontext()
    wanted = HINTS.get(name, ())
    theme = tuple(act for act in dict.fromkeys(EVERY_ACT) if act.__name__ in wanted)
    assert len(theme) == len(wanted), f"{name} hints at an act that is not there"
    aside, due = "", WORDS.get(name, ())
    with seams.laid(), mutant:
        for number in range(schedules):
            # Every second schedule has the acts in which it is known to show.
            found = _found(seed + number, theme if number % 2 else (), WITHOUT.get(name, ()))
            said = next((s for s in found if not due or any(word in s for word in due)), "")
            aside = aside or next(iter(found), "")
            if said or BROKEN:
                break
    told = Told(name, number + 1, said, "" if said else aside, "; ".join(BROKEN[:1]))
    return told._replace(calls=CALLS[name], took_s=time.monotonic() - began_s)


def _found(seed: int, theme: tuple[Act, ...], without: tuple[str, ...]) -> list[str]:
    """All that is said against one schedule."""
    try:
        with _in_time():
            found = violations(play(seed, theme=theme, without=without))
    except Circle:
        found = ["it goes in a circle"]
    except Exception as error:  # noqa: BLE001 - whatever it is, the mutant has caused it
        where = traceback.extract_tb(error.__traceback__)[-1]
        found = [f"{type(error).__name__}: {error} at {Path(where.filename).name}:{where.lineno}"]
    return [f"seed {seed}: {each}" for each in found]


@contextmanager
def _in_time() -> Iterator[None]:
    def over(number: int, frame: FrameType | None) -> None:
        raise Circle

    before = signal.signal(signal.SIGVTALRM, over)
    # Again and again: the first one may be lost in a call from the database's library.
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_S, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def _line(told: Told) -> str:
    name = told.name or "THE PRODUCT"
    if told.broken:
        return f"BROKEN    {name}: {told.broken}"
    nothing = f"only in other words: {told.aside}" if told.aside else "nothing is said against it"
    verdict = (told.said or nothing)[:SHOWN]
    mark = "survives " if not told.said else "dead     "
    if not told.name:
        mark = "blamed   " if told.said else "well     "
    return f"{mark} {name}: {told.schedules} schedules, {told.calls} calls: {verdict}"


def _told(all_told: list[Told]) -> int:
    mutants = [told for told in all_told if told.name]
    bad = [told for told in mutants if told.broken or not told.said]
    blamed = [told for told in all_told if not told.name and told.said]
    print(f"{len(mutants)} mutants, {len(mutants) - len(bad)} dead, {len(bad)} not")
    for told in (*bad, *blamed):
        print(_line(told))
    return int(bool(bad or blamed))


if __name__ == "__main__":
    sys.exit(main())
