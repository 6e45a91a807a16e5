"""The reason for an empty list, in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel


class EmptyState(QWidget):
    """A title and a sentence that explain why a list is empty."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self.title = PlainLabel(screen, "strong", "second", elide=False)
        self.sentence = PlainLabel(screen, "second", "second", elide=False)
        for label in (self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(4)
        layout.addStretch(2)
        layout.addWidget(self.title)
        layout.addWidget(self.sentence)
        layout.addStretch(3)

    def say(self, title: str, sentence: str = "") -> None:
        """Show these words."""
        self.title.set_text(title)
        self.sentence.set_text(sentence)
