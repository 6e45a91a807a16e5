"""What one sentence says of the sources that give no data now."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.domain.instant import Instant
from desktop.domain.source import SourceStatus

SILENT = frozenset(
    {"unreachable", "name_not_found", "refused", "timed_out", "proxy_unreachable", "cut_short"}
)
"""Problems of a source that did not answer at all; after others it answered, but gave no data."""


class Outage(msgspec.Struct, frozen=True):
    """The sources that fail now, of one moment."""

    sources: tuple[SourceStatus, ...]
    since: Instant | None
    """When the first of them began to fail."""
    data_at: Instant | None
    """The oldest time of their data; None if one of them never gave all of its rows."""
    is_total: bool
    """Whether no source of the desk works."""
    is_silent: bool
    """Whether none of them answers."""


def find_outage(statuses: Iterable[SourceStatus]) -> Outage | None:
    """Return which sources fail; None while all work or their first answer is awaited."""
    every = tuple(statuses)
    failing = tuple(s for s in every if s.problem is not None and not s.awaited)
    if not failing:
        return None
    times = [s.last_good_at for s in failing]
    known = [at for at in times if at is not None]
    return Outage(
        sources=failing,
        since=min((s.failing_since for s in failing if s.failing_since is not None), default=None),
        data_at=min(known) if len(known) == len(times) else None,
        is_total=len(failing) == len(every),
        is_silent=all(s.problem is not None and s.problem.code in SILENT for s in failing),
    )
