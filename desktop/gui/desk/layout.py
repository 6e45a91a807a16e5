"""The desk's docks: their positions, remembered for each arrangement of monitors.

A small window, or one much enlarged, has two columns: the list, and beside it the detail with all
other panes as tabs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QWidget,
)

from desktop.gui.desk.shares import (
    SeparatorWatch,
    Shares,
    apply_shares,
    find_docks_at,
    measure_shares,
    read_shares,
    resize,
)
from desktop.gui.panes.pane import Pane
from desktop.gui.panes.registry import Area, PaneSpec
from desktop.gui.widgets.focus import HeldDock

translate = QCoreApplication.translate

VERSION = 1
LEAST_SIZE = QSize(1200, 680)
"""Below this width or height, in logical pixels, there is room for two columns only."""
STRETCH_PX = 32
"""By how much a key makes a pane wider or higher."""
LIST, DETAIL = "incidents", "detail"
"""The panes of the two columns."""
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
        self.hold(pane)

    def hold(self, pane: Pane) -> None:
        """Take this pane in, instead of the one before."""
        self.setWidget(pane)
        self.setTitleBarWidget(pane.head)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys that the pane did not take to the desk, also while this floats."""
        desk = self.parentWidget()
        if self.isFloating() and desk is not None:
            QApplication.sendEvent(desk, event)
        else:
            super().keyPressEvent(event)

    def let_go(self) -> Pane:
        """Give the pane back with its head."""
        pane = self.widget()
        assert isinstance(pane, Pane)
        self.setTitleBarWidget(QWidget())
        pane.take_head()
        return pane


class Layout:
    """The positions of the docks, as the officer left them."""

    def __init__(
        self, window: QMainWindow, file: Path | None, specs: Iterable[PaneSpec[Any]]
    ) -> None:
        self._window = window
        self._file = file
        self._specs = {spec.name: spec for spec in specs if spec.area is not Area.TOP}
        self.docks: dict[str, PaneDock] = {}
        self.held = HeldDock(window, self.docks)
        self.is_small = False
        """Whether the panes are in two columns."""
        self._states: dict[bool, QByteArray] = {}
        """The positions of the docks when they were last in two columns, and when in all."""
        self.middle = QStackedWidget()
        self.middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        window.setCentralWidget(self.middle)
        window.setDockNestingEnabled(True)
        window.setDocumentMode(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.was_left = False
        """Whether the window is shown as the officer left it once."""
        self._by_hand: dict[bool, Shares] = {}
        """The docks' shares in two columns and in all, where the officer moved something."""
        self._settle = QTimer(window, singleShot=True)
        self._settle.timeout.connect(self._fit)
        self._moved = QTimer(window, singleShot=True)
        self._moved.timeout.connect(self._take_move)
        SeparatorWatch(window, self._measure)

    @property
    def by_default(self) -> bool:
        """Whether the officer has not moved anything in this arrangement yet."""
        return self.is_small not in self._by_hand

    def begin(self) -> None:
        """Put every pane where it was left, else in its default position."""
        self.retranslate()
        on_screen = self._restore_geometry()
        self.is_small = is_small(self._window.size())
        self.arrange()
        self.was_left = self._restore_state() and on_screen
        for small in (False, True):
            shares = read_shares(self._read_kept(_shares_name(small)))
            if shares is not None:
                self._by_hand[small] = shares

    def settle(self) -> None:
        """Keep the arrangement in step with the window's size: in the default proportions until the
        officer moves something, then in those."""
        self._settle.start()

    def _fit(self) -> None:
        small = is_small(self._window.size())
        # Whoever keeps panes in windows of their own has made the arrangement that fits.
        if small != self.is_small and not any(dock.isFloating() for dock in self.docks.values()):
            self._states[self.is_small] = self._window.saveState(VERSION)
            focused = self._window.focusWidget()
            self.is_small = small
            self.arrange()
            self._restore_state()
            if focused is not None:
                focused.setFocus()
            self._settle.start()  # Once all docks are in their places.
        elif self.by_default:
            self.proportion(self._window.size())
        else:
            apply_shares(self._window, self.docks, self._by_hand[self.is_small])

    def _take_move(self) -> None:
        self.retranslate()  # There may be a bar of tabs that was not there before.
        self._measure()

    def _measure(self) -> None:
        """Keep what the officer made of the docks' sizes."""
        self._by_hand[self.is_small] = measure_shares(self._window, self.docks)

    def put(self, name: str, pane: Pane) -> None:
        """Put a pane into its place, instead of its placeholder."""
        if self._is_central(name):
            before = self.middle.currentWidget()
            self.middle.addWidget(pane)
            self.middle.setCurrentWidget(pane)
        elif name not in self.docks:
            self._add_dock(name, pane)
            return
        else:
            before = self.docks[name].widget()
            self.docks[name].hold(pane)
        if before is not None:
            before.deleteLater()

    def _add_dock(self, name: str, pane: Pane) -> None:
        dock = self.docks[name] = PaneDock(name, pane)
        dock.dockLocationChanged.connect(lambda _area: self._moved.start())
        dock.topLevelChanged.connect(lambda _floating: self._moved.start())

    def _is_central(self, name: str) -> bool:
        return self._specs[name].area is Area.CENTRE and not self.is_small

    def retranslate(self) -> None:
        """Set the docks' titles, for tabs, window lists and screen readers."""
        for name, dock in self.docks.items():
            dock.setWindowTitle(self._specs[name].title())
        for tabs in self._window.findChildren(QTabBar):
            tabs.setAccessibleName(translate("DeskWindow", "Panes"))
            # Each pane has its key; and Qt keeps a bar that is not needed beyond the window's edge.
            tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            for place in range(tabs.count()):
                tabs.setTabToolTip(place, tabs.tabText(place))

    def arrange(self) -> None:
        """Put every pane in its default position, in proportions that suit the window."""
        self._move_centre()
        for dock in self.docks.values():
            if dock.isFloating():
                dock.setFloating(False)
            # Side by side on the way to their places they could make the window larger.
            self._window.removeDockWidget(dock)
        if self.is_small:
            self._arrange_in_two()
        else:
            self._arrange_in_all()
        self.proportion(self._window.size())
        self._moved.stop()  # All this was not done by hand.
        # Bars of tabs are made as docks are laid out, and not only where there are tabs.
        QTimer.singleShot(0, self._window, self.retranslate)

    def reset(self) -> None:
        """Forget what the officer moved in this arrangement."""
        self._by_hand.pop(self.is_small, None)
        self.arrange()

    def _move_centre(self) -> None:
        """Put the pane that needs the most room in the middle, or among the tabs."""
        name = next(name for name, spec in self._specs.items() if spec.area is Area.CENTRE)
        if self.is_small and name not in self.docks:
            pane = self.middle.currentWidget()
            assert isinstance(pane, Pane)
            self._add_dock(name, pane)
            self.docks[name].setWindowTitle(self._specs[name].title())
        elif not self.is_small and name in self.docks:
            dock = self.docks.pop(name)
            pane = dock.let_go()
            self._window.removeDockWidget(dock)
            dock.setParent(None)
            dock.deleteLater()
            self.middle.addWidget(pane)
            self.middle.setCurrentWidget(pane)
        self.middle.setVisible(not self.is_small)

    def _arrange_in_two(self) -> None:
        front = self.docks[DETAIL]
        self._window.addDockWidget(SIDES[Area.LEFT], self.docks[LIST])
        self._window.addDockWidget(SIDES[Area.RIGHT], front)
        for name in self._specs:
            if name not in (LIST, DETAIL):
                self._window.tabifyDockWidget(front, self.docks[name])
        self._show_docks()
        front.raise_()

    def _show_docks(self) -> None:
        for name, dock in self.docks.items():
            dock.setVisible(not self._specs[name].on_call)

    def _arrange_in_all(self) -> None:
        window = self._window
        for name, dock in self.docks.items():
            window.addDockWidget(SIDES[self._specs[name].area], dock)
        self._show_docks()
        window.setCorner(Qt.Corner.BottomLeftCorner, SIDES[Area.BOTTOM])
        window.setCorner(Qt.Corner.BottomRightCorner, SIDES[Area.BOTTOM])
        for area in SIDES:
            along = Qt.Orientation.Horizontal if area is Area.BOTTOM else Qt.Orientation.Vertical
            for first, second in pairwise(self._at(area)):
                window.splitDockWidget(self.docks[first], self.docks[second], along)

    def proportion(self, size: QSize) -> None:
        """Set the default widths and heights for a window of this size."""
        docks, window = self.docks, self._window
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        if self.is_small:
            wide = max(320, min(440, size.width() * 40 // 100))
            resize(window, {docks[LIST]: wide}, across)
            return
        # One call per side: in one call Qt shares the whole width out between the two.
        for side in (Area.LEFT, Area.RIGHT):
            for name in self._at(side)[:1]:
                width = self._specs[name].width
                if width is not None:
                    resize(window, {docks[name]: width(size.width())}, across)
        names = self._at(Area.BOTTOM)
        foot = [docks[name] for name in names]
        bottom = max(304, size.height() * 26 // 100) if size.height() >= 900 else 200
        resize(window, dict.fromkeys(foot, bottom), down)
        widths = self._shares(names, size.width())
        resize(window, dict(zip(foot, widths, strict=True)), across)

    def _shares(self, names: list[str], window_px: int) -> list[int]:
        """Return the widths of docks side by side: the wanted ones, and the rest for the others."""
        given = [self._specs[name].width for name in names]
        widths = [None if width is None else width(window_px) for width in given]
        open_ended = max(1, widths.count(None))
        rest = window_px - sum(w for w in widths if w is not None) - (len(widths) - 1)
        return [max(1, rest // open_ended) if width is None else width for width in widths]

    def _at(self, area: Area) -> list[str]:
        """Return the panes at this side that are not hidden."""
        shown = find_docks_at(self._window, self.docks.values(), SIDES[area])
        return [dock.objectName() for dock in shown]

    def stretch(self, wider_px: int = 0, higher_px: int = 0) -> None:
        """Make the pane with the keyboard larger by so much, as dragging its edge does."""
        held = self.held.find()
        if held is not None and held.isFloating():
            held.resize(held.width() + wider_px, held.height() + higher_px)
            return
        for by_px, along, areas in (
            (wider_px, Qt.Orientation.Horizontal, (Area.LEFT, Area.RIGHT)),
            (higher_px, Qt.Orientation.Vertical, (Area.BOTTOM,)),
        ):
            # What stands in the middle grows by what its neighbour loses.
            beside = [self.docks[name] for area in areas for name in self._at(area)][:1]
            for dock in [held] if held is not None else beside:
                now_px = dock.width() if along is Qt.Orientation.Horizontal else dock.height()
                change = by_px if held is not None else -by_px
                if change:
                    self._window.resizeDocks([dock], [max(1, now_px + change)], along)
                    self._measure()

    def call(self, name: str) -> None:
        """Show this pane if it is one shown on call and hidden, or behind another tab."""
        dock = self.docks.get(name)
        if dock is not None and dock.isHidden():
            dock.show()
            self.settle()
        beside = [] if dock is None else self._window.tabifiedDockWidgets(dock)
        if dock is not None and beside:
            focused = self._window.focusWidget()
            if any(other.isAncestorOf(focused) for other in beside):
                self._window.setFocus()  # No key may go to a pane that is out of sight.
            dock.raise_()

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
        return self._restore_geometry() and self._restore_state()

    def _restore_geometry(self) -> bool:
        geometry = self._read_kept("geometry")
        if not isinstance(geometry, QByteArray) or not self._window.restoreGeometry(geometry):
            return False
        return on_a_screen(self._window)

    def _restore_state(self) -> bool:
        state = self._states.get(self.is_small) or self._read_kept(_state_name(self.is_small))
        if not isinstance(state, QByteArray) or not self._window.restoreState(state, VERSION):
            return False
        for name, dock in self.docks.items():
            if dock.isFloating() and not on_a_screen(dock):
                dock.setFloating(False)
            if not self._specs[name].on_call:
                dock.show()
        self._moved.stop()
        return True

    def keep(self) -> None:
        """Store this layout for these monitors, and as the last one for others."""
        self._settle.stop()
        if self._moved.isActive():
            self._moved.stop()
            self._measure()
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._states[self.is_small] = self._window.saveState(VERSION)
        kept = self._settings()
        for group in (self._arrangement(), "last"):
            kept.setValue(f"{group}/geometry", self._window.saveGeometry())
            for small, state in self._states.items():
                kept.setValue(f"{group}/{_state_name(small)}", state)
                shares = self._by_hand.get(small)
                told = "" if shares is None else json.dumps(shares)
                kept.setValue(f"{group}/{_shares_name(small)}", told)
        kept.sync()

    def _read_kept(self, name: str) -> object:
        """Return what was stored of these monitors, else of the last ones."""
        if self._file is None or not self._file.exists():
            return None
        kept = self._settings()
        return kept.value(f"{self._arrangement()}/{name}", kept.value(f"last/{name}"))

    def _settings(self) -> QSettings:
        return QSettings(str(self._file), QSettings.Format.IniFormat)

    def _arrangement(self) -> str:
        """Return the monitors' sizes and positions as the name of a settings group."""
        screens = []
        for screen in QGuiApplication.screens():
            area = screen.geometry()
            screens.append(f"{area.width()}x{area.height()}at{area.x()}_{area.y()}")
        return "-".join(sorted(screens)) or "none"


def _state_name(small: bool) -> str:
    return "small_state" if small else "state"


def _shares_name(small: bool) -> str:
    return "small_shares" if small else "shares"


def is_small(size: QSize) -> bool:
    """Whether a window of this size has room for two columns only."""
    return size.width() < LEAST_SIZE.width() or size.height() < LEAST_SIZE.height()


def on_a_screen(window: QWidget) -> bool:
    """Whether enough of the window is on a monitor to be seen and grabbed."""
    frame = window.frameGeometry()
    for screen in QGuiApplication.screens():
        seen = screen.availableGeometry().intersected(frame)
        if seen.width() >= min(200, frame.width()) and seen.height() >= min(100, frame.height()):
            return True
    return False
