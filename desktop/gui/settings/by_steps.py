"""The sheet of the settings, imported and built a step at a time: no step holds the screen up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.gui.slices import modules
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


def lay_by_steps(window: QWidget, make: Callable[[], SettingsSheet]) -> Iterator[None]:
    """Return steps that import what the sheet is made of, make it, build its first page, and lay
    it, unless another was laid over the window since they were asked for."""
    before = find_laid(window)

    def steps() -> Iterator[None]:
        yield from modules(PARTS)
        sheet = make()
        yield
        sheet.panel.build_first()
        yield
        if find_laid(window) in (before, None):
            sheet.lay()

    return steps()
