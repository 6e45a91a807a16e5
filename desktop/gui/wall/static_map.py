"""The map as a picture for the wall: whole county, no viewport, no pyqtgraph."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
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
from desktop.gui.panes.map.label_layer import Lettering, in_brackets
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.marks import Stamps
from desktop.gui.panes.map.thinning import Shown
from desktop.gui.wall.canvas import SMALL

GRADED = (
    EventLevel.ESPECIALLY_MAJOR,
    EventLevel.MAJOR,
    EventLevel.LARGER,
    EventLevel.ORDINARY,
)


class StillMap:
    """A painter of the county into a rectangle, which keeps the picture until something differs."""

    def __init__(self, screen: UiContext) -> None:
        self._screen = screen
        self._picture: QPixmap | None = None
        self._drawn: tuple[object, ...] = ()
        self._county: County | None = None
        self.labels: list[Label] = []

    def paint(
        self, painter: QPainter, rect: QRectF, county: County, unit: float, worst: Key | None
    ) -> None:
        """Paint the map with the worst thing marked; ordinary marks stay off a wall."""
        ratio = painter.device().devicePixelRatioF()
        look = (unit, ratio, self._screen.words.language, self._screen.theme.name)
        wanted = (rect.width(), rect.height(), worst, *look)
        same = self._county is not None and county.looks_like(self._county)
        if self._picture is None or wanted != self._drawn or not same:
            self._picture = self._render(rect, county, unit, ratio, worst)
            self._drawn = wanted
            self._county = county
        painter.drawPixmap(rect.topLeft(), self._picture)

    def _render(
        self, rect: QRectF, county: County, unit: float, ratio: float, worst: Key | None
    ) -> QPixmap:
        theme, words = self._screen.theme, self._screen.words
        look = Look(
            theme.tokens,
            ratio,
            scale=1.7 * unit,
            text_px=max(8, round(SMALL * unit)),
            name_px=max(8, round(SMALL * unit)),
        )
        extent = county.extent
        view = View.fitting(extent, rect.width() - 48 * unit, rect.height() - 48 * unit)
        view = view.wider(24 * unit)
        shown = replace(
            county, marks=tuple(m for m in county.marks if needs_eyes(m) or m.key == worst)
        )
        picture = QPixmap(round(rect.width() * ratio), round(rect.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        stamps = Stamps(look)
        rivers = tuple(line for line in county.lines if line.kind == "river")
        named = replace(shown, lines=rivers)  # from ten metres, road numbers are only noise
        lettering = Lettering(look, self._font, words.text, self._say)
        self.labels = lettering.lay_out(named, Shown(shown.marks), view, Layers(), stamps, worst)
        with QPainter(picture) as painter:
            painter.fillRect(QRectF(QPointF(0, 0), rect.size()), theme.color("panel"))
            draw_ground(painter, shown, view, look)
            draw_dangers(painter, shown.dangers, view, look, worst)
            stamps.draw(painter, shown.marks, view)
            self._ring(painter, shown, view, look, worst)
            lettering.draw(painter, self.labels)
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

    def _say(self, danger: Danger) -> str:
        words = self._screen.words
        time = formatting.moment(danger.starts_at, self._screen.board.now())
        text = f"{words.text(danger.headline)} {time}"
        return in_brackets(danger, words) + text


def needs_eyes(mark: Mark) -> bool:
    """Whether a mark belongs on a wall: graded or overdue incidents, broken assets."""
    if mark.is_asset:
        return mark.shape in (AssetState.FAILED, AssetState.DEGRADED)
    return mark.overdue or mark.shape in GRADED
