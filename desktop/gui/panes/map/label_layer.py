"""The labels that the map requests, and their drawing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from desktop.domain.asset import AssetState
from desktop.domain.command import Key
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.gui.formatting import in_one_line
from desktop.gui.panes.map.drawing import Layers, Look, View
from desktop.gui.panes.map.geometry import GRAVE, County, Danger, Mark
from desktop.gui.panes.map.label_placement import (
    Label,
    Occupied,
    SpotsWithin,
    Wish,
    declutter,
    spots_away,
    spots_beside,
)
from desktop.gui.panes.map.label_text import break_in_two
from desktop.gui.panes.map.stamps import Stamps, paint_shape
from desktop.gui.panes.map.thinning import Count, Shown
from desktop.gui.symbols import warning_color

LABELLED = 10
"""How many incidents have labels at once; the others get one when pointed at or picked."""
CROWD = 2_500
"""With more marks than this, labels may cover the dots of normal assets."""
LONGEST_PX = 200
"""The longest line of a label: what is longer stands in two, or is left away."""
IN_TWO = 1.5
"""How much longer a line may be of a label that stands in two."""
SWATCH_PX = 14
COUNT_PX = 11
HALO_PX = 1.5
LEADER_PX = 8
"""The shortest line from a label to its mark: of a nearer one it is seen without."""
OVERHANG = 0.2
"""The part of a township's name that may lie outside it, at each end."""
AROUND = tuple(
    QPointF(math.cos(math.pi / 4 * step), math.sin(math.pi / 4 * step)) for step in range(8)
)
KEPT = 400
"""Pictures of labels kept; more are made anew."""


class Lettering:
    """Lays out and draws the labels of one surface."""

    def __init__(
        self,
        look: Look,
        font: Callable[[int], QFont],
        say: Callable[[Text], str],
        say_danger: Callable[[Danger], tuple[str, str]],
    ) -> None:
        """`say_danger` returns a warning's label whole, and shorter."""
        self._look = look
        self._fonts = {
            "incident": font(look.text_px),
            "warning": font(look.name_px),
            "township": font(look.name_px),
            "line": font(look.name_px),
        }
        self._metrics = {role: QFontMetricsF(f) for role, f in self._fonts.items()}
        self._say, self._say_danger = say, say_danger
        self._pictures: dict[tuple[object, ...], QImage] = {}

    def lay_out(
        self,
        county: County,
        shown: Shown,
        view: View,
        layers: Layers,
        stamps: Stamps,
        picked: Key | None,
        reserved: Iterable[QRectF] = (),
    ) -> list[Label]:
        """Place labels that touch neither one another nor a mark, the most important first."""
        bounds = view.bounds
        occupied = Occupied(reserved)
        inside = []
        right, bottom = bounds.right(), bounds.bottom()
        crowded = len(shown.marks) > CROWD
        for mark in shown.marks:
            x, y = view.pixel(mark.x, mark.y)
            if 0 < x < right and 0 < y < bottom:
                minor = mark.shape == AssetState.NORMAL
                if not (crowded and minor):
                    occupied.take_square(x, y, stamps.size_px(mark) / 2, minor)
                inside.append(mark)
        if not layers.labels:
            inside = [mark for mark in inside if mark.key == picked]
        wishes = list(self._incidents(inside, view, stamps, picked))
        if layers.warnings and layers.labels:
            wishes += self._dangers(county, view, bounds)
        wishes += self._townships(county, shown, view, named=layers.labels)
        if layers.labels:
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
            x, y = view.pixel(mark.x, mark.y)
            gap = stamps.size_px(mark) / 2 + 4 * self._look.scale
            if mark.key == picked:
                gap = max(gap, 20 * self._look.scale)
            yield from _first_of(
                Wish(text, "incident", *size, spots_away(x, y, *size, gap), QPointF(x, y), lines)
                for text, lines, size in self._settings(self._say(mark.title), "incident")
            )

    def _dangers(self, county: County, view: View, bounds: QRectF) -> Iterator[Wish]:
        """Request one label per warning, in its area's upper left where the eye begins."""
        for danger in reversed(county.dangers):
            role = f"warning{warning_color(self._look.tokens, danger.level).name()}"
            boxes = [
                view.transform.map(ring).boundingRect().intersected(bounds) for ring in danger.rings
            ]
            swatch = SWATCH_PX * self._look.scale
            yield from _first_of(
                Wish(text, role, width + swatch, high, _spots_in(boxes, high), lines=lines)
                for said in self._say_danger(danger)
                for text, lines, (width, high) in self._settings(said, "warning", 1.6)
            )

    def _townships(
        self, county: County, shown: Shown, view: View, *, named: bool
    ) -> Iterator[Wish]:
        """Request each township's name and beside it what is counted there, which is never left
        out."""
        transform = view.transform
        counts: defaultdict[str, list[Count]] = defaultdict(list)
        for count in shown.counts:
            counts[count.township].append(count)
        for area in sorted(county.areas, key=lambda area: area.id not in counts):
            counted = tuple(counts.get(area.id, ()))
            outline = transform.map(area.outline)
            centre = QPointF(*view.pixel(area.centre.x(), area.centre.y()))
            text = self._name(area.name, "township") if named else ""
            wish = partial(self._township, id=area.id, outline=outline, centre=centre)
            if text and counted:
                apart = wish("", counted=counted), wish(text, overhang=OVERHANG)
                yield replace(wish(text, counted=counted), at_last=None, instead=apart)
            elif text or counted:
                yield wish(text, counted=counted, overhang=OVERHANG if text else 0.0)

    def _township(
        self,
        text: str,
        *,
        id: str,
        outline: QPolygonF,
        centre: QPointF,
        counted: tuple[Count, ...] = (),
        overhang: float = 0.0,
    ) -> Wish:
        """Request a township's name, its counts, or both; what is counted is never left out."""
        width = self._size(text, "township")[0] if text else 0.0
        width += sum(self._count_px(count) for count in counted)
        height = math.ceil(self._metrics["township"].height())
        return Wish(
            text,
            "township",
            width,
            height,
            SpotsWithin(outline, centre, width, height, overhang),
            over_minor=True,
            at_last=centre - QPointF(width / 2, height / 2) if counted else None,
            area=id,
            counts=counted,
        )

    def _count_px(self, count: Count) -> float:
        """Return the width of a count: its level's shape, its figure, and a gap before them."""
        figure = self._metrics["township"].horizontalAdvance(str(count.number))
        return math.ceil(figure) + (COUNT_PX + 9) * self._look.scale

    def _lines(self, county: County, view: View, bounds: QRectF) -> Iterator[Wish]:
        """Request a name beside each line, at the first free one of a few places along it."""
        seen: set[str] = set()
        for line in county.lines:
            text = self._name(line.name, "line")
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

    def _name(self, name: Text, role: str) -> str:
        """Return a name that is not too long for one line, else none."""
        text = in_one_line(self._say(name))
        longest = LONGEST_PX * IN_TWO * self._look.scale
        return text if self._size(text, role)[0] <= longest else ""

    def _settings(
        self, text: str, role: str, share: float = 1.0
    ) -> Iterator[tuple[str, tuple[str, ...], tuple[float, float]]]:
        """Yield how a text can stand: in one line, then in two; each with its lines and size."""
        text = in_one_line(text)
        longest, (width, height) = LONGEST_PX * self._look.scale * share, self._size(text, role)
        if text and width <= longest:
            yield text, (), (width, height)
        if width > 2 * IN_TWO * longest:
            return
        lines = break_in_two(text, self._metrics[role].horizontalAdvance)
        width = max((self._size(line, role)[0] for line in lines), default=0.0)
        if lines and width <= IN_TWO * longest:
            yield text, lines, (width, 2 * height)

    def draw(self, painter: QPainter, labels: Iterable[Label]) -> None:
        """Draw each label on a halo of the ground, so that lines below do not cut it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio, halo = self._look.ratio, HALO_PX * self._look.scale
        labels = tuple(labels)
        for label in labels:  # All lines first: one may pass below another's letters.
            if label.anchor is not None:
                self._draw_leader(painter, label.rect, label.anchor)
        for label in labels:
            left, top = label.rect.left() - halo, label.rect.top() - halo
            at = QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio)
            painter.drawImage(at, self._picture(label))

    def rect(self, label: Label) -> QRectF:
        """Return what a label covers of the surface, with its halo and the line to its mark."""
        covered = QRectF(label.rect)
        if label.anchor is not None:
            covered = covered.united(QRectF(label.anchor, QSizeF(1, 1)))
        edge = HALO_PX * self._look.scale + 2
        return covered.adjusted(-edge, -edge, edge, edge)

    def _picture(self, label: Label) -> QImage:
        """Return the label's picture; its letters cost more than all the marks."""
        kind = (label.role, label.text, label.lines, label.counts, label.rect.width(), label.ends)
        picture = self._pictures.get(kind)
        if picture is None:
            if len(self._pictures) >= KEPT:
                self._pictures.clear()
            picture = self._pictures[kind] = self._paint(label)
        return picture

    def _paint(self, label: Label) -> QImage:
        tokens, halo = self._look.tokens, HALO_PX * self._look.scale
        role, _, color = label.role.partition("#")
        size = label.rect.size() + QSizeF(2 * halo, 2 * halo)
        picture = blank_picture(size, self._look.ratio)
        rect = QRectF(QPointF(halo, halo), label.rect.size())
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            lines = label.lines or (label.text,)
            rect.setHeight(rect.height() / len(lines))
            if color:
                rect = self._draw_swatch(painter, rect, QColor(f"#{color}"))
            ink = tokens.text if role in ("incident", "warning") else tokens.second
            for line in lines:
                room = rect.width() - self._size(line, role)[0] if label.ends else 0.0
                self._write(painter, rect.left() + 1 + room, rect, line, role, ink)
                rect.translate(0, rect.height())
            rect.translate(0, -rect.height())
            left = rect.right() - sum(self._count_px(count) for count in label.counts)
            for count in label.counts:
                self._draw_count(painter, left, rect, count)
                left += self._count_px(count)
        return picture

    def _write(
        self, painter: QPainter, left: float, rect: QRectF, text: str, role: str, ink: str
    ) -> None:
        """Write letters with a halo around them: letters in its colour, a little to each side."""
        base = QPointF(left, rect.top() + self._metrics[role].ascent())
        painter.setFont(self._fonts[role])
        painter.setPen(QColor(self._look.tokens.panel))
        for step in AROUND:
            painter.drawText(base + step * HALO_PX * self._look.scale, text)
        painter.setPen(QColor(ink))
        painter.drawText(base, text)

    def _draw_count(self, painter: QPainter, left: float, rect: QRectF, count: Count) -> None:
        tokens, scale = self._look.tokens, self._look.scale
        side = COUNT_PX * scale
        box = QRectF(left + 5 * scale, rect.center().y() - side / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawEllipse(box.adjusted(-scale, -scale, scale, scale))
        paint_shape(painter, box, count.level, tokens)
        self._write(
            painter, box.right() + 2 * scale, rect, str(count.number), "township", tokens.text
        )

    def _draw_leader(self, painter: QPainter, rect: QRectF, anchor: QPointF) -> None:
        """Draw a thin line to the mark from a label that is not right beside it."""
        end = QPointF(
            min(max(anchor.x(), rect.left()), rect.right()),
            min(max(anchor.y(), rect.top() + 2), rect.bottom() - 2),
        )
        line = QLineF(anchor, end)
        tokens, scale = self._look.tokens, self._look.scale
        near = 14 * scale
        if line.length() > near + LEADER_PX * scale:
            line.setP1(line.pointAt(near / line.length()))
            # In the label's own ink and halo: a grey line would be one more road.
            for color, px in ((tokens.panel, 1 + 2 * HALO_PX), (tokens.text, 1.0)):
                painter.setPen(QPen(QColor(color), px * scale))
                painter.drawLine(line)

    def _draw_swatch(self, painter: QPainter, rect: QRectF, color: QColor) -> QRectF:
        """Draw the legal colour as a small flag before the label; return the text's position."""
        scale = self._look.scale
        side = 9 * scale
        painter.setPen(QPen(QColor(self._look.tokens.panel), 2 * scale))
        painter.setBrush(color)
        painter.drawRect(QRectF(rect.left(), rect.center().y() - side / 2, side, side))
        return rect.adjusted(SWATCH_PX * scale, 0, 0, 0)


def blank_picture(size: QSizeF, ratio: float) -> QImage:
    """Return a picture of this size with nothing on it."""
    picture = QImage(
        math.ceil(size.width() * ratio),
        math.ceil(size.height() * ratio),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture


def _first_of(wishes: Iterable[Wish]) -> list[Wish]:
    """Return one request: for the first of these, in place of which each next one stands."""
    found: tuple[Wish, ...] = ()
    for wish in reversed(list(wishes)):
        found = (replace(wish, instead=found),)
    return list(found)


def _spots_in(boxes: Iterable[QRectF], height: float) -> tuple[QPointF, ...]:
    """Return positions in the upper left of each box, then further down."""
    return tuple(
        QPointF(box.left() + box.width() * k, box.top() + box.height() * step / 8 - height / 2)
        for box in boxes
        for step in range(1, 8)
        for k in (0.12, 0.3, 0.45)
    )


def _worth_naming(mark: Mark) -> bool:
    if mark.is_asset:
        return False
    return mark.shape in GRAVE or (mark.overdue and mark.shape == EventLevel.ORDINARY)
