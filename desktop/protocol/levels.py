"""The levels of events (Emergency Response Law 2024, art. 3)."""

from __future__ import annotations

from desktop.protocol.word import OpenWord


class Scale(OpenWord):
    """A graded enumeration: its members are declared worst first."""

    @property
    def rank(self) -> int:
        """Position on the scale: 0 for the worst, larger for calmer ones, `unknown` last."""
        return type(self)._member_names_.index(self._name_)


class EventLevel(Scale):
    """The level of an event; ordinary city matters have none (art. 3)."""

    ESPECIALLY_MAJOR = "especially_major"  # 特别重大
    MAJOR = "major"  # 重大
    LARGER = "larger"  # 较大
    ORDINARY = "ordinary"  # 一般
    NONE = "none"
    UNKNOWN = "unknown"


GRADES = (
    EventLevel.ESPECIALLY_MAJOR,
    EventLevel.MAJOR,
    EventLevel.LARGER,
    EventLevel.ORDINARY,
)
"""The levels of the law, worst first: what an event can be escalated to."""
