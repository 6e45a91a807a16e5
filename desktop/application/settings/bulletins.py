"""What a window asks of the county's bulletins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.application.settings.kept_bulletins import Kept
from desktop.domain.bulletin import Package, ProgramUpdate
from desktop.domain.instant import Instant
from desktop.domain.source import Problem


class CountyBulletins(Protocol):
    """The bulletins of one desk and its county; every call may take long, on any thread."""

    def recall(self) -> Kept:
        """Return what is kept here now."""

    def fingerprint(self) -> str:
        """Return that of the county this desk trusts; empty where it trusts none."""

    def recall_answer_time(self) -> Instant | None:
        """Return when the county answered last; None where it has not since this start."""

    def look(self) -> tuple[Problem, ...] | None:
        """Ask the county; return what to tell of it, or None where it was not reached."""

    def is_waiting(self) -> bool:
        """Whether settings that are kept would make the desk another from its next start on."""

    def find_update(self) -> ProgramUpdate | None:
        """Return the newer program that the county offers; None where there is none."""

    def fetch(self, package: Package, folder: Path, note: Callable[[int], None]) -> Path:
        """Fetch a package and return its file, whole and checked.

        `note` hears how many bytes are here. Raises SourceError, StoreError and Cancelled.
        """

    def cancel(self) -> None:
        """End the fetching under way; what has come is kept. From any thread."""

    def prove(self) -> None:
        """Note that the desk runs well with the settings it started with."""
