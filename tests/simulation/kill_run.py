"""Kills thousands of real desks in pieces that can be interrupted and gone on with.

`kill_run.py --kills N [--seed S] [--resume FILE]` prints one line and fails on any violation.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import msgspec  # noqa: E402 - the paths above come first for all of these

from simulation import kills  # noqa: E402
from simulation.kills import Verdict  # noqa: E402

PIECE = 100
"""So many kills are done, or not done, as a whole."""
SHOWN = 8


class Progress(msgspec.Struct):
    """What is done so far: the file of `--resume`."""

    seed: int
    done: list[int] = []
    """Numbers of the pieces that are finished, each of `PIECE` kills."""
    verdict: Verdict = msgspec.field(default_factory=Verdict)
    seconds: float = 0.0

    def add(self, piece: int, found: Verdict) -> None:
        """Count one finished piece in."""
        total = self.verdict
        self.done.append(piece)
        total.kills += found.kills
        for name in ("lost", "doubled", "disordered", "other"):
            getattr(total, name).extend(f"piece {piece}: {each}" for each in getattr(found, name))
        for point, count in found.at.items():
            total.at[point] = total.at.get(point, 0) + count


def load(file: Path | None, seed: int) -> Progress:
    """The progress in a file, or none; SystemExit when it is another seed's."""
    if file is None or not file.exists():
        return Progress(seed)
    found = msgspec.json.decode(file.read_bytes(), type=Progress)
    if found.seed != seed:
        raise SystemExit(f"{file} is of seed {found.seed}, not {seed}")
    return found


def save(file: Path | None, progress: Progress) -> None:
    """Write the progress so that no interruption leaves half of it."""
    if file is not None:
        beside = file.with_name(file.name + ".new")
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(progress)))
        beside.replace(file)


def seed_of(seed: int, piece: int) -> int:
    """A piece's own seed: the same wherever the run was interrupted."""
    return seed * 1_000_003 + piece


def run(count: int, seed: int, file: Path | None = None, workers: int = 2) -> Progress:
    """Kill that many desks, less those a former run has killed; everything found by all runs."""
    progress = load(file, seed)
    pieces = -(-count // PIECE)
    left = [piece for piece in range(pieces) if piece not in progress.done]
    began_s = time.monotonic()
    former_s = progress.seconds
    # Forked before anything is started here: a piece has its servers in its own process.
    with multiprocessing.get_context("fork").Pool(workers, maxtasksperchild=4) as pool:
        work = [(piece, seed_of(seed, piece), min(PIECE, count - piece * PIECE)) for piece in left]
        for piece, found in pool.imap_unordered(_one_piece, work):
            progress.add(piece, found)
            progress.seconds = round(former_s + time.monotonic() - began_s, 1)
            save(file, progress)
    return progress


def _one_piece(asked: tuple[int, int, int]) -> tuple[int, Verdict]:
    piece, seed, count = asked
    return piece, kills.run(count, seed)


def summary(progress: Progress) -> str:
    """The one line of figures."""
    found = progress.verdict
    return (
        f"kills {found.kills}  points {len(found.at)}  lost {len(found.lost)}"
        f"  doubled {len(found.doubled)}  out of order {len(found.disordered)}"
        f"  other violations {len(found.other)}  seconds {progress.seconds:.0f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's own words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, metavar="N", required=True)
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on from here, keep here")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args(arguments)
    progress = run(options.kills, options.seed, options.resume, options.workers)
    found = progress.verdict
    for what in (*found.lost, *found.doubled, *found.disordered, *found.other)[:SHOWN]:
        print(f"after kills from seed {options.seed}: {what}")
    for point, count in sorted(found.at.items()):
        print(f"  {count:>6}  {point}")
    print(summary(progress))
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
