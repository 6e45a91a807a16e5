"""The frame of a pane with a list, which leaves the window in files, on paper and as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication

from desktop.gui.panes.pane import Pane

if TYPE_CHECKING:
    from desktop.application.export.columns import Columns
    from desktop.gui.list_export import ListSnapshot

R = TypeVar("R")


class ListPane(Pane):
    """A pane with a list, which goes to files, to paper and, what is picked, to the clipboard."""

    def snapshot(self) -> ListSnapshot[Any]:
        """Return the list as shown, with its columns."""
        raise NotImplementedError

    def limits(self) -> list[str]:
        """Return what the list is limited to, each limit in the words of its control."""
        return []

    def describe_picked(self) -> list[str]:
        """Return the picked rows in words, line by line; nothing if none is picked."""
        raise NotImplementedError

    def as_snapshot(self, columns: Columns[R], rows: Iterable[R], count: int) -> ListSnapshot[R]:
        """Return these rows as the pane's list, with its title, the time of its data and what it is
        limited to."""
        from desktop.gui.list_export import ListSnapshot, say_limits

        said = say_limits(self.data_time(), self.limits())
        return ListSnapshot(self.head.title.text(), said, columns, rows, count, self.why_empty())

    def copy(self) -> bool:
        lines = self.describe_picked()
        if lines:
            QApplication.clipboard().setText("\n".join([self.data_time(), *lines]))
        return bool(lines)

    def save(self) -> bool:
        from desktop.gui.list_export import offer_to_save

        offer_to_save(self.screen_context, self, self.snapshot, self.failed.emit)
        return True

    def print_rows(self) -> bool:
        from desktop.gui.list_export import ask_printer

        ask_printer(self.screen_context, self, self.snapshot(), self.failed.emit)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (event.matches(QKeySequence.StandardKey.Copy) and self.copy()):
            super().keyPressEvent(event)
