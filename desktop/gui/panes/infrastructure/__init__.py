"""Infrastructure (设施): what is broken where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import Collection
from desktop.gui.panes.registry import Area, PaneContext, PaneSpec

if TYPE_CHECKING:
    from desktop.gui.panes.infrastructure.pane import InfrastructurePane

translate = QCoreApplication.translate


def _make(context: PaneContext) -> InfrastructurePane:
    from desktop.gui.panes.infrastructure.pane import InfrastructurePane

    return InfrastructurePane(context.screen)


SPEC: PaneSpec[InfrastructurePane] = PaneSpec(
    name="infrastructure",
    title=lambda: translate("DeskWindow", "Infrastructure"),
    area=Area.BOTTOM,
    keys=("G, F",),
    go_to=lambda: translate("Actions", "Go to the infrastructure"),
    follows=frozenset({Collection.ASSETS, Collection.TOWNSHIPS}),
    factory=_make,
    parts=(
        "desktop.gui.charts.trend",
        "desktop.gui.panes.infrastructure.matrix_cells",
        "desktop.gui.panes.infrastructure.matrix",
        "desktop.gui.panes.infrastructure.asset_list",
        "desktop.gui.panes.infrastructure.pane",
    ),
)
