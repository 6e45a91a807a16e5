"""Where labels go, so that none covers another or a mark.

Labels are asked for in order of importance; each takes the first of its positions
that is free, and one that finds none is left out rather than drawn over something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

CELL_PX = 48.0


class Occupied:
    """Rectangles already taken, found again by place in constant time."""

    def __init__(self, taken: Iterable[QRectF] = ()) -> None:
        self._cells: dict[tuple[int, int], list[tuple[QRectF, bool]]] = {}
        for rect in taken:
            self.take(rect)

    def take(self, rect: QRectF, minor: bool = False) -> None:
        """Keep others out of the rectangle; a minor one may be covered when nothing else helps."""
        for cell in _cells(rect):
            self._cells.setdefault(cell, []).append((rect, minor))

    def is_free(self, rect: QRectF, over_minor: bool = False) -> bool:
        """Whether nothing taken touches the rectangle."""
        return not any(
            other.intersects(rect)
            for cell in _cells(rect)
            for other, minor in self._cells.get(cell, ())
            if not (minor and over_minor)
        )


@dataclass(frozen=True)
class Wish:
    """A label that wants to stand somewhere."""

    text: str
    role: str
    """`incident`, `warning`, `township` or `line`: how it is drawn."""
    width_px: float
    height_px: float
    spots: tuple[QPointF, ...]
    """Top left corners to try, best first."""
    anchor: QPointF | None = None
    """The mark it names: a label that had to move away is joined to it by a line."""
    over_minor: bool = False
    """Whether it may at last cover something minor, rather than be missing."""


@dataclass(frozen=True)
class Label:
    """A label with its place on the surface."""

    text: str
    role: str
    rect: QRectF
    anchor: QPointF | None = None


def declutter(wishes: Iterable[Wish], occupied: Occupied, bounds: QRectF) -> list[Label]:
    """The labels that fit inside the bounds without touching anything, in the order asked."""
    placed: list[Label] = []
    for wish in wishes:
        rect = _free_place(wish, occupied, bounds, over_minor=False)
        if rect is None and wish.over_minor:
            rect = _free_place(wish, occupied, bounds, over_minor=True)
        if rect is not None:
            occupied.take(rect)
            placed.append(Label(wish.text, wish.role, rect, wish.anchor))
    return placed


def _free_place(wish: Wish, occupied: Occupied, bounds: QRectF, over_minor: bool) -> QRectF | None:
    for spot in wish.spots:
        rect = QRectF(spot.x(), spot.y(), wish.width_px, wish.height_px)
        if bounds.contains(rect) and occupied.is_free(rect, over_minor):
            return rect
    return None


def spots_beside(
    x: float, y: float, width: float, height: float, gap: float
) -> tuple[QPointF, ...]:
    """Positions around a mark: right, left, above, below, shifted, then the corners."""
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
    """Positions beside a mark, then in widening steps further away from it."""
    spots: tuple[QPointF, ...] = ()
    for step in range(6):
        spots += spots_beside(x, y, width, height, gap + step * height * 0.8)
    return spots


def spots_within(outline: QPolygonF, centre: QPointF, width: float, height: float) -> list[QPointF]:
    """Positions for the name of an area, all inside it, the most central first."""
    box = outline.boundingRect()
    step_x, step_y = max(12.0, width / 3), max(8.0, height / 2)
    columns, rows = int(box.width() / step_x / 2), int(box.height() / step_y / 2)
    offsets = [
        (i * step_x, j * step_y)
        for i in range(-columns, columns + 1)
        for j in range(-rows, rows + 1)
    ]
    offsets.sort(key=lambda o: (o[0] ** 2 + o[1] ** 2, o[1], o[0]))
    spots = []
    for dx, dy in offsets:
        left, top = centre.x() + dx - width / 2, centre.y() + dy - height / 2
        rect = QRectF(left, top, width, height)
        corners = (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight())
        if all(outline.containsPoint(c, Qt.FillRule.OddEvenFill) for c in corners):
            spots.append(rect.topLeft())
    return spots


def _cells(rect: QRectF) -> Iterator[tuple[int, int]]:
    for i in range(int(rect.left() // CELL_PX), int(rect.right() // CELL_PX) + 1):
        for j in range(int(rect.top() // CELL_PX), int(rect.bottom() // CELL_PX) + 1):
            yield i, j
