"""The list model of warnings, and the data of one read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.application.board import Board
from desktop.domain.command import Collection, Key
from desktop.domain.geo import Township
from desktop.domain.warning import Warning
from desktop.gui.context import UiContext
from desktop.gui.panes.warnings import warning_text
from desktop.gui.panes.warnings.warning_text import NO_ENDS, UnreadEnds
from desktop.gui.widgets.snapshot_list import SnapshotListModel


@dataclass(frozen=True)
class Warnings:
    """The data of one read of the board."""

    in_force: tuple[Warning, ...] = ()
    past: tuple[Warning, ...] = ()
    townships: Mapping[str, Township] = field(default_factory=dict)
    unread_ends: UnreadEnds = NO_ENDS


def read_warnings(board: Board) -> Warnings:
    """Read the warnings in force and those just over; runs on the reader thread."""
    townships = {township.id: township for township in board.townships()}
    return Warnings(board.warnings(), board.past_warnings(), townships, board.unread_ends())


def warning_key(warning: Warning) -> Key:
    """Return the identity of a warning across all sources."""
    return Key(warning.source, Collection.WARNINGS, warning.id)


class WarningModel(SnapshotListModel[Warning]):
    """Warnings in the board's sort order."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, warning_key)
        self.townships: Mapping[str, Township] = {}
        self.unread_ends = NO_ENDS

    def know(self, townships: Mapping[str, Township], unread_ends: UnreadEnds) -> None:
        """Set the townships and the unreadable ends that the next rows refer to."""
        self.townships, self.unread_ends = townships, unread_ends

    def name(self, row: Warning) -> str:
        return warning_text.headline(row, self._screen.words)

    def sentence(self, row: Warning) -> str:
        now, words = self._screen.board.now(), self._screen.words
        return warning_text.sentence(row, self.townships, now, words, self.unread_ends)

    def tip(self, row: Warning) -> str:
        return self.sentence(row).replace(" · ", "\n")
