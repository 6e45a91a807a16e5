"""A telephone number in large figures, which one click copies."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate


class NumberLine(QWidget):
    """The number and its button; nothing is ever dialled."""

    def __init__(self, screen: UiContext, number: str) -> None:
        super().__init__()
        self._number = number
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.label = PlainLabel(screen, "title", elide=False)
        self.label.set_text(number)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = QPushButton(translate("Directory", "Copy"))
        name = translate("Directory", "Copy {number}")
        self.copy_button.setAccessibleName(name.format(number=number))
        self.copy_button.clicked.connect(self._copy)
        row.addWidget(self.label, 1)
        row.addWidget(self.copy_button)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._number)
        self.copy_button.setText(translate("Directory", "Copied"))
