"""One line on what became of the report just handed over, as long as its page stays open."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.domain.changes import Changes
from desktop.domain.command import CommandKind, CommandRecord, CommandState
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

TITLE_CHARS = 80


class LastReport(PlainLabel):
    """Says where the report is; hidden while there is none."""

    def __init__(self, screen: UiContext) -> None:
        self._screen = screen
        super().__init__(screen, "strong", elide=False)
        self._screen = screen
        self._record: CommandRecord | None = None
        self.setWordWrap(True)
        self.hide()

    def show_record(self, record: CommandRecord | None) -> None:
        """Follow this report from now on; None says nothing."""
        self._record = record
        self.say()
        self.setVisible(record is not None)

    def hear(self, changed: Changes) -> None:
        """Read again how far it is, when that may have changed."""
        record, board = self._record, self._screen.board
        if changed.commands and record is not None:
            key = record.command.key
            self._screen.reader.ask(
                lambda: board.commands.record(key), self._show_state, slot="last report"
            )

    def say(self) -> None:
        """Say it in the current language."""
        record = self._record
        if record is None:
            return
        said = _state_pattern(record.state).format(title=self._title(record))
        self.set_text(said, "orange_text" if record.state.needs_officer else "text")

    def _show_state(self, record: CommandRecord | None) -> None:
        shown = self._record
        if record is not None and shown is not None and record.command.key == shown.command.key:
            self._record = record
            self.say()

    def _title(self, record: CommandRecord) -> str:
        command = record.command
        if command.kind is CommandKind.REPORT:
            title = self._screen.words.text(self._screen.board.reports.name_of(command))
        else:
            title = str(command.body.get("title", ""))
        return formatting.in_one_line(title, TITLE_CHARS)


def _state_pattern(state: CommandState) -> str:
    match state:
        case CommandState.STORED | CommandState.SENT:
            return translate(
                "Township",
                '"{title}" is stored on this computer and goes to the county by itself.',
            )
        case CommandState.RECEIVED:
            return translate("Township", '"{title}": the county has received it.')
        case CommandState.ACCEPTED:
            return translate("Township", '"{title}": the county has accepted it.')
        case CommandState.CANCELLED:
            return translate("Township", '"{title}" was taken back and is not sent.')
        case CommandState.GIVEN_UP:
            return translate(
                "Township",
                '"{title}" was given up; whether the county has it is not known.',
            )
        case CommandState.HELD:
            return translate(
                "Township",
                '"{title}" is put aside on this computer. Do not write it again: see Send and '
                "receive.",
            )
        case _:
            return translate("Township", '"{title}" did not go through: see Send and receive.')
