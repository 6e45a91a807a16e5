"""The program run once more in its own place, as its settings want it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.application.installed import find_installed
from desktop.commands.options import complain

PAUSES_S = (0.0, 1.0, 5.0, 15.0, 40.0)
"""Waits between the tries: a package half installed, or no memory left, is over in a minute."""


def begin_anew(
    bundle: Path | None = None,
    execute: Callable[[str, list[str]], object] = os.execv,
    pause: Callable[[float], object] = time.sleep,
) -> int:
    """Run this program once more, with the same arguments but the `bundle` that it was opened
    with; it takes this one's place.

    Where the system refuses, the version that runs now is tried as well, and both again: a wall
    that nobody looks after must not stay dark. Returns the exit status once all has failed.
    """
    if sys.platform == "win32":
        subprocess.Popen(programs_anew(bundle=bundle)[0])  # noqa: S603 - our own program
        return 0
    refusal = ""
    for wait_s in PAUSES_S:
        pause(wait_s)
        for program in programs_anew(bundle=bundle):
            try:
                execute(program[0], program)
            except OSError as error:
                refusal = f"{program[0]}: {error.strerror}"
    complain(
        "程序没能重新启动，请手动再打开；已录入的都在本机。",
        "The program could not start again: open it once more; all that was entered is kept.",
        refusal,
    )
    return 1


def programs_anew(prefix: str = "", bundle: Path | None = None) -> list[list[str]]:
    """Return the words that begin it anew, best first: another version installed meanwhile, then
    the one that runs."""
    same = [sys.executable, *arguments_of_desk(sys.orig_argv[1:], sys.argv[1:], bundle)]
    installed = find_installed(prefix or sys.prefix)
    if installed is None or not installed.read_other():
        return [same]
    return [[str(installed.starter), *arguments_of_desk(sys.argv[1:], sys.argv[1:], bundle)], same]


def arguments_of_desk(
    whole: Sequence[str], ours: Sequence[str], bundle: Path | None = None
) -> list[str]:
    """Return all arguments of the interpreter as they are to open the desk, not its settings.

    `ours` are the last of them, the program's own. A `bundle` was opened once, and its stick may
    be gone.
    """
    before = list(whole[: len(whole) - len(ours)])
    words = ours[1:] if ours[:1] == ["settings"] else ours
    return [*before, *(each for each in words if not bundle or Path(each).absolute() != bundle)]
