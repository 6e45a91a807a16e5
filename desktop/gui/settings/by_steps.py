"""The sheet of the settings, imported and built a step at a time: no step holds the screen up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.gui.context import UiContext
from desktop.gui.slices import Slices, modules
from desktop.gui.widgets.sheet import find_laid

if TYPE_CHECKING:
    from desktop.gui.settings.sheet import SettingsSheet

PARTS = (
    *(f"desktop.application.settings.{name}" for name in ("forms", "entries")),
    "desktop.gui.settings_screen",
    *(
        f"desktop.gui.settings.{name}"
        for name in (
            *("fields", "entry_row", "entries_page", "fault_text", "writing", "file_bar"),
            *("file_page", "kept_page", "source_fields", "typed_secrets", "source_form"),
            *("sources_page", "panel", "sheet"),
        )
    ),
)
"""Modules that a desk does without until somebody wants its settings; each comes after those it
imports."""


class LateSettings:
    """The sheet of the profile's settings over a window: it comes by steps when first wanted."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        self._screen, self._window = screen, window
        self._slices = Slices(window)
        self._sheet: SettingsSheet | None = None

    def toggle(self) -> None:
        """Lay the sheet or take it away; nothing where this program has no settings to show."""
        if self._slices.is_running:
            self._slices.close()  # It is on its way, and wanted no more.
        elif self._sheet is not None:
            self._sheet.toggle()
        elif self._screen.settings is not None:
            self._slices.begin(self.steps())

    def steps(self) -> Iterator[None]:
        """Return steps that import what the sheet is made of, make it, build its first page, and
        lay it, unless another was laid over the window since they were asked for."""
        return self._lay_unless_other(find_laid(self._window))

    def close_runner(self) -> None:
        """Run no further step, and wait for what the sheet has under way."""
        self._slices.close()
        if self._sheet is not None:
            self._sheet.close_runner()

    def _lay_unless_other(self, before: QWidget | None) -> Iterator[None]:
        yield from modules(PARTS)
        sheet = self._sheet = self._make()
        yield
        sheet.panel.build_first()
        yield
        if find_laid(self._window) in (before, None):
            sheet.lay()

    def _make(self) -> SettingsSheet:
        from desktop.gui.settings.sheet import SettingsSheet

        assert self._screen.settings is not None
        return SettingsSheet(self._screen, self._window, self._screen.settings())
