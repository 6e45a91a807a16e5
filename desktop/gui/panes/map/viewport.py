"""The desk's window onto the county: pyqtgraph's ViewBox with one cached picture in it.

Importing this module imports pyqtgraph and numpy: only ever after the first paint.
"""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip

from desktop.domain.command import Key
from desktop.gui.formatting import plain_tip
from desktop.gui.panes.map.drawing import Layers, Look, marks_to_show
from desktop.gui.panes.map.geometry import County, Mark, nearest
from desktop.gui.panes.map.label_layer import Lettering
from desktop.gui.panes.map.rendered_map import Picture
from desktop.gui.task_runner import TaskRunner

REACH_PX = 12
SETTLE_MS = 140
"""This long after the last move the picture is painted again, with labels for the view."""
NARROWEST_KM = 0.5
STEPS = 12
"""How many of the worst marks in sight Tab goes through before the next widget."""


class Viewport(pg.GraphicsView):  # type: ignore[misc]
    """A view of the map to pan, zoom, point and pick in, with mouse or keyboard."""

    picked = Signal(object)
    """The `Key` of the mark that was clicked, or chosen with Enter."""
    moved = Signal()
    """Another part of the county is shown, or it is shown at another scale."""
    spot_picked = Signal(object)
    """A point in kilometres requested by `ask_spot`, or None when it was cancelled."""

    _spotting = False
    """Whether the next click picks a place and not a mark."""

    def __init__(self, tip: Callable[[Mark], str], lane: TaskRunner) -> None:
        super().__init__()
        self._tip = tip
        self._box = pg.ViewBox(
            lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0, border=None
        )
        self.setCentralItem(self._box)
        self.picture = Picture(self._box, lane)
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
        """Ring a mark, or draw a warning's area in full, and bring it into view; False when the map
        does not have it.

        The map only moves when the mark is not comfortably in view: what the officer was looking at
        beside it stays put.
        """
        self.picture.picked, self.picture.cursor = key, None
        place = self._place_of(key) if key is not None else None
        if place is not None:
            self._bring_into_view(place)
        self.picture.spoil()
        return place is not None

    def _place_of(self, key: Key) -> QPointF | None:
        """Return the position of a mark, or the middle of a warning's area."""
        county = self.picture.county
        mark = county.mark(key)
        if mark is not None:
            return QPointF(mark.x, mark.y)
        danger = county.danger(key)
        return None if danger is None else danger.rings[0].boundingRect().center()

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

    def ask_spot(self) -> None:
        """Let the next click pick a place and not a mark; Enter takes the middle, Esc cancels."""
        self._spotting = True
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocus()

    def mark_at(self, x_px: float, y_px: float) -> Mark | None:
        """Return the mark at a point of the surface, at most 12 px away."""
        view = self.picture.view
        marks = marks_to_show(self.picture.county, self.picture.layers, self.picture.picked)
        x, y = view.plane(x_px, y_px)
        return nearest(marks, x, y, REACH_PX / view.px_per_km)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if getattr(self, "_fitted", False):
            self.zoom_county()
        if hasattr(self, "picture"):
            self.picture.prepareGeometryChange()
            self.picture.spoil()

    def event(self, event: QEvent) -> bool:
        if self._spotting and event.type() == QEvent.Type.ShortcutOverride:
            # Esc and Enter answer the question here and must run no shortcut.
            event.accept()
            return True
        return bool(super().event(event))

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
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._spotting:
                self._end_spot(self._box.viewRect().center())
            case Qt.Key.Key_Escape if self._spotting:
                self._end_spot(None)
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

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_focus()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Step through the worst marks in sight before the focus leaves the map."""
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

    def _show_focus(self) -> None:
        self.picture.focused = self.hasFocus()
        self.picture.update()

    def _steps(self) -> list[Mark]:
        view = self.picture.view
        marks = marks_to_show(self.picture.county, self.picture.layers)
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

    def _bring_into_view(self, place: QPointF) -> None:
        shown = self._box.viewRect()
        inner = shown.adjusted(*(shown.width() * k for k in (0.08, 0, -0.08, 0)))
        inner.adjust(*(shown.height() * k for k in (0, 0.08, 0, -0.08)))
        if not inner.contains(place):
            shown.moveCenter(place)
            self._box.setRange(shown, padding=0)
            self._unfit()

    def _limit(self, extent: QRectF) -> None:
        """Limit panning and zooming so that the county stays within reach."""
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
        if self._spotting:
            self._end_spot(QPointF(*self.picture.view.plane(at.x(), at.y())))
            return
        mark = self.mark_at(at.x(), at.y())
        if mark is not None:
            self.picked.emit(mark.key)

    def _end_spot(self, spot: QPointF | None) -> None:
        self._spotting = False
        self.unsetCursor()
        self.spot_picked.emit(spot)
