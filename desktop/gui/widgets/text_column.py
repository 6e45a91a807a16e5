"""A column of plain-text paragraphs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.gui.context import UiContext
from desktop.gui.widgets.folded import make_bounded_label
from desktop.gui.widgets.label import PlainLabel


class TextColumn(QWidget):
    """A column of plain-text lines, each as tall as its text needs."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._unfolded: set[str] = set()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 8, 16, 8)
        self._layout.setSpacing(4)

    def add(self, text: str, role: str = "body", color: str = "text") -> None:
        """Add a line that wraps and can be copied."""
        if not text:
            return
        label = PlainLabel(self._screen, role, color, elide=False)
        label.setWordWrap(True)
        label.set_text(text)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layout.addWidget(label)

    def add_long(self, text: str) -> None:
        """Add a backend's text, folded when it is too long for what is below it."""
        if text:
            self._layout.addWidget(make_bounded_label(self._screen, text, self._unfolded))

    def add_buttons(self, *buttons: tuple[str, Callable[[], None]]) -> None:
        """Add a row of small buttons under the line before."""
        row = QHBoxLayout()
        for text, press in buttons:
            button = QPushButton(text)
            button.clicked.connect(press)
            row.addWidget(button)
        row.addStretch(1)
        self._layout.addLayout(row)

    def add_widget(self, widget: QWidget) -> None:
        """Add a line that is a widget of its own."""
        self._layout.addWidget(widget)

    def add_gap(self) -> None:
        """Add a little room between groups."""
        self._layout.addSpacing(12)

    def end(self) -> None:
        """Keep the lines at the top."""
        self._layout.addStretch(1)
