"""Docks moved by a key, as dragging their heads does: to a side, out of the window, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow

from desktop.gui.desk.shares import find_docks_at, resize

STACKED = (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
"""Sides on which docks lie one above the other; on the two others they lie side by side."""
ASIDE = QPoint(24, 24)
"""How far from its place a dock opens a window of its own, the first time."""
FLOATED = "floated"
"""Name of the property that keeps where a dock's own window was."""

KEEPS_SHARE = "keeps_share"
"""Name of the property of a dock whose share of its side Qt knows, as not after a new start."""


@contextmanager
def keep_keyboard(window: QMainWindow) -> Iterator[None]:
    """Leave the keyboard with what has it, wherever that is put."""
    focused = QApplication.focusWidget() or window.focusWidget()
    was_active = QApplication.activeWindow() is not None
    yield
    if focused is not None:
        if was_active:  # Perhaps in a window that is no more.
            focused.activateWindow()
        focused.setFocus()


def move_dock(
    window: QMainWindow,
    docks: Collection[QDockWidget],
    dock: QDockWidget,
    area: Qt.DockWidgetArea,
) -> None:
    """Put a dock at the end of a side, with an equal share of it.

    Where the window has no room for it beside the others there, it becomes a tab in front of the
    last of them; where not even for that, nothing moves, as none can be dropped there either. What
    has the keyboard keeps it.
    """
    before = window.saveState()
    with keep_keyboard(window):
        if dock.isFloating():
            _put_back(dock)
        window.addDockWidget(area, dock)
        others = [other for other in find_docks_at(window, docks, area) if other is not dock]
        if others and not has_room(window):
            window.tabifyDockWidget(others[-1], dock)
            dock.raise_()
        else:
            _share_equally(window, docks, dock)
        if not has_room(window):
            window.restoreState(before)


def float_or_dock(window: QMainWindow, docks: Collection[QDockWidget], dock: QDockWidget) -> None:
    """Give a dock a window of its own, where that was before; one that has it goes back to its
    place in the desk, unless there is no room for it any more."""
    with keep_keyboard(window):
        if dock.isFloating():
            before = window.saveState()
            _put_back(dock)
            dock.raise_()
            if not dock.property(KEEPS_SHARE):
                _share_equally(window, docks, dock)
            if not has_room(window):
                window.restoreState(before)
            return
        place = QRect(dock.mapToGlobal(QPoint(0, 0)) + ASIDE, dock.size())
        kept = dock.property(FLOATED)
        dock.setFloating(True)
        dock.setProperty(KEEPS_SHARE, True)
        room = dock.screen().availableGeometry()
        if isinstance(kept, QRect) and dock.screen().virtualGeometry().contains(kept.center()):
            place = kept
        else:
            place.moveRight(min(place.right(), room.right()))
            place.moveBottom(min(place.bottom(), room.bottom()))
        dock.setGeometry(place)


def _share_equally(window: QMainWindow, docks: Collection[QDockWidget], dock: QDockWidget) -> None:
    """Give a dock and those seen on its side as much of it each."""
    area, room = window.dockWidgetArea(dock), window.rect()
    others = [
        other
        for other in find_docks_at(window, docks, area)
        if other is not dock and room.intersects(other.geometry())
    ]
    down = area in STACKED
    along = Qt.Orientation.Vertical if down else Qt.Orientation.Horizontal
    whole_px = sum(each.height() if down else each.width() for each in others)
    if others:
        resize(window, dict.fromkeys([*others, dock], whole_px // (len(others) + 1)), along)


def _put_back(dock: QDockWidget) -> None:
    dock.setProperty(FLOATED, dock.geometry())
    dock.setFloating(False)


def has_room(window: QMainWindow) -> bool:
    """Whether all docks have room in the window as large as it is."""
    return window.minimumSizeHint().expandedTo(window.size()) == window.size()
