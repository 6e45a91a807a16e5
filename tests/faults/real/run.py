"""Plays rounds of real misfortune and judges them: the program over its command line.

`run.py [--rounds N] [--seed S] [--resume FILE] [--theme T]`: round n has seed S+n; what
breaks is printed with the plan of its round, and `--rounds 1 --seed R` plays that one again.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
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


class Totals(msgspec.Struct):
    """All rounds so far: the file of `--resume`."""

    seed: int
    done: int = 0
    """How many rounds from the seed on."""
    tally: Tally = msgspec.field(default_factory=Tally)
    letters: dict[str, int] = {}
    themes: dict[str, int] = {}
    broken: list[str] = []
    """`ROUND: LETTER: WHAT`, as printed."""
    fresh: int = 0
    forked: int = 0
    seconds: float = 0.0

    def add(self, plan: Plan, tally: Tally, found: Sequence[Finding]) -> None:
        """Count one round in."""
        self.done += 1
        for name in Tally.__struct_fields__:
            setattr(self.tally, name, getattr(self.tally, name) + getattr(tally, name))
        self.themes[plan.theme] = self.themes.get(plan.theme, 0) + 1
        for letter, count in Counter(each.letter for each in found).items():
            self.letters[letter] = self.letters.get(letter, 0) + count
        self.broken += [f"{plan.seed}: {each.letter}: {each.what}" for each in found]

    def line(self) -> str:
        """The one line of figures."""
        of = Counter(self.letters)
        others = sum(count for letter, count in of.items() if letter not in "LDOV")
        return (
            f"real rounds {self.done}  commands {self.tally.commands}"
            f"  exchanges {self.tally.syncs}  kills {self.tally.kills}"
            f"  restores {self.tally.restores}  clones and roll-backs {self.tally.clones}"
            f"  lost {of['L']}  doubled {of['D']}  out of order {of['O']}"
            f"  told wrongly {of[TOLD_WRONGLY]}  other violations {others}"
            f"  processes {self.forked} forked {self.fresh} fresh  seconds {self.seconds:.0f}"
        )


def play_rounds(
    totals: Totals, rounds: int, file: Path | None = None, theme: str | None = None
) -> Totals:
    """Play on from where the totals are until that many rounds are done."""
    began_s = time.monotonic() - totals.seconds
    forked, fresh = totals.forked, totals.fresh
    with TemporaryDirectory(prefix="real-") as folder:
        home = Path(folder)
        programs = Programs(home)
        try:
            templates = Templates(home / "templates", programs)
            while totals.done < rounds:
                plan = draw(totals.seed + totals.done, theme)
                one_round(plan, home / f"round-{plan.seed}", programs, templates, totals)
                totals.forked, totals.fresh = forked + programs.forked, fresh + programs.fresh
                totals.seconds = round(time.monotonic() - began_s, 1)
                save(file, totals)
        finally:
            programs.close()
    return totals


def one_round(
    plan: Plan, folder: Path, programs: Programs, templates: Templates, totals: Totals
) -> None:
    """Play, judge and count one round."""
    with Round(plan, folder, programs, templates) as played:
        seen = played.play()
    found = judge(seen)
    shutil.rmtree(folder)
    totals.add(plan, played.tally, found)
    for each in found:
        print(f"round {plan.seed} ({plan.theme}): {each.letter}: {each.what}", flush=True)
    if found:
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
    parser.add_argument("--theme", choices=THEMES, help="nothing but this")
    options = parser.parse_args(arguments)
    totals = load(options.resume, options.seed)
    play_rounds(totals, options.rounds, options.resume, options.theme)
    for theme, count in sorted(totals.themes.items()):
        print(f"  {count:>5}  {theme}")
    for letter, count in sorted(totals.letters.items()):
        print(f"  {letter}: {count}")
    print(totals.line())
    return 1 if totals.letters else 0


if __name__ == "__main__":
    sys.exit(main())
