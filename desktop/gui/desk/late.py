"""The panes and sheets that the first paint does without, imported and built piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.slices import modules, package, qt_types

if TYPE_CHECKING:
    from desktop.gui.desk.sheets import Sheets
    from desktop.gui.panes.infrastructure.pane import InfrastructurePane
    from desktop.gui.panes.map.pane import MapPane
    from desktop.gui.panes.queues.pane import QueuesPane
    from desktop.gui.panes.warnings.pane import WarningsPane

WITHOUT_QT = (
    "numpy",
    "numpy.typing",
    "cProfile",
    "decimal",
    "importlib.resources",
    "multiprocessing.connection",
    "pydoc",
    "subprocess",
    "xml.etree.ElementTree",
)
"""What pyqtgraph imports besides itself and Qt."""

OURS = (
    "desktop.gui.charts.trend",
    "desktop.gui.panes.infrastructure.matrix",
    "desktop.gui.panes.infrastructure.asset_list",
    "desktop.gui.panes.infrastructure.pane",
    "desktop.gui.panes.queues.model",
    "desktop.gui.panes.queues.painter",
    "desktop.gui.panes.queues.pane",
    "desktop.gui.panes.warnings.warning_text",
    "desktop.gui.panes.warnings.model",
    "desktop.gui.panes.warnings.painter",
    "desktop.gui.panes.warnings.pane",
    "desktop.gui.forms.field_widgets",
    "desktop.gui.forms.lookup",
    "desktop.gui.forms.command_request",
    "desktop.gui.panes.alarms.sheet",
    "desktop.gui.outbox.conflict_sheet",
    "desktop.gui.outbox.table",
    "desktop.gui.outbox.sheet",
    "desktop.gui.forms.command_form",
    "desktop.gui.desk.sheets",
    "desktop.gui.panes.map.geometry",
    "desktop.gui.panes.map.drawing",
    "desktop.gui.panes.map.label_layer",
    "desktop.gui.panes.map.rendered_map",
    "desktop.gui.panes.map.viewport",
    "desktop.gui.panes.map.pane",
    "desktop.gui.widgets.folded",
    "desktop.gui.panes.detail.parts",
    "desktop.gui.panes.detail.attach_panel",
    "desktop.gui.panes.detail.body",
)
"""What the panes are made of; each comes after what it imports, so that no step is long."""


@dataclass(frozen=True)
class LatePanes:
    """What is put in place once the first paint is over."""

    map_pane: MapPane
    infrastructure: InfrastructurePane
    queues: QueuesPane
    warnings: WarningsPane
    sheets: Sheets


def import_without_qt() -> None:
    """Import what makes no Qt type and so may come beside the GUI thread."""
    for name in WITHOUT_QT:
        import_module(name)


def steps(
    screen: UiContext,
    orders: CommandSubmitter,
    window: QWidget,
    insert: Callable[[LatePanes], None],
) -> Iterator[None]:
    """Import and build the panes on the GUI thread, one part a step, and insert them last.

    The window owns each of them from the beginning: closed in between, it takes them along.
    """
    yield from qt_types()
    yield from package("pyqtgraph")
    yield from modules(OURS)
    from desktop.gui.desk.sheets import Sheets
    from desktop.gui.panes.infrastructure.pane import InfrastructurePane
    from desktop.gui.panes.map.pane import MapPane
    from desktop.gui.panes.queues.pane import QueuesPane
    from desktop.gui.panes.warnings.pane import WarningsPane

    map_pane = MapPane(screen)
    map_pane.setParent(window)
    yield
    infrastructure = InfrastructurePane(screen)
    infrastructure.setParent(window)
    yield
    queues = QueuesPane(screen)
    queues.setParent(window)
    yield
    warnings = WarningsPane(screen)
    warnings.setParent(window)
    yield
    sheets = Sheets(screen, orders, window)
    yield
    insert(LatePanes(map_pane, infrastructure, queues, warnings, sheets))
