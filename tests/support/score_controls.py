"""The rules of a finished screen that the tree of widgets answers: names, sizes, room and focus."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QBoxLayout,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)

from desktop.gui.widgets.flow import FlowLayout
from support.painted import differing, pixels_of

TARGET_PX = 24
GRID_PX = 4
FASTEST_MS = 167
"""Half of a period at 3 Hz: what turns more often than this could flash faster."""
ROW_ROLES = (QAccessible.Role.ListItem, QAccessible.Role.Cell, QAccessible.Role.TreeItem)
NO_ROLES = (QAccessible.Role.NoRole, QAccessible.Role.Client)
VALUED = (QAbstractSlider, QAbstractSpinBox, QProgressBar)
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
)


def controls_in(window: QWidget) -> list[QWidget]:
    """Return all visible widgets that somebody can act on or stop at."""
    return [
        child
        for child in (window, *window.findChildren(QWidget))
        if child.isVisibleTo(window) and _is_control(child)
    ]


def small_targets(window: QWidget) -> list[str]:
    """Controls, and rows of lists, smaller than 24 by 24 pixels.

    What Qt sets into a field to empty it may be smaller: the whole field is there to be clicked.
    """
    found = []
    for control in controls_in(window):
        if isinstance(control, QScrollBar) or not isinstance(control, CONTROLS):
            continue
        if isinstance(control.parentWidget(), QLineEdit):
            continue
        if control.width() < TARGET_PX or control.height() < TARGET_PX:
            found.append(f"{_called(control)} {control.width()}x{control.height()}")
        if isinstance(control, QListView) and control.model().rowCount():
            row = control.visualRect(control.model().index(0, 0))
            if 0 < row.height() < TARGET_PX:
                found.append(f"row of {_called(control)} {row.height()} high")
    return found


def unnamed(window: QWidget) -> list[str]:
    """Controls a reader of the screen could not tell: no name, no role, or a value left out."""
    found = []
    for control in controls_in(window):
        if isinstance(control, QScrollBar):
            continue
        face = QAccessible.queryAccessibleInterface(control)
        if not face.text(QAccessible.Text.Name).strip():
            found.append(f"no name: {_called(control)}")
        if face.role() in NO_ROLES and not control.isWindow():
            found.append(f"no role: {_called(control)}")
        if isinstance(control, VALUED) and face.valueInterface() is None:
            found.append(f"no value: {_called(control)}")
        if isinstance(control, QAbstractItemView):
            found += _unnamed_rows(control, face)
    return found


def off_grid(window: QWidget) -> list[str]:
    """Margins and spacings of layouts that are no multiple of four; a hairline is one pixel."""
    found = []
    for layout in window.findChildren(QLayout):
        if not isinstance(layout, QBoxLayout | QGridLayout | QFormLayout | FlowLayout):
            continue  # The frame of a window, of a dock, of a stack: Qt's own, without margins.
        widget = layout.parentWidget()
        if widget is None or not widget.isVisibleTo(window) or _is_qts_own(widget):
            continue
        margins = layout.contentsMargins()
        room = [margins.left(), margins.top(), margins.right(), margins.bottom()]
        if isinstance(layout, QGridLayout | QFormLayout):
            room += [layout.horizontalSpacing(), layout.verticalSpacing()]
        elif layout.count() > 1:
            room.append(layout.spacing())
        if any(px > 1 and px % GRID_PX for px in room):
            found.append(f"{_called(widget)}: {room}")
    return found


def unseen_focus(window: QWidget) -> list[str]:
    """Stops of the Tab key that look the same with the keyboard as without it."""
    found = []
    for stop in tab_stops(window):
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        if QApplication.focusWidget() is not stop:
            found.append(f"takes no keyboard: {_called(stop)}")
            continue
        held = _picture(window, stop)
        stop.clearFocus()
        bare = _picture(window, stop)
        changed = int(differing(held, bare).sum())
        # The edge of half a widget; a caret alone is less.
        if changed < min(200, (stop.width() + stop.height()) // 2):
            found.append(f"{_called(stop)}: {changed} pixels differ")
    return found


def tab_stops(window: QWidget) -> list[QWidget]:
    """Return where the Tab key stops, in its order."""
    stops: list[QWidget] = []
    at: QWidget | None = window.nextInFocusChain()
    while at is not None and at is not window:
        takes = at.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and at.isVisibleTo(window) and at.isEnabled() and window.isAncestorOf(at):
            stops.append(at)
        at = at.nextInFocusChain()
    return [stop for stop in stops if stop.focusProxy() is None]


def fast_timers(window: QWidget) -> list[str]:
    """Timers that run on and could turn something more often than three times a second."""
    return [
        f"{timer.interval()} ms of {_called(timer.parent())}"
        for timer in window.findChildren(QTimer)
        if timer.isActive() and not timer.isSingleShot() and timer.interval() < FASTEST_MS
    ]


def _unnamed_rows(view: QAbstractItemView, face: QAccessibleInterface) -> Iterable[str]:
    model = view.model()
    if not model.rowCount():
        return
    rows = [face.child(number) for number in range(min(face.childCount(), 40))]
    port = view.viewport()
    place = QRect(port.mapToGlobal(QPoint(0, 0)), port.size())
    named = [row for row in rows if row.role() in ROW_ROLES and row.rect().intersects(place)]
    if not named:
        yield f"rows have no face: {_called(view)}"
    # A reader reads a row of a table cell by cell, and one of them says all of it.
    said: dict[int, str] = {}
    for row in named:
        top = row.rect().top()
        said[top] = said.get(top, "") + row.text(QAccessible.Text.Name).strip()
    for name in said.values():
        if not name:
            yield f"nameless row of {_called(view)}"
            return


def _is_control(widget: QWidget) -> bool:
    if _is_qts_own(widget):
        return False
    if isinstance(widget, CONTROLS):
        return True
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _is_qts_own(widget: QWidget) -> bool:
    """Whether Qt made it inside another widget: its parent answers for it."""
    name = widget.objectName()
    is_inner = isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox | QAbstractItemView)
    return name.startswith("qt_") or is_inner


def _picture(window: QWidget, stop: QWidget) -> np.ndarray:
    """Return the stop's pixels with a few around them, once all that was changed is laid out."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    place = QRect(stop.mapTo(window, QPoint(0, 0)), stop.size()).adjusted(-4, -4, 4, 4)
    shown = place.intersected(window.rect())
    picture = window.grab(shown).toImage()
    holder = QWidget()
    holder.resize(shown.size())
    pixels: np.ndarray = pixels_of(picture, holder)
    holder.deleteLater()
    return pixels


def _called(thing: object) -> str:
    if not isinstance(thing, QWidget):
        return type(thing).__name__
    text = thing.text() if isinstance(thing, QAbstractButton | QLabel) else ""
    said = thing.objectName() or thing.accessibleName() or text
    inside = thing.parentWidget()
    within = f" in {type(inside).__name__}" if inside is not None else ""
    return f"{type(thing).__name__} {said!r}{within}"
