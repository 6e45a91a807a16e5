"""`dev.py package`: which packages to build, and which to prove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from devkit.packages import deb, prove_deb, same_bytes, wheel
from devkit.place import say

BUILDERS: dict[str, Callable[[], Any]] = {"wheel": wheel.build, "deb": deb.build}
PROOFS: dict[str, Callable[[], None]] = {
    "wheel": wheel.prove,
    "deb": prove_deb.prove,
    "same": same_bytes.prove,
}


def run(words: Sequence[str]) -> int:
    """Build the packages named, or the wheel; after `--prove`, prove them instead."""
    proves = "--prove" in words
    table: dict[str, Callable[[], Any]] = dict(PROOFS) if proves else BUILDERS
    names = [word for word in words if word != "--prove"] or ["wheel"]
    unknown = [name for name in names if name not in table]
    if unknown:
        say(f"not {' '.join(unknown)}; there are: {' '.join(table)}")
        return 2
    for name in names:
        table[name]()
    return 0
