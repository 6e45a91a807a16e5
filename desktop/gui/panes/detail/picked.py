"""The incident the detail pane is on, as far as it is known yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandKind, Key


class Known(NamedTuple):
    """What a command needs to know of its incident."""

    key: Key
    version: int
    acknowledged: bool


@dataclass(frozen=True)
class Picked:
    """One incident from its picking on; while it loads, what is shown is the one before."""

    key: Key | None = None
    row: IncidentRow | None = None
    """The row of the list it was picked by, for commands submitted while the detail loads."""
    shown: IncidentDetail | None = None
    """What was last loaded."""
    steps: tuple[CommandKind, ...] = ()
    """What may be done to what is shown."""
    wanted: CommandKind | None = None
    """What was asked for before enough was known to do it."""

    @property
    def detail(self) -> IncidentDetail | None:
        """What is shown, once that is the picked incident."""
        return self.shown if self.shown is not None and self.shown.key == self.key else None

    @property
    def known(self) -> Known | None:
        """What commands need to know of it, from the list while it loads."""
        if self.detail is not None:
            version = self.detail.incident.version
            return Known(self.detail.key, version, self.detail.acknowledged)
        if self.row is not None and self.row.key == self.key:
            return Known(self.row.key, self.row.version, self.row.acknowledged)
        return None
