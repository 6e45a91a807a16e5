"""The alarm strip and the sheet of all alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import Collection
from desktop.gui.panes.registry import Area, Arrival, PaneAction, PaneContext, PaneSpec, Section

if TYPE_CHECKING:
    from desktop.gui.panes.alarms.pane import AlarmStrip

translate = QCoreApplication.translate


def _make(context: PaneContext) -> AlarmStrip:
    from desktop.gui.panes.alarms.pane import AlarmStrip

    return AlarmStrip(context.screen, context.submitter)


SPEC: PaneSpec[AlarmStrip] = PaneSpec(
    name="alarms",
    title=lambda: translate("AlarmSheet", "Alarms"),
    area=Area.TOP,
    keys=("G, A",),
    go_to=lambda: translate("Actions", "All alarms"),
    follows=frozenset({Collection.ALARMS}),
    factory=_make,
    actions=(
        PaneAction(
            "acknowledge_alarm",
            lambda: translate("Actions", "Acknowledge the top alarm"),
            ("Shift+A",),
            lambda pane: pane.acknowledge_top(),
            Section.SEE,
        ),
        PaneAction(
            "acknowledge_returned",
            lambda: translate("Actions", "Acknowledge all returned alarms"),
            ("Shift+R",),
            lambda pane: pane.acknowledge_returned(),
            Section.SEE,
        ),
        PaneAction(
            "shelve_alarm",
            lambda: translate("Actions", "Shelve the top alarm"),
            ("Shift+S",),
            lambda pane: pane.shelve_top(),
            Section.NEW,
        ),
    ),
    arrival=Arrival.NEXT,
    parts=("desktop.gui.panes.alarms.sheet",),
)
