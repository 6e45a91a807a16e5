"""Deadlines by level, category and channel, from the county's editable table."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from desktop.wire.level1 import Deadline


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of `report_clocks.toml`; an empty list fits everything."""

    kind: str
    minutes: int
    prealarm_minutes: int = 15
    levels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def fits(self, level: str, category: str, channel: str) -> bool:
        """Whether the rule applies to such an incident."""
        return (
            (not self.levels or level in self.levels)
            and (not self.categories or category in self.categories)
            and (not self.channels or channel in self.channels)
        )


class ReportClocks:
    """The county's rules; per kind of deadline the first that fits counts."""

    def __init__(self, path: Path) -> None:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        self._rules = msgspec.convert(table["rule"], tuple[Rule, ...])
        self._known: dict[tuple[str, str, str], tuple[Rule, ...]] = {}

    def rules(self, level: str, category: str, channel: str) -> tuple[Rule, ...]:
        """Return the rules that bind such an incident, soonest first."""
        asked = (level, category, channel)
        if asked not in self._known:
            first: dict[str, Rule] = {}
            for rule in self._rules:
                if rule.fits(*asked):
                    first.setdefault(rule.kind, rule)
            self._known[asked] = tuple(sorted(first.values(), key=lambda rule: rule.minutes))
        return self._known[asked]

    def deadlines(
        self, level: str, category: str, channel: str, recorded_at: datetime
    ) -> tuple[Deadline, ...]:
        """Return the running deadlines of an incident recorded then."""
        return tuple(
            Deadline(
                rule.kind,
                recorded_at + timedelta(minutes=rule.minutes),
                rule.prealarm_minutes * 60,
            )
            for rule in self.rules(level, category, channel)
        )
