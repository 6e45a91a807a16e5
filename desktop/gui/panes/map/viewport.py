"""The desk's window onto the county: panned, zoomed, pointed and picked in by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from desktop.domain.command import Key
from desktop.gui.formatting import plain_tip
from desktop.gui.panes.map.drawing import Layers, Look, View
from desktop.gui.panes.map.geometry import County, Mark, nearest
from desktop.gui.panes.map.label_layer import Lettering
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.rendered_map import Picture
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.accessible import SpokenRows

REACH_PX = 12
SETTLE_MS = 140
"""This long after the last move the picture is painted again, with labels for the view."""
NARROWEST_KM = 0.5
STEPS = 12
"""How many of the worst marks in sight Tab goes through before the next widget."""
ZOOM_STEP = 1.5
NOTCH = 1.35
"""Zoom by one notch of a wheel, which turns 120 eighths of a degree."""
PAN_STEP = 1 / 8
ROW_PX = 40
"""Counts within so many pixels are on one line for the keyboard."""
AROUND = 1.04
"""The room that a county or township has around it when it is shown whole."""


class Viewport(QWidget):
    """A view of the map to pan, zoom, point and pick in."""

    accessible_role = QAccessible.Role.Graphic

    picked = Signal(object)
    """The `Key` of the mark that was clicked, or chosen with Enter."""
    moved = Signal()
    """Another part of the county is shown, or it is shown at another scale."""
    spot_picked = Signal(object)
    """A point in kilometres requested by `ask_spot`, or None when it was cancelled."""

    def __init__(
        self, tip: Callable[[Mark], str], tip_counts: Callable[[Label], str], lane: TaskRunner
    ) -> None:
        super().__init__()
        self._tip, self._tip_counts = tip, tip_counts
        self.picture = Picture(lane, self._update_part)
        self._spoken = SpokenRows(self)
        self.keys_said = ""
        """What the keys do here, described while the keyboard is on no mark."""
        self._spotting = False
        """Whether the next click picks a place and not a mark."""
        self._pressed: QPointF | None = None
        self._dragging = False
        self._fitted = True
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.settle)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_county(self, county: County) -> None:
        """Draw this county; what is shown of it stays where it is."""
        grown = county.extent != self.picture.county.extent
        if self._fitted and grown:
            self._fit(county.extent)
        self.picture.show_county(county)

    def show_layers(self, layers: Layers) -> None:
        """Draw only these layers."""
        self.picture.layers = layers
        self.picture.paint_anew(urgent=True)

    def dress(self, look: Look, lettering: Lettering) -> None:
        """Use these colours, sizes and fonts."""
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
        self.picture.paint_anew(urgent=True)
        self.update()
        return place is not None

    def zoom_county(self) -> None:
        """Show the whole county."""
        self._fit(self.picture.county.extent)
        self._fitted = True

    def zoom_township(self, id: str) -> None:
        """Show one township whole, near enough for its marks to stand apart."""
        area = self.picture.county.area(id)
        if area is not None:
            self._fit(area.outline.boundingRect())
            self._fitted = False

    def zoom(self, factor: float) -> None:
        """Show more (below 1) or less (above 1) around the middle."""
        self._zoom_at(factor, QPointF(self.width() / 2, self.height() / 2))

    def pan(self, x_px: float, y_px: float) -> None:
        """Show what lies so many pixels to the east and south."""
        x, y = self._middle()
        self._look_at(QPointF(*self.picture.view.plane(x + x_px, y + y_px)), None)
        self._fitted = False

    def ask_spot(self) -> None:
        """Let the next click pick a place and not a mark; Enter takes the middle, Esc cancels."""
        self._spotting = True
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocus()

    def settle(self) -> None:
        """Have the picture painted for the view as it is, and not a little after the last move."""
        self._settle.stop()
        self.picture.paint_anew(urgent=True)

    def mark_at(self, x_px: float, y_px: float) -> Mark | None:
        """Return the mark at a point of the surface, at most 12 px away."""
        view = self.picture.view
        x, y = view.plane(x_px, y_px)
        return nearest(self.picture.shown.marks, x, y, REACH_PX / view.px_per_km)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        view = self.picture.view
        centre = view.plane(view.width_px / 2, view.height_px / 2)
        if self._fitted:
            self.zoom_county()
        else:
            self._look_at(QPointF(*centre), view.px_per_km)
        self.picture.paint_anew(urgent=True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.picture.paint(QPainter(self))

    def event(self, event: QEvent) -> bool:
        if self._spotting and event.type() == QEvent.Type.ShortcutOverride:
            # Esc and Enter answer the question here and must run no shortcut.
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            said = self._say_at(event.pos())
            if said:
                QToolTip.showText(event.globalPos(), plain_tip(said), self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().event(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom_at(NOTCH ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        by = event.position() - self._pressed
        if not self._dragging and by.manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging, self._pressed = True, event.position()
        self.pan(-by.x(), -by.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and not self._dragging
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = None, False
            if clicked:
                self._click(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self.picture.cursor
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._spotting:
                self._end_spot(QPointF(*self.picture.view.plane(*self._middle())))
            case Qt.Key.Key_Escape if self._spotting:
                self._end_spot(None)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM_STEP)
            case Qt.Key.Key_0:
                self.zoom_county()
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                self._step_count(1 if event.key() == Qt.Key.Key_PageDown else -1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                ahead = 1 if event.key() == Qt.Key.Key_Right else -1
                self.pan(ahead * PAN_STEP * self.width(), 0)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                ahead = 1 if event.key() == Qt.Key.Key_Down else -1
                self.pan(0, ahead * PAN_STEP * self.height())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if isinstance(cursor, str):
                self.zoom_township(cursor)
                self._stand_on(None)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if cursor is not None:
                self.picked.emit(cursor)
            case Qt.Key.Key_Escape if cursor is not None:
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
        """Step through the worst marks in sight before going on to the next widget."""
        marks = self._worst_in_sight()
        keys, here = [mark.key for mark in marks], self.picture.cursor
        at = keys.index(here) + (1 if forwards else -1) if here in keys else 0
        if not forwards and here is None:
            at = -1
        if not self.hasFocus() or not 0 <= at < len(marks):  # A button on the map has it then.
            self._stand_on(None)
            return bool(super().focusNextPrevChild(forwards))
        self._stand_on(marks[at])
        return True

    def _step_count(self, by: int) -> None:
        """Go to the next or previous township with counts, in the order they are read."""
        counted = [label for label in self.picture.labels if label.counts]
        counted.sort(key=lambda label: (label.rect.top() // ROW_PX, label.rect.left()))
        areas, here = [label.area for label in counted], self.picture.cursor
        if counted:
            at = areas.index(here) + by if here in areas else min(by, 0)
            self._stand_on(counted[at % len(counted)])

    def accessible_value(self) -> str:
        """Say what the keyboard is on, or how many things are shown."""
        if self.picture.cursor is not None:
            return self.accessibleDescription()
        shown = self.picture.shown
        return str(len(shown.marks) + sum(count.number for count in shown.counts))

    def _show_focus(self) -> None:
        self.picture.focused = self.hasFocus()
        self.update()

    def _worst_in_sight(self) -> list[Mark]:
        view, shown = self.picture.view, self.picture.shown
        inside = [m for m in shown.marks if view.bounds.contains(*view.pixel(m.x, m.y))]
        inside.sort(key=lambda m: (m.rank, m.key))
        return inside[:STEPS]

    def _stand_on(self, step: Mark | Label | None) -> None:
        """Put the keyboard's ring around a mark or count, and say what it is."""
        if isinstance(step, Mark):
            self.picture.cursor, said = step.key, self._tip(step)
            at = QPointF(*self.picture.view.pixel(step.x, step.y))
        elif step is not None:
            self.picture.cursor, said = step.area, self._tip_counts(step)
            at = step.rect.center()
        else:
            self.picture.cursor, said, at = None, "", QPointF()
        self.setAccessibleDescription(said or self.keys_said)
        if said:
            below = self.mapToGlobal(at.toPoint() + QPoint(12, 4))
            QToolTip.showText(below, plain_tip(said), self, self.rect())
        else:
            QToolTip.hideText()
        self.update()

    def _say_at(self, at: QPoint) -> str:
        label = self.picture.label_at(at.x(), at.y())
        if label is not None:
            return self._tip_counts(label)
        mark = self.mark_at(at.x(), at.y())
        return "" if mark is None else self._tip(mark)

    def _middle(self) -> tuple[float, float]:
        return self.width() / 2, self.height() / 2

    def _place_of(self, key: Key) -> QPointF | None:
        """Return the position of a mark, or the middle of a warning's area."""
        county = self.picture.county
        mark = county.mark(key)
        if mark is not None:
            return QPointF(mark.x, mark.y)
        danger = county.danger(key)
        return None if danger is None else danger.rings[0].boundingRect().center()

    def _bring_into_view(self, place: QPointF) -> None:
        view = self.picture.view
        at = QPointF(*view.pixel(place.x(), place.y()))
        aside, above = 0.08 * view.width_px, 0.08 * view.height_px
        if not view.bounds.adjusted(aside, above, -aside, -above).contains(at):
            self._look_at(place, view.px_per_km)
            self._fitted = False

    def _zoom_at(self, factor: float, at: QPointF) -> None:
        """Zoom around a point of the surface, which stays where it is."""
        view = self.picture.view
        scale = self._within_reach(view.px_per_km * factor)
        fixed = QPointF(*view.plane(at.x(), at.y()))
        away = (QPointF(*self._middle()) - at) / scale
        self._look_at(fixed + away, scale)
        self._fitted = False

    def _fit(self, extent: QRectF) -> None:
        if not extent.isEmpty() and self.width() > 0 and self.height() > 0:
            fitted = View.fitting(extent, self.width() / AROUND, self.height() / AROUND)
            self._look_at(extent.center(), fitted.px_per_km)

    def _look_at(self, centre: QPointF, px_per_km: float | None) -> None:
        """Show this point in the middle; the county stays within reach."""
        scale = self._within_reach(px_per_km or self.picture.view.px_per_km)
        extent = self.picture.county.extent
        x, y = centre.x(), centre.y()
        if not extent.isEmpty():
            side, middle = max(extent.width(), extent.height()), extent.center()
            x = min(max(x, middle.x() - side), middle.x() + side)
            y = min(max(y, middle.y() - side), middle.y() + side)
        width, height = float(self.width()), float(self.height())
        view = View(x - width / scale / 2, y - height / scale / 2, scale, width, height)
        if view != self.picture.view:
            self.picture.view = view
            self.update()
            self._settle.start()
            self.moved.emit()

    def _within_reach(self, px_per_km: float) -> float:
        """Return the scale, but none that shows less than 500 m or far more than the county."""
        extent = self.picture.county.extent
        side = 3 * max(extent.width(), extent.height(), NARROWEST_KM)
        least = max(self.width(), 1) / side
        return min(max(px_per_km, least), max(self.width(), 1) / NARROWEST_KM)

    def _click(self, at: QPointF) -> None:
        if self._spotting:
            self._end_spot(QPointF(*self.picture.view.plane(at.x(), at.y())))
            return
        label = self.picture.label_at(at.x(), at.y())
        mark = self.mark_at(at.x(), at.y())
        if label is not None:
            self.zoom_township(label.area)
        elif mark is not None:
            self.picked.emit(mark.key)

    def _end_spot(self, spot: QPointF | None) -> None:
        self._spotting = False
        self.unsetCursor()
        self.spot_picked.emit(spot)

    def _update_part(self, part: QRect | None) -> None:
        if part is None:
            self.update()
            self._tell_rows()
        else:
            self.update(part)

    def _tell_rows(self) -> None:
        """Tell the worst marks in sight and what is counted, each where it is."""
        if not QAccessible.isActive():
            return
        pixel = self.picture.view.pixel
        rows = [
            (self._tip(mark), QRect(QPointF(*pixel(mark.x, mark.y)).toPoint(), QSize(1, 1)))
            for mark in self._worst_in_sight()
        ]
        counted = [label for label in self.picture.labels if label.counts]
        rows += [(self._tip_counts(label), label.rect.toAlignedRect()) for label in counted]
        self._spoken.tell(rows)
