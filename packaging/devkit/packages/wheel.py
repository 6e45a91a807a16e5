"""The wheel and the source archive."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from devkit.packages import commit
from devkit.place import PYTHON, ROOT, must, say

DIST = ROOT / "dist"
PINS = ROOT / "packaging" / "constraints" / "runtime.txt"


def build(out: Path = DIST) -> Path:
    """The wheel, made anew beside its source archive."""
    must([PYTHON, "-m", "build", "--no-isolation", "--outdir", out], commit.same_surroundings())
    name = str(commit.read_project()["name"]).replace("-", "_")
    [wheel] = out.glob(f"{name}-{commit.version()}-*.whl")
    return wheel


def prove() -> None:
    """Install the wheel with its pins in a clean environment and run the self-test there."""
    wheel = build()
    place = Path(tempfile.mkdtemp(prefix="county-desk-wheel-"))
    try:
        must([sys.executable, "-m", "venv", place / "env"])
        programs = place / "env" / "bin"
        began = time.monotonic()
        pip: list[str | Path] = [programs / "python", "-m", "pip", "--quiet", "install"]
        must([*pip, "--require-hashes", "-r", PINS])
        must([*pip, "--no-deps", "--no-index", wheel])
        installed = time.monotonic()
        must([programs / "county-desk", "--version"])
        must([programs / "county-desk", "selftest"], {"QT_QPA_PLATFORM": "offscreen"})
        say(f"wheel: {wheel.stat().st_size / 1e6:.1f} MB")
        say(f"installed in {installed - began:.0f} s")
        say(f"self-test passed in {time.monotonic() - installed:.1f} s")
    finally:
        shutil.rmtree(place)
