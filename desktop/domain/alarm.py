"""Alarms (告警) and their states, after ISA-18.2 and EEMUA 191."""

from __future__ import annotations

import msgspec

from desktop.domain.command import CommandKind
from desktop.domain.instant import Instant
from desktop.domain.levels import Scale
from desktop.domain.localized_text import Text
from desktop.protocol.word import OpenWord


class AlarmPriority(Scale):
    """How quickly an officer must act."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class AlarmState(OpenWord):
    """ISA-18.2 states; shelved, suppressed and out of service are shown apart."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    NORMAL = "normal"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"
    UNKNOWN = "unknown"

    @property
    def calls(self) -> bool:
        """Whether the alarm still asks for an officer's attention; one in an unknown state does."""
        return self in (
            AlarmState.UNACKNOWLEDGED,
            AlarmState.RETURNED_UNACKNOWLEDGED,
            AlarmState.UNKNOWN,
        )

    @property
    def is_returned(self) -> bool:
        """Whether its cause has gone before anybody acknowledged it: nothing stands any more."""
        return self is AlarmState.RETURNED_UNACKNOWLEDGED

    def allows(self, kind: CommandKind) -> bool:
        """Whether an officer's command would change something at an alarm in this state."""
        match kind:
            case CommandKind.ACKNOWLEDGE:
                return self.calls
            case CommandKind.SHELVE:
                return self is not AlarmState.SHELVED
            case CommandKind.UNSHELVE:
                return self is AlarmState.SHELVED
        return True


RANKS = {
    AlarmState.UNACKNOWLEDGED: 0,
    AlarmState.UNKNOWN: 0,
    AlarmState.RETURNED_UNACKNOWLEDGED: 1,
    AlarmState.ACKNOWLEDGED: 2,
    AlarmState.SHELVED: 3,
    AlarmState.SUPPRESSED: 4,
    AlarmState.OUT_OF_SERVICE: 5,
    AlarmState.NORMAL: 6,
}
"""Ranks of states in a list: what stands unseen, what has returned unseen, then what was seen."""


class Alarm(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One alarm as last received from its source."""

    source: str
    id: str
    title: Text
    priority: AlarmPriority
    state: AlarmState
    raised_at: Instant
    township: str = ""
    asset: str = ""
    """Id of the asset it concerns, of the same source."""
    cause: str = ""
    """Id of the alarm that caused this one; alarms are grouped under their cause."""
    cleared_at: Instant | None = None
    acknowledged_at: Instant | None = None
    acknowledged_by: str = ""
    detail: Text = Text()
    version: int = 0
    shelved_until: Instant | None = None
    """When shelving ends by itself; the alarm then returns unacknowledged (ISA-18.2)."""
    shelved_by: str = ""

    @property
    def urgency(self) -> tuple[int, int, Instant]:
        """Its place in a list, least first: what stands before what has returned, whatever their
        priorities; then by priority, oldest first."""
        return RANKS[self.state], self.priority.rank, self.raised_at
