"""The one map (一张图): its geometry, labels, drawing and pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import Collection
from desktop.gui.panes.registry import Area, PaneAction, PaneContext, PaneSpec, Section

if TYPE_CHECKING:
    from desktop.gui.panes.map.pane import MapPane

translate = QCoreApplication.translate


def _make(context: PaneContext) -> MapPane:
    from desktop.gui.panes.map.pane import MapPane

    return MapPane(context.screen)


SPEC: PaneSpec[MapPane] = PaneSpec(
    name="map",
    title=lambda: translate("MapPane", "One map"),
    area=Area.CENTRE,
    keys=("G, M",),
    go_to=lambda: translate("Actions", "Show on the map"),
    follows=frozenset(
        {
            Collection.TOWNSHIPS,
            Collection.LINES,
            Collection.INCIDENTS,
            Collection.ASSETS,
            Collection.WARNINGS,
        }
    ),
    factory=_make,
    actions=(
        PaneAction(
            "zoom_county",
            lambda: translate("Actions", "Whole county on the map"),
            ("Home",),
            lambda pane: pane.zoom_county(),
            Section.VIEW,
        ),
    ),
    parts=(
        "desktop.gui.panes.map.geometry",
        "desktop.gui.panes.map.layout",
        "desktop.gui.panes.map.drawing",
        "desktop.gui.panes.map.thinning",
        "desktop.gui.panes.map.stamps",
        "desktop.gui.panes.map.label_placement",
        "desktop.gui.panes.map.label_layer",
        "desktop.gui.panes.map.rendering",
        "desktop.gui.panes.map.rehearsal",
        "desktop.gui.panes.map.rendered_map",
        "desktop.gui.panes.map.viewport",
        "desktop.gui.panes.map.layer_switch",
        "desktop.gui.panes.map.furniture",
        "desktop.gui.panes.map.pane",
    ),
)
