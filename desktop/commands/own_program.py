"""How this program starts itself once more."""

from __future__ import annotations

import sys


def own_program() -> list[str]:
    """Return the words that call this program: a frozen one is its own interpreter."""
    is_frozen = getattr(sys, "frozen", False)
    return [sys.executable] if is_frozen else [sys.executable, "-m", "desktop"]


def own_version() -> str:
    """Return the version of this program; takes a while, so ask off the GUI thread."""
    from importlib.metadata import version

    return version("county-desk")
