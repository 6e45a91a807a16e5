"""The panes of one window, and what leads from one of them to the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication

from desktop.application.ports import IncidentRow
from desktop.domain.command import Collection, Key
from desktop.gui.desk.actions import Action
from desktop.gui.panes.bare import BarePane
from desktop.gui.panes.registry import PaneAction, PaneSpec


class PaneSet(dict[str, BarePane]):
    """Every pane by its name in the registry; late ones come in place of those that wait."""

    opened: Key | None = None
    """The incident that was last opened, for panes that come later."""

    def each(self, act: Callable[[BarePane], None]) -> None:
        """Do this with every pane."""
        for pane in self.values():
            act(pane)

    def first(self, act: Callable[[BarePane], bool]) -> None:
        """Do this with the pane that has the keyboard, else with the first that can."""
        focused = QApplication.focusWidget()
        panes = list(self.values())
        panes.sort(key=lambda pane: not (focused and pane.isAncestorOf(focused)))
        any(act(pane) for pane in panes)

    def share(self, origin: BarePane, key: Key) -> None:
        """Have the other panes show what was picked in this one, the map included."""
        self.open(key, origin.current_line(), origin)
        self.locate(key)

    def open(
        self, key: Key, row: IncidentRow | None = None, origin: BarePane | None = None
    ) -> None:
        """Open this item in every pane that shows such, but for the one it was picked in."""
        if key.collection is Collection.INCIDENTS:
            self.opened = key
        for pane in self.values():
            if pane is not origin:
                pane.open_item(key, row)

    def locate(self, key: Key) -> None:
        """Bring this item into view where panes show where things are."""
        self.each(lambda pane: pane.locate_item(key))

    def show_township(self, code: str) -> None:
        """Narrow what is listed to one township."""
        self.each(lambda pane: pane.show_township(code))

    def ask_spot(self) -> None:
        """Ask the officer for a place on the map."""
        self.each(lambda pane: pane.ask_spot())

    def open_late(self, pane: BarePane) -> None:
        """Have a pane that came later show what was opened before."""
        if self.opened is not None:
            pane.open_item(self.opened)
            pane.locate_item(self.opened)

    def actions(self, specs: tuple[PaneSpec[Any], ...]) -> list[Action]:
        """Everything that can be done with these panes from anywhere in the window."""
        return [
            Action(
                act.name, act.title, act.keys, partial(self._act, spec.name, act),
                act.section, act.repeats,
            )
            for spec in specs
            for act in spec.every_action
        ]  # fmt: skip

    def _act(self, name: str, action: PaneAction[Any]) -> None:
        """Do an action of a pane, once it is there and what it is about is known."""
        pane = self[name]
        if pane.is_waiting:
            return
        act = partial(action.run, pane)
        if not (action.after_pick and any(one.wait_for_pick(act) for one in self.values())):
            act()
