"""What eyes can tell apart, measured in the pixels that are really drawn: WCAG 1.4.3 and 1.4.11.

A picture of four pixels for one has stems of letters and edges of fields that are solid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from desktop.gui.panes.map.viewport import Viewport
from desktop.gui.widgets.focus import RING_PX, FocusFrame
from support.painted import Painted, Writing, clip_of, colors_of, contrast, rgb
from support.score_sheet import (
    LARGE_LEAST,
    LARGE_PX,
    LARGE_STRONG_PX,
    MARK_LEAST,
    TEXT_LEAST,
    colour_alone,
    faint_labels,
    faint_marks,
)

TIMES = 4
SOLID = 6
"""So many pixels of one colour, in a picture of sixteen for one, are no blend of two."""
NEAR = 48
"""How far a colour may be from what was asked for and still be that, as a blend of the two."""
GROUND_SHARE = 0.08
"""What covers so much of a writing's rectangle is a ground of it."""
HALF = 0.5
"""What scrolling leaves less of is not read: the next line brings it."""
FIELDS = (QLineEdit, QPlainTextEdit, QAbstractSpinBox)
EDGE_PX = 3


def large_picture(widget: QWidget) -> Any:
    """Return a widget's pixels, sixteen for each, as rows of red, green and blue."""
    image = QImage(widget.size() * TIMES, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(TIMES)
    widget.render(image, QPoint(0, 0))
    flat = np.frombuffer(image.constBits(), np.uint8)
    # A copy: the bits go with the image.
    return flat.reshape(image.height(), image.width(), 4)[:, :, 2::-1].copy()


def faint_ink(painted: Painted, pixels: Any) -> list[str]:
    """Writing whose drawn letters are below 4.5:1 against anything behind them, large below 3:1."""
    found = []
    for writing in painted.seen:
        shown = in_sight(painted, writing)
        whole = writing.rect.width() * writing.rect.height()
        is_read = shown.isValid() and shown.width() * shown.height() >= HALF * whole
        if not is_read or is_disabled(painted.widget, shown):
            continue
        ratio = _ratio(writing, shown, pixels)
        if ratio is not None and ratio < _least(writing):
            found.append(f"{writing.text!r} {ratio:.2f}:1")
    return found


def in_sight(painted: Painted, writing: Writing) -> QRectF:
    """Return what is to be seen of a writing: the ring around a page that scrolls cuts a line as
    the page's edge does, and is no ground of it."""
    shown = writing.rect.intersected(painted.room_of(writing.owner))
    for ring in painted.widget.findChildren(FocusFrame):
        area = ring.parentWidget()
        if not ring.isVisible() or not isinstance(area, QAbstractScrollArea):
            continue
        if area.verticalScrollBar().maximum() > 0 and area.isAncestorOf(writing.owner):
            place = QRectF(QPointF(area.mapTo(painted.widget, QPoint(0, 0))), QSizeF(area.size()))
            shown &= place.adjusted(RING_PX, RING_PX, -RING_PX, -RING_PX)
    return shown


def _ratio(writing: Writing, rect: QRectF, pixels: Any) -> float | None:
    """Return the least contrast of a writing's solid ink with a ground of it; None for a sign too
    small to have any."""
    cut = cut_out(pixels, rect)
    colors = colors_of(cut, SOLID)
    if len(colors) < 2:
        return None
    ground = max(colors, key=lambda pair: pair[1])[0]
    wanted = writing.ink(ground)
    ink = min((color for color, _ in colors), key=lambda color: _distance(color, wanted))
    area = cut.shape[0] * cut.shape[1]
    grounds = [
        color
        for color, count in colors
        if count >= GROUND_SHARE * area and _distance(color, ink) > NEAR
    ]
    return min((contrast(ink, each) for each in grounds or [ground]), default=None)


def _least(writing: Writing) -> float:
    is_large = writing.px >= LARGE_PX or (writing.strong and writing.px >= LARGE_STRONG_PX)
    return LARGE_LEAST if is_large else TEXT_LEAST


def faint_fields(root: QWidget, pixels: Any) -> list[str]:
    """Fields whose edge cannot be told from what is around them, and bars that scroll likewise."""
    found = []
    for field in root.findChildren(QWidget):
        if not _is_in_sight(field, root) or not field.isEnabled():
            continue
        place = QRect(field.mapTo(root, QPoint(0, 0)), field.size())
        if isinstance(field, FIELDS) and not isinstance(field.parentWidget(), FIELDS):
            ratio = edge_contrast(pixels, place)
            if ratio < MARK_LEAST:
                found.append(f"edge of {called(field)} {ratio:.2f}:1")
        elif isinstance(field, QScrollBar) and field.maximum() > field.minimum():
            colors = colors_of(cut_out(pixels, QRectF(place)), SOLID * TIMES)
            ratio = max(contrast(a, b) for a, _ in colors for b, _ in colors)
            if ratio < MARK_LEAST:
                found.append(f"handle of {called(field.parentWidget())} {ratio:.2f}:1")
    return found


def edge_contrast(pixels: Any, place: QRect) -> float:
    """Return how well a widget's edge is told from what is outside it, at the middle of its top."""
    x = place.center().x()
    beside = QRectF(x, place.top() - EDGE_PX, 1, EDGE_PX)
    outside = colors_of(cut_out(pixels, beside))
    edge = colors_of(cut_out(pixels, QRectF(x, place.top(), 1, EDGE_PX)))
    if not outside or not edge:
        return 21.0
    ground = max(outside, key=lambda pair: pair[1])[0]
    return max(contrast(color, ground) for color, _ in edge)


def faint_places(viewport: Viewport) -> list[str]:
    """Names on a map that are below 4.5:1 in the picture."""
    return faint_labels(Painted(viewport), [label.rect for label in viewport.picture.labels])


def hover(root: QWidget, is_over: bool) -> None:
    """Have every button look as with the pointer over it, or as without."""
    for button in root.findChildren(QAbstractButton):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_over)
        button.update()


def push(root: QWidget, is_down: bool) -> None:
    """Have every button look as while it is pressed, or as let go, without a click."""
    for button in root.findChildren(QAbstractButton):
        button.setDown(is_down)


def cut_out(pixels: Any, rect: QRectF) -> Any:
    """Cut a rectangle, in the widget's own pixels, out of a large picture."""
    box = [round(TIMES * at) for at in (rect.left(), rect.top(), rect.right(), rect.bottom())]
    left, top, right, bottom = (max(0, at) for at in box)
    return pixels[top:bottom, left:right]


def is_disabled(root: QWidget, rect: QRectF) -> bool:
    """Whether what stands there cannot be used now: it may be faint."""
    under = root.childAt(rect.center().toPoint())
    return under is not None and not under.isEnabled()


def called(widget: QWidget | None) -> str:
    """Return what a finding calls a widget."""
    name = "" if widget is None else widget.objectName() or widget.accessibleName()
    return f"{type(widget).__name__} {name!r}"


def judge(root: QWidget) -> Iterator[str]:
    """Hold one screen to all of it: as it is, with the pointer over its buttons, and pressed."""
    painted, large = Painted(root), large_picture(root)
    yield from (*faint_ink(painted, large), *faint_fields(root, large))
    yield from (*faint_marks(painted), *colour_alone(painted))
    for name, change in (("hovered", hover), ("pressed", push)):
        change(root, True)
        yield from (f"{name}: {said}" for said in faint_ink(Painted(root), large_picture(root)))
        change(root, False)


def _is_in_sight(widget: QWidget, root: QWidget) -> bool:
    return widget.isVisibleTo(root) and not clip_of(widget, root).isEmpty()


def _distance(one: QColor, other: QColor) -> float:
    pairs = zip(rgb(one), rgb(other), strict=True)
    return math.sqrt(sum((a - b) ** 2 for a, b in pairs))
