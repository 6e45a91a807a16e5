"""A sheet that tells of the sources, and keeps up with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.domain.instant import Instant
from desktop.domain.source import SourceStatus
from desktop.gui.context import UiContext
from desktop.gui.widgets.sheet import Sheet


class StatusSheet(Sheet):
    """A sheet that is filled again whenever something changed, or a source measured."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, 640)
        self._area = self.scrolling()
        self._shown: tuple[SourceStatus, ...] = ()
        screen.feed.changed.connect(lambda _changed: self.refresh())
        screen.feed.ticked.connect(self._tick)

    def _tick(self, _now: Instant) -> None:
        # Of what only passes, such as a time or a measured speed, nothing else tells.
        if self.isVisible() and self._screen.board.statuses() != self._shown:
            self.refresh()

    def fill(self) -> None:
        self._shown = self._screen.board.statuses()

    def show_page(self, page: QWidget, measure: Callable[[int], int]) -> None:
        """Show a page in place of the one before, as far down as that was.

        `measure` returns its height at a width.
        """
        place = self._area.verticalScrollBar().value()
        self._area.setWidget(page)
        self.fit(measure(self.width() - 24))
        self._area.verticalScrollBar().setValue(place)
