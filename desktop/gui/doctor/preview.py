"""The support bundle as it would leave: a list of its parts, and the text of each."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.diagnostics.support.bundle import Part
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.focus import FocusFrame

translate = QCoreApplication.translate

LIST_PX = 200


class BundlePreview(QWidget):
    """The parts at the left, the text of the one picked beside them."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self.parts: tuple[Part, ...] = ()
        self.listed, self.text, self.hosts = QListWidget(), QPlainTextEdit(), QPushButton()
        self.listed.setFixedWidth(LIST_PX)
        self.listed.currentRowChanged.connect(self._show_text)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.hosts.setCheckable(True)
        for part in (self.listed, self.text, self.hosts):
            part.setFont(screen.theme.font("body"))
        FocusFrame(self.listed, screen.theme)
        beside = QHBoxLayout()
        beside.setSpacing(8)
        beside.addWidget(self.listed)
        beside.addWidget(self.text, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 4)
        column.setSpacing(8)
        column.addLayout(beside, 1)
        row = QHBoxLayout()
        row.addWidget(self.hosts)
        row.addStretch(1)
        column.addLayout(row)

    def retranslate(self) -> None:
        """Say all in the language in force."""
        self.hosts.setText(translate("DoctorSheet", "With the names of servers"))
        self.listed.setAccessibleName(translate("DoctorSheet", "Parts of the support bundle"))
        self.text.setAccessibleName(translate("DoctorSheet", "Text of the part"))

    def show_parts(self, parts: tuple[Part, ...]) -> None:
        """Show these parts, of which the first, or the one picked before, is picked."""
        row = max(0, self.listed.currentRow())
        self.parts = parts
        self.listed.clear()
        for part in parts:
            size = formatting.size(len(part.text.encode()))
            self.listed.addItem(f"{part.name} · {size}")
        self.listed.setCurrentRow(row)

    def _show_text(self, row: int) -> None:
        if 0 <= row < len(self.parts):
            self.text.setPlainText(self.parts[row].text)
