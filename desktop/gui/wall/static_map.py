"""The map as a picture for the wall: whole county, without a viewport."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPixmap

from desktop.domain.asset import AssetState
from desktop.domain.command import Key
from desktop.domain.levels import EventLevel
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.map.drawing import (
    Layers,
    Look,
    View,
    draw_dangers,
    draw_ground,
)
from desktop.gui.panes.map.geometry import County, Danger, Mark
from desktop.gui.panes.map.label_layer import Lettering
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.label_text import say_danger, say_left_out
from desktop.gui.panes.map.stamps import Stamps
from desktop.gui.panes.map.thinning import Shown
from desktop.gui.wall.canvas import LEADING_SMALL, SMALL, Canvas, text_px

GRADED = (
    EventLevel.ESPECIALLY_MAJOR,
    EventLevel.MAJOR,
    EventLevel.LARGER,
    EventLevel.ORDINARY,
)

SCALE = 1.7
"""How much larger marks and strokes are than on a desk."""


class Wanted(NamedTuple):
    """What decides how the map looks, besides its data."""

    width: float
    height: float
    worst: Key | None
    left_out: str
    unit: float
    ratio: float
    language: str
    theme: str


class StillMap:
    """A painter of the county into a rectangle, which paints again only what differs.

    What is on no wall, and the ground under what is, cost nothing when a mark changes.
    """

    def __init__(self, screen: UiContext) -> None:
        self._screen = screen
        self._picture: QPixmap | None = None
        self._drawn: Wanted | None = None
        self._seen: County | None = None
        self._below: tuple[Wanted, County, QPixmap] | None = None
        self._tools: tuple[tuple[object, ...], Look, Lettering, Stamps] | None = None
        self.labels: list[Label] = []

    def paint(
        self, painter: QPainter, rect: QRectF, county: County, unit: float, worst: Key | None
    ) -> None:
        """Paint the map with the worst thing marked; ordinary marks stay off a wall."""
        ratio = painter.device().devicePixelRatioF()
        language, theme = self._screen.words.language, self._screen.theme.name
        left_out = say_left_out(county)
        wanted = Wanted(rect.width(), rect.height(), worst, left_out, unit, ratio, language, theme)
        marks = tuple(m for m in county.marks if needs_eyes(m) or m.key == worst)
        seen, before = replace(county, marks=marks), self._seen
        same = before is not None and _on_same_ground(seen, before) and marks == before.marks
        if self._picture is None or wanted != self._drawn or not same:
            self._picture = self._render(seen, wanted)
            self._drawn, self._seen = wanted, seen
        painter.drawPixmap(rect.topLeft(), self._picture)

    def _render(self, county: County, wanted: Wanted) -> QPixmap:
        look, lettering, stamps = self._dress(wanted)
        edge, worst = 24 * wanted.unit, wanted.worst
        note = self._place_note(wanted)
        above = wanted.height - note.height()
        view = View.fitting(county.extent, wanted.width - 2 * edge, above - 2 * edge)
        view = replace(view.wider(edge), height_px=wanted.height)
        rivers = tuple(line for line in county.lines if line.kind == "river")
        named = replace(county, lines=rivers)  # from ten metres, road numbers are only noise
        shown = Shown(county.marks)
        self.labels = lettering.lay_out(named, shown, view, Layers(), stamps, worst, [note])
        picture = QPixmap(self._ground(county, view, look, wanted))
        with QPainter(picture) as painter:
            stamps.draw(painter, county.marks, view)
            self._ring(painter, county, view, look, worst)
            lettering.draw(painter, self.labels)
            if wanted.left_out:
                canvas = Canvas(painter, self._screen.theme, wanted.unit)
                canvas.write_lines(note, wanted.left_out, "second")
        return picture

    def _place_note(self, wanted: Wanted) -> QRectF:
        """Return the room at the map's foot for what it leaves out: none, a line of it, or two."""
        if not wanted.left_out:
            return QRectF()
        edge, line = 24 * wanted.unit, SMALL * LEADING_SMALL * wanted.unit
        room = wanted.width - 2 * edge
        width = text_px(self._screen.theme, wanted.unit, wanted.left_out, SMALL) + 1
        lines = 1 if width <= room else 2
        high = lines * line
        return QRectF(edge, wanted.height - edge / 2 - high, min(width, room), high)

    def _dress(self, wanted: Wanted) -> tuple[Look, Lettering, Stamps]:
        """Return look, letters and marks for this size, language and theme, and keep them."""
        kind = wanted[4:]
        if self._tools is None or self._tools[0] != kind:
            size = max(8, round(SMALL * wanted.unit))
            scale, tokens = SCALE * wanted.unit, self._screen.theme.tokens
            look = Look(tokens, wanted.ratio, scale, text_px=size, name_px=size)
            lettering = Lettering(look, self._font, self._screen.words.text, self._say)
            self._tools = kind, look, lettering, Stamps(look)
        return self._tools[1:]

    def _ground(self, county: County, view: View, look: Look, wanted: Wanted) -> QPixmap:
        """Return what lies under the marks, painted again only when it differs."""
        # How many are left out is not written on the ground, only the room for it is kept.
        wanted = wanted._replace(left_out="…" if wanted.left_out else "")
        below = self._below
        if below is not None and below[0] == wanted and _on_same_ground(below[1], county):
            return below[2]
        size = QSizeF(wanted.width, wanted.height)
        picture = QPixmap((size * look.ratio).toSize())
        picture.setDevicePixelRatio(look.ratio)
        with QPainter(picture) as painter:
            painter.fillRect(QRectF(QPointF(0, 0), size), self._screen.theme.color("panel"))
            draw_ground(painter, county, view, look)
            draw_dangers(painter, county.dangers, view, look, wanted.worst)
        self._below = wanted, county, picture
        return picture

    def _ring(
        self, painter: QPainter, county: County, view: View, look: Look, worst: Key | None
    ) -> None:
        """Draw a wide ring around the mark of the worst thing, if it has a place."""
        mark = county.mark(worst) if worst is not None else None
        if mark is not None:
            radius = 19 * look.scale
            painter.setPen(QPen(self._screen.theme.color("text"), 2.4 * look.scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(*view.pixel(mark.x, mark.y)), radius, radius)

    def _font(self, px: int) -> QFont:
        return self._screen.theme.font("body", px)

    def _say(self, danger: Danger) -> tuple[str, str]:
        words = self._screen.words
        time = formatting.moment(danger.starts_at, self._screen.board.now())
        text = f"{words.text(danger.headline)} {time}"
        return say_danger(danger, text, words)


def _on_same_ground(one: County, other: County) -> bool:
    """Whether nothing but marks differs: what did not change is taken over, not made anew."""
    return one.areas is other.areas and one.lines is other.lines and one.dangers is other.dangers


def needs_eyes(mark: Mark) -> bool:
    """Whether a mark belongs on a wall: graded or overdue incidents, broken assets."""
    if mark.is_asset:
        return mark.shape in (AssetState.FAILED, AssetState.DEGRADED)
    return mark.overdue or mark.shape in GRADED
