"""The three four-step scales of the Emergency Response Law (2024), kept apart.

How bad an event is (art. 3), how likely and near a danger is (art. 63) and what
has been activated (art. 71) are different questions; no type here mixes them.
"""

from __future__ import annotations

from desktop.domain.word import OpenWord


class Scale(OpenWord):
    """An enumeration whose members are declared worst first."""

    @property
    def rank(self) -> int:
        """0 for the worst step; larger is calmer, and `unknown` is last."""
        return type(self)._member_names_.index(self._name_)


class EventLevel(Scale):
    """How bad an event is; ordinary city matters have none (art. 3)."""

    ESPECIALLY_MAJOR = "especially_major"  # 特别重大
    MAJOR = "major"  # 重大
    LARGER = "larger"  # 较大
    ORDINARY = "ordinary"  # 一般
    NONE = "none"
    UNKNOWN = "unknown"


class WarningLevel(Scale):
    """How likely and near a danger is; the only scale with legal colours (art. 63)."""

    RED = "red"  # 一级
    ORANGE = "orange"  # 二级
    YELLOW = "yellow"  # 三级
    BLUE = "blue"  # 四级
    UNKNOWN = "unknown"


class ResponseLevel(Scale):
    """What has been activated (art. 71)."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    NONE = "none"
    UNKNOWN = "unknown"
