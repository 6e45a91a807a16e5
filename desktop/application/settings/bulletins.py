"""What a window asks of the county's bulletins."""

from __future__ import annotations

from typing import Protocol

from desktop.application.settings.kept_bulletins import Kept
from desktop.domain.source import Problem


class CountyBulletins(Protocol):
    """The bulletins of one desk and its county; every call may take long, on any thread."""

    def recall(self) -> Kept:
        """Return what is kept here now."""

    def look(self) -> tuple[Problem, ...] | None:
        """Ask the county; return what to tell of it, or None where it was not reached."""

    def prove(self) -> None:
        """Note that the desk runs well with the settings it started with."""
