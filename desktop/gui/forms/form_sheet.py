"""A form laid over the window, for commands that have no place in the detail pane."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.geo import Place
from desktop.domain.source import SourceStatus
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.command_form import CommandForm
from desktop.gui.forms.command_request import CommandRequest
from desktop.gui.theme import PIXELS
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 640
"""The width at a desk; larger type has more."""


class FormSheet(Sheet):
    """A sheet with one form; closing it keeps the entries as a draft."""

    map_asked = Signal()

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(
            screen, window, WIDTH_PX * screen.theme.font("body").pixelSize() // PIXELS["body"]
        )
        self.form = CommandForm(screen, submitter, wide=True)
        self.form.title.hide()
        self.form.left.connect(self._end)
        self.form.map_asked.connect(self._step_aside)
        self._aside = False
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(8)
        column.addWidget(self.form)
        column.addStretch(1)
        self._area = self.scrolling()
        self._area.setWidget(inner)
        self._inner = inner

    def ask(self, task: CommandRequest, takers: tuple[SourceStatus, ...] = ()) -> None:
        """Open the sheet with the form of this command."""
        before = self._window.focusWidget()
        self.form.open(task, takers)
        self.lay()
        if not self.isAncestorOf(before):
            self._before = before
        self.form.open(task, takers)

    def fill(self) -> None:
        self.form.say_words()
        self.title.set_text(self.form.title.text())
        self.fit(self._inner.heightForWidth(self._width - 4))

    def put_away(self) -> None:
        super().put_away()
        if self.form.task is not None and not self._aside:
            self.form.leave()

    def come_back(self, place: Place | None) -> None:
        """Take the place picked on the map and open the sheet again."""
        self._aside = False
        self.form.show_place(place)
        if self.form.task is not None:
            self.ask(self.form.task)

    def _end(self, held: bool) -> None:
        self.put_away()
        if held:
            self._give_back()

    def _step_aside(self) -> None:
        self._aside = True
        self.put_away()
        self.map_asked.emit()
