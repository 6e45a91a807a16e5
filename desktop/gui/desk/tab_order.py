"""The way Tab goes through the desk: strip by strip, then column by column."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from desktop.gui.widgets.focus import find_stops

TOP, MIDDLE, FOOT = (
    Qt.DockWidgetArea.TopDockWidgetArea,
    Qt.DockWidgetArea.NoDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
"""The sides on which docks stand side by side, and the middle, which is that of no dock."""
ORDER = (
    TOP,
    Qt.DockWidgetArea.LeftDockWidgetArea,
    MIDDLE,
    Qt.DockWidgetArea.RightDockWidgetArea,
    FOOT,
)
"""Areas in the order of reading."""


def list_stops(window: QMainWindow, docks: Iterable[QDockWidget]) -> list[QWidget]:
    """Return what Tab reaches in the window itself, in the order of reading; no sheet over it."""
    found: list[tuple[int, int, int]] = []
    parts = [part for part in (window.centralWidget(), *docks) if part is not None]
    for n, part in enumerate(parts):
        if part.isVisibleTo(window) and part.window() is window:
            area = window.dockWidgetArea(part) if isinstance(part, QDockWidget) else MIDDLE
            place = part.x() if area in (TOP, FOOT) else part.y()
            found.append((ORDER.index(area), place, n))
    strips = window.menuWidget()
    ordered = [parts[n] for _area, _place, n in sorted(found)]
    return [stop for part in (strips, *ordered) if part is not None for stop in find_stops(part)]
