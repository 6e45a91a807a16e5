"""The upkeep of one open desk, as its window asks for it."""

from __future__ import annotations

from pathlib import Path

from desktop.application.export.month_report import MonthReport
from desktop.application.ports import StoreError
from desktop.bootstrap import Desk
from desktop.commands.backup import desk_to_back_up
from desktop.commands.report import write_month
from desktop.domain.backup import BackupContents
from desktop.domain.source import Problem
from desktop.storage.backup import restoring, writing


class UpkeepDesk:
    """See `application.upkeep.Upkeep`."""

    def __init__(self, desk: Desk, profile: Path, *, throws_away: bool = False) -> None:
        """With `throws_away` nothing of the desk can be read once it is closed."""
        self._desk, self._profile, self._throws_away = desk, profile, throws_away

    @property
    def log_folder(self) -> Path:
        return self._desk.log_folder

    def back_up(self, to: Path, passphrase: str) -> BackupContents:
        desk = self._desk
        made_of = desk_to_back_up(desk.profile, self._profile, desk.folder, desk.key)
        return writing.write_backup(made_of, to, passphrase, desk.clock.now(), replaces=True)

    def look_into(self, file: Path, passphrase: str) -> BackupContents:
        return writing.look_into(file, passphrase)

    def write_month(self, name: str) -> MonthReport:
        return write_month(self._desk, name, self._desk.words)

    def make_ready(self, file: Path, passphrase: str) -> BackupContents:
        if self._throws_away:
            raise StoreError(Problem("restore_throw_away"))
        desk = self._desk
        restoring.refuse_waiting(desk.folder, desk.key)
        return restoring.make_ready(desk.folder, desk.key, file, passphrase, desk.clock)
