"""Docks stacked as tabs by a key, and taken out again, as dropping their heads does."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

from desktop.gui.desk.moving import STACKED, has_room, keep_keyboard
from desktop.gui.desk.shares import find_docks_at, resize

Stack = list[QDockWidget]
"""Docks in one place, of which one is in front."""


def stack_or_part(window: QMainWindow, docks: Collection[QDockWidget], dock: QDockWidget) -> None:
    """Stack a dock with its neighbour on the same side; one that is stacked is taken out again.

    It joins the one before it, or as the first of its side takes the next one in: so it comes out
    again where it was. Where the window has no room for that, or the side no other dock, nothing
    moves.
    """
    if dock.isFloating():
        return
    side = window.dockWidgetArea(dock)
    stacks = _find_stacks(window, find_docks_at(window, docks, side), side)
    at = next(n for n, stack in enumerate(stacks) if dock in stack)
    with keep_keyboard(window):
        if len(stacks[at]) > 1:
            _take_out(window, dock, stacks, at)
        elif len(stacks) > 1:
            _join(window, dock, stacks, at)


def _join(window: QMainWindow, dock: QDockWidget, stacks: list[Stack], at: int) -> None:
    along = _along(window, dock)
    other = stacks[at - 1] if at else stacks[1]
    whole_px = _extent(_front(window, other), along) + _extent(dock, along)
    if at:
        window.tabifyDockWidget(other[-1], dock)
    else:
        for each in reversed(other):
            window.tabifyDockWidget(dock, each)
    dock.raise_()
    resize(window, {dock: whole_px}, along)


def _take_out(window: QMainWindow, dock: QDockWidget, stacks: list[Stack], at: int) -> None:
    """Put a dock beside its stack: before it if it was its first tab, else after it."""
    before, along, side = window.saveState(), _along(window, dock), window.dockWidgetArea(dock)
    fronts = {id(stack): _front(window, stack) for stack in stacks[at:]}
    sizes_px = [_extent(fronts[id(stack)], along) for stack in stacks[at:]]
    rest = [each for each in stacks[at] if each is not dock]
    fronts[id(rest)] = rest[0]
    halves = [[dock], rest] if _is_first_tab(window, dock) else [rest, [dock]]
    placed = [*halves, *stacks[at + 1 :]]
    for stack in placed:
        window.addDockWidget(side, stack[0])
        for below, each in pairwise(stack):
            window.tabifyDockWidget(below, each)
    shown = [fronts.get(id(stack), dock) for stack in placed]
    for front in shown:
        front.raise_()
    if not has_room(window):
        window.restoreState(before)
        dock.raise_()
        return
    half_px = sizes_px[0] // 2
    wanted_px = [half_px, sizes_px[0] - half_px, *sizes_px[1:]]
    resize(window, dict(zip(shown, wanted_px, strict=True)), along)


def _find_stacks(
    window: QMainWindow, docks: list[QDockWidget], side: Qt.DockWidgetArea
) -> list[Stack]:
    """Return the docks of a side as the eye goes along it, those of one place together."""
    stacks: list[Stack] = []
    for dock in docks:
        if not any(dock in stack for stack in stacks):
            beside = window.tabifiedDockWidgets(dock)
            stacks.append([dock, *(each for each in beside if each in docks)])
    down = side in STACKED

    def place(stack: Stack) -> int:
        front = _front(window, stack)
        return front.y() if down else front.x()

    return sorted(stacks, key=place)


def _front(window: QMainWindow, stack: Stack) -> QDockWidget:
    """Return the dock that is seen of those in one place; the others lie beyond the edge."""
    room = QRect(window.rect())
    return next((dock for dock in stack if room.intersects(dock.geometry())), stack[0])


def _along(window: QMainWindow, dock: QDockWidget) -> Qt.Orientation:
    down = window.dockWidgetArea(dock) in STACKED
    return Qt.Orientation.Vertical if down else Qt.Orientation.Horizontal


def _extent(dock: QDockWidget, along: Qt.Orientation) -> int:
    return dock.width() if along is Qt.Orientation.Horizontal else dock.height()


def _is_first_tab(window: QMainWindow, dock: QDockWidget) -> bool:
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    shown = [bar for bar in bars if bar.isVisible() and bar.count() > 1]
    return any(bar.tabText(0) == dock.windowTitle() for bar in shown)
