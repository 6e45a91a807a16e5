"""The proof of the wheel: a clean environment of Python, and the installed program."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from devkit.packages import wheel
from devkit.packages.private_python import PINS
from devkit.place import must, say


def prove() -> None:
    """Install the wheel with its pins in a clean environment and run the self-test there."""
    built = wheel.build()
    place = Path(tempfile.mkdtemp(prefix="county-desk-wheel-"))
    try:
        must([sys.executable, "-m", "venv", place / "env"])
        programs = place / "env" / "bin"
        began = time.monotonic()
        pip: list[str | Path] = [programs / "python", "-m", "pip", "--quiet", "install"]
        must([*pip, "--require-hashes", "-r", PINS])
        must([*pip, "--no-deps", "--no-index", built])
        installed = time.monotonic()
        must([programs / "county-desk", "--version"])
        must([programs / "county-desk", "selftest"], {"QT_QPA_PLATFORM": "offscreen"})
        say(f"wheel: {built.stat().st_size / 1e6:.1f} MB")
        say(f"installed in {installed - began:.0f} s")
        say(f"self-test passed in {time.monotonic() - installed:.1f} s")
    finally:
        shutil.rmtree(place)
