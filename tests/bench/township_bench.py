"""`township`: an office of one clerk, one old PC and a line that fails.

What its window costs while nobody touches it is among the figures of `idle`.
"""

from __future__ import annotations

from figure import Figure
from office_day import measure_day
from office_line import measure_line
from office_stick import measure_stick
from office_window import measure_window


def measure() -> list[Figure]:
    """Every figure of the office, one part after another."""
    return [*measure_window(), *measure_line(), *measure_day(), *measure_stick()]
