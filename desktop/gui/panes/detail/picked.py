"""The incident picked for the detail pane, as far as it has been loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandKind, Key


class Known(NamedTuple):
    """The fields of an incident that a command needs."""

    key: Key
    version: int
    acknowledged: bool


@dataclass(frozen=True)
class Picked:
    """One incident from the moment it is picked.

    While it loads, its row in the list is shown; where there is none, the one before stays.
    """

    key: Key | None = None
    row: IncidentRow | None = None
    """Its row in the list, for commands submitted while the detail loads."""
    shown: IncidentDetail | None = None
    """The detail loaded last, which may be the incident before."""
    steps: tuple[CommandKind, ...] = ()
    """The commands allowed on the incident shown."""
    sure: bool = False
    """Whether it was read since it was picked, and not only ahead."""
    gone: bool = False
    """Whether nobody has it any more; it stays shown."""
    wanted: CommandKind | None = None
    """The command requested before the incident was loaded."""

    @property
    def detail(self) -> IncidentDetail | None:
        """The picked incident in full, once it is loaded."""
        return self.shown if self.shown is not None and self.shown.key == self.key else None

    @property
    def loading_row(self) -> IncidentRow | None:
        """The list's row of the picked incident, to be shown until it is loaded."""
        is_loading = self.row is not None and self.row.key == self.key and self.detail is None
        return self.row if is_loading else None

    @property
    def known(self) -> Known | None:
        """The fields that commands need, from the list's row until the detail is loaded."""
        if self.detail is not None:
            version = self.detail.incident.version
            return Known(self.detail.key, version, self.detail.acknowledged)
        if self.row is not None and self.row.key == self.key:
            return Known(self.row.key, self.row.version, self.row.acknowledged)
        return None
