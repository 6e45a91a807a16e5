"""The list of incidents, most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import Collection
from desktop.gui.panes.registry import (
    SMALL_PX,
    VAST_PX,
    WIDE_PX,
    Area,
    Arrival,
    PaneAction,
    PaneContext,
    PaneSpec,
    Section,
)

if TYPE_CHECKING:
    from desktop.gui.panes.incidents.pane import IncidentPane

translate = QCoreApplication.translate


def _width(window_px: int) -> int:
    if window_px >= WIDE_PX:
        return 680 if window_px >= VAST_PX else 520
    return 340 if window_px < SMALL_PX else 400


def _make(context: PaneContext) -> IncidentPane:
    from desktop.gui.panes.incidents.pane import IncidentPane

    return IncidentPane(context.screen)


SPEC: PaneSpec[IncidentPane] = PaneSpec(
    name="incidents",
    title=lambda: translate("DeskWindow", "Incidents"),
    area=Area.LEFT,
    keys=("G, I",),
    go_to=lambda: translate("Actions", "Go to the incidents"),
    follows=frozenset({Collection.INCIDENTS, Collection.TOWNSHIPS}),
    factory=_make,
    actions=(
        PaneAction(
            "search",
            lambda: translate("Actions", "Search incidents"),
            ("/", "Ctrl+F"),
            lambda pane: pane.begin_search(),
            Section.FIND,
        ),
        PaneAction(
            "next",
            lambda: translate("Actions", "Next incident"),
            ("J",),
            lambda pane: pane.step(1),
            Section.FIND,
            repeats=True,
        ),
        PaneAction(
            "previous",
            lambda: translate("Actions", "Previous incident"),
            ("K",),
            lambda pane: pane.step(-1),
            Section.FIND,
            repeats=True,
        ),
        PaneAction(
            "read_row",
            lambda: translate("Actions", "Read the picked row in full"),
            ("R",),
            lambda pane: pane.read_out(),
            Section.FIND,
            after_pick=True,
        ),
        PaneAction(
            "show_new",
            lambda: translate("Actions", "Show new incidents"),
            ("G, N",),
            lambda pane: pane.show_new(),
            Section.WAITING,
        ),
    ),
    width=_width,
    arrival=Arrival.FIRST,
)
