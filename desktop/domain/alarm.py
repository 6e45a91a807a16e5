"""Alarms (告警) and their states, after ISA-18.2 and EEMUA 191."""

from __future__ import annotations

import msgspec

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
