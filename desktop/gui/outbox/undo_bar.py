"""A bar with the command just withdrawn, and a button to submit it again."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.command import CommandKind, CommandRecord
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate


class UndoBar(QWidget):
    """A bar shown only after a withdrawal, until the command is submitted again."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self._withdrawn: CommandRecord | None = None
        self.said = PlainLabel(screen, "body", "text")
        self.button = KeyButton(screen, "Ctrl+Z", local=True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.submit_again)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.said, 1)
        row.addWidget(self.button)
        self.hide()

    def say(self) -> None:
        """Set the button's text in the current language."""
        self.button.say(translate("OutboxSheet", "Submit it again"))

    def show_withdrawn(self, record: CommandRecord | None, sentence: str) -> None:
        """Offer to submit this again; None if it was too late to withdraw it."""
        self._withdrawn = record
        self.said.set_text(
            translate("OutboxSheet", "Withdrawn: {command}").format(command=sentence)
            if record is not None
            else translate("OutboxSheet", "Too late: it may have reached the county.")
        )
        self._show()

    def submit_again(self) -> None:
        """Submit the withdrawn command again, as a new command."""
        record, board = self._withdrawn, self._screen.board
        if record is None:
            return
        self._withdrawn = None
        command = record.command

        def work() -> CommandRecord:
            if command.kind is CommandKind.CREATE:
                return board.commands.create(command.target.source, command.body)
            return board.commands.submit(
                command.kind, command.target, command.body, base=command.base
            )

        self._submitter.submit(command.target, work, lambda _record: self._show())

    def _show(self) -> None:
        self.setVisible(self._withdrawn is not None)
