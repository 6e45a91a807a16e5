"""A sheet on which photos are attached to a case."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.command import Key
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.panes.detail.attach_panel import AttachPanel
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX, CONTENT_PX = 720, 420


class PhotosSheet(Sheet):
    """The files chosen for one case, until they are attached or left."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self.panel = AttachPanel(screen, submitter)
        self.panel.opened.connect(self.lay)
        self.panel.left.connect(lambda _held: self.put_away())
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 8)
        column.addWidget(self.panel)
        column.addStretch(1)
        self.scrolling().setWidget(inner)

    def ask(self, key: Key) -> None:
        """Let the clerk choose photos for this case."""
        self.panel.ask_file(key)

    def fill(self) -> None:
        self.title.set_text(translate("Township", "Photos and files"))
        self.fit(CONTENT_PX)
