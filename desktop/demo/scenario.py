"""Scenarios as tables: what happens at which second, and how hard it rains."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

Pair = tuple[str, str]


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that happens; which fields matter depends on `do`."""

    at: int
    do: str
    asset: str = ""
    state: str = ""
    hits: str = ""
    """State of the assets that depend on a failed one; empty leaves them as they are."""
    only: str = ""
    """Kind of dependent asset that is hit; empty means every kind."""
    call: bool = False
    """Whether each dependent asset's alarm calls too, as in a county without alarm logic."""
    priority: str = "low"
    title: Pair = ("", "")
    note: Pair = ("", "")
    key: str = ""
    kind: str = ""
    stage: str = ""
    text: Pair = ("", "")
    level: str = ""
    headline: Pair | None = None


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scenario of `scenarios.toml`."""

    length: int
    turn: int
    rain: tuple[tuple[int, float], ...]
    new: tuple[float, float]
    storm_matters: tuple[str, ...]
    cues: tuple[Cue, ...]

    def rain_at(self, second: int) -> float:
        """Return how hard it rains at a second of the scenario, from 0 to 1."""
        second %= self.length
        for (start, low), (end, high) in zip(self.rain, self.rain[1:], strict=False):
            if start <= second < end:
                return low + (high - low) * (second - start) / (end - start)
        return self.rain[-1][1]

    def round_at(self, second: int) -> int:
        """Return the number of the evening a second belongs to; the first is 0."""
        return second // self.length + (second % self.length >= self.turn)

    def cues_at(self, second: int) -> tuple[Cue, ...]:
        """Return the cues of that second."""
        second %= self.length
        return tuple(cue for cue in self.cues if cue.at == second)


def read_scripts(folder: Path) -> dict[str, Script]:
    """Read every scenario, by name."""
    table = tomllib.loads((folder / "scenarios.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table, dict[str, Script])
