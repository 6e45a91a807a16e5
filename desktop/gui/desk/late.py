"""Import and build, piece by piece, the panes and sheets that the first paint does without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from desktop.gui.context import UiContext
from desktop.gui.panes.bare import BarePane
from desktop.gui.panes.pane import Pane
from desktop.gui.panes.registry import Arrival, PaneContext, PaneSpec
from desktop.gui.slices import modules, qt_types

if TYPE_CHECKING:
    from desktop.gui.desk.sheets import Sheets

SHEETS = (
    "desktop.gui.outbox.closing_sheet",
    "desktop.gui.outbox.conflict_sheet",
    "desktop.gui.outbox.table",
    "desktop.gui.outbox.view",
    "desktop.gui.outbox.sheet",
    "desktop.gui.desk.sheets",
)
"""Modules of the sheets; each comes after those it imports, so that no step is long."""


class WaitingStrip(BarePane):
    """A placeholder for a strip, which takes no room until the strip has something to say."""

    is_waiting = True

    def __init__(self) -> None:
        super().__init__()
        self.hide()


class WaitingPane(Pane):
    """A placeholder for a pane until the first paint is over."""

    is_waiting = True

    def __init__(self, screen: UiContext, title: Callable[[], str]) -> None:
        super().__init__(screen)
        self._say_title = title
        self.show_empty("")
        self.retranslate()

    def retranslate(self) -> None:
        self.set_title(self._say_title())


def steps(
    specs: Iterable[PaneSpec[Any]],
    context: PaneContext,
    window: QWidget,
    insert: Callable[[dict[str, BarePane], Sheets], None],
) -> Iterator[None]:
    """Yield after each part of importing and building the panes on the GUI thread; insert them
    last.

    The window owns each of them from the beginning: closed in between, it takes them along.
    """
    specs = tuple(specs)
    yield from qt_types()
    yield from modules([*(part for spec in specs for part in spec.parts), *SHEETS])
    from desktop.gui.desk.sheets import Sheets

    panes: dict[str, BarePane] = {}
    for spec in specs:
        if spec.arrival is Arrival.LATER:
            panes[spec.name] = spec.factory(context)
            panes[spec.name].setParent(window)
            yield
    sheets = Sheets(context.screen, context.submitter, window)
    yield
    insert(panes, sheets)
