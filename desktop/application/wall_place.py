"""What a profile says of the room a wall hangs in: how far people stand, and who is on duty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from desktop.domain.instant import TIME_OF_DAY
from desktop.domain.localized_text import Text

SETTINGS = ("distance_m", "height_m", "shifts")
BOUNDS_M = {"distance_m": (0.3, 100.0), "height_m": (0.1, 30.0)}
LONGEST_RATIO = 7.0
"""Farther than so many heights of the wall, not even its headline would find room."""
LEAST_ARC_MINUTES = 16.0
"""What writing must have to be read across a room (NUREG-0700 1.3.1)."""
AIM_ARC_MINUTES = 17.0
"""What sizes are computed for: letters come in whole pixels, some of them rounded down."""


class Viewing(msgspec.Struct, frozen=True):
    """From how far away a wall is read, and how high its picture is."""

    distance_m: float
    height_m: float

    @property
    def letter_share(self) -> float:
        """Return the part of the wall's height that a capital letter must have."""
        arc = math.radians(AIM_ARC_MINUTES / 60)
        return 2 * self.distance_m * math.tan(arc / 2) / self.height_m


class Shift(msgspec.Struct, frozen=True):
    """A shift by name, and the local time of day at which it begins."""

    begins: str
    title: Text


class WallPlace(msgspec.Struct, frozen=True):
    """The room a wall hangs in; empty where the profile says nothing of it."""

    viewing: Viewing | None = None
    shifts: tuple[Shift, ...] = ()

    def shift_at(self, time: str) -> Shift | None:
        """Return the shift on duty at a local time such as `03:15`; before the first, the last."""
        begun = [shift for shift in self.shifts if shift.begins <= time]
        return max(begun or self.shifts, key=lambda shift: shift.begins, default=None)


UNKNOWN_PLACE = WallPlace()


def wall_faults(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Find what is wrong with a `[wall]` table: the setting and the fault in words."""
    for name in table:
        if name not in SETTINGS:
            yield name, f"unknown key {name!r}; known: {', '.join(SETTINGS)}"
    sizes = {}
    for name, (least, most) in BOUNDS_M.items():
        value = table.get(name)
        if value is None:
            continue
        sizes[name] = value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            yield name, f"{name} must be metres from {least:g} to {most:g}"
            return
    if len(sizes) == 1:
        yield next(iter(sizes)), "distance_m and height_m belong together: give both or neither"
    elif sizes and sizes["distance_m"] > LONGEST_RATIO * sizes["height_m"]:
        words = f"distance_m must be at most {LONGEST_RATIO:g} times height_m to be read at all"
        yield "distance_m", words
    yield from _shift_faults(table.get("shifts", []))


def _shift_faults(shifts: Any) -> Iterator[tuple[str, str]]:
    form = 'shifts must be a list such as [{ begins = "08:30", title = { zh = "…", en = "…" } }]'
    if not isinstance(shifts, list):
        yield "shifts", form
        return
    begins = [shift.get("begins") if _is_shift(shift) else None for shift in shifts]
    if None in begins:
        yield "shifts", form
    elif len(set(begins)) < len(begins):
        yield "shifts", "two shifts begin at the same time"


def _is_shift(shift: Any) -> bool:
    if not isinstance(shift, dict) or set(shift) != {"begins", "title"}:
        return False
    begins, title = shift["begins"], shift["title"]
    texts = list(title.values()) if isinstance(title, dict) else [title]
    return (
        isinstance(begins, str)
        and TIME_OF_DAY.fullmatch(begins) is not None
        and all(isinstance(text, str) for text in texts)
        and (not isinstance(title, dict) or set(title) <= {"zh", "en"})
    )


def read_wall_place(table: Mapping[str, Any]) -> WallPlace:
    """Return what a `[wall]` table without faults says."""
    viewing = None
    if "distance_m" in table:
        viewing = Viewing(float(table["distance_m"]), float(table["height_m"]))
    shifts = [Shift(each["begins"], _title(each["title"])) for each in table.get("shifts", [])]
    return WallPlace(viewing, tuple(shifts))


def _title(title: Any) -> Text:
    if isinstance(title, str):
        return Text(title, "")
    return Text(title.get("zh", ""), title.get("en", ""))
