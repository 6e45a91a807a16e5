"""Docks moved to a side of the window by a key, as dragging their heads does."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from desktop.gui.desk.shares import find_docks_at, resize

STACKED = (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
"""Sides on which docks lie one above the other; on the two others they lie side by side."""


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
    focused, before = window.focusWidget(), window.saveState()
    if dock.isFloating():
        dock.setFloating(False)
    window.addDockWidget(area, dock)
    others = [other for other in find_docks_at(window, docks, area) if other is not dock]
    if others and not _has_room(window):
        window.tabifyDockWidget(others[-1], dock)
        dock.raise_()
    elif others:
        down = area in STACKED
        along = Qt.Orientation.Vertical if down else Qt.Orientation.Horizontal
        whole_px = sum(each.height() if down else each.width() for each in others)
        resize(window, dict.fromkeys([*others, dock], whole_px // (len(others) + 1)), along)
    if not _has_room(window):
        window.restoreState(before)
    if focused is not None:
        focused.setFocus()


def _has_room(window: QMainWindow) -> bool:
    """Whether all docks have room in the window as large as it is."""
    return window.minimumSizeHint().expandedTo(window.size()) == window.size()
