"""Points in time as UTC milliseconds, cheap to compare, store and send; local times and zones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TypeAlias, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Instant: TypeAlias = int
"""Milliseconds since 1970-01-01T00:00:00Z. Names end in `_at`."""

SECOND: Instant = 1_000
MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
DAY: Instant = 24 * HOUR

TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
"""A local time such as 08:30."""

_EARLIEST: Instant = -62_135_510_400_000  # 0001-01-02
_LATEST: Instant = 253_402_128_000_000  # 9999-12-30


def from_datetime(moment: datetime) -> Instant:
    """Return the instant of an aware datetime; a naive one raises ValueError.

    The calendar's first and last day are moved inwards: "9999-12-31" is a common word for never,
    and no clock of another zone could show it.
    """
    if moment.tzinfo is None:
        raise ValueError("a date without a time zone names no instant")
    at = round(moment.timestamp() * 1000)
    if _EARLIEST <= at <= _LATEST:
        return at
    return _EARLIEST if at < _EARLIEST else _LATEST


def instant_of(told: datetime | Instant) -> Instant:
    """Return the instant of an aware datetime; a value already in milliseconds is kept."""
    if told.__class__ is not int:
        return from_datetime(cast("datetime", told))
    return min(max(told, _EARLIEST), _LATEST)


def to_datetime(at: Instant) -> datetime:
    """Return the instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC)


def is_time_zone(name: str) -> bool:
    """Whether this computer knows a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
