"""What the fields of forms and of the settings window are put together from."""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.theme import restyle


class Chip(QPushButton):
    """One of a few; arrow keys choose the next, also where none was chosen yet."""

    def __init__(self) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setAutoExclusive(True)  # One of several, also to a reader of the screen.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        reached = QApplication.focusWidget()
        if reached is not self and isinstance(reached, Chip) and not reached.isChecked():
            reached.click()


def stack_parts(field: QWidget, *parts: QWidget) -> None:
    """Lay out the parts of a field below one another; the first gets the focus."""
    column = QVBoxLayout(field)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for part in parts:
        column.addWidget(part)
    field.setFocusProxy(parts[0])


def mark_parts(field: QWidget, wrong: bool) -> None:
    """Mark what can be typed into of a field whose value cannot be used."""
    for part in field.findChildren(QWidget):
        if isinstance(part, QLineEdit | QPlainTextEdit | QAbstractSpinBox):
            restyle(part, "wrong", wrong)
