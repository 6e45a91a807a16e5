"""One measured figure, and the few statistics the benches share."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


class CannotMeasure(Exception):
    """A bench that could not run here; its text says why."""


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    A ratio has the value measured over `floor`; `unit` says in what `floor` is.
    `ok` is None for a figure that is only told, or whose peer is missing.
    """

    name: str
    value: float | None
    unit: str
    floor: float | None = None
    target: float | None = None
    ok: bool | None = None

    def told(self) -> dict[str, object]:
        """The figure as `--json` prints it."""
        return asdict(self)


def at_most(
    name: str, value: float, unit: str, target: float, floor: float | None = None
) -> Figure:
    """A figure that is well when it does not pass its target."""
    return Figure(name, _short(value), unit, _rounded(floor), target, value <= target)


def told(name: str, value: float | None, unit: str, floor: float | None = None) -> Figure:
    """A figure without a target of its own."""
    return Figure(name, _rounded(value), unit, _rounded(floor))


def median(values: Sequence[float]) -> float:
    """The middle of several runs: one disturbed run does not move it."""
    return statistics.median(values)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begun_s = time.perf_counter()
    work()
    return time.perf_counter() - begun_s


def median_s(work: Callable[[], object], runs: int) -> float:
    """How long a call takes in the middle of several, after one that warms up."""
    work()
    return median([seconds(work) for _ in range(runs)])


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else _short(value)
