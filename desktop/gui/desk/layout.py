"""The desk's docks: where panes stand, remembered per arrangement of monitors."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from desktop.gui.panes.pane import Pane

VERSION = 1
LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
WIDE_PX = 1600
SMALL_PX = 1200
"""From the first width on there is room for full proportions; below the second, for few."""


class PaneDock(QDockWidget):
    """A dock whose title bar is the pane's own head, which is also its handle."""

    def __init__(self, name: str, pane: Pane) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self.setWidget(pane)
        self.setTitleBarWidget(pane.head)


class Layout:
    """Puts the docks in place and remembers where the officer moved them."""

    def __init__(self, window: QMainWindow, file: Path | None) -> None:
        self._window = window
        self._file = file
        self._docks: dict[str, PaneDock] = {}

    def add(self, name: str, pane: Pane) -> None:
        """Make a dock for a pane; `arrange` gives it its place."""
        self._docks[name] = PaneDock(name, pane)
        self._docks[name].setWindowTitle(name)

    def replace(self, name: str, pane: Pane) -> None:
        """Put the real pane where another stood for it."""
        dock = self._docks[name]
        before = dock.widget()
        dock.setWidget(pane)
        dock.setTitleBarWidget(pane.head)
        before.deleteLater()

    def rename(self, titles: dict[str, str]) -> None:
        """Say the docks' titles, as window lists and screen readers show them."""
        for name, title in titles.items():
            self._docks[name].setWindowTitle(title)

    def arrange(self) -> None:
        """Every pane where it stands by default, in proportions that suit the window."""
        window = self._window
        for name, area in (
            ("incidents", LEFT),
            ("detail", RIGHT),
            ("infrastructure", BOTTOM),
            ("queues", BOTTOM),
            ("warnings", BOTTOM),
        ):
            dock = self._docks[name]
            dock.setFloating(False)
            window.addDockWidget(area, dock)
            dock.show()
        window.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        window.setCorner(Qt.Corner.BottomRightCorner, BOTTOM)
        window.splitDockWidget(
            self._docks["infrastructure"], self._docks["queues"], Qt.Orientation.Horizontal
        )
        window.splitDockWidget(
            self._docks["queues"], self._docks["warnings"], Qt.Orientation.Horizontal
        )
        self.proportion(window.size())

    def proportion(self, size: QSize) -> None:
        """The default widths and heights for a window of this size."""
        wide = size.width() >= WIDE_PX
        left, right = (520, 400) if wide else (400, 320)
        if size.width() < SMALL_PX:
            left, right = 340, 320
        bottom = 304 if size.height() >= 900 else 200
        queues, warnings = 520, 460
        if not wide:
            queues, warnings = size.width() * 31 // 100, size.width() * 25 // 100
        docks, window = self._docks, self._window
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        # One call per side: in one call Qt shares the whole width out between the two.
        window.resizeDocks([docks["incidents"]], [left], across)
        window.resizeDocks([docks["detail"]], [right], across)
        foot = [docks["infrastructure"], docks["queues"], docks["warnings"]]
        window.resizeDocks(foot, [bottom] * 3, down)
        rest = size.width() - queues - warnings - 2
        window.resizeDocks(foot, [rest, queues, warnings], across)

    def restore(self) -> bool:
        """Put everything where it was on these monitors; False when nothing usable is kept."""
        if self._file is None or not self._file.exists():
            return False
        kept = self._settings()
        geometry = kept.value(f"{self._arrangement()}/geometry", kept.value("last/geometry"))
        state = kept.value(f"{self._arrangement()}/state", kept.value("last/state"))
        if not isinstance(geometry, QByteArray) or not isinstance(state, QByteArray):
            return False
        if not self._window.restoreGeometry(geometry) or not on_a_screen(self._window):
            return False
        if not self._window.restoreState(state, VERSION):
            return False
        for dock in self._docks.values():
            if dock.isFloating() and not on_a_screen(dock):
                dock.setFloating(False)
            dock.show()
        return True

    def keep(self) -> None:
        """Remember this layout for these monitors, and as the last one for others."""
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        kept = self._settings()
        for group in (self._arrangement(), "last"):
            kept.setValue(f"{group}/geometry", self._window.saveGeometry())
            kept.setValue(f"{group}/state", self._window.saveState(VERSION))
        kept.sync()

    def _settings(self) -> QSettings:
        return QSettings(str(self._file), QSettings.Format.IniFormat)

    def _arrangement(self) -> str:
        """The monitors by size and place, as a settings group."""
        screens = []
        for screen in QGuiApplication.screens():
            area = screen.geometry()
            screens.append(f"{area.width()}x{area.height()}at{area.x()}_{area.y()}")
        return "-".join(sorted(screens)) or "none"


def on_a_screen(window: QWidget) -> bool:
    """Whether enough of the window lies on a monitor to be seen and grabbed."""
    frame = window.frameGeometry()
    for screen in QGuiApplication.screens():
        seen = screen.availableGeometry().intersected(frame)
        if seen.width() >= min(200, frame.width()) and seen.height() >= min(100, frame.height()):
            return True
    return False
