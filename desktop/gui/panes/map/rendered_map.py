"""What the map shows now: the picture painted off the GUI thread, copied on it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop.domain.command import Key
from desktop.gui.panes.map.drawing import Layers, Look, View, draw_ring
from desktop.gui.panes.map.geometry import County, Mark, Projection
from desktop.gui.panes.map.label_layer import Lettering
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.rehearsal import rehearse
from desktop.gui.panes.map.rendering import Drawing, Patch, Rendering
from desktop.gui.panes.map.stamps import Stamps
from desktop.gui.panes.map.thinning import Shown, thin_out
from desktop.gui.task_runner import TaskRunner

log = logging.getLogger(__name__)


class Picture:
    """The picture in force, and the request for the next one.

    Until that is painted the picture before is copied to wherever the officer panned or zoomed.
    """

    def __init__(self, lane: TaskRunner, update: Callable[[QRect | None], None]) -> None:
        """`update` has a rectangle of the surface painted soon, or all of it."""
        self._jobs, self._update = lane, update
        self.county = County(Projection(0, 0))
        self.layers = Layers()
        self.view = View(0, 0, 1, 0, 0)
        self.picked: Key | None = None
        self.cursor: Key | str | None = None
        """Where the keyboard stands: a mark, or the id of a township with counts."""
        self.focused = False
        self.reserved: Callable[[], Iterable[QRectF]] = tuple
        self.paintings = self.patched = 0
        """How often the picture was painted, and how many rectangles of it were."""
        self._tools: tuple[Look, Lettering, Stamps] | None = None
        self._kept: Rendering | None = None
        self._asked: View | None = None
        self._thinned: tuple[tuple[object, ...], Shown] = ((), Shown())
        self._uncovered: tuple[Key | None, Shown] = (None, Shown())
        """What is drawn when the picked mark would not be, and for which."""

    @property
    def labels(self) -> list[Label]:
        """The labels of the picture."""
        return self._kept.labels if self._kept is not None else []

    @property
    def rendering(self) -> Rendering | None:
        """The picture as it was painted last; None before the first."""
        return self._kept

    @property
    def drawing(self) -> Drawing:
        """All inputs of the picture as it has to be now."""
        if self._tools is None:
            raise RuntimeError("the map is drawn before it was dressed")
        inputs = self.county, self.layers, self.picked, self.view, tuple(self.reserved())
        return Drawing(*inputs, *self._tools)

    @property
    def shown(self) -> Shown:
        """The marks and counts of this county in this view, whether they are painted yet or not."""
        inputs = (self.county, self.layers, self.view)
        if inputs != self._thinned[0]:
            self._thinned = inputs, thin_out(*inputs)
            self._uncovered = None, Shown()
        shown, picked = self._thinned[1], self.picked
        if picked is None or any(mark.key == picked for mark in shown.marks):
            return shown  # A pick among what is drawn changes nothing.
        if self._uncovered[0] != picked:
            self._uncovered = picked, thin_out(*inputs, picked)
        return self._uncovered[1]

    def show_county(self, county: County) -> None:
        """Paint this county, unless it looks like the one before."""
        same = county.looks_like(self.county)
        self.county = county
        if not same or self._kept is None:
            self.paint_anew()

    def paint_anew(self, *, urgent: bool = False) -> None:
        """Have the picture painted off the GUI thread; only the newest request counts.

        What the officer did goes before what only keeps up to date.
        """
        view = self.view
        if self._tools is None or view.width_px < 1 or view.height_px < 1:
            return
        self._asked, before = view, self._kept
        drawing = self.drawing
        self._jobs.ask(
            lambda: drawing.render(before),
            self._show,
            failed=self._fail,
            slot="map picture",
            urgent=urgent,
        )

    def dress(self, look: Look, lettering: Lettering) -> None:
        """Use these colours, sizes and fonts."""
        if self._tools is None:
            rehearse(look, lettering)
        self._tools = look, lettering, Stamps(look)
        self.paint_anew(urgent=True)
        self._update(None)

    def label_at(self, x_px: float, y_px: float) -> Label | None:
        """Return the township's label with counts at a point of the surface."""
        kept = self._kept
        if kept is None or kept.drawing.view != self.view:
            return None
        at = QPointF(x_px, y_px)
        return next((a for a in kept.labels if a.counts and a.rect.contains(at)), None)

    def label_of(self, township: str) -> Label | None:
        """Return the label of a township with counts, if the picture has it."""
        return next((a for a in self.labels if a.counts and a.area == township), None)

    def paint(self, painter: QPainter) -> None:
        """Copy the picture to the surface, and draw what follows keyboard and choice over it."""
        if self._tools is None:
            return
        look, view, kept = self._tools[0], self.view, self._kept
        target = None if kept is None else self._target(kept, view)
        if target is None or not target.contains(view.bounds):
            painter.fillRect(view.bounds, QColor(look.tokens.land))
            if kept is not None and self._asked is None:
                self.paint_anew(urgent=True)
        if kept is not None and target is not None:
            scaled = abs(view.px_per_km / kept.wide.px_per_km - 1) > 1e-9
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scaled)
            painter.drawImage(target, kept.image, QRectF(kept.image.rect()))
        if self.focused:
            painter.setPen(QPen(QColor(look.tokens.pick), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(view.bounds.adjusted(1, 1, -1, -1))
        self._draw_rings(painter, look)

    def _draw_rings(self, painter: QPainter, look: Look) -> None:
        for key, dashed in ((self.picked, False), (self.cursor, True)):
            if isinstance(key, str):
                label = self.label_of(key)
                if label is not None:
                    painter.setPen(QPen(QColor(look.tokens.pick), 2, Qt.PenStyle.DashLine))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRoundedRect(label.rect.adjusted(-4, -3, 4, 3), 4, 4)
                continue
            mark = self.mark(key) if key is not None else None
            if mark is not None:
                draw_ring(painter, *self.view.pixel(mark.x, mark.y), look, dashed)

    def mark(self, key: Key) -> Mark | None:
        """Return a mark with the place it is drawn at, if it is drawn."""
        return next((mark for mark in self.shown.marks if mark.key == key), None)

    def _show(self, rendering: Rendering) -> None:
        self._asked, before, patches = None, self._kept, rendering.patches
        self._kept = rendering
        if patches is None or before is None or rendering.image is not before.image:
            self.paintings += 1
            self._update(None)
            return
        self.patched += len(patches)
        if patches:
            self._lay_over(rendering, patches)

    def _lay_over(self, rendering: Rendering, patches: Iterable[Patch]) -> None:
        """Copy what differs onto the picture, and have just that of the surface painted."""
        image = rendering.image
        ratio = image.devicePixelRatio()
        target = self._target(rendering, self.view)
        grown = target.width() / rendering.wide.width_px
        with QPainter(image) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            for patch in patches:
                at = QPointF(patch.left, patch.top) / ratio
                painter.drawImage(at, patch.image)
                size = QRectF(patch.image.rect()).size() / ratio
                spot = QRectF(target.topLeft() + at * grown, size * grown)
                self._update(spot.toAlignedRect().adjusted(-1, -1, 1, 1))

    def _fail(self, error: Exception) -> None:
        """Keep the picture before; the next change requests a new one."""
        self._asked = None
        log.error("the map could not be painted", exc_info=error)

    def _target(self, kept: Rendering, view: View) -> QRectF:
        """Return the picture's rectangle on the surface."""
        wide, grown = kept.wide, view.px_per_km / kept.wide.px_per_km
        x, y = view.pixel(wide.left_km, wide.top_km)
        if abs(grown - 1) < 1e-9:
            ratio = kept.image.devicePixelRatio()
            x, y = round(x * ratio) / ratio, round(y * ratio) / ratio
        return QRectF(x, y, wide.width_px * grown, wide.height_px * grown)
