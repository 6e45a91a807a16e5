"""The labels that the map requests, and their drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from desktop.application.i18n import Words
from desktop.domain.asset import AssetState
from desktop.domain.command import Key
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.formatting import in_one_line
from desktop.gui.panes.map.drawing import Layers, Look, Stamps, View, marks_to_show
from desktop.gui.panes.map.geometry import County, Danger, Mark
from desktop.gui.panes.map.label_placement import (
    Label,
    Occupied,
    SpotsWithin,
    Wish,
    declutter,
    spots_away,
    spots_beside,
)
from desktop.gui.symbols import warning_color

LABELLED = 10
"""How many incidents have labels at once; the others get one when pointed at or picked."""
CROWD = 2_500
"""With more marks than this, labels may cover the dots of normal assets."""
LONGEST_PX = 200
SWATCH_PX = 14


def in_brackets(danger: Danger, words: Words) -> str:
    """Return the beginning of a warning's label, which is never cut away: that it is no actual
    warning, and that its colour is our reading."""
    said = [] if danger.status == "actual" else [words.term("warning_status", danger.status)]
    said += [formatting.by_county_rule()] if danger.level_is_ours else []
    return "".join(f"[{each}] " for each in said)


class Lettering:
    """Lays out and draws the labels of one surface."""

    def __init__(
        self,
        look: Look,
        font: Callable[[int], QFont],
        say: Callable[[Text], str],
        say_danger: Callable[[Danger], str],
    ) -> None:
        self._look = look
        self._fonts = {
            "incident": font(look.text_px),
            "warning": font(look.name_px),
            "township": font(look.name_px),
            "line": font(look.name_px),
        }
        self._metrics = {role: QFontMetricsF(f) for role, f in self._fonts.items()}
        self._say, self._say_danger = say, say_danger

    def lay_out(
        self,
        county: County,
        view: View,
        bounds: QRectF,
        layers: Layers,
        stamps: Stamps,
        picked: Key | None,
        reserved: Iterable[QRectF] = (),
    ) -> list[Label]:
        """Place labels that touch neither one another nor a mark, the most important first."""
        marks = marks_to_show(county, layers, picked)
        occupied = Occupied(reserved)
        inside = []
        left, top = bounds.left(), bounds.top()
        right, bottom = bounds.right(), bounds.bottom()
        crowded = len(marks) > CROWD
        for mark in marks:
            x, y = view.pixel(mark.x, mark.y)
            if left < x < right and top < y < bottom:
                minor = mark.shape == AssetState.NORMAL
                if not (crowded and minor):
                    occupied.take_square(x, y, stamps.size_px(mark) / 2, minor)
                inside.append(mark)
        if not layers.labels:
            inside = [mark for mark in inside if mark.key == picked]
            return declutter(self._incidents(inside, view, stamps, picked), occupied, bounds)
        wishes = list(self._incidents(inside, view, stamps, picked))
        if layers.warnings:
            wishes += self._dangers(county, view, bounds)
        wishes += self._townships(county, view)
        wishes += self._lines(county, view, bounds)
        return declutter(wishes, occupied, bounds.adjusted(2, 2, -2, -2))

    def _incidents(
        self, marks: Iterable[Mark], view: View, stamps: Stamps, picked: Key | None
    ) -> Iterator[Wish]:
        """Request labels of the picked mark, then of the worst incidents; of ordinary ones only
        when overdue."""
        named = [m for m in marks if m.key == picked or _worth_naming(m)]
        named.sort(key=lambda m: (m.key != picked, m.rank, m.key))
        for mark in named[:LABELLED]:
            text = self._short(self._say(mark.title), "incident")
            width, height = self._size(text, "incident")
            x, y = view.pixel(mark.x, mark.y)
            gap = stamps.size_px(mark) / 2 + 4 * self._look.scale
            if mark.key == picked:
                gap = max(gap, 20 * self._look.scale)
            spots = spots_away(x, y, width, height, gap)
            yield Wish(text, "incident", width, height, spots, QPointF(x, y))

    def _dangers(self, county: County, view: View, bounds: QRectF) -> Iterator[Wish]:
        """Request one label per warning, in its area's upper left where the eye begins."""
        for danger in reversed(county.dangers):
            text = self._short(self._say_danger(danger), "warning", 1.6)
            width, height = self._size(text, "warning")
            width += SWATCH_PX * self._look.scale
            color = warning_color(self._look.tokens, danger.level).name()
            spots: list[QPointF] = []
            for ring in danger.rings:
                box = view.transform.map(ring).boundingRect().intersected(bounds)
                for step in range(1, 8):
                    y = box.top() + box.height() * step / 8 - height / 2
                    spots += [QPointF(box.left() + box.width() * k, y) for k in (0.12, 0.3, 0.45)]
            yield Wish(text, f"warning{color}", width, height, tuple(spots))

    def _townships(self, county: County, view: View) -> Iterator[Wish]:
        transform = view.transform
        for area in county.areas:
            text = self._short(self._say(area.name), "township")
            width, height = self._size(text, "township")
            centre = QPointF(*view.pixel(area.centre.x(), area.centre.y()))
            spots = SpotsWithin(transform.map(area.outline), centre, width, height)
            yield Wish(text, "township", width, height, spots, over_minor=True)

    def _lines(self, county: County, view: View, bounds: QRectF) -> Iterator[Wish]:
        """Request a name beside each line, at the first free one of a few places along it."""
        seen: set[str] = set()
        for line in county.lines:
            text = self._short(self._say(line.name), "line")
            if not text or text in seen:
                continue
            seen.add(text)
            width, height = self._size(text, "line")
            points = view.transform.map(line.line).toList()
            spots: list[QPointF] = []
            for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9):
                at = points[round(share * (len(points) - 1))]
                if bounds.contains(at):
                    spots += spots_beside(at.x(), at.y(), width, height, 7 * self._look.scale)
            yield Wish(text, "line", width, height, tuple(spots))

    def _size(self, text: str, role: str) -> tuple[float, float]:
        metrics = self._metrics[role]
        return math.ceil(metrics.horizontalAdvance(text)) + 2, math.ceil(metrics.height())

    def _short(self, text: str, role: str, share: float = 1.0) -> str:
        longest = LONGEST_PX * self._look.scale * share
        line = in_one_line(text, 60)
        return self._metrics[role].elidedText(line, Qt.TextElideMode.ElideRight, longest)

    def draw(self, painter: QPainter, labels: Iterable[Label]) -> None:
        """Draw each label on a halo of the ground, so that lines below do not cut it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._look.tokens
        for label in labels:
            role, _, color = label.role.partition("#")
            rect = label.rect
            if color:
                rect = self._draw_swatch(painter, rect, QColor(f"#{color}"))
            metrics = self._metrics[role]
            if label.anchor is not None:
                self._draw_leader(painter, rect, label.anchor)
            path = QPainterPath()
            path.addText(
                QPointF(rect.left() + 1, rect.top() + metrics.ascent()),
                self._fonts[role],
                label.text,
            )
            halo = QPen(QColor(tokens.panel), 3 * self._look.scale)
            halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, halo)
            ink = tokens.text if role in ("incident", "warning") else tokens.second
            painter.fillPath(path, QColor(ink))

    def _draw_leader(self, painter: QPainter, rect: QRectF, anchor: QPointF) -> None:
        """Draw a thin line to the mark from a label that is not right beside it."""
        end = QPointF(
            min(max(anchor.x(), rect.left()), rect.right()),
            min(max(anchor.y(), rect.top() + 2), rect.bottom() - 2),
        )
        line = QLineF(anchor, end)
        near = 14 * self._look.scale
        if line.length() > 2 * near:
            line.setP1(line.pointAt(near / line.length()))
            painter.setPen(QPen(QColor(self._look.tokens.second), self._look.scale))
            painter.drawLine(line)

    def _draw_swatch(self, painter: QPainter, rect: QRectF, color: QColor) -> QRectF:
        """Draw the legal colour as a small flag before the label; return the text's position."""
        scale = self._look.scale
        side = 9 * scale
        painter.setPen(QPen(QColor(self._look.tokens.panel), 2 * scale))
        painter.setBrush(color)
        painter.drawRect(QRectF(rect.left(), rect.center().y() - side / 2, side, side))
        return rect.adjusted(SWATCH_PX * scale, 0, 0, 0)


def _worth_naming(mark: Mark) -> bool:
    if mark.is_asset:
        return False
    return EventLevel(mark.shape) in (
        EventLevel.ESPECIALLY_MAJOR,
        EventLevel.MAJOR,
        EventLevel.LARGER,
    ) or (mark.overdue and mark.shape == EventLevel.ORDINARY)
