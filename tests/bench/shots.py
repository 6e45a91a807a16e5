"""Pictures of every screen, in both languages and themes and three sizes: shots.py DIR."""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.program import PROGRAM, County, write_profile  # noqa: E402 - needs the paths above

LANGUAGES = ("zh_CN", "en")
SIZES = (("1366x768", "1"), ("1920x1080", "1"), ("3840x2160", "2"))
"""Pixels of the picture, and the scale of the desktop it stands for."""
AT_ONCE = 2
WITHIN_S = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw them all on a demo county and name the folder; 1 when a window failed or unsettled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    out: Path = parser.parse_args(arguments).folder.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, County(Path(scratch)) as county:
        profile = write_profile(Path(scratch) / "desk.toml", county.url)
        looks = list(_looks())
        failed = 0
        for first in range(0, len(looks), AT_ONCE):
            some = looks[first : first + AT_ONCE]
            running = [_start(look, profile, out) for look in some]
            for look, process in zip(some, running, strict=True):
                failed += _ended(look, process)
    print(f"{len(list(out.glob('*.png')))} pictures in {out}")
    return 1 if failed else 0


def _looks() -> list[tuple[str, str, str, str, str]]:
    """Posture, language, theme, size and scale of each window to draw; a wall is always dark."""
    desks = itertools.product(("desk", "township"), LANGUAGES, ("light", "dark"), SIZES)
    walls = itertools.product(("wall",), LANGUAGES, ("dark",), SIZES)
    return [(p, lang, theme, *size) for p, lang, theme, size in (*desks, *walls)]


def _start(look: tuple[str, str, str, str, str], profile: Path, out: Path) -> subprocess.Popen[str]:
    posture, language, theme, size, scale = look
    words = ["--draw", posture, "--lang", language, "--theme", theme, "--size", size]
    files = {"--profile": profile, "--pictures": out}
    for name, path in files.items():
        words += [name, os.fspath(path)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
    return subprocess.Popen(
        [*PROGRAM, "selftest", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _ended(look: Sequence[str], process: subprocess.Popen[str]) -> int:
    """Wait for a window to be drawn; 1 when it failed."""
    try:
        _, complained = process.communicate(timeout=WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        _, complained = process.communicate()
    if process.returncode:
        print(f"{' '.join(look)}: exit status {process.returncode}", file=sys.stderr)
        print(complained[-1500:], file=sys.stderr)
    return int(process.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
