"""Placement of labels, so that none covers another or a mark.

Labels are requested in order of importance; each takes the first of its positions that is free, and
one that finds none is left out rather than drawn over something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPolygonF

from desktop.gui.panes.map.thinning import Count

CELL_PX = 48.0
GRID = 12
"""Positions tried across an area in each direction."""


Taken = tuple[float, float, float, float, bool]
"""Left, top, right, bottom, and whether it is minor."""


class Occupied:
    """Rectangles already taken, looked up by position in constant time."""

    def __init__(self, taken: Iterable[QRectF] = ()) -> None:
        self._cells: dict[tuple[int, int], list[Taken]] = {}
        for rect in taken:
            self.take(rect)

    def take(self, rect: QRectF) -> None:
        """Reserve the rectangle."""
        self._put((rect.left(), rect.top(), rect.right(), rect.bottom(), False))

    def take_square(self, x: float, y: float, half: float, minor: bool) -> None:
        """Reserve a mark's square; a minor one may be covered if there is no other position."""
        self._put((x - half, y - half, x + half, y + half, minor))

    def is_free(self, rect: QRectF, over_minor: bool = False) -> bool:
        """Whether no reserved rectangle touches this one."""
        left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
        for cell in _cells(left, top, right, bottom):
            for x0, y0, x1, y1, minor in self._cells.get(cell, ()):
                if minor and over_minor:
                    continue
                if x0 < right and left < x1 and y0 < bottom and top < y1:
                    return False
        return True

    def _put(self, taken: Taken) -> None:
        for cell in _cells(*taken[:4]):
            self._cells.setdefault(cell, []).append(taken)


@dataclass(frozen=True)
class Wish:
    """A label that needs a position."""

    text: str
    role: str
    """`incident`, `warning`, `township` or `line`: how it is drawn."""
    width_px: float
    height_px: float
    spots: Iterable[QPointF]
    """Top left corners to try, best first; read at most twice."""
    anchor: QPointF | None = None
    """The mark it names: a label that had to move away is joined to it by a line."""
    lines: tuple[str, ...] = ()
    """Its text in lines; none where it stands in one."""
    over_minor: bool = False
    """Whether it may cover something minor rather than be left out."""
    at_last: QPointF | None = None
    """Where a label that must not be left out is put when no spot is free."""
    instead: tuple[Wish, ...] = ()
    """What is placed when no spot is free for it."""
    area: str = ""
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True)
class Label:
    """A label with its position on the surface."""

    text: str
    role: str
    rect: QRectF
    anchor: QPointF | None = None
    area: str = ""
    """Of a township's label: its id."""
    counts: tuple[Count, ...] = ()
    """Of a township's label: what is counted instead of drawn."""
    lines: tuple[str, ...] = ()
    """Its text in lines; none where it stands in one."""

    @property
    def ends(self) -> bool:
        """Whether its lines end at its right edge: it stands left of its mark."""
        return bool(self.lines) and self.anchor is not None and self.rect.right() < self.anchor.x()


def declutter(wishes: Iterable[Wish], occupied: Occupied, bounds: QRectF) -> list[Label]:
    """Return the labels that fit inside the bounds without touching anything, in the order
    requested."""
    return [label for wish in wishes for label in _place(wish, occupied, bounds)]


def _place(wish: Wish, occupied: Occupied, bounds: QRectF) -> list[Label]:
    rect = _free_place(wish, occupied, bounds, over_minor=False)
    if rect is None and wish.over_minor:
        rect = _free_place(wish, occupied, bounds, over_minor=True)
    if rect is None and wish.instead:
        return declutter(wish.instead, occupied, bounds)
    if rect is None and wish.at_last is not None:
        forced = QRectF(wish.at_last, QSizeF(wish.width_px, wish.height_px))
        rect = forced if bounds.intersects(forced) else None
    if rect is None:
        return []
    occupied.take(rect)
    return [Label(wish.text, wish.role, rect, wish.anchor, wish.area, wish.counts, wish.lines)]


def _free_place(wish: Wish, occupied: Occupied, bounds: QRectF, over_minor: bool) -> QRectF | None:
    for spot in wish.spots:
        rect = QRectF(spot.x(), spot.y(), wish.width_px, wish.height_px)
        if bounds.contains(rect) and occupied.is_free(rect, over_minor):
            return rect
    return None


def spots_beside(
    x: float, y: float, width: float, height: float, gap: float
) -> tuple[QPointF, ...]:
    """Yield positions around a mark: right, left, above, below, shifted, then the corners."""
    middle, up, down = y - height / 2, y - gap - height, y + gap
    right, left, centre = x + gap, x - gap - width, x - width / 2
    return (
        QPointF(right, middle),
        QPointF(left, middle),
        QPointF(centre, up),
        QPointF(centre, down),
        QPointF(x - width * 0.15, up),
        QPointF(x - width * 0.15, down),
        QPointF(x - width * 0.85, up),
        QPointF(x - width * 0.85, down),
        QPointF(right, up),
        QPointF(right, down),
        QPointF(left, up),
        QPointF(left, down),
    )


def spots_away(x: float, y: float, width: float, height: float, gap: float) -> tuple[QPointF, ...]:
    """Yield positions beside a mark, then in widening steps further away from it."""
    spots: tuple[QPointF, ...] = ()
    for step in range(6):
        spots += spots_beside(x, y, width, height, gap + step * height * 0.8)
    return spots


class SpotsWithin:
    """Positions for the name of an area, all inside it, the most central first.

    With an overhang, that part of the name at each of its ends may lie outside.
    """

    def __init__(
        self,
        outline: QPolygonF,
        centre: QPointF,
        width: float,
        height: float,
        overhang: float = 0.0,
    ) -> None:
        self._outline, self._centre = outline, centre
        self._size = width, height
        self._overhang = overhang * width

    def __iter__(self) -> Iterator[QPointF]:
        """Yield them one by one: most names fit at the first or second."""
        width, height = self._size
        box = self._outline.boundingRect()
        step_x = max(12.0, width / 3, box.width() / GRID)
        step_y = max(8.0, height / 2, box.height() / GRID)
        columns, rows = int(box.width() / step_x / 2), int(box.height() / step_y / 2)
        offsets = [
            (i * step_x, j * step_y)
            for i in range(-columns, columns + 1)
            for j in range(-rows, rows + 1)
        ]
        offsets.sort(key=lambda o: (o[0] ** 2 + o[1] ** 2, o[1], o[0]))
        inside, fill = self._outline.containsPoint, Qt.FillRule.OddEvenFill
        middle_x, middle_y = self._centre.x(), self._centre.y()
        least_x, most_x, least_y, most_y = box.left(), box.right(), box.top(), box.bottom()
        for dx, dy in offsets:
            left, top = middle_x + dx - width / 2, middle_y + dy - height / 2
            first, last = left + self._overhang, left + width - self._overhang
            # Half of them need no look at the outline.
            if min(first, last) < least_x or max(first, last) > most_x:
                continue
            if top < least_y or top + height > most_y:
                continue
            corners = ((first, top), (last, top), (first, top + height), (last, top + height))
            if all(inside(QPointF(x, y), fill) for x, y in corners):
                yield QPointF(left, top)


def _cells(left: float, top: float, right: float, bottom: float) -> list[tuple[int, int]]:
    first, last = int(left // CELL_PX), int(right // CELL_PX)
    above, below = int(top // CELL_PX), int(bottom // CELL_PX)
    if first == last and above == below:
        return [(first, above)]
    return [(i, j) for i in range(first, last + 1) for j in range(above, below + 1)]
