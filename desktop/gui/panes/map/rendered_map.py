"""The map's picture: painted off the GUI thread, copied on it.

Importing this module imports pyqtgraph and numpy: only ever after the first paint.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from desktop.domain.command import Key
from desktop.gui.panes.map.drawing import (
    Layers,
    Look,
    Stamps,
    View,
    draw_dangers,
    draw_ground,
    draw_ring,
    marks_to_show,
)
from desktop.gui.panes.map.geometry import County, Projection
from desktop.gui.panes.map.label_layer import Lettering
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.task_runner import TaskRunner

log = logging.getLogger(__name__)

MARGIN_PX = 160
"""Painted beyond each edge, so that a pan copies a picture instead of painting one."""


@dataclass(frozen=True)
class Rendering:
    """One finished picture, with its view and its labels."""

    image: QImage
    view: View
    labels: list[Label]


@dataclass(frozen=True)
class Drawing:
    """All inputs of one picture, fixed when it is requested; painted on any thread."""

    county: County
    layers: Layers
    picked: Key | None
    view: View
    reserved: tuple[QRectF, ...]
    look: Look
    lettering: Lettering
    stamps: Stamps

    def render(self) -> Rendering:
        """Paint the visible part and its margin, with labels for the visible part."""
        look, view, ratio = self.look, self.view, self.look.ratio
        wide = view.wider(MARGIN_PX)
        image = QImage(
            round(wide.width_px * ratio), round(wide.height_px * ratio), QImage.Format.Format_RGB32
        )
        image.setDevicePixelRatio(ratio)
        labels = self.lettering.lay_out(
            self.county,
            view,
            view.bounds,
            self.layers,
            self.stamps,
            self.picked,
            self.reserved,
        )
        with QPainter(image) as painter:
            draw_ground(painter, self.county, wide, look)
            if self.layers.warnings:
                draw_dangers(painter, self.county.dangers, wide, look, self.picked)
            self.stamps.draw(painter, marks_to_show(self.county, self.layers, self.picked), wide)
            painter.translate(MARGIN_PX, MARGIN_PX)
            self.lettering.draw(painter, labels)
        return Rendering(image, wide, labels)


class Picture(pg.GraphicsObject):  # type: ignore[misc]
    """Everything on the map as one item: ground, warnings, marks and labels in one image.

    The first image is painted at once; later ones off the GUI thread, while the one before is
    copied to wherever the officer has panned or zoomed.
    """

    def __init__(self, box: pg.ViewBox, lane: TaskRunner) -> None:
        super().__init__()
        self._lane = lane
        self._box = box
        self.setParentItem(box)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.county = County(Projection(0, 0))
        self.layers = Layers()
        self.picked: Key | None = None
        self.cursor: Key | None = None
        self.focused = False
        self.labels: list[Label] = []
        self.reserved: Callable[[], Iterable[QRectF]] = tuple
        self.paintings = 0
        """How often the picture was painted rather than copied."""
        self._tools: tuple[Look, Lettering, Stamps] | None = None
        self._cache: Rendering | None = None
        self._asked: View | None = None

    def spoil(self) -> None:
        """Paint again; the present picture stays until that is done."""
        if self._cache is not None:
            self._ask(self.view)
        self.update()

    def dress(self, look: Look, lettering: Lettering) -> None:
        """Use these colours, sizes and fonts."""
        self._tools = look, lettering, Stamps(look)
        self.spoil()

    @property
    def view(self) -> View:
        """What the viewport shows now."""
        shown, box = self._box.viewRect(), self._box.rect()
        scale = box.width() / max(shown.width(), 1e-9)
        return View(shown.left(), shown.top(), scale, box.width(), box.height())

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, *_: object) -> None:
        view = self.view
        if self._tools is None or view.width_px < 1 or view.height_px < 1:
            return
        look = self._tools[0]
        painter.setClipRect(view.bounds)
        cache = self._cache
        if cache is None:
            cache = self._drawing(view).render()
            self._keep(cache)
        elif not self._covers(cache, view):
            self._ask(view)
        painter.fillRect(view.bounds, QColor(look.tokens.land))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._target(cache, view), cache.image, QRectF(cache.image.rect()))
        if self.focused:
            painter.setPen(QPen(QColor(look.tokens.pick), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(view.bounds.adjusted(1, 1, -1, -1))
        for key, dashed in ((self.picked, False), (self.cursor, True)):
            mark = self.county.mark(key) if key is not None else None
            if mark is not None:
                draw_ring(painter, *view.pixel(mark.x, mark.y), look, dashed)

    def _drawing(self, view: View) -> Drawing:
        if self._tools is None:
            raise RuntimeError("the map is drawn before it was dressed")
        look, lettering, stamps = self._tools
        return Drawing(
            self.county,
            self.layers,
            self.picked,
            view,
            tuple(self.reserved()),
            look,
            lettering,
            stamps,
        )

    def _ask(self, view: View) -> None:
        """Paint the picture off the GUI thread; only the newest request counts."""
        if self._tools is not None and view.width_px >= 1 and view.height_px >= 1:
            self._asked = view
            self._lane.ask(
                self._drawing(view).render, self._show, failed=self._fail, slot="map picture"
            )

    def _keep(self, rendering: Rendering) -> None:
        self._cache, self._asked, self.labels = rendering, None, rendering.labels
        self.paintings += 1

    def _show(self, rendering: Rendering) -> None:
        self._keep(rendering)
        self.update()

    def _fail(self, error: Exception) -> None:
        """Keep the picture before; the next change requests a new one."""
        self._asked = None
        log.error("the map could not be painted", exc_info=error)

    def _covers(self, cache: Rendering, view: View) -> bool:
        """Whether the picture can be used: it covers the view, or a newer one is on its way."""
        return self._asked is not None or self._target(cache, view).contains(view.bounds)

    def _target(self, cache: Rendering, view: View) -> QRectF:
        """Return the picture's rectangle on the surface."""
        wide, grown = cache.view, view.px_per_km / cache.view.px_per_km
        x, y = view.pixel(wide.left_km, wide.top_km)
        if abs(grown - 1) < 1e-9:
            ratio = cache.image.devicePixelRatio()
            x, y = round(x * ratio) / ratio, round(y * ratio) / ratio
        return QRectF(x, y, wide.width_px * grown, wide.height_px * grown)
