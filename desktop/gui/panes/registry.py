"""The panes of the desk: what each is called, where it stands, its keys, and how it is made.

A new pane is a folder or a module of this package that holds a `SPEC`, and its name in `PANES`.
Window, layout, shortcuts, palette and key sheet read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

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

WIDE_PX = 1600
SMALL_PX = 1200
"""From the first width of a window on there is room for full proportions; below the second, few."""

P = TypeVar("P", bound="BarePane")


class Area(Enum):
    """Where a pane stands by default: a strip on top, the middle, or a dock at a side."""

    TOP = auto()
    CENTRE = auto()
    LEFT = auto()
    RIGHT = auto()
    BOTTOM = auto()


class Section(IntEnum):
    """Where an action stands in palette and key sheet."""

    FIND = auto()
    SEE = auto()
    STEPS = auto()
    NEW = auto()
    WAITING = auto()
    GO = auto()
    VIEW = auto()
    DATA = auto()
    DESK = auto()


@dataclass(frozen=True)
class PaneContext:
    """What a pane is made with."""

    screen: UiContext
    submitter: CommandSubmitter


@dataclass(frozen=True)
class PaneAction(Generic[P]):
    """Something the officer can do with a pane from anywhere in the window."""

    name: str
    title: Callable[[], str]
    """What it does, in the language now in force."""
    keys: tuple[str, ...]
    """Portable key sequences; a comma separates the strokes of one sequence."""
    run: Callable[[P], None]
    section: Section
    after_pick: bool = False
    """Whether it waits until what was just picked is known."""
    repeats: bool = False
    """Whether a key held down does it again."""


@dataclass(frozen=True)
class PaneSpec(Generic[P]):
    """One pane, as window, layout, palette and key sheet know it."""

    name: str
    title: Callable[[], str]
    """What window lists and screen readers call it."""
    area: Area
    keys: tuple[str, ...]
    """The keys that go to it."""
    go_to: Callable[[], str]
    """What going to it is called in palette and key sheet."""
    follows: frozenset[Collection]
    """Collections whose changes make it ask the board again."""
    factory: Callable[[PaneContext], P]
    """Makes the pane; imports what it is made of only then."""
    actions: tuple[PaneAction[P], ...] = ()
    width: Callable[[int], int] | None = None
    """The default width in a window that wide; without it, a share of what is left."""
    early: bool = False
    """Whether the first paint shows it; the others come after that, piece by piece."""
    parts: tuple[str, ...] = ()
    """Modules to import one by one beforehand, so that no step holds up the screen."""

    @property
    def every_action(self) -> tuple[PaneAction[P], ...]:
        """What can be done with it, going to it included."""
        go = PaneAction[P](
            f"go_{self.name}", self.go_to, self.keys, lambda pane: pane.take_keyboard(), Section.GO
        )
        return (*self.actions, go)


def pane_specs() -> tuple[PaneSpec[Any], ...]:
    """Every pane of the desk, in the order of `PANES`."""
    return tuple(import_module(f"{__package__}.{name}").SPEC for name in PANES)
