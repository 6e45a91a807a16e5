"""Labels and fields of the upkeep's sheets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QPushButton

from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel


def make_label(screen: UiContext, role: str = "body", ink: str = "text") -> PlainLabel:
    """Return a label that wraps."""
    label = PlainLabel(screen, role, ink, elide=False)
    label.setWordWrap(True)
    return label


def make_secret_field() -> QLineEdit:
    """Return a field that shows nothing of what is typed."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def make_button(act: Callable[[], object], *, main: bool = False) -> QPushButton:
    """Return a button."""
    button = QPushButton()
    button.setProperty("main", main)
    button.clicked.connect(lambda _checked: act())
    return button
