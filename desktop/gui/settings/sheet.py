"""The settings laid over a desk's or an office's window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.gui.context import UiContext
from desktop.gui.settings.panel import SettingsPanel
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.theme import PIXELS
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX, HEIGHT_PX = 1040, 660


class SettingsSheet(Sheet):
    """A sheet with all settings of the profile that is open."""

    def __init__(self, screen: UiContext, window: QWidget, settings: SettingsScreen) -> None:
        self._scale = screen.theme.font("body").pixelSize() / PIXELS["body"]
        super().__init__(screen, window, round(WIDTH_PX * self._scale))
        self.panel = SettingsPanel(settings)
        self.body.addWidget(self.panel, 1)

    def lay(self) -> None:
        self.panel.open()
        super().lay()
        self.panel.search.setFocus()

    def fill(self) -> None:
        self.title.set_text(translate("Settings", "Settings"))

    def sheet_height(self) -> int:
        return round(HEIGHT_PX * self._scale)

    def close_runner(self) -> None:
        """Finish what is on its way into the file; the window is about to close."""
        self.panel.close_runners()
