"""An entry of a place: picked on the map, or taken from something picked already."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from desktop.domain.geo import Place
from desktop.gui.context import UiContext
from desktop.gui.forms.field_widgets import Entry
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

DIGITS = 5
"""Decimals of a degree: about a metre."""


class PlaceEntry(Entry):
    """Longitude and latitude, never typed by hand."""

    map_asked = Signal()
    """The officer wants to click on the map."""

    def __init__(self, screen: UiContext, near: Place | None) -> None:
        super().__init__(screen)
        self._near = near
        self._place: tuple[float, float] | None = None
        self.map_button, self.same_button, self.clear_button = (QPushButton() for _ in range(3))
        self.said = PlainLabel(screen, "number", "second", elide=False)
        self.map_button.clicked.connect(self.map_asked)
        self.same_button.clicked.connect(self._take_near)
        self.clear_button.clicked.connect(lambda: self.show_place(None))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.said, self.map_button, self.same_button, self.clear_button):
            row.addWidget(widget)
        row.addStretch(1)
        self.setFocusProxy(self.map_button)
        self.retranslate()

    def show_place(self, place: Place | None) -> None:
        """Show the place the officer chose, or none."""
        self._place = None if place is None else (place.lon, place.lat)
        self.retranslate()
        self.changed.emit()

    def value(self) -> list[float] | None:
        return [round(part, DIGITS) for part in self._place] if self._place else None

    def put(self, value: Any) -> None:
        if isinstance(value, list) and len(value) == 2:
            self._place = (float(value[0]), float(value[1]))
            self.retranslate()

    def retranslate(self) -> None:
        self.map_button.setText(translate("CommandForm", "Pick on the map"))
        self.same_button.setText(translate("CommandForm", "Where the picked one is"))
        self.clear_button.setText(translate("CommandForm", "Without"))
        self.said.setVisible(self._place is not None)
        self.clear_button.setVisible(self._place is not None)
        self.same_button.setVisible(self._near is not None and self._place is None)
        if self._place is not None:
            lon, lat = self._place
            self.said.set_text(f"{lon:.{DIGITS}f}, {lat:.{DIGITS}f}")

    def _take_near(self) -> None:
        self.show_place(self._near)
