"""The methods of every pane that the window calls, and the signals of panes to the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import Overview
from desktop.domain.command import Key
from desktop.gui.language import Retranslated
from desktop.gui.widgets.focus import find_stops, give_keyboard

if TYPE_CHECKING:
    from desktop.gui.list_export import ListSnapshot


class BarePane(Retranslated, QWidget):
    """A pane without a frame; a method that does not concern a pane keeps its default."""

    picked = Signal(object)
    """The `Key` the officer picked here: the other panes open it."""
    located = Signal(object)
    """The `Key` to show on the map."""
    detail_asked = Signal()
    """The officer wants to go to the detail of what is picked."""
    form_asked = Signal(object, object)
    """A `CommandRequest` to be filled in over the window, and the sources that may take it."""
    spot_picked = Signal(object)
    """The `Place` asked for by `ask_spot`, or None when the officer cancelled."""
    failed = Signal(object)
    """The `Problem` that prevented an action started here."""
    unread_asked = Signal()
    """The officer wants to see what could not be read, and why."""

    is_waiting = False
    """Whether it is a placeholder until the first paint is over."""

    def show_first(self) -> None:
        """Show the content of the first paint."""

    def complete(self, _window: QWidget) -> None:
        """Add what the first paint left out; every pane is in this window now."""

    def reload(self) -> None:
        """Read the data again; what is shown stays until the answer is there."""

    def open_item(self, _key: Key, _row: IncidentRow | None = None) -> None:
        """Show this item if the pane shows its kind; `_row` is its row in a list, if loaded."""

    def nearby_keys(self) -> Sequence[Key]:
        """Return the items that the officer may step to next, the likeliest first."""
        return ()

    def prepare_items(self, _keys: Sequence[Key]) -> None:
        """Read these items ahead, should the officer step to them; others read ahead may go."""

    def locate_item(self, _key: Key) -> None:
        """Bring this item into view if the pane shows places."""

    def ask_spot(self) -> None:
        """Ask the officer for a place, if the pane has a map; `spot_picked` returns it."""

    def show_overview(self, _overview: Overview) -> None:
        """Show the county's figures."""

    def show_township(self, _code: str | None) -> None:
        """Limit the list to one township, or to none."""

    def current_line(self) -> IncidentRow | None:
        """Return the list's row that the officer is on, once that is loaded."""
        return None

    def wait_for_pick(self, _act: Callable[[], None]) -> bool:
        """Run this once the picked row is loaded; False when none is being loaded."""
        return False

    def copy(self) -> bool:
        """Copy the picked row to the clipboard as text; False if none is picked."""
        return False

    def save(self) -> bool:
        """Offer to write the rows to a file; False if the pane has none of its own."""
        return False

    def tables(self) -> Sequence[ListSnapshot[Any]]:
        """Return what the pane draws as tables, the chief one first; none if it draws nothing."""
        return ()

    def print_rows(self) -> bool:
        """Offer to print the rows; False if the pane has no page of its own."""
        return False

    def take_keyboard(self) -> None:
        """Give the keyboard to the pane's list, else to the first part of it that takes keys."""
        stops, main = find_stops(self), self.focusProxy()
        first = main if main in stops else next(iter(stops), None)
        if first is not None:
            give_keyboard(first, Qt.FocusReason.ShortcutFocusReason)

    def leave_form(self) -> bool:
        """Close a form that is open in the pane; False if none is."""
        return False

    def step_back(self) -> bool:
        """Clear the pane's filter, else leave the picked row; False if there is neither."""
        return False

    def keep(self) -> None:
        """Store unsubmitted text now."""
