"""The labels and buttons of sheets for people who seldom use a computer: large, and wrapped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.label import PlainLabel

BUTTON_PX, PAD_PX = 44, 10


def make_label(screen: UiContext, role: str = "body") -> PlainLabel:
    """Return a label that wraps."""
    ink = "second" if role == "second" else "text"
    label = PlainLabel(screen, role, ink, elide=False)
    label.setWordWrap(True)
    return label


def make_button(act: Callable[[], object], *, main: bool = False) -> QPushButton:
    """Return a large button."""
    button = QPushButton()
    button.setProperty("main", main)
    _enlarge(button, act)
    return button


class RowButton(QPushButton):
    """A large button as wide as there is room; a tip has what is cut off its words."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._said = ""
        self.setProperty("keyed", True)  # What it says begins at the left.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        _enlarge(self, act)

    def say(self, text: str) -> None:
        """Show this text."""
        self._said = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = formatting.elide(self._said, self.fontMetrics(), self.width() - 2 * PAD_PX)
        self.setText(shown.replace("&", "&&"))
        set_tip(self, "" if shown == self._said else self._said)


def _enlarge(button: QPushButton, act: Callable[[], object]) -> None:
    button.setMinimumHeight(BUTTON_PX)
    button.setProperty("large", True)
    button.clicked.connect(lambda _checked: act())
