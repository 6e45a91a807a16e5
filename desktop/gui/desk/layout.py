"""The desk's docks: their positions, remembered for each arrangement of monitors."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from desktop.gui.panes.pane import Pane
from desktop.gui.panes.registry import Area, PaneSpec

VERSION = 1
SIDES = {
    Area.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Area.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Area.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}
"""The sides on which there are docks; panes for other areas have none."""


class PaneDock(QDockWidget):
    """A dock whose title bar, and so its handle for dragging, is the pane's own head."""

    def __init__(self, name: str, pane: Pane) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self.setWidget(pane)
        self.setTitleBarWidget(pane.head)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys that the pane did not take to the desk, also while this floats."""
        desk = self.parentWidget()
        if self.isFloating() and desk is not None:
            QApplication.sendEvent(desk, event)
        else:
            super().keyPressEvent(event)


class Layout:
    """The positions of the docks, as the officer left them."""

    def __init__(
        self, window: QMainWindow, file: Path | None, specs: Iterable[PaneSpec[Any]]
    ) -> None:
        self._window = window
        self._file = file
        self._specs = {spec.name: spec for spec in specs if spec.area in SIDES}
        self.docks: dict[str, PaneDock] = {}
        self.by_default = True
        """Whether the officer has not moved anything yet."""
        self._settle = QTimer(window)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(lambda: self.proportion(window.size()))

    def begin(self) -> None:
        """Put every pane where it was left, else in its default position."""
        self.retranslate()
        self.arrange()
        self.by_default = not self.restore()

    def settle(self) -> None:
        """Keep the proportions in step with the window's size until the officer moves something."""
        if self.by_default:
            self._settle.start()

    def put(self, name: str, pane: Pane) -> None:
        """Put a pane into its dock, in place of its placeholder."""
        if name not in self.docks:
            self.docks[name] = PaneDock(name, pane)
            return
        dock = self.docks[name]
        before = dock.widget()
        dock.setWidget(pane)
        dock.setTitleBarWidget(pane.head)
        before.deleteLater()

    def retranslate(self) -> None:
        """Set the docks' titles, for window lists and screen readers."""
        for name, dock in self.docks.items():
            dock.setWindowTitle(self._specs[name].title())

    def arrange(self) -> None:
        """Put every pane in its default position, in proportions that suit the window."""
        window = self._window
        for name, dock in self.docks.items():
            if dock.isFloating():
                dock.setFloating(False)
            window.addDockWidget(SIDES[self._specs[name].area], dock)
            dock.setVisible(not self._specs[name].on_call)
        window.setCorner(Qt.Corner.BottomLeftCorner, SIDES[Area.BOTTOM])
        window.setCorner(Qt.Corner.BottomRightCorner, SIDES[Area.BOTTOM])
        for area in SIDES:
            along = Qt.Orientation.Horizontal if area is Area.BOTTOM else Qt.Orientation.Vertical
            for first, second in pairwise(self._at(area)):
                window.splitDockWidget(self.docks[first], self.docks[second], along)
        self.proportion(window.size())

    def proportion(self, size: QSize) -> None:
        """Set the default widths and heights for a window of this size."""
        docks, window = self.docks, self._window
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        # One call per side: in one call Qt shares the whole width out between the two.
        for side in (Area.LEFT, Area.RIGHT):
            for name in self._at(side)[:1]:
                width = self._specs[name].width
                if width is not None:
                    window.resizeDocks([docks[name]], [width(size.width())], across)
        names = self._at(Area.BOTTOM)
        foot = [docks[name] for name in names]
        bottom = 304 if size.height() >= 900 else 200
        window.resizeDocks(foot, [bottom] * len(foot), down)
        window.resizeDocks(foot, self._shares(names, size.width()), across)

    def _shares(self, names: list[str], window_px: int) -> list[int]:
        """Return the widths of docks side by side: the wanted ones, and the rest for the others."""
        given = [self._specs[name].width for name in names]
        widths = [None if width is None else width(window_px) for width in given]
        open_ended = max(1, widths.count(None))
        rest = window_px - sum(w for w in widths if w is not None) - (len(widths) - 1)
        return [max(1, rest // open_ended) if width is None else width for width in widths]

    def _at(self, area: Area) -> list[str]:
        """Return the panes at this side that are not hidden."""
        shown = (name for name, dock in self.docks.items() if not dock.isHidden())
        return [name for name in shown if self._specs[name].area is area]

    def call(self, name: str) -> None:
        """Show this pane if it is one shown on call and hidden."""
        dock = self.docks.get(name)
        if dock is not None and dock.isHidden():
            dock.show()
            self.settle()

    def put_away(self, name: str) -> bool:
        """Hide this pane if it is one shown on call and has the keyboard; return whether so."""
        dock, focused = self.docks.get(name), self._window.focusWidget()
        if dock is None or not self._specs[name].on_call or focused is None:
            return False
        if dock.isHidden() or not dock.isAncestorOf(focused):
            return False
        dock.hide()
        self._window.setFocus()
        self.settle()
        return True

    def restore(self) -> bool:
        """Restore the positions for these monitors; False when nothing usable is stored."""
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
        for name, dock in self.docks.items():
            if dock.isFloating() and not on_a_screen(dock):
                dock.setFloating(False)
            if not self._specs[name].on_call:
                dock.show()
        return True

    def keep(self) -> None:
        """Store this layout for these monitors, and as the last one for others."""
        self._settle.stop()
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
        """Return the monitors' sizes and positions as the name of a settings group."""
        screens = []
        for screen in QGuiApplication.screens():
            area = screen.geometry()
            screens.append(f"{area.width()}x{area.height()}at{area.x()}_{area.y()}")
        return "-".join(sorted(screens)) or "none"


def on_a_screen(window: QWidget) -> bool:
    """Whether enough of the window is on a monitor to be seen and grabbed."""
    frame = window.frameGeometry()
    for screen in QGuiApplication.screens():
        seen = screen.availableGeometry().intersected(frame)
        if seen.width() >= min(200, frame.width()) and seen.height() >= min(100, frame.height()):
            return True
    return False
