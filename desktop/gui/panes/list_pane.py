"""The frame of a pane with a list, which leaves the window in files, on paper and as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication

from desktop.gui.panes.pane import Pane

if TYPE_CHECKING:
    from desktop.gui.list_export import ListSnapshot


class ListPane(Pane):
    """A pane with a list, which goes to files, to paper and, what is picked, to the clipboard."""

    def snapshot(self) -> ListSnapshot[Any]:
        """Return the list as shown, with its columns."""
        raise NotImplementedError

    def describe_picked(self) -> list[str]:
        """Return the picked rows in words, line by line; nothing if none is picked."""
        raise NotImplementedError

    def copy(self) -> bool:
        lines = self.describe_picked()
        if lines:
            QApplication.clipboard().setText("\n".join([self.data_time(), *lines]))
        return bool(lines)

    def save(self) -> bool:
        from desktop.gui.list_export import offer_to_save

        offer_to_save(self.screen_context, self, self.snapshot, self.failed.emit)
        return True

    def tables(self) -> Sequence[ListSnapshot[Any]]:
        return (self.snapshot(),)

    def print_rows(self) -> bool:
        from desktop.gui.list_export import ask_printer

        ask_printer(self.screen_context, self, self.snapshot(), self.failed.emit)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (event.matches(QKeySequence.StandardKey.Copy) and self.copy()):
            super().keyPressEvent(event)
