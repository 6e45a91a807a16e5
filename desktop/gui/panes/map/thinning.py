"""Few things on the map: what is drawn as a mark of its own, and what is only counted.

Graver incidents, overdue ones and what is picked are always marks of their own. Of the others a
township has a count, until it fills enough of the surface for its marks to stand apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import msgspec

from desktop.domain.command import Key
from desktop.domain.levels import EventLevel
from desktop.gui.panes.map.drawing import Layers, View
from desktop.gui.panes.map.geometry import Area, County, Mark

MOST_APART = {EventLevel.NONE: 1, EventLevel.ORDINARY: 6, EventLevel.UNKNOWN: 6}
"""By level, how many marks of one township stand apart; more are counted."""
OPENS_AT = 0.45
"""The part of the surface's width or height that a township fills when its marks stand apart."""
ASIDE_PX = 12.0
"""How far a failed asset stands from the incident at its place, so that both are seen."""


@dataclass(frozen=True)
class Count:
    """How many incidents of a level a township has that are not drawn."""

    township: str
    level: EventLevel
    number: int


@dataclass(frozen=True)
class Shown:
    """What is drawn: marks in their order, and counts by township, the graver level first."""

    marks: tuple[Mark, ...] = ()
    counts: tuple[Count, ...] = ()


def thin_out(county: County, layers: Layers, view: View, picked: Key | None = None) -> Shown:
    """Choose what is drawn of the visible layers; the picked mark is always among it."""
    closed = {area.id for area in county.areas if not _is_open(area, view)}
    counted: defaultdict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in county.marks if layers.incidents else ():
        if mark.township in closed and not mark.stands_out and mark.key != picked:
            counted[mark.township, mark.shape].append(mark)
    counts, hidden = [], set[Key]()
    for (township, shape), marks in counted.items():
        level = EventLevel(shape)
        if len(marks) > MOST_APART.get(level, 0):
            counts.append(Count(township, level, len(marks)))
            hidden.update(mark.key for mark in marks)
    counts.sort(key=lambda count: (count.township, count.level.rank))
    drawn = [
        mark
        for mark in county.marks
        if (layers.assets if mark.is_asset else layers.incidents and mark.key not in hidden)
        or mark.key == picked
    ]
    return Shown(tuple(_put_aside(drawn, view)), tuple(counts))


def _is_open(area: Area, view: View) -> bool:
    box, scale = area.outline.boundingRect(), view.px_per_km
    return (
        box.width() * scale >= OPENS_AT * view.width_px
        or box.height() * scale >= OPENS_AT * view.height_px
    )


def _put_aside(marks: list[Mark], view: View) -> list[Mark]:
    """Move failed assets off the incidents that stand out at the same place."""
    step = ASIDE_PX / view.px_per_km
    taken = [(mark.x, mark.y) for mark in marks if mark.stands_out and not mark.is_asset]

    def is_in_the_way(mark: Mark) -> bool:
        return mark.has_failed and any(
            abs(mark.x - x) < step and abs(mark.y - y) < step for x, y in taken
        )

    return [
        msgspec.structs.replace(mark, x=mark.x + step, y=mark.y + step)
        if is_in_the_way(mark)
        else mark
        for mark in marks
    ]
