"""A command that came by telephone, in plain words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.domain.command import Collection, Command, CommandKind
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words
from desktop.gui.context import UiContext

translate = QCoreApplication.translate


def say_report(command: Command | None, target: str, screen: UiContext) -> str:
    """Return what a report says: what it is, on which target, when and by whom, and its words."""
    if command is None:
        return translate(
            "Calls",
            "What it says cannot be shown: the office numbers the county's codes otherwise. Have "
            "it sent again with spelled codes.",
        )
    words = screen.words
    at = formatting.moment(command.at, screen.board.now())
    head = " · ".join(
        part
        for part in (
            words.term("command", command.kind),
            target,
            formatting.in_one_line(command.by, 40),
            at,
        )
        if part
    )
    said = formatting.in_lines(body_words(screen, command), 600)
    return f"{head}\n{said}".strip()


def name_target(command: Command | None, words: Words, board: Board) -> str:
    """Return the number and title of what a command is on, where this desk knows it; asks it."""
    if command is None or command.kind is CommandKind.CREATE:
        return ""
    target = command.target
    if target.collection is not Collection.INCIDENTS:
        return ""
    number = board.incident_number(target)
    rows = [] if number is None else board.incident_rows([number])
    if not rows:
        return formatting.in_one_line(target.id, 60)
    title = formatting.in_one_line(words.text(rows[0].title), 60)
    return f"{rows[0].number} {title}"
