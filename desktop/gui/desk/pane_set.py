"""The panes of one window, and the navigation between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication

from desktop.application.ports import IncidentRow
from desktop.domain.command import Collection, Key
from desktop.domain.geo import Place
from desktop.gui.desk.actions import Action
from desktop.gui.desk.layout import Layout
from desktop.gui.panes.bare import BarePane
from desktop.gui.panes.registry import PaneAction, PaneSpec, Section


class PaneSet(dict[str, BarePane]):
    """All panes by their name in the registry; a late pane replaces its placeholder."""

    opened: Key | None = None
    """The incident opened last, for panes that come later."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout
        self._asked: tuple[str, PaneAction[Any]] | None = None
        """The last action on a pane that was not there yet."""
        self._take_spot: Callable[[Place | None], None] = lambda _place: None

    def each(self, act: Callable[[BarePane], None]) -> None:
        """Call this with every pane."""
        for pane in self.values():
            act(pane)

    def first(self, act: Callable[[BarePane], bool]) -> None:
        """Call this with the pane that has the keyboard, then with others, until one returns
        True."""
        focused = QApplication.focusWidget()
        panes = list(self.values())
        panes.sort(key=lambda pane: not (focused and pane.isAncestorOf(focused)))
        any(act(pane) for pane in panes)

    def share(self, origin: BarePane, key: Key) -> None:
        """Show the item picked in this pane in the other panes, the map included."""
        self.open(key, origin.current_line(), origin)
        self.locate(key)
        nearby = origin.nearby_keys()
        self.each(lambda pane: pane.prepare_items(nearby))

    def open(
        self, key: Key, row: IncidentRow | None = None, origin: BarePane | None = None
    ) -> None:
        """Open this item in every pane that shows its kind, except where it was picked."""
        if key.collection is Collection.INCIDENTS:
            self.opened = key
        for pane in self.values():
            if pane is not origin:
                pane.open_item(key, row)

    def locate(self, key: Key) -> None:
        """Bring this item into view in panes that show places."""
        self.each(lambda pane: pane.locate_item(key))

    def show_township(self, code: str) -> None:
        """Limit the lists to one township."""
        self.each(lambda pane: pane.show_township(code))

    def ask_spot(self, take: Callable[[Place | None], None]) -> None:
        """Ask the officer for a place on the map; `take` gets it, or None when he cancelled."""
        self._take_spot = take
        self._layout.call("map")
        self.each(lambda pane: pane.ask_spot())

    def give_spot(self, place: Place | None) -> None:
        """Give a place picked on the map to whoever asked last."""
        self._take_spot(place)

    def open_late(self, pane: BarePane) -> None:
        """Show the incident opened before in a pane that came later."""
        if self.opened is not None:
            pane.open_item(self.opened)
            pane.locate_item(self.opened)

    def act_late(self, name: str) -> None:
        """Run the last action asked of this pane before it came, unless another's came after."""
        if self._asked is not None and self._asked[0] == name:
            self._act(*self._asked)

    def actions(self, specs: tuple[PaneSpec[Any], ...]) -> list[Action]:
        """Return all actions of these panes that work anywhere in the window."""
        return [
            Action(
                act.name, act.title, act.keys, partial(self._act, spec.name, act),
                act.section, act.repeats,
            )
            for spec in specs
            for act in spec.every_action
        ]  # fmt: skip

    def _act(self, name: str, action: PaneAction[Any]) -> None:
        """Run an action of a pane, once the pane is there and the picked row is loaded.

        A hidden pane is shown first; going to one that is shown on call hides it again.
        """
        pane = self[name]
        self._asked = (name, action) if pane.is_waiting else None
        if pane.is_waiting or (action.section is Section.GO and self._layout.put_away(name)):
            return
        self._layout.call(name)
        act = partial(action.run, pane)
        if not (action.after_pick and any(one.wait_for_pick(act) for one in self.values())):
            act()
