"""An entry of the source a new incident goes to, if several sources take it."""

from __future__ import annotations

from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.forms.field_widgets import ChipEntry


class SourceEntry(ChipEntry):
    """A choice of the sources by their titles; the first is chosen."""

    def __init__(self, screen: UiContext, takers: tuple[SourceStatus, ...]) -> None:
        self._titles = {status.id: status.title for status in takers}
        super().__init__(screen, tuple(self._titles))
        self.chips[takers[0].id].setChecked(True)

    def say(self, code: str) -> str:
        return formatting.in_one_line(self.screen_context.words.text(self._titles[code]), 30)
