"""How this program starts itself once more."""

from __future__ import annotations

import sys
from pathlib import Path

from desktop import VERSION


def own_program() -> list[str]:
    """Return the words that call this program: a frozen one is its own interpreter.

    On Windows one without a console has no output either: the one beside it is called.
    """
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "desktop"]
    own = Path(sys.executable)
    beside = own.with_name(f"{own.stem.removesuffix('w')}{own.suffix}")
    return [str(beside if beside.is_file() else own)]


def own_version() -> str:
    """Return the version of the program that runs, also where another was installed meanwhile."""
    return VERSION
