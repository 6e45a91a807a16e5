"""The panes of the desk: title, default position, keys and factory of each.

A new pane is a folder or a module of this package that holds a `SPEC`, and its name in `PANES`.
Window, layout, shortcuts, palette and key sheet read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum, auto
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from desktop.domain.command import Collection
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext

if TYPE_CHECKING:
    from desktop.gui.panes.bare import BarePane

PANES = (
    "map",
    "incidents",
    "detail",
    "infrastructure",
    "queues",
    "warnings",
    "alarms",
)
"""Names of the folders and modules beside this one, in the order of docks and actions."""

VAST_PX = 2560
WIDE_PX = 1600
SMALL_PX = 1200
"""Widths of a window: from the second on there is room for full proportions, from the first on for
more; below the third, little."""

P = TypeVar("P", bound="BarePane")


class Area(Enum):
    """A pane's default area: a strip on top, the middle, or a dock at a side."""

    TOP = auto()
    CENTRE = auto()
    LEFT = auto()
    RIGHT = auto()
    BOTTOM = auto()


class Arrival(Enum):
    """When a pane is built: for the first paint, right after it, or piece by piece after that."""

    FIRST = auto()
    NEXT = auto()
    LATER = auto()


class Section(IntEnum):
    """An action's section in palette and key sheet."""

    FIND = auto()
    SEE = auto()
    STEPS = auto()
    NEW = auto()
    WAITING = auto()
    GO = auto()
    VIEW = auto()
    DATA = auto()
    DESK = auto()


class PaneContext(msgspec.Struct, frozen=True):
    """The services that a pane is made with."""

    screen: UiContext
    submitter: CommandSubmitter


class PaneAction(msgspec.Struct, Generic[P], frozen=True):
    """An action on a pane that works anywhere in the window."""

    name: str
    title: Callable[[], str]
    """Returns its title in the current language."""
    keys: tuple[str, ...]
    """Portable key sequences; a comma separates the strokes of one sequence."""
    run: Callable[[P], None]
    section: Section
    after_pick: bool = False
    """Whether it waits until the row just picked is loaded."""
    repeats: bool = False
    """Whether holding its key down repeats it."""


class PaneSpec(msgspec.Struct, Generic[P], frozen=True):
    """The description of one pane for window, layout, palette and key sheet."""

    name: str
    title: Callable[[], str]
    """Returns its title for window lists and screen readers."""
    area: Area
    keys: tuple[str, ...]
    """The keys that focus it."""
    go_to: Callable[[], str]
    """Returns the title of the action that focuses it."""
    follows: frozenset[Collection]
    """Collections whose changes make it read its data again."""
    factory: Callable[[PaneContext], P]
    """Makes the pane; imports its modules only then."""
    actions: tuple[PaneAction[P], ...] = ()
    width: Callable[[int], int] | None = None
    """The default width for a window's width; without it, a share of the rest."""
    on_call: bool = False
    """Whether its dock stays hidden until the officer goes to it, and hides when he goes to it
    again while it has the keyboard: for what need not be in sight all day."""
    arrival: Arrival = Arrival.LATER
    """When it is built; until then a placeholder has its place."""
    parts: tuple[str, ...] = ()
    """Modules to import one by one beforehand, so that no step holds up the screen."""

    @property
    def every_action(self) -> tuple[PaneAction[P], ...]:
        """All its actions, focusing it included."""
        go = PaneAction[P](
            f"go_{self.name}", self.go_to, self.keys, lambda pane: pane.take_keyboard(), Section.GO
        )
        return (*self.actions, go)


def pane_specs() -> tuple[PaneSpec[Any], ...]:
    """Return every pane of the desk, in the order of `PANES`."""
    return tuple(import_module(f"{__package__}.{name}").SPEC for name in PANES)
