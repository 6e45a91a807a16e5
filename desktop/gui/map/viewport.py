"""The desk's window onto the county: pyqtgraph's ViewBox with one cached picture in it.

Importing this module imports pyqtgraph and numpy: only ever after the first paint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.domain.command import Key
from desktop.gui.map.drawing import (
    Layers,
    Look,
    Stamps,
    View,
    draw_dangers,
    draw_ground,
    draw_ring,
    shown_marks,
)
from desktop.gui.map.geometry import County, Mark, Projection, nearest
from desktop.gui.map.labels import Label
from desktop.gui.map.lettering import Lettering
from desktop.gui.phrases import plain_tip

REACH_PX = 12
MARGIN_PX = 160
"""Drawn beyond each edge, so that a pan copies a picture instead of painting one."""
SETTLE_MS = 140
"""After this long without a move the picture is painted afresh, with labels for what is seen."""
NARROWEST_KM = 0.5
STEPS = 12
"""Tab goes through this many of the worst marks in sight, then on to the next widget."""


class Picture(pg.GraphicsObject):  # type: ignore[misc]
    """Everything on the map as one item: ground, warnings, marks and labels in one pixmap."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__()
        self._box = box
        self.setParentItem(box)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.county = County(Projection(0, 0))
        self.layers = Layers()
        self.picked: Key | None = None
        self.cursor: Key | None = None
        self.labels: list[Label] = []
        self.reserved: Callable[[], Iterable[QRectF]] = tuple
        self.paintings = 0
        """How often the picture was painted afresh rather than copied."""
        self._tools: tuple[Look, Lettering, Stamps] | None = None
        self._cache: QPixmap | None = None
        self._cached = View(0, 0, 1, 0, 0)

    def spoil(self) -> None:
        """Paint afresh at the next opportunity."""
        self._cache = None
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
        if cache is None or not self._covers(view):
            cache = self._cache = self._render(view, *self._tools)
        painter.fillRect(view.bounds, QColor(look.tokens.land))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self._target(view), cache, QRectF(cache.rect()))
        for key, dashed in ((self.picked, False), (self.cursor, True)):
            mark = self.county.mark(key) if key is not None else None
            if mark is not None:
                draw_ring(painter, *view.pixel(mark.x, mark.y), look, dashed)

    def _covers(self, view: View) -> bool:
        """Whether the cached picture can stand in: same place or near, any scale in mid-zoom."""
        if abs(view.px_per_km / self._cached.px_per_km - 1) > 1e-9:
            return True
        return self._target(view).contains(view.bounds)

    def _target(self, view: View) -> QRectF:
        """Where the cached picture lies on the surface."""
        cached, grown = self._cached, view.px_per_km / self._cached.px_per_km
        x, y = view.pixel(cached.left_km, cached.top_km)
        if abs(grown - 1) < 1e-9 and self._tools is not None:
            ratio = self._tools[0].ratio
            x, y = round(x * ratio) / ratio, round(y * ratio) / ratio
        return QRectF(x, y, cached.width_px * grown, cached.height_px * grown)

    def _render(self, view: View, look: Look, lettering: Lettering, stamps: Stamps) -> QPixmap:
        """Paint the visible part and its margin, with labels for the visible part."""
        wide = self._cached = view.wider(MARGIN_PX)
        picture = QPixmap(round(wide.width_px * look.ratio), round(wide.height_px * look.ratio))
        picture.setDevicePixelRatio(look.ratio)
        self.labels = lettering.lay_out(
            self.county,
            view,
            view.bounds,
            self.layers,
            stamps,
            self.picked,
            self.reserved(),
        )
        with QPainter(picture) as painter:
            draw_ground(painter, self.county, wide, look)
            if self.layers.warnings:
                draw_dangers(painter, self.county.dangers, wide, look)
            stamps.draw(painter, shown_marks(self.county, self.layers, self.picked), wide)
            painter.translate(MARGIN_PX, MARGIN_PX)
            lettering.draw(painter, self.labels)
        self.paintings += 1
        return picture


class Viewport(pg.GraphicsView):  # type: ignore[misc]
    """Pan, zoom, point and pick on the map, with mouse or keyboard."""

    picked = Signal(object)
    """The `Key` of the mark that was clicked, or chosen with Enter."""
    moved = Signal()
    """Another part of the county is shown, or it is shown at another scale."""

    def __init__(self, tip: Callable[[Mark], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip = tip
        self._box = pg.ViewBox(
            lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0, border=None
        )
        self.setCentralItem(self._box)
        self.picture = Picture(self._box)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.picture.spoil)
        self._fitted = True
        self._box.sigRangeChanged.connect(self._move)
        self._box.sigRangeChangedManually.connect(self._unfit)
        self.sceneObj.sigMouseClicked.connect(self._click)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_county(self, county: County) -> None:
        """Draw this county; what is shown of it stays where it is."""
        first = self.picture.county.is_empty and not county.is_empty
        self.picture.county = county
        self._limit(county.extent)
        if first or self._fitted:
            self.zoom_county()
        self.picture.spoil()

    def show_layers(self, layers: Layers) -> None:
        """Draw only these layers."""
        self.picture.layers = layers
        self.picture.spoil()

    def dress(self, look: Look, lettering: Lettering) -> None:
        """Use these colours, sizes and fonts."""
        self.setBackground(QColor(look.tokens.land))
        self.picture.dress(look, lettering)

    def pick(self, key: Key | None) -> bool:
        """Ring a mark and bring it into view; False when the map does not have it.

        The map only moves when the mark is not comfortably in view: what the officer
        was looking at beside it stays put.
        """
        self.picture.picked, self.picture.cursor = key, None
        mark = self.picture.county.mark(key) if key is not None else None
        if mark is not None:
            self._bring_into_view(mark)
        self.picture.spoil()
        return mark is not None

    def zoom_county(self) -> None:
        """Show the whole county."""
        extent = self.picture.county.extent
        if not extent.isEmpty():
            self._box.setRange(extent, padding=0.02, disableAutoRange=True)
        self._fitted = True

    def zoom(self, factor: float) -> None:
        """Show more (below 1) or less (above 1) around the middle."""
        self._box.scaleBy((1 / factor, 1 / factor))
        self._unfit()

    def mark_at(self, x_px: float, y_px: float) -> Mark | None:
        """The mark a point of the surface means, at most 12 px away."""
        view = self.picture.view
        marks = shown_marks(self.picture.county, self.picture.layers, self.picture.picked)
        x, y = view.plane(x_px, y_px)
        return nearest(marks, x, y, REACH_PX / view.px_per_km)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if getattr(self, "_fitted", False):
            self.zoom_county()
        if hasattr(self, "picture"):
            self.picture.prepareGeometryChange()
            self.picture.spoil()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self.mark_at(event.pos().x(), event.pos().y())
            if mark is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), plain_tip(self._tip(mark)), self)
            return True
        return bool(super().viewportEvent(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(1.5)
            case Qt.Key.Key_Minus:
                self.zoom(1 / 1.5)
            case Qt.Key.Key_0:
                self.zoom_county()
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._pan(Qt.Key(event.key()))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.picture.cursor is not None:
                self.picked.emit(self.picture.cursor)
            case Qt.Key.Key_Escape if self.picture.cursor is not None:
                self._stand_on(None)
            case _:
                event.ignore()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Step through the worst marks in sight before leaving the map."""
        steps = self._steps()
        keys = [mark.key for mark in steps]
        cursor = self.picture.cursor
        at = keys.index(cursor) if cursor in keys else (-1 if forwards else len(keys))
        at += 1 if forwards else -1
        if not 0 <= at < len(keys) or not self.hasFocus():
            self._stand_on(None)
            return bool(super().focusNextPrevChild(forwards))
        self._stand_on(steps[at])
        return True

    def _steps(self) -> list[Mark]:
        view = self.picture.view
        marks = shown_marks(self.picture.county, self.picture.layers)
        inside = [m for m in marks if view.bounds.contains(QPointF(*view.pixel(m.x, m.y)))]
        return sorted(inside, key=lambda m: (m.rank, m.key))[:STEPS]

    def _stand_on(self, mark: Mark | None) -> None:
        self.picture.cursor = mark.key if mark else None
        if mark is not None:
            self.setAccessibleDescription(self._tip(mark))
        self.picture.update()

    def _pan(self, key: Qt.Key) -> None:
        shown = self._box.viewRect()
        east = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0) * shown.width() / 8
        south = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0) * shown.height() / 8
        self._box.translateBy((east, south))
        self._unfit()

    def _bring_into_view(self, mark: Mark) -> None:
        shown = self._box.viewRect()
        inner = shown.adjusted(*(shown.width() * k for k in (0.08, 0, -0.08, 0)))
        inner.adjust(*(shown.height() * k for k in (0, 0.08, 0, -0.08)))
        if not inner.contains(QPointF(mark.x, mark.y)):
            shown.moveCenter(QPointF(mark.x, mark.y))
            self._box.setRange(shown, padding=0)
            self._unfit()

    def _limit(self, extent: QRectF) -> None:
        """Nobody gets lost: the county stays within reach."""
        if extent.isEmpty():
            return
        side = max(extent.width(), extent.height())
        middle = extent.center()
        self._box.setLimits(
            xMin=middle.x() - 1.5 * side,
            xMax=middle.x() + 1.5 * side,
            yMin=middle.y() - 1.5 * side,
            yMax=middle.y() + 1.5 * side,
            minXRange=NARROWEST_KM,
            maxXRange=3 * side,
            maxYRange=3 * side,
        )

    def _unfit(self, *_: object) -> None:
        self._fitted = False

    def _move(self, *_: object) -> None:
        self.picture.update()
        self._settle.start()
        self.moved.emit()

    def _click(self, event: object) -> None:
        if getattr(event, "button", lambda: None)() is not Qt.MouseButton.LeftButton:
            return
        at = self._box.mapFromScene(event.scenePos())  # type: ignore[attr-defined]
        mark = self.mark_at(at.x(), at.y())
        if mark is not None:
            self.picked.emit(mark.key)
