"""Each dock's share of the window as the officer made it, and when he changes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow

Shares = dict[str, tuple[float, float]]
"""A dock's share of the window's width and of its height, by the dock's name."""
MOST = 10.0
AREAS = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.TopDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class SeparatorWatch(QObject):
    """Calls back whenever a separator between docks has been dragged and let go of.

    Qt tells nobody: it takes these events before the window's own handlers.
    """

    def __init__(self, window: QMainWindow, let_go: Callable[[], None]) -> None:
        super().__init__(window)
        self._main, self._let_go, self._held = window, let_go, False
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self._held = self._main.isSeparator(event.position().toPoint())
        elif event.type() == QEvent.Type.MouseButtonRelease and self._held:
            self._held = False
            self._let_go()
        return False


def measure_shares(window: QMainWindow, docks: Mapping[str, QDockWidget]) -> Shares:
    """Return the shares of the docks that are in the window, and not behind another's tab."""
    room, size = QRect(window.rect()), window.size()
    return {
        name: (dock.width() / size.width(), dock.height() / size.height())
        for name, dock in docks.items()
        if _is_docked(dock) and room.intersects(dock.geometry())
    }


def apply_shares(window: QMainWindow, docks: Mapping[str, QDockWidget], shares: Shares) -> None:
    """Give these docks their shares of the window as it is now, as far as their contents allow."""
    size = window.size()
    for area in AREAS:
        shared = {dock: shares[name] for name, dock in docks.items() if name in shares}
        at = [(dock, shared[dock]) for dock in find_docks_at(window, shared, area)]
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        resize(window, {dock: round(wide * size.width()) for dock, (wide, _) in at}, across)
        resize(window, {dock: round(high * size.height()) for dock, (_, high) in at}, down)


def resize(window: QMainWindow, wanted: Mapping[QDockWidget, int], along: Qt.Orientation) -> None:
    """Make docks of one side so wide or high, unless they are."""
    if any(_extent(dock.size(), along) != px for dock, px in wanted.items()):
        window.resizeDocks(list(wanted), list(wanted.values()), along)


def _extent(size: QSize, along: Qt.Orientation) -> int:
    return size.width() if along is Qt.Orientation.Horizontal else size.height()


def find_docks_at(
    window: QMainWindow, docks: Iterable[QDockWidget], area: Qt.DockWidgetArea
) -> list[QDockWidget]:
    """Return the docks that are shown at this side, those behind a tab included."""
    return [dock for dock in docks if _is_docked(dock) and window.dockWidgetArea(dock) == area]


def _is_docked(dock: QDockWidget) -> bool:
    return not (dock.isHidden() or dock.isFloating())


def read_shares(text: object) -> Shares | None:
    """Return the shares kept as text; None for what is no such text, as in a damaged file."""
    try:
        told = json.loads(str(text))
        found = {str(name): (float(wide), float(high)) for name, (wide, high) in told.items()}
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    # No number is none of these, and where there is little room a dock may be beyond the window.
    return found if all(0 <= share < MOST for each in found.values() for share in each) else None
