"""收发: the day's bytes and the line, what goes next, and every item with how far it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from desktop.application.office.send_items import Item, Sending, read_sending
from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.township.page import UNBOUND_PX, Page
from desktop.gui.township.sending.figures import Figures
from desktop.gui.township.sending.foot import ItemFoot
from desktop.gui.township.sending.plan_text import say_plan, say_task
from desktop.gui.township.sending.rows import ROW_PX, ItemList
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.flow import FlowLayout

translate = QCoreApplication.translate

TITLES = frozenset({Collection.INCIDENTS, Collection.ALARMS})
"""What items are named by."""
LEAST_ROWS = 3
"""So many rows are seen at once in a small window, whose page scrolls."""


class SendingPage(Page):
    """Every item of this office, newest first; the picked one stays picked while states change."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self.sending: Sending | None = None
        self.figures = Figures(screen)
        self.figures.send_asked.connect(self._send_now)
        self.figures.words_asked.connect(self._set_only_words)
        self.carry = QPushButton()
        self.carry.setProperty("quiet", True)
        self.carry.clicked.connect(self.carry_asked)
        self.no_network = QPushButton()
        self.no_network.setProperty("quiet", True)
        self.no_network.clicked.connect(self.no_network_asked)
        self.details = QPushButton()
        self.details.setProperty("quiet", True)
        self.details.clicked.connect(self.outbox_asked)
        self.column.removeWidget(self.title)
        head = QHBoxLayout()
        head.addWidget(self.title)
        # They stand below one another where text is large: no page makes the window wider.
        self._ways = QWidget()
        self._ways_row = FlowLayout(self._ways, at_right=True)
        for button in (self.carry, self.no_network, self.details):
            self._ways_row.addWidget(button)
        head.addWidget(self._ways, 1)
        self._head = head
        self.column.insertLayout(0, head)
        self.column.insertWidget(1, self.figures)
        self.list, self.foot = ItemList(screen), ItemFoot(screen, submitter)
        self.list.activated.connect(lambda _index: self.foot.act_main())
        self.list.selectionModel().currentRowChanged.connect(lambda *_: self._follow_picked())
        self.empty = EmptyState(screen)
        self.foot.decide_asked.connect(self.decide_asked)
        self.foot.case_asked.connect(self.case_asked)
        self.foot.acted.connect(self.reload)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self.empty, 1)
        self.column.addWidget(self.foot)
        self.retranslate()

    def fold(self, is_small: bool) -> None:
        """Suit a small window: a few rows at a time, and the ways out at the end."""
        super().fold(is_small)
        self.figures.fold(is_small)
        self.foot.fold(is_small)
        self._ways_row.at_right = not is_small
        self._ways_row.setContentsMargins(0, 0, 0, 12 if is_small else 0)
        if is_small:
            self.column.addWidget(self._ways)
        else:
            self._head.addWidget(self._ways, 1)
        self._fit_list()

    def _fit_list(self) -> None:
        """Have the list show its first rows at least, and be no higher than all of them are."""
        most = len(self.items) if self._is_small else 0
        self.list.setMinimumHeight(min(most, LEAST_ROWS) * ROW_PX)
        self.list.setMaximumHeight(most * ROW_PX if most else UNBOUND_PX)

    def reload(self) -> None:
        board = self.screen_context.board
        self.screen_context.reader.ask(
            lambda: read_sending(board), self.show_sending, slot="sending"
        )

    def hear(self, changed: Changes) -> None:
        named = bool(TITLES & changed) or changed.sources
        if changed.commands or changed.files or (named and self.isVisible()):
            self.reload()

    def open(self) -> None:
        self.figures.say()
        self.reload()
        first = self.list if self.items else self.figures.send
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_sending(self, sending: Sending) -> None:
        """Show these items and this plan."""
        is_first, self.sending = self.sending is None, sending
        self.list.show_rows(sending.items)
        self._fit_list()
        if self.list.current is None and sending.items:
            calls = next((n for n, item in enumerate(sending.items) if item.needs_clerk), 0)
            self.list.stand_again(calls)
        if is_first:
            self.list.scrollTo(self.list.currentIndex())
        self._say()

    def _follow_picked(self) -> None:
        picked = self.list.current
        if picked != self.foot.item:
            self.foot.show_item(picked)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items shown, newest first."""
        return self.list.table.rows

    def _send_now(self) -> None:
        self.screen_context.board.commands.sync_now()

    def _set_only_words(self, on: bool) -> None:
        board = self.screen_context.board
        self.screen_context.writer.ask(
            lambda: board.files.set_only_words(on), lambda _none: self.reload()
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on the picked item; F5 sends now."""
        acts = {
            Qt.Key.Key_F5: self.figures.ask,
            Qt.Key.Key_Delete: self.foot.act_withdraw,
            Qt.Key.Key_Space: self.foot.act_dismiss,
        }
        picked = self.list.current
        if event.matches(QKeySequence.StandardKey.Copy) and picked is not None:
            QApplication.clipboard().setText(self.list.table.sentence(picked))
        elif (act := acts.get(Qt.Key(event.key()))) is not None:
            act()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        self.title.set_text(translate("Sending", "Send and receive"))
        self.carry.setText(translate("Township", "No network: on a stick …"))
        self.no_network.setText(translate("Township", "By telephone or QR code …"))
        self.details.setText(translate("Sending", "Details, export and print …"))
        self.list.setAccessibleName(self.title.text())
        self.figures.say()
        self.list.table.say_again()
        self._say()

    def _say(self) -> None:
        sending = self.sending
        for part in (self.list, self.foot):
            part.setVisible(sending is not None and bool(sending.items))
        self.empty.setVisible(sending is None or not sending.items)
        if sending is None:
            self.sentence.set_text("")
            self.empty.say(translate("Sending", "Reading …"))
            return
        self.figures.show_usage(sending.usage)
        self.sentence.set_text(say_plan(sending, self.screen_context), "text")
        self.sentence.setVisible(bool(sending.items))
        self.line_changed.emit(*say_task(sending))
        self.foot.show_item(self.list.current)
        if not sending.items:
            self.empty.say(
                translate("Sending", "Nothing has been written here yet"),
                translate(
                    "Sending",
                    "What you report or feed back appears here, and whether it has arrived.",
                ),
            )
