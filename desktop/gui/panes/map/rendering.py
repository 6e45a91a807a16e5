"""The map's picture in layers: ground, lines and dangers below; marks and labels above.

Painted on any thread. The layer below is kept as long as view, look and its data stay; of the marks
above only the rectangles are painted anew in which something differs, and labels keep their places
while nothing that has a label, or lies under one, has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from desktop.domain.command import Collection, Key
from desktop.gui.panes.map.drawing import Layers, Look, View, draw_dangers, draw_ground
from desktop.gui.panes.map.geometry import County, Mark
from desktop.gui.panes.map.label_layer import Lettering
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.stamps import Stamps
from desktop.gui.panes.map.thinning import Shown, thin_out

MARGIN_PX = 160
"""Painted beyond each edge, so that a pan copies a picture instead of painting one."""
MOST_PATCHES = 64
MOST_PATCHED = 0.3
"""The part of the picture up to which rectangles are painted rather than the whole."""


@dataclass(frozen=True)
class Patch:
    """A rectangle of the picture, in its pixels, painted anew."""

    left: int
    top: int
    image: QImage


@dataclass(frozen=True)
class Rendering:
    """One finished picture and what it was painted from."""

    drawing: Drawing
    ground: QImage
    image: QImage
    wide: View
    """What the picture shows: the view and its margin."""
    shown: Shown
    labels: list[Label]
    patches: tuple[Patch, ...] | None = None
    """What differs from the picture before, which `image` still is; None when it is a new one."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """All inputs of one picture, fixed when it is requested."""

    county: County
    layers: Layers
    picked: Key | None
    view: View
    reserved: tuple[QRectF, ...]
    look: Look
    lettering: Lettering
    stamps: Stamps

    def render(self, before: Rendering | None = None) -> Rendering:
        """Paint the visible part and its margin, and of the picture before only what differs."""
        if before is not None and not self._keeps_ground(before.drawing):
            before = None
        wide = self.view.wider(MARGIN_PX)
        shown = thin_out(self.county, self.layers, self.view, self.picked)
        ground = self._paint_ground(wide) if before is None else before.ground
        labels = self._keep_labels(before, shown) if before is not None else None
        if labels is None:
            labels = self.lettering.lay_out(
                self.county,
                shown,
                self.view,
                self.layers,
                self.stamps,
                self.picked,
                self.reserved,
            )
        if before is not None:
            patches = self._patch(before, shown, labels, wide)
            if patches is not None:
                return Rendering(self, ground, before.image, wide, shown, labels, patches)
        image = ground.copy()
        with QPainter(image) as painter:
            self._draw_over(painter, shown.marks, labels, wide)
        return Rendering(self, ground, image, wide, shown, labels)

    def _keeps_ground(self, before: Drawing) -> bool:
        """Whether ground, lines and dangers look as in the picture before."""
        now, old = self.county, before.county
        same = self.view == before.view and self.look is before.look
        same = same and now.areas is old.areas and now.lines is old.lines
        if not same or self.layers.warnings != before.layers.warnings:
            return False
        if not self.layers.warnings:
            return True
        return now.dangers is old.dangers and self._picked_danger == before._picked_danger

    @property
    def _picked_danger(self) -> Key | None:
        picked = self.picked
        return picked if picked and picked.collection is Collection.WARNINGS else None

    def _paint_ground(self, wide: View) -> QImage:
        ratio = self.look.ratio
        size = round(wide.width_px * ratio), round(wide.height_px * ratio)
        image = QImage(*size, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        with QPainter(image) as painter:
            draw_ground(painter, self.county, wide, self.look)
            if self.layers.warnings:
                draw_dangers(painter, self.county.dangers, wide, self.look, self.picked)
        return image

    def _keep_labels(self, before: Rendering, shown: Shown) -> list[Label] | None:
        """Return the labels before, with new figures; None if they must be placed anew."""
        old = before.drawing
        if (self.layers, self.picked, self.reserved) != (old.layers, old.picked, old.reserved):
            return None
        if self.lettering is not old.lettering or self.county.dangers is not old.county.dangers:
            return None
        if _standing_out(shown) != _standing_out(before.shown):
            return None
        if _widths(shown) != _widths(before.shown):
            return None
        moved = _compare(before.shown.marks, shown.marks)
        covered = [self.stamps.rect(mark, self.view) for _, mark in moved if mark is not None]
        if any(rect.intersects(label.rect) for rect in covered for label in before.labels):
            return None
        if shown.counts == before.shown.counts:
            return before.labels
        return [
            replace(label, counts=tuple(c for c in shown.counts if c.township == label.area))
            if label.counts
            else label
            for label in before.labels
        ]

    def _patch(
        self, before: Rendering, shown: Shown, labels: list[Label], wide: View
    ) -> tuple[Patch, ...] | None:
        """Paint the rectangles in which marks or labels differ; None if that is most of it."""
        margin = QPointF(MARGIN_PX, MARGIN_PX)
        rects = [
            self.stamps.rect(mark, wide)
            for pair in _compare(before.shown.marks, shown.marks)
            for mark in pair
            if mark is not None
        ]
        changed = set(map(_face, before.labels)) ^ set(map(_face, labels))
        rects += [
            self.lettering.rect(label).translated(margin)
            for label in (*before.labels, *labels)
            if _face(label) in changed
        ]
        pixels = [self._in_pixels(rect, before.image) for rect in rects]
        pixels = [rect for rect in pixels if not rect.isEmpty()]
        area = sum(rect.width() * rect.height() for rect in pixels)
        whole = before.image.width() * before.image.height()
        if len(pixels) > MOST_PATCHES or area > MOST_PATCHED * whole:
            return None
        return tuple(self._paint_patch(rect, before.ground, shown, labels, wide) for rect in pixels)

    def _in_pixels(self, rect: QRectF, image: QImage) -> QRect:
        ratio = self.look.ratio
        scaled = QRectF(rect.topLeft() * ratio, rect.size() * ratio)
        return scaled.toAlignedRect().adjusted(-1, -1, 1, 1).intersected(image.rect())

    def _paint_patch(
        self, pixels: QRect, ground: QImage, shown: Shown, labels: Sequence[Label], wide: View
    ) -> Patch:
        ratio = self.look.ratio
        image = ground.copy(pixels)
        image.setDevicePixelRatio(ratio)
        part = QRectF(QPointF(pixels.topLeft()) / ratio, QRectF(pixels).size() / ratio)
        marks = self.stamps.near(shown.marks, part, wide)
        seen = part.translated(-MARGIN_PX, -MARGIN_PX)
        near = [label for label in labels if self.lettering.rect(label).intersects(seen)]
        with QPainter(image) as painter:
            painter.translate(-part.topLeft())
            self._draw_over(painter, marks, near, wide)
        return Patch(pixels.left(), pixels.top(), image)

    def _draw_over(
        self, painter: QPainter, marks: Iterable[Mark], labels: Iterable[Label], wide: View
    ) -> None:
        self.stamps.draw(painter, marks, wide)
        painter.translate(MARGIN_PX, MARGIN_PX)
        self.lettering.draw(painter, labels)


def _compare(before: Iterable[Mark], now: Iterable[Mark]) -> list[tuple[Mark | None, Mark | None]]:
    """Return each mark that came, went, moved or looks different, as it was and as it is."""
    old, new = {mark.key: mark for mark in before}, {mark.key: mark for mark in now}
    pairs: list[tuple[Mark | None, Mark | None]] = [(old.get(k), m) for k, m in new.items()]
    pairs += [(mark, None) for key, mark in old.items() if key not in new]
    return [(was, mark) for was, mark in pairs if was != mark]


def _standing_out(shown: Shown) -> list[Mark]:
    """Return the marks that may have a label, and those that keep room from one."""
    return [mark for mark in shown.marks if mark.stands_out]


def _widths(shown: Shown) -> list[tuple[str, str, int]]:
    """Return what decides how wide the counts are: not each figure, only how many digits."""
    return [(count.township, count.level, len(str(count.number))) for count in shown.counts]


def _face(label: Label) -> tuple[object, ...]:
    rect = label.rect
    anchor = None if label.anchor is None else (label.anchor.x(), label.anchor.y())
    where = rect.left(), rect.top(), rect.width(), anchor
    return label.role, label.text, label.lines, where, label.counts
