"""What the window asks of every pane, and what a pane may ask of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import Overview
from desktop.domain.command import Key
from desktop.gui.language import Retranslated


class BarePane(Retranslated, QWidget):
    """A pane without a frame; what does not concern it, it need not answer."""

    picked = Signal(object)
    """The `Key` of what the officer chose here: the other panes open it."""
    located = Signal(object)
    """The `Key` of what is to be shown on the map."""
    form_asked = Signal(object, object)
    """A `CommandRequest` to be filled in over the window, and the sources that may take it."""
    spot_picked = Signal(object)
    """The `Place` asked for by `ask_spot`, or None when the officer called it off."""
    failed = Signal(object)
    """The `Problem` because of which something asked for here was not done."""
    unread_asked = Signal()
    """What could not be read is to be shown, and why."""

    is_waiting = False
    """Whether it only stands where a pane will be once the first paint is over."""

    def show_first(self) -> None:
        """Show what the first paint is to hold."""

    def complete(self, _window: QWidget) -> None:
        """Add what the first paint did without; every pane is in this window now."""

    def reload(self) -> None:
        """Ask the board again; what is shown stays until the answer is there."""

    def open_item(self, _key: Key, _row: IncidentRow | None = None) -> None:
        """Show this item if the pane shows such; `_row` is what a list knows of it already."""

    def locate_item(self, _key: Key) -> None:
        """Bring this item into view if the pane shows where things are."""

    def ask_spot(self) -> None:
        """Ask the officer for a place, if the pane has a map; `spot_picked` brings it."""

    def show_overview(self, _overview: Overview) -> None:
        """Take in the county's figures."""

    def show_township(self, _code: str | None) -> None:
        """Narrow what is listed to one township, or to none."""

    def current_line(self) -> IncidentRow | None:
        """What is known of the row the officer is on, once that is loaded."""
        return None

    def wait_for_pick(self, _act: Callable[[], None]) -> bool:
        """Do this once the picked row is known; False when none is waited for."""
        return False

    def copy(self) -> bool:
        """Put the picked row on the clipboard as text; False where none is picked."""
        return False

    def save(self) -> bool:
        """Offer to write the rows to a file; False where a pane has none of its own."""
        return False

    def print_rows(self) -> bool:
        """Offer to print the rows; False where a pane has no page of its own."""
        return False

    def take_keyboard(self) -> None:
        """Give the keyboard to the first part of the pane that takes it."""
        self.setFocus()
        if not self.hasFocus():
            for child in self.findChildren(QWidget):
                if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisibleTo(self):
                    child.setFocus()
                    return

    def leave_form(self) -> bool:
        """Close a form that is open in the pane; False where none is."""
        return False

    def step_back(self) -> bool:
        """Undo what narrows the pane, then leave the picked row; False where there is neither."""
        return False

    def keep(self) -> None:
        """Have what is written but not given written down now."""
