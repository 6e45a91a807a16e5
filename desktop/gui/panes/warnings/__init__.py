"""Warnings (预警) in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import Collection
from desktop.gui.panes.registry import WIDE_PX, Area, PaneContext, PaneSpec

if TYPE_CHECKING:
    from desktop.gui.panes.warnings.pane import WarningsPane

translate = QCoreApplication.translate


def _make(context: PaneContext) -> WarningsPane:
    from desktop.gui.panes.warnings.pane import WarningsPane

    return WarningsPane(context.screen)


SPEC: PaneSpec[WarningsPane] = PaneSpec(
    name="warnings",
    title=lambda: translate("DeskWindow", "Warnings"),
    area=Area.BOTTOM,
    keys=("G, W",),
    go_to=lambda: translate("Actions", "Go to the warnings"),
    follows=frozenset({Collection.WARNINGS, Collection.TOWNSHIPS}),
    factory=_make,
    width=lambda window_px: (
        max(460, window_px * 18 // 100) if window_px >= WIDE_PX else window_px * 25 // 100
    ),
    parts=(
        "desktop.gui.panes.warnings.warning_text",
        "desktop.gui.panes.warnings.model",
        "desktop.gui.panes.warnings.painter",
        "desktop.gui.panes.warnings.pane",
    ),
)
