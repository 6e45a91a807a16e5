"""What a command says, and ends with, when it opens nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop import VERSION, bootstrap
from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.profile import USUAL_LOOK, Look, ProfileError
from desktop.application.settings.faults import read_fault
from desktop.commands.options import complain
from desktop.domain.source import Problem

NEWER_STATUS = 4
"""The exit status of a program that is older than what it should open."""
NEWER = frozenset({"data_newer", "store_newer", "profile_newer", "backup_newer"})
GIVEN_UP = frozenset({"passphrase_not_given", "keyring_silent"})
"""Problems of a start that its person gave up: no window need tell them."""


def status_of(problem: Problem, usual: int = 2) -> int:
    """Return the exit status of a command that could not open what it should."""
    return NEWER_STATUS if problem.code in NEWER else usual


def refuse_profile(
    error: ProfileError, file: Path, *, shows: bool = False, language: str | None = None
) -> int:
    """Say why a profile is not used, as `refuse` does; returns the exit status."""
    _say_faults(error, file)
    if not error.is_newer:
        return 2
    problem = Problem("profile_newer", {"file": str(file), "own": VERSION})
    # No profile says in which language: here it is said in both.
    words = bootstrap.words_in(language)
    complain(str(bootstrap.words_in("en" if words.chinese else "zh_CN").problem(problem)))
    return refuse(problem, words, shows=shows)


def _say_faults(error: ProfileError, file: Path) -> None:
    """Say every fault of a profile in both languages: no profile says in which."""
    reason = bootstrap.words_in("zh_CN").reason
    for told in error.faults:
        english = read_fault(told, str(file)).reason
        complain(f"{told.removesuffix(english)}{plain(reason(english))}", told)


def refuse(problem: Problem, words: Words, *, shows: bool, look: Look = USUAL_LOOK) -> int:
    """Say on standard error why no desk is opened; returns the exit status.

    One that `shows` what it draws says it in a window, too, where nobody reads standard error.
    """
    text = words.problem(problem)
    complain(str(text))
    status = status_of(problem)
    if shows and problem.code not in GIVEN_UP and not _is_read():
        from desktop.gui.refusal import show_refusal

        show_refusal(text, chinese=words.chinese, status=status, look=look)
    return status


def _is_read() -> bool:
    """Whether a person, or a program without a screen, reads standard error."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    at_terminal = sys.stderr is not None and sys.stderr.isatty()
    return at_terminal or platform in ("offscreen", "minimal")
