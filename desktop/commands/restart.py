"""The program run once more in its own place, as its settings want it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn


def begin_anew() -> NoReturn:
    """Run this program once more, with the same arguments; it takes this one's place."""
    program = [sys.executable, *arguments_of_desk(sys.orig_argv[1:], sys.argv[1:])]
    if sys.platform == "win32":
        subprocess.Popen(program)  # noqa: S603 - our own program
        sys.exit(0)
    os.execv(sys.executable, program)  # noqa: S606 - our own program


def arguments_of_desk(whole: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Return all arguments of the interpreter as they are to open the desk, not its settings.

    `ours` are the last of them, the program's own.
    """
    before = list(whole[: len(whole) - len(ours)])
    return [*before, *(ours[1:] if ours[:1] == ["settings"] else ours)]
