"""What a widget really paints: its writing and its fills with their colours, and its pixels."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from unittest.mock import patch

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPolygonF,
    QRegion,
    QTransform,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QWidget

from desktop.gui.panes.map.rendered_map import Picture

SHAPES = ("path", "rect", "circle", "ellipse", "polygon")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
ASCENT, BELOW = 0.85, 0.17
"""How far a writing's rectangle reaches above and below its baseline, in parts of its size."""
NUMBERED = "\ue000"
"""What a drawing says before the number of the widget that is drawn next."""
ITSELF = QWidget.RenderFlag.IgnoreMask
"""How a widget is drawn without its children."""
SEEN_SHARE = 0.6
"""How far from its ground towards its ink a pixel of a writing must be to show that it is seen."""


@dataclass(frozen=True)
class Writing:
    """A line of text as it was painted, in pixels of the widget."""

    text: str
    rect: QRectF
    px: int
    strong: bool
    color: QColor
    owner: QWidget
    """The widget that painted it."""
    opacity: float = 1.0

    @property
    def baseline(self) -> float:
        """Return where its letters stand."""
        return self.rect.top() + ASCENT * self.px

    def ink(self, ground: QColor) -> QColor:
        """Return its colour as it comes out on a ground."""
        pairs = zip(rgb(self.color), rgb(ground), strict=True)
        return QColor(*(round(a * self.opacity + b * (1 - self.opacity)) for a, b in pairs))


@dataclass(frozen=True)
class Fill:
    """A filled shape as it was painted."""

    rect: QRectF
    color: QColor


class Painted:
    """One widget's picture: what was drawn, and the pixels that came of it."""

    def __init__(self, widget: QWidget) -> None:
        self.widget = widget
        self.writings: list[Writing] = []
        self._shapes: list[tuple[ET.Element, str, QTransform, str]] = []
        # The drawing comes first: letters look a little different once they were drawn large.
        drawing, self._drawn = _drawing(widget)
        self._packed = packed_of(widget.grab().toImage(), widget)
        self.pixels = _unpacked(self._packed)
        self._owner = widget
        for group in ET.fromstring(drawing).iter("{http://www.w3.org/2000/svg}g"):
            self._read(group)
        self._rooms: dict[QWidget, QRectF] = {}
        self.seen = [w for w in self.writings if w.text and self.shows(w)]
        """The writing that is to be seen: what a scroll area cuts off is painted, not shown."""

    @cached_property
    def fills(self) -> list[Fill]:
        """The filled shapes, from the lowest to the topmost."""
        return [
            Fill(move.mapRect(_bounds(shape, tag)), QColor(color))
            for shape, tag, move, color in self._shapes
        ]

    def around(self, rect: QRectF, margin: int = 0) -> Any:
        """Cut the pixels of a rectangle with a margin; of none when it lies outside."""
        return self._cut(self.pixels, rect, margin)

    def ground(self, rect: QRectF, margin: int = 0) -> QColor | None:
        """Return the commonest colour of a rectangle."""
        colors, counts = np.unique(self._cut(self._packed, rect, margin), return_counts=True)
        return QColor(int(colors[counts.argmax()])) if len(colors) else None

    def _cut(self, pixels: Any, rect: QRectF, margin: int) -> Any:
        box = rect.toAlignedRect().adjusted(-margin, -margin, margin, margin)
        height, width = pixels.shape[:2]
        top, left = max(0, box.top()), max(0, box.left())
        return pixels[top : min(height, box.bottom() + 1), left : min(width, box.right() + 1)]

    def room_of(self, owner: QWidget) -> QRectF:
        """Return where a widget is to be seen: what holds it may cut it off."""
        if owner not in self._rooms:
            self._rooms[owner] = QRectF(clip_of(owner, self.widget))
        return self._rooms[owner]

    def shows(self, writing: Writing) -> bool:
        """Whether any of a writing's own ink is in the picture."""
        if not self.room_of(writing.owner).intersects(writing.rect):
            return False
        cut = self.around(writing.rect).reshape(-1, 3).astype(int)
        ground = self.ground(writing.rect)
        if ground is None:
            return False
        low, ink = np.array(rgb(ground)), np.array(rgb(writing.ink(ground)))
        way = ink - low
        length = int(way @ way)
        if not length:
            return True
        return bool((((cut - low) @ way) / length).max() >= SEEN_SHARE)

    def _read(self, group: ET.Element) -> None:
        numbers = [float(n) for n in NUMBER.findall(group.get("transform", ""))]
        move = QTransform(*numbers) if len(numbers) == 6 else QTransform()
        for each in group:
            tag = each.tag.rpartition("}")[2]
            if tag == "text" and (each.text or "").startswith(NUMBERED):
                self._owner = self._drawn[int((each.text or "")[1:])]
            elif tag == "text":
                self.writings.append(_writing(each, move, self._owner))
            elif tag in SHAPES:
                fill = each.get("fill") or group.get("fill") or "none"
                opacity = each.get("fill-opacity") or group.get("fill-opacity") or "1"
                if fill.startswith("#") and float(opacity) == 1:
                    self._shapes.append((each, tag, move, fill))


def clip_of(part: QWidget, whole: QWidget) -> QRect:
    """Return the place within the whole where a part is not cut off by what holds it."""
    seen, holder = part.rect(), part.parentWidget()
    while part is not whole and holder is not None:
        seen = seen.translated(part.pos()).intersected(holder.rect())
        part, holder = holder, holder.parentWidget()
    return seen


def picture_of(widget: QWidget) -> Any:
    """Return the pixels that a widget shows now."""
    return pixels_of(widget.grab().toImage(), widget)


def pixels_of(image: QImage, widget: QWidget) -> Any:
    """Return the picture as rows of red, green and blue, a pixel for each of the widget's."""
    return _unpacked(packed_of(image, widget))


def packed_of(image: QImage, widget: QWidget) -> Any:
    """Return the picture as rows of numbers 0xRRGGBB, one for each of the widget's pixels."""
    scaled = image.scaled(widget.size()) if image.size() != widget.size() else image
    plain = scaled.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(plain.constBits(), np.uint32)
    rows = flat.reshape(plain.height(), plain.bytesPerLine() // 4)[:, : plain.width()]
    return rows & 0xFFFFFF


def _unpacked(packed: Any) -> Any:
    return packed.view(np.uint8).reshape(*packed.shape, 4)[:, :, 2::-1]


def colors_of(pixels: Any, least: int = 1) -> list[tuple[QColor, int]]:
    """Return every colour that at least so many pixels of a picture have, and how many do."""
    flat = pixels.reshape(-1, 3)
    packed = flat[:, 0].astype(np.uint32) << 16 | flat[:, 1].astype(np.uint32) << 8 | flat[:, 2]
    # A picture is runs of one colour: to sort these takes a tenth of sorting its pixels.
    begins = np.flatnonzero(np.concatenate(([True], packed[1:] != packed[:-1]))[: len(packed)])
    lengths = np.diff(begins, append=len(packed))
    colors, places = np.unique(packed[begins], return_inverse=True)
    counts = np.bincount(places, weights=lengths, minlength=len(colors))
    common = counts >= least
    pairs = zip(colors[common], counts[common], strict=True)
    return [(QColor(int(color)), int(count)) for color, count in pairs]


def differing(one: Any, other: Any) -> Any:
    """Return where two pictures of one size differ: part by part, many times faster than `any`."""
    red, green, blue = (one[..., part] != other[..., part] for part in range(3))
    return red | green | blue


def rgb(color: QColor) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255."""
    return color.red(), color.green(), color.blue()


def contrast(a: QColor, b: QColor) -> float:
    """Return the ratio of two colours' luminances, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_saturated(color: QColor) -> bool:
    """Whether a colour stands out from the greys of the ground."""
    return color.hsvSaturationF() > 0.45 and color.valueF() > 0.4


def _luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part / 255) for part in rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _drawing(widget: QWidget) -> tuple[str, list[QWidget]]:
    """Draw a widget and all in it, each by itself after its own number, from the lowest on."""
    buffer, drawn = QBuffer(), list[QWidget]()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    page = QSvgGenerator()
    page.setOutputDevice(buffer)
    page.setResolution(96)
    page.setSize(widget.size())
    page.setViewBox(QRect(QPoint(0, 0), widget.size()))
    painter = QPainter(page)
    waiting = [widget]
    # The map is a picture without writing or shapes of its own; as PNG it would cost the most.
    blank = patch.object(Picture, "paint", lambda _picture, _painter: None)
    blank.start()
    while waiting:
        each = waiting.pop()
        painter.drawText(0, 0, f"{NUMBERED}{len(drawn)}")
        drawn.append(each)
        each.render(painter, each.mapTo(widget, QPoint(0, 0)), QRegion(), ITSELF)
        inside = [child for child in each.children() if isinstance(child, QWidget)]
        waiting += [
            child
            for child in reversed(inside)
            if child.isVisible() and not child.isWindow() and not clip_of(child, widget).isEmpty()
        ]
    blank.stop()
    painter.end()
    return bytes(buffer.data().data()).decode(), drawn


def _writing(text: ET.Element, move: QTransform, owner: QWidget) -> Writing:
    px = round(float(text.get("font-size", "0")))
    strong = int(text.get("font-weight", "400")) >= 600
    said = (text.text or "").strip("\n")
    x, y = float(text.get("x", "0")), float(text.get("y", "0"))
    width = _metrics(QApplication.font().toString(), px, strong).horizontalAdvance(said)
    rect = QRectF(x, y - ASCENT * px, width, (ASCENT + BELOW) * px)
    shown = move.mapRect(rect)
    size = round(px * math.hypot(move.m21(), move.m22()))
    return Writing(
        said.strip(),
        shown,
        size,
        strong,
        QColor(text.get("fill", "#000000")),
        owner,
        float(text.get("fill-opacity", "1")),
    )


@cache
def _metrics(described: str, px: int, strong: bool) -> QFontMetricsF:
    font = QFont()
    font.fromString(described)
    font.setPixelSize(max(1, px))
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return QFontMetricsF(font)


def _bounds(shape: ET.Element, tag: str) -> QRectF:
    def number(name: str) -> float:
        return float(shape.get(name, "0"))

    match tag:
        case "rect":
            return QRectF(number("x"), number("y"), number("width"), number("height"))
        case "circle":
            radius = number("r")
            return QRectF(number("cx") - radius, number("cy") - radius, 2 * radius, 2 * radius)
        case "ellipse":
            rx, ry = number("rx"), number("ry")
            return QRectF(number("cx") - rx, number("cy") - ry, 2 * rx, 2 * ry)
        case _:
            points = list(_pairs(shape.get("d") or shape.get("points") or ""))
            path = QPainterPath()
            path.addPolygon(QPolygonF(points))
            return path.boundingRect()


def _pairs(text: str) -> Iterator[Any]:
    numbers = [float(n) for n in NUMBER.findall(text)]
    for x, y in zip(numbers[::2], numbers[1::2], strict=False):
        yield QPointF(x, y)
