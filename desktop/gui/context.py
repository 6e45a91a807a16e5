"""What every widget is given to work with."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.gui.change_feed import ChangeFeed
from desktop.gui.task_runner import TaskRunner
from desktop.gui.theme import Theme


@dataclass(frozen=True)
class UiContext:
    """One screen's board, words, look and lanes; reads go to `reader`, commands to `writer`."""

    board: Board
    words: Words
    theme: Theme
    feed: ChangeFeed
    reader: TaskRunner
    writer: TaskRunner
