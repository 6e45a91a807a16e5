"""The county's own mapping from CAP's words to the four legal colours."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.connectors.cap.tables import read_toml
from desktop.domain.levels import WarningLevel

COLOURS = {
    WarningLevel.RED: ("红色", "一级预警", "Ⅰ级预警"),
    WarningLevel.ORANGE: ("橙色", "二级预警", "Ⅱ级预警"),
    WarningLevel.YELLOW: ("黄色", "三级预警", "Ⅲ级预警"),
    WarningLevel.BLUE: ("蓝色", "四级预警", "Ⅳ级预警"),
}
"""The colour words of Chinese warning levels (art. 63)."""


class LevelRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the table: a level and the CAP words it applies to; an empty list allows any
    word."""

    level: str
    severity: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    certainty: tuple[str, ...] = ()

    def fits(self, severity: str, urgency: str, certainty: str) -> bool:
        """Whether the three words of a message match this row."""
        pairs = (
            (self.severity, severity),
            (self.urgency, urgency),
            (self.certainty, certainty),
        )
        return all(not wanted or said in wanted for wanted, said in pairs)


LevelTable = tuple[LevelRule, ...]


class _File(msgspec.Struct, frozen=True):
    rule: LevelTable = ()


def read_levels(said: str) -> LevelTable:
    """Read the table from TOML, first matching row first; the text of a ValueError says what is
    wrong in it."""
    table = msgspec.convert(read_toml(said), _File).rule
    for row in table:
        if WarningLevel(row.level) == WarningLevel.UNKNOWN:
            raise ValueError(f"not a warning level: {row.level!r}")
    return table


def level_of(
    table: LevelTable, severity: str, urgency: str, certainty: str, texts: Iterable[str]
) -> tuple[WarningLevel, bool]:
    """Return the level, and whether it is our own reading rather than the issuer's statement.

    Of several colours in one text the worst counts: "raised from yellow to orange".
    """
    for said in texts:
        for level, names in COLOURS.items():
            if any(name in said for name in names):
                return level, False
    for rule in table:
        if rule.fits(severity, urgency, certainty):
            return WarningLevel(rule.level), True
    return WarningLevel.UNKNOWN, True
