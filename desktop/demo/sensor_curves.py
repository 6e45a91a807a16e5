"""Readings that follow the day and the weather in a believable way."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from random import Random

LOCAL = timezone(timedelta(hours=8))
STEP_S = 600
STEPS = 144
"""A day of readings."""


def _bump(hour: float, middle: float, width: float) -> float:
    away = min(abs(hour - middle), 24 - abs(hour - middle))
    return math.exp(-((away / width) ** 2))


@cache
def household(hour: float) -> float:
    """Use at home: low at night, high in the morning and the evening; about -1 to 1."""
    return 1.2 * _bump(hour, 8, 2.2) + 1.5 * _bump(hour, 19.5, 3.0) - 0.7


@cache
def traffic(hour: float) -> float:
    """Traffic and footfall: two rush hours; about -1 to 1."""
    return 1.4 * _bump(hour, 8, 1.6) + 1.4 * _bump(hour, 17.8, 1.9) + 0.5 * _bump(hour, 13, 3) - 0.8


@cache
def office(hour: float) -> float:
    """People at counters: opening hours with a dip at noon; 0 to 1."""
    if not 8.5 <= hour < 17.5:
        return 0.0
    return min(1.0, 1.1 * _bump(hour, 10.2, 1.6) + 0.95 * _bump(hour, 15.2, 1.5))


@lru_cache(maxsize=2 * STEPS)
def local_hour(at: datetime) -> float:
    """Hour of the day in the county, with its fraction to the minute."""
    local = at.astimezone(LOCAL)
    return local.hour + local.minute / 60


def asset_reading(
    shape: str, base: float, swing: float, high: float, at: datetime, rain: float, random: Random
) -> float:
    """Return one reading of an asset that follows the curve `shape`."""
    hour = local_hour(at)
    jitter = random.gauss(0, 0.12)
    match shape:
        case "rain":
            return round(max(0.0, rain * high * 0.95 * (1 + jitter * 2)), 1)
        case "water":
            value = base + swing * jitter + (high - base) * 0.85 * rain
        case "household":
            value = base + swing * (household(hour) + jitter)
        case "traffic":
            value = base + swing * (traffic(hour) + jitter + 0.4 * rain)
        case _:
            value = base + swing * jitter * 2
    return round(value, 2)


def queue_length(
    kind: str, busy: float, limit: int, at: datetime, rush: float, random: Random
) -> int:
    """Return how many people wait; `rush`, from 0 to 1, is what a storm adds to hotlines."""
    hour = local_hour(at)
    if kind == "counter":
        level = busy * office(hour)
    elif kind == "hotline":
        level = busy * (0.45 + 0.4 * traffic(hour)) + limit * rush
    else:
        level = busy * (0.75 + 0.25 * household(hour)) + 0.1 * limit * rush
    return max(0, round(level * (1 + random.gauss(0, 0.12))))


@lru_cache(maxsize=1)
def step_times(now: datetime) -> tuple[datetime, ...]:
    """Return the moments of a day of readings that ends at the last full step."""
    last = datetime.fromtimestamp(now.timestamp() // STEP_S * STEP_S, now.tzinfo)
    return tuple(last - timedelta(seconds=STEP_S * back) for back in range(STEPS - 1, -1, -1))
