"""Commands told to a reader of the screen as they come on: stored, accepted, refused."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Command, CommandRecord, CommandState, Hold
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.widgets.accessible import announce

translate = QCoreApplication.translate

READ, TOLD = 20, 3
"""So many of the latest commands are looked at, and so many told one by one."""
ON_THE_WAY = frozenset({CommandState.SENT, CommandState.RECEIVED})
"""Steps that pass in a moment, and end in an answer."""

Named = tuple[CommandRecord, str]


def speak_receipts(screen: UiContext, window: QWidget) -> None:
    """Have a window's commands told, if it gives any."""
    submitter = getattr(window, "submitter", None)
    if isinstance(submitter, CommandSubmitter):
        _SpokenReceipts(screen, window, submitter)


class _SpokenReceipts(QObject):
    """Announces what became of the latest commands; nothing while no reader is there."""

    def __init__(self, screen: UiContext, window: QWidget, submitter: CommandSubmitter) -> None:
        super().__init__(window)
        self._screen, self._window = screen, window
        self._known: dict[str, CommandState] | None = None
        submitter.stored.connect(self._hear_stored)
        screen.feed.changed.connect(self._hear)
        self._read()

    def _hear_stored(self, records: tuple[CommandRecord, ...]) -> None:
        """Say that these are stored, however soon they go on."""
        if not QAccessible.isActive():
            return

        def tell(named: list[Named]) -> None:
            known = self._known
            new = [each for each in named if known is None or each[0].command.key not in known]
            if known is not None:
                known |= {each.command.key: CommandState.STORED for each, _ in new}
            self._announce(new)

        self._screen.reader.ask(lambda: self._name_all(records), tell)

    def _hear(self, changed: Changes) -> None:
        if changed.commands:
            self._read()

    def _read(self) -> None:
        if not QAccessible.isActive():
            self._known = None  # Whoever begins to read is not told of what was before.
            return
        board = self._screen.board
        self._screen.reader.ask(
            lambda: self._name_all(board.outbox(READ)), self._take_in, slot="spoken receipts"
        )

    def _name_all(self, records: Sequence[CommandRecord]) -> list[Named]:
        return [(each, self._name(each.command)) for each in records]

    def _name(self, command: Command) -> str:
        """Return the title of the incident that a command is about; off the GUI thread."""
        title = command.body.get("title")
        if isinstance(title, str):
            return formatting.in_one_line(title, 60)
        if command.target.collection is not Collection.INCIDENTS:
            return ""
        found = self._screen.board.incident(command.target)
        words = self._screen.words
        return "" if found is None else formatting.in_one_line(words.text(found.incident.title), 60)

    def _take_in(self, read: list[Named]) -> None:
        known, self._known = self._known, {each.command.key: each.state for each, _ in read}
        if known is None:
            return
        self._announce(
            [
                (each, name)
                for each, name in reversed(read)
                if each.state not in {known.get(each.command.key), *ON_THE_WAY}
            ]
        )

    def _announce(self, named: list[Named]) -> None:
        said = [self._say(each, name) for each, name in named[:TOLD]]
        if len(named) > TOLD:
            more = len(named) - TOLD
            said.append(translate("SpokenReceipts", "%n more commands changed", "", more))
        announce(self._window, "; ".join(said))

    def _say(self, record: CommandRecord, name: str) -> str:
        words, command = self._screen.words, record.command
        state = words.term("command_state", record.state)
        parts = (
            words.term("command", command.kind),
            name,
            words.term("hold", record.hold) if record.hold is not Hold.NONE else state,
            formatting.in_one_line(words.text(record.reason)),
        )
        return " · ".join(part for part in parts if part)
