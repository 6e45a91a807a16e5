"""The picked item: how far it is in a sentence, and buttons only for what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.application.office.send_items import Item
from desktop.domain.command import Collection
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.outbox.conflict_sheet import is_open_question
from desktop.gui.outbox.hold_panel import HoldPanel
from desktop.gui.outbox.undo_bar import UndoBar
from desktop.gui.township.sending.item_text import explain, name_item, say_content, say_state
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

WORDS_PX = 46


class ItemFoot(QWidget):
    """What the clerk may do about the picked item; empty while none is picked."""

    decide_asked = Signal(str)
    """The key of a command about which the clerk has to decide."""
    case_asked = Signal(object)
    """The `Key` of the case to be read whole."""
    acted = Signal()
    """Something was done, and is durable."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen = screen
        self.item: Item | None = None
        self.said = PlainLabel(screen, "strong")
        self.state = PlainLabel(screen, "second", elide=False)
        self.state.setWordWrap(True)
        self.state.setMinimumHeight(WORDS_PX)
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.decide = self._button("Enter", self.act_decide, main=True)
        self.withdraw = self._button("Del", self.act_withdraw)
        self.dismiss = self._button("Space", self.act_dismiss)
        self.case = self._button("", self.act_open)
        self.hold = HoldPanel(screen)
        self.hold.acted.connect(self.acted)
        self.hold.report_asked.connect(self.decide_asked)
        self.undo = UndoBar(screen, submitter)
        self._arrange()
        self.show_item(None)

    def _button(self, key: str, act: Callable[[], None], *, main: bool = False) -> KeyButton:
        button = KeyButton(self._screen, key, main=main, local=True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(act)
        return button

    def _arrange(self) -> None:
        # They stand below one another where text is large.
        buttons = QWidget()
        row = FlowLayout(buttons)
        parts: tuple[QWidget, ...] = (self.decide, self.hold, self.withdraw, self.dismiss)
        for part in (*parts, self.case):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 12)
        column.setSpacing(4)
        column.addWidget(self.said)
        column.addWidget(self.state)
        column.addWidget(buttons)
        column.addWidget(self.undo)
        for button in self.findChildren(QPushButton):
            button.setProperty("large", True)

    def fold(self, is_small: bool) -> None:
        """Suit a small window: the item is named in as many lines as it needs."""
        self.said.show_whole(is_small)

    def show_item(self, item: Item | None) -> None:
        """Show this item and what can be done about it now."""
        self.item = item
        record = None if item is None else item.record
        self.hold.show_record(record)
        self.decide.setVisible(item is not None and _is_undecided(item))
        self.withdraw.setVisible(
            record is not None and not record.state.is_final and not record.offered
        )
        self.dismiss.setVisible(item is not None and item.needs_clerk)
        on_case = record is not None and record.command.target.collection is Collection.INCIDENTS
        self.case.setVisible(on_case)
        self.say()

    def say(self) -> None:
        """Say everything again in the current language."""
        self.decide.say(translate("Sending", "Decide …"))
        self.withdraw.say(translate("Sending", "Take it back"))
        self.dismiss.say(translate("Sending", "Noted"))
        self.case.say(translate("Sending", "Read the case"))
        self.undo.say()
        self.hold.say()
        item = self.item
        if item is None:
            self.said.set_text("")
            self.state.set_text(
                translate("Sending", "Press a row to see what became of it."), "second"
            )
            return
        name, content = name_item(item, self._screen), say_content(item, self._screen)
        self.said.set_text(f"{say_state(item)}: {name} · {content}")
        self.state.set_text(
            explain(item, self._screen), "orange_text" if item.needs_clerk else "second"
        )

    def act_decide(self) -> None:
        """Open the question about the item, if there is one."""
        if self.item is not None and _is_undecided(self.item):
            self.decide_asked.emit(self.item.record.command.key)

    def act_open(self) -> None:
        """Show the case the item is on."""
        if self.item is not None and self.case.isVisibleTo(self):
            self.case_asked.emit(self.item.record.command.target)

    def act_main(self) -> None:
        """Do what Enter means for the item: decide about it, else show its case."""
        if self.item is not None and _is_undecided(self.item):
            self.act_decide()
        else:
            self.act_open()

    def act_dismiss(self) -> None:
        """Put the item's answer aside as seen."""
        if self.item is None or not self.item.needs_clerk:
            return
        board, key = self._screen.board, self.item.record.command.key
        self._screen.writer.ask(
            lambda: board.commands.dismiss(key), lambda _none: self.acted.emit()
        )

    def act_withdraw(self) -> None:
        """Take the item back, of which nothing has left; it can be submitted again."""
        item = self.item
        if item is None or not self.withdraw.isVisibleTo(self):
            return
        board, record = self._screen.board, item.record
        name = formatting.in_one_line(name_item(item, self._screen), 60)

        def end(withdrawn: bool) -> None:
            self.undo.show_withdrawn(record if withdrawn else None, name)
            self.acted.emit()

        self._screen.writer.ask(lambda: board.commands.cancel(record.command.key), end)


def _is_undecided(item: Item) -> bool:
    record = item.record
    return not record.seen and is_open_question(record.state, record.command.target.collection)
