"""Values of an incident that changed while it was shown, each for a minute."""

from __future__ import annotations

from collections import Counter
from typing import Any

from desktop.domain.incident import Incident
from desktop.domain.instant import MINUTE, Instant

SHOWN_MS = MINUTE
"""How long an old value stands beside the new one."""


class OldValues:
    """The values before the latest changes of the incident shown, until each has run out."""

    def __init__(self) -> None:
        self._old: dict[str, tuple[Any, Instant]] = {}

    def forget(self) -> None:
        """Drop all of them: another incident is shown."""
        self._old.clear()

    def compare(self, before: Incident, after: Incident, now: Instant) -> None:
        """Keep the old value of each field that differs."""
        was, becomes = _values(before), _values(after)
        for name in was.keys() & becomes.keys():
            if was[name] == becomes[name]:
                continue
            if name in self._old and self._old[name][0] == becomes[name]:
                del self._old[name]
            else:
                self._old[name] = was[name], now + SHOWN_MS

    def of(self, name: str) -> Any:
        """Return a field's value before it changed; None when it did not, or long ago."""
        found = self._old.get(name)
        return None if found is None else found[0]

    def expire(self, now: Instant) -> bool:
        """Drop what has been shown long enough; return whether there was any."""
        gone = [name for name, (_, until) in self._old.items() if now >= until]
        for name in gone:
            del self._old[name]
        return bool(gone)


def deadline_names(incident: Incident) -> list[str]:
    """Return the name of each deadline among the values: its kind, and its place among those of
    its kind."""
    seen: Counter[str] = Counter()
    names = []
    for deadline in incident.deadlines:
        names.append(f"due {deadline.kind} {seen[deadline.kind]}")
        seen[deadline.kind] += 1
    return names


def _values(incident: Incident) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(incident, name) for name in ("level", "stage", "township", "lead_unit")
    }
    due = (deadline.due_at for deadline in incident.deadlines)
    return values | dict(zip(deadline_names(incident), due, strict=True))
