"""What screens ask of the desk's own upkeep: back it up, restore it, find its log."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from desktop.application.export.month_report import MonthReport
from desktop.domain.backup import BackupContents


class Upkeep(Protocol):
    """The upkeep of one open desk; its calls block, and may come from any thread."""

    @property
    def log_folder(self) -> Path:
        """The folder of the program's log."""

    def back_up(self, to: Path, passphrase: str) -> BackupContents:
        """Write a backup, in place of what is there, and read all of it back; raises StoreError."""

    def look_into(self, file: Path, passphrase: str) -> BackupContents:
        """Read and check all of a backup; raises StoreError."""

    def write_month(self, name: str) -> MonthReport:
        """Return the report of a month such as `2026-11`, in the present language.

        Raises ValueError for a month to come.
        """

    def make_ready(self, file: Path, passphrase: str) -> BackupContents:
        """Have the next start put a backup in place of what is here; raises StoreError.

        Nothing changes before. The profile stays the one that is here.
        """
