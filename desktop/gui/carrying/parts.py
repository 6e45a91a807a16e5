"""The labels and buttons of sheets for people who seldom use a computer: large, and wrapped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel

BUTTON_PX = 44


def make_label(screen: UiContext, role: str = "body") -> PlainLabel:
    """Return a label that wraps."""
    ink = "second" if role == "second" else "text"
    label = PlainLabel(screen, role, ink, elide=False)
    label.setWordWrap(True)
    return label


def make_button(act: Callable[[], object], *, main: bool = False) -> QPushButton:
    """Return a large button."""
    button = QPushButton()
    button.setMinimumHeight(BUTTON_PX)
    button.setProperty("main", main)
    button.setProperty("large", True)
    button.clicked.connect(lambda _checked: act())
    return button
