"""Service queues (服务队列): how many people wait, and how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import Collection
from desktop.gui.panes.registry import WIDE_PX, Area, PaneContext, PaneSpec

if TYPE_CHECKING:
    from desktop.gui.panes.queues.pane import QueuesPane

translate = QCoreApplication.translate


def _make(context: PaneContext) -> QueuesPane:
    from desktop.gui.panes.queues.pane import QueuesPane

    return QueuesPane(context.screen)


SPEC: PaneSpec[QueuesPane] = PaneSpec(
    name="queues",
    title=lambda: translate("DeskWindow", "Queues"),
    area=Area.BOTTOM,
    keys=("G, Q",),
    go_to=lambda: translate("Actions", "Go to the queues"),
    follows=frozenset({Collection.QUEUES, Collection.TRENDS}),
    factory=_make,
    width=lambda window_px: (
        max(520, window_px * 22 // 100) if window_px >= WIDE_PX else max(400, window_px * 31 // 100)
    ),
    parts=(
        "desktop.gui.panes.queues.model",
        "desktop.gui.panes.queues.order",
        "desktop.gui.panes.queues.painter",
        "desktop.gui.panes.queues.pane",
    ),
)
