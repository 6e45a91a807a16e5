"""The program run once more in its own place, as its settings want it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from desktop.application.installed import find_installed


def begin_anew(bundle: Path | None = None) -> NoReturn:
    """Run this program once more, with the same arguments but the `bundle` that it was opened
    with; it takes this one's place."""
    program = program_anew(bundle=bundle)
    if sys.platform == "win32":
        subprocess.Popen(program)  # noqa: S603 - our own program
        sys.exit(0)
    os.execv(program[0], program)  # noqa: S606 - our own program


def program_anew(prefix: str = sys.prefix, bundle: Path | None = None) -> list[str]:
    """Return the words that begin it anew: another version, where one was installed meanwhile."""
    installed = find_installed(prefix)
    if installed is not None and installed.read_other():
        return [str(installed.starter), *arguments_of_desk(sys.argv[1:], sys.argv[1:], bundle)]
    return [sys.executable, *arguments_of_desk(sys.orig_argv[1:], sys.argv[1:], bundle)]


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
