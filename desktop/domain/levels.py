"""The three four-step scales of the Emergency Response Law (2024), kept apart.

How bad an event is (art. 3), how likely and near a danger is (art. 63) and what
has been activated (art. 71) are different questions; no type here mixes them.
"""

from __future__ import annotations

from desktop.protocol.levels import EventLevel as EventLevel  # noqa: PLC0414 - re-exported
from desktop.protocol.levels import Scale as Scale  # noqa: PLC0414


class WarningLevel(Scale):
    """How likely and near a danger is (art. 63); the only scale with legal colours."""

    RED = "red"  # 一级
    ORANGE = "orange"  # 二级
    YELLOW = "yellow"  # 三级
    BLUE = "blue"  # 四级
    UNKNOWN = "unknown"
