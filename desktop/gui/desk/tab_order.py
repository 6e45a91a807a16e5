"""The way Tab goes through the desk: strip by strip, then column by column."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from desktop.gui.widgets.focus import find_stops

COLUMNS = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.NoDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
"""Areas in the order of reading; the middle is that of no dock."""


def list_stops(window: QMainWindow, docks: Iterable[QDockWidget]) -> list[QWidget]:
    """Return what Tab reaches in the window itself, in the order of reading; no sheet over it."""
    found: list[tuple[int, int, int]] = []
    parts = [part for part in (window.centralWidget(), *docks) if part is not None]
    for n, part in enumerate(parts):
        if part.isVisibleTo(window) and part.window() is window:
            side = window.dockWidgetArea(part) if isinstance(part, QDockWidget) else COLUMNS[1]
            area = COLUMNS.index(side)
            place = part.x() if area == len(COLUMNS) - 1 else part.y()
            found.append((area, place, n))
    strips = window.menuWidget()
    ordered = [parts[n] for _area, _place, n in sorted(found)]
    return [stop for part in (strips, *ordered) if part is not None for stop in find_stops(part)]
