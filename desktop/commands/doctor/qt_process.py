"""The process that loads Qt for the doctor, and the checks of what it tells."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from desktop.commands.own_program import own_program
from desktop.commands.screen import no_display
from desktop.diagnostics.doctor.checks import Check
from desktop.diagnostics.doctor.once import Once
from desktop.diagnostics.doctor.screen import (
    QtFacts,
    check_fonts,
    check_input_method,
    check_printer,
    check_qt,
    check_rendering,
    read_facts,
)

WITHIN_S = 1.8
FACTS = "--qt-facts"
"""The option with which the program tells them."""


def qt_checks() -> list[Check]:
    """Return the checks of Qt, which ask one process for all."""
    facts = Once(ask_qt)
    return [
        Check("qt", lambda: check_qt(facts())),
        Check("fonts", lambda: check_fonts(facts())),
        Check("rendering", lambda: check_rendering(facts())),
        Check("input_method", lambda: check_input_method(facts(), running_programs())),
        Check("printer", lambda: check_printer(facts())),
    ]


def ask_qt(within_s: float = WITHIN_S) -> QtFacts:
    """Return what Qt finds here; the process is ended when it takes longer."""
    environment = dict(os.environ)
    has_display = not no_display()
    if not has_display:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [*own_program(), "doctor", FACTS],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within_s,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        out, complaint = late.stdout or b"", late.stderr or b""
        return read_facts(out, complaint, is_late=True, has_display=has_display)
    return read_facts(done.stdout, done.stderr, is_late=False, has_display=has_display)


def running_programs(processes: Path = Path("/proc")) -> set[str]:
    """Return the names of this user's programs, where the system tells them."""
    found: set[str] = set()
    if sys.platform == "win32":
        return found
    for each in processes.glob("[0-9]*"):
        with suppress(OSError):
            if each.stat().st_uid == os.geteuid():
                found.add((each / "comm").read_text(encoding="utf-8", errors="replace").strip())
    return found
