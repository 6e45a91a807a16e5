"""The officer's choices for a held command: send it anyway, or give it up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.gui.commands.submitter import not_stored
from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

SENDABLE = frozenset({Hold.COPY, Hold.EXPIRED, Hold.ANSWER, Hold.ACCOUNT})
"""Holds that the officer may end by sending the command unchanged."""


class HoldPanel(QWidget):
    """Buttons shown only beside a held command. What cannot be undone needs two presses."""

    acted = Signal()
    """The officer has decided, and the decision is durable."""
    report_asked = Signal(str)
    """Key of the refused report that the held command depends on."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._record: CommandRecord | None = None
        self._armed: QPushButton | None = None
        self.warning = PlainLabel(screen, "second", "orange_text", elide=False)
        self.warning.setWordWrap(True)
        # As wide as the buttons beside which it stands: it wraps.
        self.warning.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.send_button, self.renew_button = QPushButton(), QPushButton()
        self.report_button, self.give_up_button = QPushButton(), QPushButton()
        presses: tuple[tuple[QPushButton, Callable[[], None]], ...] = (
            (self.send_button, self._send),
            (self.renew_button, self._renew),
            (self.report_button, self._ask_report),
            (self.give_up_button, self._give_up),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        for button, act in presses:
            button.clicked.connect(lambda _=False, act=act: act())
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.warning)
        self.show_record(None)

    def show_record(self, record: CommandRecord | None) -> None:
        """Offer the choices for this command; hide when there are none."""
        if record is None or self._record is None or self._key() != record.command.key:
            self._arm(None)
        self._record = record
        hold = Hold.NONE if record is None else record.hold
        left = record is not None and record.offered
        held = record is not None and record.state is CommandState.HELD
        self.send_button.setVisible(held and hold in SENDABLE)
        self.renew_button.setVisible(held and hold is Hold.SERVER)
        self.report_button.setVisible(held and hold is Hold.REPORT)
        self.give_up_button.setVisible(held and left)
        self.say()
        self.setVisible(held and (left or hold in SENDABLE | {Hold.SERVER, Hold.REPORT}))

    def say(self) -> None:
        """Set the buttons' texts in the current language."""
        sure = translate("HoldPanel", "Press again")
        texts = (
            (self.send_button, translate("HoldPanel", "Send all the same")),
            (self.renew_button, translate("HoldPanel", "Submit it to the new server")),
            (self.report_button, translate("HoldPanel", "Report again")),
            (self.give_up_button, translate("HoldPanel", "Give up")),
        )
        for button, text in texts:
            button.setText(f"{text} · {sure}" if button is self._armed else text)
        self.warning.setVisible(self._armed is not None)
        if self._armed is self.send_button:
            self.warning.set_text(
                translate(
                    "HoldPanel",
                    "If it was done already without this computer knowing, it may be done twice."
                    " Ask the county first.",
                )
            )
        elif self._armed is self.give_up_button:
            self.warning.set_text(
                translate(
                    "HoldPanel",
                    "It may have been done, or not: this computer will ask no more. Its text stays"
                    " in the list.",
                )
            )

    def _key(self) -> str:
        return "" if self._record is None else self._record.command.key

    def _arm(self, button: QPushButton | None) -> None:
        self._armed = button
        self.say()

    def _is_sure(self, button: QPushButton) -> bool:
        """Whether this is the second press of a button that asks for two."""
        if self._armed is button:
            self._arm(None)
            return True
        self._arm(button)
        return False

    def _send(self) -> None:
        record, board, key = self._record, self._screen.board, self._key()
        if record is None or (record.hold.wants_decision and not self._is_sure(self.send_button)):
            return
        self._screen.writer.ask(
            lambda: board.commands.release(key), lambda _done: self.acted.emit()
        )

    def _renew(self) -> None:
        board, key = self._screen.board, self._key()

        def say_why_not(error: Exception) -> None:
            why = translate("HoldPanel", 'First choose "Go on with this server" under Sources.')
            if not isinstance(error, KeyError):
                why = str(self._screen.words.problem(not_stored(error)))
            self.warning.set_text(why)
            self.warning.setVisible(True)

        self._screen.writer.ask(
            lambda: board.answering.resend(key), lambda _record: self.acted.emit(), say_why_not
        )

    def _give_up(self) -> None:
        board, key = self._screen.board, self._key()
        if self._record is not None and self._is_sure(self.give_up_button):
            self._screen.writer.ask(
                lambda: board.commands.give_up(key), lambda _done: self.acted.emit()
            )

    def _ask_report(self) -> None:
        record = self._record
        if record is not None:
            # The incident's id is made of the key of the command that reported it.
            self.report_asked.emit(record.command.target.id.partition("-")[2])
