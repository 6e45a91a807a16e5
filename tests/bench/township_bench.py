"""`township`: an office of one clerk, one old PC and a line that fails.

What its window costs while nobody touches it is among the figures of `idle`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from figure import Figure
from office_day import measure_day
from office_line import measure_first, measure_photos
from office_stick import measure_stick
from office_window import measure_window


def measure() -> list[Figure]:
    """Every figure of the office: what is timed alone, then what is only counted, at once."""
    timed = [*measure_window(), *measure_first()]
    with ThreadPoolExecutor(1) as beside:
        photos = beside.submit(measure_photos)
        counted = [*measure_day(), *measure_stick()]
        return [*timed, *photos.result(), *counted]
