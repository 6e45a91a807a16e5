"""The first question of an office whose profile does not name its township: which one it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from desktop.domain.geo import Township
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.township.page import Page

translate = QCoreApplication.translate

ACROSS = 3
BUTTON_PX = 64


class ChoosePage(Page):
    """A button for each township of the county."""

    chosen = Signal(object)
    """The `Township` the clerk picked."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self._townships: Sequence[Township] = ()
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setSpacing(12)
        self.add_scrolling(self._inner)
        self.buttons: list[QPushButton] = []
        self.retranslate()

    def fold(self, is_small: bool) -> None:
        super().fold(is_small)
        self.title.show()  # No task names it.

    def offer(self, townships: Sequence[Township]) -> None:
        """Show these townships."""
        if tuple(townships) == tuple(self._townships):
            return
        self._townships = townships
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.deleteLater()
        self.buttons = [QPushButton() for _ in townships]
        for n, (button, township) in enumerate(zip(self.buttons, townships, strict=True)):
            button.setFixedHeight(BUTTON_PX)
            button.setFont(self.screen_context.theme.font("strong"))
            button.clicked.connect(partial(self.chosen.emit, township))
            self._grid.addWidget(button, n // ACROSS, n % ACROSS)
        self._grid.setRowStretch(len(townships) // ACROSS + 1, 1)
        self.retranslate()

    def open(self) -> None:
        next(iter(self.buttons), self).setFocus()

    def retranslate(self) -> None:
        words = self.screen_context.words
        self.title.set_text(translate("Township", "Which township is this?"))
        if self._townships:
            said = translate("Township", "Press the name of your township. It is asked only once.")
        else:
            said = translate(
                "Township",
                "The county has not yet sent the names of its townships. They come with the first "
                "connection; nothing has to be done here.",
            )
        self.sentence.set_text(said)
        for button, township in zip(self.buttons, self._townships, strict=True):
            button.setText(formatting.in_one_line(words.text(township.name), 40).replace("&", "&&"))
