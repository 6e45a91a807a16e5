"""Plays rounds of real misfortune and judges them: the program over its command line.

`run.py [--rounds N] [--seed S] [--resume FILE] [--theme T] [--workers W]`: round n has seed
S+n; what breaks is printed with the plan of its round, and `--rounds 1 --seed R` plays that
one again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import msgspec  # noqa: E402 - the paths above come first for all of these

from faults.real.evidence import Finding  # noqa: E402
from faults.real.judge import judge  # noqa: E402
from faults.real.plan import THEMES, Plan, draw  # noqa: E402
from faults.real.play import Round, Tally, Templates  # noqa: E402
from faults.real.programs import Programs  # noqa: E402

AGAIN = "python3 packaging/dev.py faults real --rounds 1 --seed"
TOLD_WRONGLY = "V"
CHUNK = 5
"""Rounds played between two looks at the file."""


class Played(msgspec.Struct):
    """A round and what was found in it."""

    plan: Plan
    tally: Tally
    found: list[Finding]


class Totals(msgspec.Struct):
    """All rounds so far: the file of `--resume`."""

    seed: int
    done: list[int] = []
    """Seeds of the rounds that are played."""
    tally: Tally = msgspec.field(default_factory=Tally)
    letters: dict[str, int] = {}
    themes: dict[str, int] = {}
    broken: list[str] = []
    """`ROUND: LETTER: WHAT`, as printed."""
    seconds: float = 0.0

    def add(self, played: Played) -> None:
        """Count one round in."""
        self.done.append(played.plan.seed)
        for name in Tally.__struct_fields__:
            setattr(self.tally, name, getattr(self.tally, name) + getattr(played.tally, name))
        theme = played.plan.theme
        self.themes[theme] = self.themes.get(theme, 0) + 1
        for letter, count in Counter(each.letter for each in played.found).items():
            self.letters[letter] = self.letters.get(letter, 0) + count
        self.broken += [f"{played.plan.seed}: {each.letter}: {each.what}" for each in played.found]

    def line(self) -> str:
        """The one line of figures."""
        of = Counter(self.letters)
        others = sum(count for letter, count in of.items() if letter not in "LDOV")
        return (
            f"real rounds {len(self.done)}  commands {self.tally.commands}"
            f"  exchanges {self.tally.syncs}  kills {self.tally.kills}"
            f"  restores {self.tally.restores}  clones and roll-backs {self.tally.clones}"
            f"  lost {of['L']}  doubled {of['D']}  out of order {of['O']}"
            f"  told wrongly {of[TOLD_WRONGLY]}  other violations {others}"
            f"  processes {self.tally.forked} forked {self.tally.fresh} fresh"
            f"  seconds {self.seconds:.0f}"
        )


def play_rounds(
    totals: Totals,
    rounds: int,
    file: Path | None = None,
    theme: str | None = None,
    workers: int = 1,
) -> Totals:
    """Play what is missing of that many rounds; everything found by all runs."""
    began_s = time.monotonic() - totals.seconds
    left = sorted(set(range(totals.seed, totals.seed + rounds)) - set(totals.done))
    work = [(left[at : at + CHUNK], theme) for at in range(0, len(left), CHUNK)]
    with ExitStack() as stack:
        if workers > 1:
            # Forked before anything is started here.
            pool = stack.enter_context(multiprocessing.get_context("fork").Pool(workers))
            chunks: Iterable[list[Played]] = pool.imap_unordered(_chunk, work)
        else:
            chunks = map(_chunk, work)
        for chunk in chunks:
            for played in chunk:
                totals.add(played)
                _tell(played)
            totals.seconds = round(time.monotonic() - began_s, 1)
            save(file, totals)
    return totals


def _chunk(asked: tuple[list[int], str | None]) -> list[Played]:
    """A few rounds with one set of programs."""
    seeds, theme = asked
    with TemporaryDirectory(prefix="real-") as folder:
        home = Path(folder)
        programs = Programs(home)
        try:
            templates = Templates(home / "templates", programs)
            return [
                _one_round(draw(seed, theme), home / f"round-{seed}", programs, templates)
                for seed in seeds
            ]
        finally:
            programs.close()


def _one_round(plan: Plan, folder: Path, programs: Programs, templates: Templates) -> Played:
    """Play and judge one round; what breaks the machinery itself is a finding too."""
    forked, fresh = programs.forked, programs.fresh
    played = Round(plan, folder, programs, templates)
    try:
        with played:
            found = judge(played.play())
    except Exception:  # noqa: BLE001 - one broken round must not end three hundred
        found = [Finding("X", traceback.format_exc(limit=-4))]
    shutil.rmtree(folder)
    played.tally.forked, played.tally.fresh = programs.forked - forked, programs.fresh - fresh
    return Played(plan, played.tally, found)


def _tell(played: Played) -> None:
    plan = played.plan
    for each in played.found:
        print(f"round {plan.seed} ({plan.theme}): {each.letter}: {each.what}")
    if played.found:
        print(f"    {msgspec.json.encode(plan).decode()}\n    {AGAIN} {plan.seed}", flush=True)


def load(file: Path | None, seed: int) -> Totals:
    """The totals in a file, or none yet; SystemExit when they are another seed's."""
    if file is None or not file.exists():
        return Totals(seed)
    found = msgspec.json.decode(file.read_bytes(), type=Totals)
    if found.seed != seed:
        raise SystemExit(f"{file} is of seed {found.seed}, not {seed}")
    return found


def save(file: Path | None, totals: Totals) -> None:
    """Write the totals so that no interruption leaves half of them."""
    if file is not None:
        beside = file.with_name(file.name + ".new")
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(totals)))
        beside.replace(file)


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's own words."""
    parser = argparse.ArgumentParser(prog="dev.py faults real", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on from here, keep here")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--theme", choices=THEMES, help="nothing but this")
    options = parser.parse_args(arguments)
    totals = load(options.resume, options.seed)
    play_rounds(totals, options.rounds, options.resume, options.theme, options.workers)
    for theme, count in sorted(totals.themes.items()):
        print(f"  {count:>5}  {theme}")
    for letter, count in sorted(totals.letters.items()):
        print(f"  {letter}: {count}")
    print(totals.line())
    return 1 if totals.letters else 0


if __name__ == "__main__":
    sys.exit(main())
