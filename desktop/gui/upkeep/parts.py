"""Labels and fields of the upkeep's sheets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel


class ChoiceBox(QComboBox):
    """A box to choose from, with a sign that it opens."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.ButtonText))
            room = self.rect().adjusted(0, 0, -8, 0)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, int(right), "▾")


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
