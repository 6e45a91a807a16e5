"""Where the Tab key leads, and whether eyes can follow it: WCAG 2.1.2, 2.4.3, 2.4.7, 2.4.11."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from desktop.gui.widgets.focus import RING_PX, FocusFrame
from support.eyes import called
from support.painted import clip_of, colors_of, contrast, differing, pixels_of, rgb

SEEN = 3.0
AROUND_PX = 4
ROUND = 0.6
"""So much of a ring of full thickness is there, even if a scroll bar or a corner has the rest."""
MOST_PRESSES = 400
SAME_ROW_PX = 12
FORWARDS, BACK = Qt.Key.Key_Tab, Qt.Key.Key_Backtab


def stops_by(key: Qt.Key) -> list[QWidget]:
    """Press the key until the keyboard is where it began; return every stop on the way, once each.

    What has stops of its own inside, as a map or a page with links, is one.
    """
    held = Qt.KeyboardModifier.ShiftModifier if key == BACK else Qt.KeyboardModifier.NoModifier
    seen: list[QWidget] = []
    for _press in range(MOST_PRESSES):
        focused = QApplication.focusWidget()
        if focused is None or (focused in seen and focused is not seen[-1]):
            break
        if focused not in seen:
            seen.append(focused)
        QTest.keyClick(focused, key, held)
    return seen


def judge_walk(root: QWidget) -> Iterator[str]:
    """Walk through a screen both ways and tell what eyes could not follow."""
    window = root.window()
    if QApplication.focusWidget() is root and root is not window:
        QTest.keyClick(root, FORWARDS)  # A sheet has the keyboard until the first press.
    forwards = stops_by(FORWARDS)
    if len(forwards) > 1 and QApplication.focusWidget() is not forwards[0]:
        yield f"Tab never came back to {called(forwards[0])}"
    backwards = stops_by(BACK)
    if {id(stop) for stop in forwards} != {id(stop) for stop in backwards}:
        missed = [called(stop) for stop in forwards if stop not in backwards]
        yield f"not on the way back: {missed}"
    if root is not window:
        out = [called(stop) for stop in forwards if not (stop is root or root.isAncestorOf(stop))]
        if out:
            yield f"out of the sheet: {out}"
        yield from _disorder(root, forwards)
    for stop in forwards:
        yield from judge_stop(window, stop)


def judge_stop(window: QWidget, stop: QWidget) -> Iterator[str]:
    """Tell what is wrong with one stop: unseen, covered, out of sight, or without a ring."""
    stop.setFocus(Qt.FocusReason.TabFocusReason)
    if QApplication.focusWidget() is not stop:
        yield f"takes no keyboard: {called(stop)}"
        return
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    shown = clip_of(stop, window)
    least = min(stop.height(), _room_of(stop)), min(stop.width(), window.width())
    if shown.height() < least[0] - 1 or shown.width() < least[1] - 1:
        yield f"not all in sight: {called(stop)} {shown.width()}x{shown.height()} of {least[::-1]}"
        return
    over = window.childAt(shown.center())
    if over is not None and not (over is stop or stop.isAncestorOf(over)) and not _is_ring(over):
        yield f"{called(over)} covers {called(stop)}"
    place = QRect(stop.mapTo(window, QPoint(0, 0)), stop.size())
    place = place.adjusted(-AROUND_PX, -AROUND_PX, AROUND_PX, AROUND_PX) & window.rect()
    held = _picture(window, place)
    stop.clearFocus()
    bare = _picture(window, place)
    fault = ring_fault(held, bare)
    if fault:
        yield f"{called(stop)}: {fault}"


def ring_fault(held: Any, bare: Any) -> str:
    """Tell what is wrong with a ring, by the pictures with the keyboard and without it; empty when
    it is two pixels thick and told from what is within and around it."""
    changed = differing(held, bare)
    if not changed.any():
        return "looks the same without the keyboard"
    ring = max(colors_of(held[changed]), key=lambda pair: _weight(pair, bare))[0]
    mask = ~differing(held, np.array(rgb(ring)))
    rows, columns = np.nonzero(mask & changed)
    top, left, bottom, right = rows.min(), columns.min(), rows.max(), columns.max()
    wanted = RING_PX * 2 * (int(bottom - top) + int(right - left) + 2) - 4 * RING_PX**2
    # A line that was of this colour before, as a chosen chip's, is a part of the ring.
    place = np.zeros_like(mask)
    place[max(0, top - RING_PX) : bottom + 1 + RING_PX, max(0, left - RING_PX) : right + 3] = True
    ring_of = mask & place
    if int(ring_of.sum()) < ROUND * wanted:
        return f"{int(ring_of.sum())} pixels of a ring, not {wanted}"
    ground = max(colors_of(held[_beside(mask & changed) & ~mask]), key=lambda pair: pair[1])[0]
    if contrast(ring, ground) < SEEN:
        return f"a ring of {contrast(ring, ground):.2f}:1 to what is beside it"
    return ""


def _beside(mask: Any) -> Any:
    """Return what is next to it on any side."""
    near = mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            near |= np.roll(mask, step, axis)
    return near


def _weight(pair: tuple[QColor, int], bare: Any) -> float:
    """How much a new colour counts as the ring's: by its pixels, not if it is but a ground."""
    ground = max(colors_of(bare), key=lambda each: each[1])[0]
    return pair[1] if contrast(pair[0], ground) > SEEN else pair[1] / 1000


def _disorder(root: QWidget, stops: list[QWidget]) -> Iterator[str]:
    """Stops that come after one below them, both in the same part that scrolls or in none, more
    often than the once that leads from the last to the first."""
    found = []
    for one, other in pairwise(stops):
        heads = one.mapTo(root, QPoint(0, 0)), other.mapTo(root, QPoint(0, 0))
        is_above = heads[1].y() + other.height() <= heads[0].y() + SAME_ROW_PX
        if is_above and _area_of(one) is _area_of(other):
            found.append(f"{called(other)} above {called(one)} comes after it")
    if len(found) > 1:
        yield from found


def _area_of(widget: QWidget) -> QWidget | None:
    at = widget.parentWidget()
    while at is not None and not isinstance(at, QScrollArea):
        at = at.parentWidget()
    return at


def _room_of(stop: QWidget) -> int:
    area = _area_of(stop)
    return stop.height() if area is None else area.height()


def _is_ring(widget: QWidget) -> bool:
    """Whether it may lie over a stop: the ring itself, and Qt's own handle that nobody sees."""
    return isinstance(widget, FocusFrame) or widget.objectName().startswith("qt_qmainwindow")


def _picture(window: QWidget, place: QRect) -> Any:
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    holder = QWidget()
    holder.resize(place.size())
    pixels = pixels_of(window.grab(place).toImage(), holder)
    holder.deleteLater()
    return pixels.copy()
