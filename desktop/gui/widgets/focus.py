"""Where the keyboard focus is, where Tab takes it, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDockWidget,
    QMainWindow,
    QScrollArea,
    QWidget,
)
from shiboken6 import isValid

from desktop.gui.theme import Theme

RING_PX = 2
SAME_ROW_PX = 12
"""Widgets whose heads are no further apart stand in one row for the eye."""


def holds_keyboard(widget: QWidget) -> bool:
    """Whether the widget, or a child of it, has the keyboard focus."""
    focused = QApplication.focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))


def find_keyboard(window: QWidget) -> QWidget | None:
    """Return what has the keyboard in a window, or has it again once that is active."""
    return window.focusWidget()


def give_keyboard(
    widget: QWidget, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason
) -> None:
    """Focus a widget, also in another of our windows than the active one; never while another
    program's is active."""
    active = QApplication.activeWindow()
    if active is not None and active is not widget.window():
        widget.activateWindow()
    widget.setFocus(reason)


def return_keyboard(before: QWidget | None) -> bool:
    """Give the keyboard back to what had it before; False if that is gone or out of sight."""
    if before is None or not isValid(before) or not before.isVisible():
        return False
    give_keyboard(before)
    return True


@contextmanager
def keep_keyboard(holder: QWidget) -> Iterator[None]:
    """Let what has the keyboard in there have it still after it was moved to another parent."""
    focused = find_keyboard(holder.window())
    held = focused if focused is not None and holder.isAncestorOf(focused) else None
    yield
    if held is not None:
        held.setFocus()


def find_stops(root: QWidget) -> list[QWidget]:
    """Return the widgets in this one that Tab reaches, as the eye goes: row by row, from the left.

    What scrolls follows its area, in an order of its own: it moves when it is scrolled into sight.
    """
    found = [child for child in root.findChildren(QWidget) if _is_stop(child, root)]
    within: dict[QWidget, list[QWidget]] = {}
    for area in root.findChildren(QScrollArea):
        content = area.widget()
        inside = [] if content is None else [c for c in found if content.isAncestorOf(c)]
        if content is not None and inside:
            within[area] = _as_read(inside, content)
    scrolled = {id(child) for inside in within.values() for child in inside}
    fixed = [child for child in found if id(child) not in scrolled]
    heads = fixed + [area for area in within if area not in fixed]
    stops = {id(child) for child in fixed}
    return [
        child
        for head in _as_read(heads, root)
        for child in ((head,) if id(head) in stops else ()) + tuple(within.get(head, ()))
    ]


def _as_read(widgets: list[QWidget], root: QWidget) -> list[QWidget]:
    """Sort widgets by their places in this one: row by row, from the left."""
    placed = sorted((_place(child, root), n) for n, child in enumerate(widgets))
    rows: list[list[tuple[int, int]]] = []
    top = 0
    for (y, x), n in placed:
        if not rows or y - top > SAME_ROW_PX:
            rows.append([])
            top = y
        rows[-1].append((x, n))
    return [widgets[n] for row in rows for _x, n in sorted(row)]


def move_focus(stops: list[QWidget], forwards: bool) -> bool:
    """Focus the stop after the present one, or the one before; the last is followed by the
    first."""
    if not stops:
        return False
    focused = QApplication.focusWidget()
    at = stops.index(focused) if focused in stops else (-1 if forwards else 0)
    reason = Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason
    stops[(at + (1 if forwards else -1)) % len(stops)].setFocus(reason)
    return True


def paint_ring(painter: QPainter, rect: QRect, color: QColor) -> None:
    """Paint the ring around what has the keyboard focus, within its rectangle."""
    pen = QPen(color, RING_PX)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(1, 1, -1, -1))


def follow_ring(view: QAbstractItemView) -> None:
    """Paint a view anew where its ring was and is: Qt would repaint one cell of a row that is
    not selected, and no more of a view that had the ring around all of it."""

    def follow(current: QModelIndex, before: QModelIndex) -> None:
        viewport = view.viewport()
        if current.isValid() != before.isValid():
            viewport.update()
            return
        for row in (view.visualRect(before), view.visualRect(current)):
            viewport.update(QRect(0, row.top(), viewport.width(), row.height()))

    view.selectionModel().currentChanged.connect(follow)


def paint_row_ring(painter: QPainter, view: QAbstractItemView, color: QColor) -> None:
    """Paint the ring around a view's current row, or around the view if it has none."""
    if view.hasFocus():
        row, whole = view.visualRect(view.currentIndex()), view.viewport().rect()
        rect = whole if row.isEmpty() else QRect(0, row.top(), whole.width(), row.height())
        paint_ring(painter, rect, color)


class FocusFrame(QWidget):
    """The ring around a widget that paints none itself, over its edge while it has the keyboard."""

    def __init__(self, around: QWidget, theme: Theme) -> None:
        super().__init__(around)
        self._around, self._theme = around, theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        around.installEventFilter(self)
        self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.FocusIn | QEvent.Type.FocusOut | QEvent.Type.Resize:
                self._follow()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_ring(painter, self.rect(), self._theme.color("pick"))

    def _follow(self) -> None:
        whole = self._around.rect()
        inner = whole.adjusted(RING_PX, RING_PX, -RING_PX, -RING_PX)
        self.setGeometry(whole)
        self.setMask(QRegion(whole) - QRegion(inner))
        self.setVisible(self._around.hasFocus())
        self.raise_()


class HeldDock(QObject):
    """The dock that has the keyboard, or had it before a sheet or a strip took it.

    Of docks in windows of their own Qt says too little: a sheet over the desk has the keyboard then
    in another window, and it is given back only once that one is active again.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
        super().__init__(window)
        self._main, self._docks = window, docks
        self._last: QDockWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def find(self) -> QDockWidget | None:
        """Return the dock; None for the pane in the middle, which is in none."""
        self._follow(None, QApplication.focusWidget() or self._main.focusWidget())
        last = self._last
        return last if last is not None and isValid(last) and last in self._around() else None

    def _follow(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if focused is None or not isValid(self._main):
            return
        middle = self._main.centralWidget()
        dock = next((dock for dock in self._around() if dock.isAncestorOf(focused)), None)
        if dock is not None or (middle is not None and middle.isAncestorOf(focused)):
            self._last = dock

    def _around(self) -> list[QDockWidget]:
        return list(self._docks.values())


def _is_stop(child: QWidget, root: QWidget) -> bool:
    return bool(
        child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and child.focusProxy() is None
        and child.isEnabled()
        and child.isVisibleTo(root)
        and child.window() is root.window()
    )


def _place(child: QWidget, root: QWidget) -> tuple[int, int]:
    """Return the height of a widget's head, and its left edge."""
    at = child.mapTo(root, child.rect().topLeft())
    return at.y() + min(child.height(), 2 * SAME_ROW_PX) // 2, at.x()
