"""What the detail pane reads of an incident, and what it has read of its neighbours ahead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from desktop.application.board import Board
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.gui.context import UiContext


class Reading(NamedTuple):
    """One incident in full with the commands allowed on it; None when nobody has it any more."""

    detail: IncidentDetail | None
    steps: tuple[CommandKind, ...]


def read_incident(board: Board, key: Key) -> Reading:
    """Read an incident; costs a few queries, so never on the GUI thread."""
    return Reading(board.incident(key), board.commands.steps(key))


def concerns(changed: Changes, key: Key, detail: IncidentDetail | None) -> bool:
    """Whether an incident may be another by now: itself, its assets, its commands."""
    assets = () if detail is None else detail.assets
    return (
        changed.sources
        or changed.commands
        or changed.touches(key)
        or any(changed.touches(Key(a.source, Collection.ASSETS, a.id)) for a in assets)
    )


class Neighbours:
    """Incidents read before they are picked: those beside the picked row, and the one left last.

    They are as fresh as the last change that was told; picking one reads it again all the same.
    """

    def __init__(self, screen: UiContext) -> None:
        self._screen = screen
        self._wanted: tuple[Key, ...] = ()
        self._read: dict[Key, Reading] = {}

    def find(self, key: Key) -> Reading | None:
        """Return an incident as read ahead, if it was."""
        return self._read.get(key)

    def keep(self, key: Key, reading: Reading) -> None:
        """Keep the incident that is being left: the next key may go back to it."""
        self._read[key] = reading

    def prepare(self, keys: Iterable[Key]) -> None:
        """Read these once the reader has nothing urgent to do; others not begun are given up."""
        self._wanted = tuple(keys)
        self._read = {key: self._read[key] for key in self._wanted if key in self._read}
        self._ask()

    def drop(self, changed: Changes) -> None:
        """Forget what may be another by now, and read it again."""
        known = {key: self._read.get(key) for key in {*self._wanted, *self._read}}
        stale = {
            key
            for key, reading in known.items()
            if concerns(changed, key, None if reading is None else reading.detail)
        }
        if stale:
            self._read = {k: reading for k, reading in self._read.items() if k not in stale}
            # One being read may have been begun before the change: it is asked for again, too.
            self._ask()

    def _ask(self) -> None:
        board = self._screen.board
        for place, key in enumerate(self._wanted):
            if key not in self._read:
                self._screen.reader.ask(
                    lambda key=key: read_incident(board, key),  # type: ignore[misc]
                    lambda reading, key=key: self._take_in(key, reading),  # type: ignore[misc]
                    slot=f"neighbour {place}",
                )

    def _take_in(self, key: Key, reading: Reading) -> None:
        if key in self._wanted and reading.detail is not None:
            self._read[key] = reading
