"""查一查: what is known here, found without the network by words or pinyin initials."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.panes.incidents.search_field import SearchField
from desktop.gui.township.page import Page

translate = QCoreApplication.translate


class LookUpPage(Page):
    """One field, and below it what was found."""

    def __init__(self, screen: UiContext, _submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self.search = SearchField()
        self.column.addWidget(self.search)
        self.column.addStretch(1)
        self.setFocusProxy(self.search)
        self.retranslate()

    def retranslate(self) -> None:
        self.title.set_text(translate("Township", "Look up"))
