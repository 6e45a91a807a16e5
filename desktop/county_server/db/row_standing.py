"""How critical a row is and who may see it, from its own fields."""

from __future__ import annotations

from datetime import datetime

import msgspec

from desktop.protocol.levels import GRADES
from desktop.protocol.stages import CLOSED_STAGES
from desktop.wire import level1

ASSET_STATES = ("failed", "degraded", "unknown", "out_of_service", "normal")
ALARM_PRIORITIES = ("high", "medium", "low")
QUIET_ALARM_STATES = frozenset(
    {"acknowledged", "normal", "shelved", "suppressed", "out_of_service"}
)
NOT_DUE = 2**52
"""Sorts after every real moment."""


class Standing(msgspec.Struct, frozen=True):
    """A row's place among its kind: smaller `rank` and `worth` come first."""

    open: bool = True
    rank: int = 0
    worth: int = 0
    townships: str = ""
    """Township ids, one a line; empty means everybody's."""


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds since 1970 of an aware datetime."""
    return round(moment.timestamp() * 1000)


def _rank(word: str, ladder: tuple[str, ...]) -> int:
    """Return a word's position on its ladder; an unknown word comes right after the ladder."""
    return ladder.index(word) if word in ladder else len(ladder)


def _of_incident(row: level1.Incident) -> Standing:
    if row.stage in CLOSED_STAGES:
        return Standing(False, 0, -milliseconds(row.recorded_at), row.township)
    rank = len(GRADES) + 1 if row.level == "none" else _rank(row.level, GRADES)
    due = min((d.due_at for d in row.deadlines if d.done_at is None), default=None)
    return Standing(True, rank, NOT_DUE if due is None else milliseconds(due), row.township)


def standing(row: msgspec.Struct) -> Standing:
    """Return a level 1 row's standing; a trend's is without townships, as it follows its owner."""
    match row:
        case level1.Incident():
            return _of_incident(row)
        case level1.Asset():
            return Standing(True, _rank(row.state, ASSET_STATES), 0, row.township)
        case level1.Queue():
            return Standing(townships=row.township)
        case level1.Warning():
            worth = -milliseconds(row.issued_at)
            return Standing(row.lifted_at is None, 0, worth, "\n".join(row.townships))
        case level1.Alarm():
            calls = row.state not in QUIET_ALARM_STATES
            worth = -milliseconds(row.raised_at)
            return Standing(calls, _rank(row.priority, ALARM_PRIORITIES), worth, row.township)
        case level1.ReportTable():
            return Standing(True, 0, -milliseconds(row.reported_at), row.township)
        case level1.Contact() | level1.Plan():
            return Standing(True, 0, row.position, row.township)
        case _:
            return Standing()
