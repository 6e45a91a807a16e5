"""The bytes of each day in memory, and the day on which only words go."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.link import ByteCount, TrafficClass


class DayBytes:
    """That part of `application.ports.Cache` which counts."""

    def __init__(self) -> None:
        self._traffic: dict[str, dict[TrafficClass, ByteCount]] = {}
        self._only_words = ""

    def add_traffic(self, day: str, spent: Mapping[TrafficClass, ByteCount]) -> None:
        known = self._traffic.setdefault(day, {})
        for kind, more in spent.items():
            so_far = known.get(kind, ByteCount())
            known[kind] = ByteCount(so_far.sent + more.sent, so_far.received + more.received)

    def traffic(self, day: str) -> dict[TrafficClass, ByteCount]:
        return dict(self._traffic.get(day, {}))

    def set_only_words(self, day: str, on: bool) -> None:
        self._only_words = day if on else ""

    def is_only_words(self, day: str) -> bool:
        return day == self._only_words
