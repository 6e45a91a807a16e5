"""The files of an incident: what they are, how large, and where each one is."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.views import IncidentDetail
from desktop.gui.context import Screen


class FileList(QWidget):
    """One line for each file."""

    def __init__(self, screen: Screen, detail: IncidentDetail) -> None:
        super().__init__()
        self._screen = screen
        self.count = len(detail.incident.files)
        self._column = QVBoxLayout(self)
