"""收发: what has been sent, and what has not, in plain words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.changes import Changes
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.outbox.table import Outbox, read_outbox
from desktop.gui.township.page import Page

translate = QCoreApplication.translate


class SendingPage(Page):
    """Every item of this office with how far it is."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self._submitter = submitter
        self.outbox: Outbox | None = None
        inner = QWidget()
        self._rows = QVBoxLayout(inner)
        self.add_scrolling(inner)
        self.retranslate()

    def reload(self) -> None:
        board = self.screen_context.board
        self.screen_context.reader.ask(lambda: read_outbox(board), self._show, slot="sending")

    def hear(self, changed: Changes) -> None:
        if changed.commands:
            self.reload()

    def _show(self, outbox: Outbox) -> None:
        self.outbox = outbox
        waiting = len(outbox.of("waiting"))
        self.line_changed.emit(
            translate("Township", "%n still here", "", waiting)
            if waiting
            else translate("Township", "all is with the county"),
            False,
        )

    def retranslate(self) -> None:
        self.title.set_text(translate("Township", "Send and receive"))
