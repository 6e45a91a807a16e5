"""`dev.py package`: which packages to build, and which to prove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from devkit.packages import deb, flavours, frozen, uos, wheel
from devkit.packages.proofs import (
    bad_computer,
    installed_deb,
    installed_folder,
    installed_uos,
    installed_wheel,
    same_bytes,
    upgrade,
    windows,
)
from devkit.place import say

BUILDERS: dict[str, Callable[[], Any]] = {
    "wheel": wheel.build,
    "deb": partial(deb.build, flavours.BOOKWORM),
    "deb13": partial(deb.build, flavours.TRIXIE),
    "folder": frozen.build,
    "uos": uos.build,
}
PROOFS: dict[str, Callable[[], None]] = {
    "wheel": installed_wheel.prove,
    "deb": partial(installed_deb.prove, flavours.BOOKWORM),
    "deb13": partial(installed_deb.prove, flavours.TRIXIE),
    "folder": installed_folder.prove,
    "upgrade": upgrade.prove,
    "uos": installed_uos.prove,
    "faults": bad_computer.prove,
    "windows": windows.prove,
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
