"""The panes and sheets that the first paint does without, imported and built piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.gui.context import Screen
from desktop.gui.desk.orders import Orders
from desktop.gui.slices import modules, package, qt_types

if TYPE_CHECKING:
    from desktop.gui.desk.infrastructure import InfrastructurePane
    from desktop.gui.desk.queues import QueuesPane
    from desktop.gui.desk.sheets import Sheets
    from desktop.gui.desk.warnings import WarningsPane
    from desktop.gui.map.pane import MapPane

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
    "desktop.gui.desk.matrix",
    "desktop.gui.desk.asset_list",
    "desktop.gui.desk.infrastructure",
    "desktop.gui.desk.queue_rows",
    "desktop.gui.desk.queues",
    "desktop.gui.warning_words",
    "desktop.gui.desk.warning_rows",
    "desktop.gui.desk.warnings",
    "desktop.gui.forms.entries",
    "desktop.gui.forms.lookup",
    "desktop.gui.forms.task",
    "desktop.gui.desk.alarm_sheet",
    "desktop.gui.desk.conflict_sheet",
    "desktop.gui.models.outbox",
    "desktop.gui.desk.outbox_sheet",
    "desktop.gui.forms.command_form",
    "desktop.gui.desk.sheets",
    "desktop.gui.map.geometry",
    "desktop.gui.map.drawing",
    "desktop.gui.map.lettering",
    "desktop.gui.map.picture",
    "desktop.gui.map.viewport",
    "desktop.gui.map.pane",
    "desktop.gui.folded",
    "desktop.gui.desk.case_parts",
    "desktop.gui.desk.attach_panel",
    "desktop.gui.desk.case_body",
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
    screen: Screen, orders: Orders, window: QWidget, insert: Callable[[LatePanes], None]
) -> Iterator[None]:
    """Import and build the panes on the GUI thread, one part a step, and insert them last.

    The window owns each of them from the beginning: closed in between, it takes them along.
    """
    yield from qt_types()
    yield from package("pyqtgraph")
    yield from modules(OURS)
    from desktop.gui.desk.infrastructure import InfrastructurePane
    from desktop.gui.desk.queues import QueuesPane
    from desktop.gui.desk.sheets import Sheets
    from desktop.gui.desk.warnings import WarningsPane
    from desktop.gui.map.pane import MapPane

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
