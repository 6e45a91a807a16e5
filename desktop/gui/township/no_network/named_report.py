"""The reports that have not arrived, with what each is called."""

from __future__ import annotations

import msgspec

from desktop.application.board import Board
from desktop.application.courier.office_frames import CarriedReport, OfficeFrames
from desktop.application.office.send_items import Item, read_sending
from desktop.domain.command import CommandState
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.township.sending.item_text import (
    is_file_away,
    name_item,
    say_content,
    say_state,
)

NAME_CHARS = 44


class NamedReport(msgspec.Struct, frozen=True):
    """One report, and the item of the sending page that it is."""

    report: CarriedReport
    item: Item

    def name(self, screen: UiContext) -> str:
        """Return what it is on, and what it says."""
        said = f"{name_item(self.item, screen)} · {say_content(self.item, screen)}"
        return formatting.in_one_line(said, NAME_CHARS)


class Waiting(msgspec.Struct, frozen=True):
    """What the county is not known to have."""

    reports: list[NamedReport] = []
    """What can go this way, in the order in which it was given."""
    left: int = 0
    """How many others stay here: put aside, too old, or of a file not all sent."""


def read_waiting(frames: OfficeFrames, number: int, board: Board) -> Waiting:
    """Read what the county is not known to have."""
    waiting = [each for each in frames.list_reports(number) if not each.is_known]
    items = {item.record.command.key: item for item in read_sending(board).items}
    reports = [
        NamedReport(each, items.get(each.record.command.key) or Item(each.record))
        for each in waiting
    ]
    others = items.keys() - {each.record.command.key for each in waiting}
    return Waiting(reports, sum(_stays(items[key]) for key in others))


def _stays(item: Item) -> bool:
    """Whether the county does not have all of it, and that is not settled."""
    state = item.record.state
    return is_file_away(item) or not (state.is_final or state is CommandState.RECEIVED)


def read_items(records: tuple[str, ...], board: Board) -> list[Item]:
    """Read these items of the sending page by their keys."""
    return [item for item in read_sending(board).items if item.record.command.key in records]


def say_item(item: Item, screen: UiContext) -> str:
    """Return how far an item is, and what it is."""
    name = formatting.in_one_line(name_item(item, screen), NAME_CHARS)
    return f"{say_state(item)}: {name}"
