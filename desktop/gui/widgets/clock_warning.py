"""A line of text that the submitted time will be corrected, and why."""

from __future__ import annotations

from desktop.domain.instant import Instant
from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel


class ClockWarning(PlainLabel):
    """A warning shown only while this computer's clock is wrong."""

    def __init__(self, screen: UiContext) -> None:
        self._screen = screen
        super().__init__(screen, "second", "orange_text", elide=False)
        self.setWordWrap(True)
        self.hide()
        screen.feed.ticked.connect(self._tick)

    def say(self) -> None:
        """Show what is wrong with the clock now, or hide."""
        problem, words = self._screen.board.clock_problem(), self._screen.words
        said = None if problem is None else words.problem(problem)
        parts = () if said is None else (said.happened, said.meaning)
        self.set_text(("" if words.chinese else " ").join(parts))
        self.setVisible(bool(parts))

    def _tick(self, _now: Instant) -> None:
        self.say()
